// The county map of the overview: one metric at a time, with the same figures as a table below.
import { COLORS, SCALE, draw, readJson, showNumber, tip } from "./charts.js";

const MAP_NAME = "programme";

/** Upper class bounds at round numbers, so that each class holds about a fifth of the places. */
export function classBounds(values) {
  const sorted = values.filter((v) => v !== null && v !== undefined).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const bounds = [0.2, 0.4, 0.6, 0.8].map((q) => roundNice(sorted[Math.floor(q * (sorted.length - 1))]));
  return [...new Set(bounds)].filter((b) => b > sorted[0] && b <= sorted[sorted.length - 1]);
}

function roundNice(value) {
  if (value === 0) return 0;
  const step = 10 ** Math.floor(Math.log10(Math.abs(value))) / 2;
  return Number((Math.round(value / step) * step).toPrecision(3));
}

function pieces(metric) {
  const bounds = classBounds(Object.values(metric.values));
  const colors = SCALE.slice(SCALE.length - bounds.length - 1);
  const show = (v) => showNumber(v, metric.digits);
  const classes = [{ lt: bounds[0], label: `<${show(bounds[0])}` }];
  bounds.forEach((bound, i) => {
    const next = bounds[i + 1];
    classes.push(next === undefined ? { gte: bound, label: `≥${show(bound)}` }
      : { gte: bound, lt: next, label: `${show(bound)}–${show(next)}` });
  });
  if (!bounds.length) return [{ gte: -Infinity, label: "有数据", color: SCALE[2] }];
  return classes.map((c, i) => ({ ...c, color: colors[i] })).reverse();
}

function regions(areas, metric) {
  const dark = pieces(metric).slice(0, 2).map((p) => p.gte).filter((v) => v !== undefined);
  const limit = dark.length > 1 ? dark[dark.length - 1] : Infinity;
  return areas.filter((area) => area.mapped).map((area) => {
    const value = metric.values[area.code];
    if (!area.counted) {
      return {
        name: area.name, value: NaN, label: { color: "#8592a1" },
        itemStyle: { areaColor: COLORS.none, borderColor: "#9aa7b5", borderType: "dashed" },
      };
    }
    return { name: area.name, value: value ?? NaN, label: value >= limit ? { color: "#fff" } : { color: COLORS.text, textBorderColor: "rgba(255,255,255,.75)", textBorderWidth: 2 } };
  });
}

/** The value as people read it; the small cells of other counties are not published. */
function figure(metric, code) {
  if (metric.hidden.includes(code)) return "<3家，不公布";
  const value = metric.values[code];
  return `${showNumber(value, metric.digits)}${value == null ? "" : metric.unit}`;
}

function option(areas, metric) {
  const byName = Object.fromEntries(areas.map((area) => [area.name, area]));
  return {
    tooltip: {
      confine: true,
      formatter: ({ name }) => {
        const area = byName[name];
        if (!area) return tip(name, "不在本方案范围内");
        if (!area.counted) return tip(name, "不计入本方案统计");
        return tip(name, `${metric.title}：${figure(metric, area.code)}`);
      },
    },
    visualMap: {
      type: "piecewise", left: 6, bottom: 6, itemWidth: 14, itemHeight: 10, itemGap: 5, pieces: pieces(metric),
      textStyle: { fontSize: 11, color: COLORS.soft }, outOfRange: { color: "#f4f6f9" }, hoverLink: false,
    },
    graphic: [{ type: "text", left: 8, top: 8, style: { text: `${metric.title}（${metric.unit}）`, fontSize: 12, fill: COLORS.soft } }],
    series: [{
      type: "map", map: MAP_NAME, aspectScale: 0.79, layoutCenter: ["51%", "51%"], layoutSize: "100%", roam: false,
      selectedMode: false, label: { show: true, fontSize: 10.5 }, labelLayout: { hideOverlap: true },
      itemStyle: { borderColor: "#fff", borderWidth: 1, areaColor: "#f4f6f9" },
      emphasis: { label: { color: "#000" }, itemStyle: { areaColor: "#ffd591" } }, data: regions(areas, metric),
    }],
  };
}

function fillList(areas, metric) {
  const counted = areas.filter((a) => a.counted);
  counted.sort((a, b) => (metric.values[b.code] ?? -Infinity) - (metric.values[a.code] ?? -Infinity));
  document.getElementById("map-list").replaceChildren(...counted.map((area) => {
    const value = metric.values[area.code];
    const line = document.createElement("li");
    const [name, shown] = [document.createElement("span"), document.createElement("b")];
    name.textContent = area.name;
    shown.textContent = figure(metric, area.code);
    shown.classList.toggle("todo", value == null);
    line.append(name, shown);
    return line;
  }));
}

async function start() {
  document.getElementById("map-values")?.toggleAttribute("open", window.matchMedia("(min-width: 1200px)").matches);
  const holder = document.getElementById("map");
  const data = readJson("map-data");
  if (!holder || !data?.metrics.length) return;
  const answer = await fetch(holder.dataset.src);
  if (!answer.ok) {
    holder.textContent = "地图文件没有取到，请刷新页面重试；各县数值见下表。";
    fillList(data.areas, data.metrics[0]);
    return;
  }
  window.echarts.registerMap(MAP_NAME, await answer.json());
  const chart = draw(holder, option(data.areas, data.metrics[0]));
  fillList(data.areas, data.metrics[0]);
  holder.dataset.ready = "true";
  document.getElementById("map-metric").addEventListener("change", (event) => {
    const metric = data.metrics.find((m) => m.id === event.target.value);
    chart.setOption(option(data.areas, metric), { replaceMerge: ["visualMap", "series", "graphic"] });
    fillList(data.areas, metric);
  });
}

start();
