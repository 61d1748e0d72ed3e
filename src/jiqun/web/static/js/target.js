// The page of one target: the planned path with where the target stands, and what each county adds.
import { COLORS, draw, readJson, showNumber, tip } from "./charts.js";

/** The interval of the forecast: an invisible lower line with the height of the interval stacked on it. */
function band(ahead, point) {
  const start = point ? [{ on: point.on, low: point.value, high: point.value }] : [];
  const all = [...start, ...ahead];
  const quiet = { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  return [
    { ...quiet, name: "下限", data: all.map((a) => [a.on, a.low]) },
    { ...quiet, name: "预测区间", data: all.map((a) => [a.on, a.high - a.low]), areaStyle: { color: COLORS.pale, opacity: 0.55 } },
  ];
}

function pathOption({ plan, point, past, ahead, unit, digits, asOf }) {
  const show = (v) => `${showNumber(v, digits)}${unit}`;
  const marks = point ? [{ xAxis: point.on }] : [];
  return {
    grid: { left: 8, right: 24, top: 30, bottom: 8, containLabel: true },
    legend: { right: 8, top: 0, itemWidth: 16, textStyle: { fontSize: 12 }, data: ["计划", ...(past.length ? ["实际"] : []), ...(point ? ["当前"] : []), ...(ahead.length ? ["预测"] : [])] },
    tooltip: { trigger: "item", confine: true, formatter: (p) => tip(`${p.seriesName} ${p.value[0]}`, show(p.value[1])) },
    xAxis: { type: "time", axisLabel: { formatter: "{yyyy}-{MM}", hideOverlap: true, color: COLORS.soft }, splitLine: { show: false } },
    yAxis: { type: "value", axisLabel: { formatter: (v) => showNumber(v, digits), color: COLORS.soft }, splitLine: { lineStyle: { color: COLORS.grid } } },
    series: [
      ...(ahead.length ? band(ahead, point) : []),
      { name: "实际", type: "line", data: past.map((p) => [p.on, p.value]), symbolSize: 4, color: COLORS.deep, lineStyle: { width: 2 } },
      {
        name: "预测", type: "line", color: COLORS.warn, symbolSize: 5, lineStyle: { width: 2, type: "dashed" },
        data: ahead.length ? [...(point ? [[point.on, point.value]] : []), ...ahead.map((a) => [a.on, a.mean])] : [],
      },
      {
        name: "计划", type: "line", data: plan.map((m) => [m.on, m.value]), symbolSize: 6, color: COLORS.mid,
        lineStyle: { width: 2, type: "dashed" },
        markLine: { symbol: "none", silent: true, data: marks, lineStyle: { color: COLORS.bad, type: "dashed" }, label: { formatter: asOf, fontSize: 11, color: COLORS.bad } },
      },
      { name: "当前", type: "scatter", symbolSize: 12, color: COLORS.deep, data: point ? [[point.on, point.value]] : [] },
    ],
  };
}

function shareOption({ shares, shareUnit: unit, digits, label }) {
  const rows = shares.filter((s) => s.value !== null).sort((a, b) => a.value - b.value);
  return {
    grid: { left: 8, right: 56, top: 8, bottom: 8, containLabel: true },
    tooltip: { trigger: "item", confine: true, formatter: (p) => tip(p.name, `${label}：${showNumber(p.value, digits)}${unit}`) },
    xAxis: { type: "value", show: false },
    yAxis: { type: "category", data: rows.map((s) => s.name), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: COLORS.text, fontSize: 12, interval: 0, width: 132, overflow: "truncate" } },
    series: [{
      type: "bar", data: rows.map((s) => s.value), color: COLORS.mid, barMaxWidth: 14,
      label: { show: true, position: "right", formatter: (p) => `${showNumber(p.value, digits)}${unit === "%" ? "%" : ""}`, color: COLORS.soft },
    }],
  };
}

/** Counties that add nothing are named in a line below, so that the bars stay readable. */
function drawShares(holder) {
  const counts = data.shareUnit !== "%";
  const shown = data.shares.filter((s) => s.value !== null && !(counts && s.value === 0));
  const rest = data.shares.filter((s) => !shown.includes(s)).map((s) => `${s.name}${s.value === null ? "（无数据或不公布）" : ""}`);
  const note = document.getElementById("share-rest");
  note.textContent = rest.length ? `其余 ${rest.length} 个${counts ? "为 0 或没有数据" : "没有数据"}：${rest.join("、")}` : "";
  holder.style.height = `${Math.max(shown.length * 23 + 24, 60)}px`;
  if (shown.length) draw(holder, shareOption({ ...data, shares: shown }));
  else holder.hidden = true;
}

const data = readJson("target-data");
const path = document.getElementById("plan-chart");
if (path && data.plan.length > 1) draw(path, pathOption(data));
const shares = document.getElementById("share-chart");
if (shares) drawShares(shares);
