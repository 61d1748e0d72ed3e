// The page of one firm: a chart of the chosen figure over the years.
import { COLORS, draw, readJson, showNumber, tip } from "./charts.js";

function option(figure) {
  return {
    grid: { left: 8, right: 12, top: 26, bottom: 4, containLabel: true },
    tooltip: { trigger: "item", confine: true, formatter: (p) => tip(p.name, `${figure.name}：${showNumber(p.value, 2)}${figure.unit}`) },
    xAxis: { type: "category", data: figure.periods, axisTick: { show: false }, axisLabel: { color: COLORS.soft } },
    yAxis: { type: "value", name: figure.unit, nameTextStyle: { color: COLORS.soft, align: "left" }, axisLabel: { color: COLORS.soft }, splitLine: { lineStyle: { color: COLORS.grid } } },
    series: [{ type: "bar", data: figure.values, color: COLORS.mid, barMaxWidth: 28, label: { show: true, position: "top", fontSize: 11, color: COLORS.soft, formatter: (p) => showNumber(p.value, 1) } }],
  };
}

const holder = document.getElementById("figure-chart");
const figures = readJson("figure-data");
if (holder && figures?.length) {
  const chart = draw(holder, option(figures[0]));
  document.getElementById("figure-choice")?.addEventListener("change", (event) => {
    chart.setOption(option(figures[Number(event.target.value)]), { replaceMerge: ["series", "yAxis"] });
  });
}
