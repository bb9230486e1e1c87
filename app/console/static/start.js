"use strict";

const place = document.getElementById("chart");
const data = JSON.parse(document.getElementById("chart-data").textContent);
const style = getComputedStyle(document.documentElement);
const ink = style.getPropertyValue("--ink").trim();
const chart = echarts.init(place, null, { renderer: "svg" });

chart.setOption({
  aria: { enabled: true },
  textStyle: { fontFamily: "inherit", color: ink },
  color: data.series.map((one) => style.getPropertyValue(`--${one.size}`).trim()),
  grid: { left: 8, right: 8, top: 56, bottom: 8, containLabel: true },
  legend: { top: 0, left: 0, itemGap: 18, textStyle: { color: ink } },
  // Rich text, since the content security policy allows no inline style.
  tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
  xAxis: { type: "category", data: data.weeks, axisTick: { show: false } },
  yAxis: { type: "value", name: data.unit, nameTextStyle: { align: "left" } },
  series: data.series.map((one) => ({
    name: one.name,
    type: "bar",
    stack: "hours",
    barMaxWidth: 44,
    data: one.hours.map(Number),
  })),
});
window.addEventListener("resize", () => chart.resize());
place.dataset.drawn = "true";
