// What every chart shares: fonts, colours, resizing, and tooltips made of elements (the CSP forbids style attributes).
export const FONT = '"PingFang SC","Microsoft YaHei","Source Han Sans SC","Noto Sans CJK SC",sans-serif';
export const COLORS = {
  deep: "#0d4c9c", blue: "#1558a8", mid: "#3a7cc6", pale: "#b9d5ef", grid: "#edf1f6", text: "#22364d", soft: "#566577",
  ok: "#2f8f6b", warn: "#e09b2d", bad: "#d0453b", none: "#eceff3",
};
export const SCALE = ["#e4eff9", "#b9d5ef", "#7fb0e0", "#3a7cc6", "#0d4c9c"];

export function readJson(id) {
  const holder = document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : null;
}

export function showNumber(value, digits = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return "待补充";
  return value.toLocaleString("zh-CN", { maximumFractionDigits: digits });
}

/** A tooltip: a bold first line and plain lines under it. */
export function tip(title, ...lines) {
  const box = document.createElement("div");
  box.className = "tip";
  const head = document.createElement("b");
  head.textContent = title;
  box.append(head);
  for (const line of lines) {
    const row = document.createElement("div");
    row.textContent = line;
    box.append(row);
  }
  return box;
}

/** Draws an option into an element and keeps it at the element's size. */
export function draw(element, option) {
  const chart = window.echarts.init(element, null, { renderer: "canvas" });
  chart.setOption({ textStyle: { fontFamily: FONT, color: COLORS.text }, animation: false, ...option });
  new ResizeObserver(() => {
    if (element.clientWidth && element.clientHeight) chart.resize();  // not while the page is being left
  }).observe(element);
  return chart;
}
