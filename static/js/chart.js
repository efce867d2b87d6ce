// Draws each figure with data-chart by Apache ECharts, in the page's own colors; loads the library only on pages that have one.
const { library: LIBRARY } = document.querySelector("script[data-library]").dataset;
const drawn = new Map();
let library;

function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

// A custom property may hold light-dark(); only a computed color is a plain one.
function color(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function words({ before, after, scale, percent }) {
  return (value) => {
    if (typeof value !== "number") return value ?? "—";
    const number = value / scale;
    const compact = Math.abs(number) >= 10000 && !percent;
    return before + number.toLocaleString("en-US", { maximumFractionDigits: percent ? 2 : 1, notation: compact ? "compact" : "standard" }).replace("K", "k") + (percent ? " %" : after);
  };
}

function axis(given, say) {
  const line = { lineStyle: { color: color("--line") } };
  return [given ?? []].flat().map((one) => ({
    ...one,
    axisLine: line,
    axisTick: { show: false },
    splitLine: { show: one.type === "value", ...line },
    axisLabel: { color: color("--ink-3"), fontSize: 12, ...(one.type === "value" ? { formatter: say } : one.data?.length <= 8 ? { interval: 0, rotate: (one.data.length > 5 || window.innerWidth < 640) && one.data.some((word) => String(word).length > 6) ? 35 : 0 } : {}), ...one.axisLabel },
    nameTextStyle: { color: color("--ink-3") },
  }));
}

// What single kinds of series need to be read in both themes.
const LOOKS = {
  heatmap: (one) => ({ label: { color: color("--ink"), textBorderColor: color("--surface"), textBorderWidth: 2, ...one.label }, itemStyle: { borderColor: color("--surface"), borderWidth: 2 } }),
  sankey: (one) => ({ data: one.data.map((node, at) => ({ itemStyle: { color: color(`--chart-${(at % 6) + 1}`), borderWidth: 0 }, ...node })), label: { color: color("--ink"), ...one.label }, lineStyle: { color: "gradient", opacity: 0.28, ...one.lineStyle } }),
  treemap: (one) => ({ breadcrumb: { show: false }, roam: false, nodeClick: false, itemStyle: { borderColor: color("--surface"), gapWidth: 2 }, ...one }),
  gauge: (one) => ({ axisLabel: { color: color("--ink-3") }, detail: { color: color("--ink"), ...one.detail }, title: { color: color("--ink-2") } }),
};

function dress({ option, title, ...around }) {
  const say = words(around);
  const ink = color("--ink");
  const full = {
    animation: false, // a console is read, not watched
    ...option,
    color: option.color ?? [1, 2, 3, 4, 5, 6].map((n) => color(`--chart-${n}`)),
    backgroundColor: "transparent",
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
    aria: { enabled: true, label: { general: { withTitle: title, withoutTitle: title } } },
    tooltip: {
      trigger: option.xAxis ? "axis" : "item", valueFormatter: say, confine: true,
      backgroundColor: color("--surface"), borderColor: color("--line"), textStyle: { color: ink, fontSize: 13 },
      ...option.tooltip, renderMode: "richText", // an HTML tooltip would write style attributes, which the page forbids
    },
    legend: { show: [option.series].flat().length > 1, bottom: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, ...option.legend, textStyle: { color: color("--ink-2") } },
  };
  if (option.xAxis) full.xAxis = axis(option.xAxis, say);
  if (option.yAxis) full.yAxis = axis(option.yAxis, say);
  if (option.xAxis) full.grid = { left: 8, right: 16, top: 16, bottom: 40, containLabel: true, ...option.grid };
  if (option.radar) full.radar = { axisName: { color: color("--ink-2") }, splitArea: { show: false }, splitLine: { lineStyle: { color: color("--line") } }, axisLine: { lineStyle: { color: color("--line") } }, ...option.radar };
  if (option.series) full.series = [option.series].flat().map((one) => ({ ...one, ...LOOKS[one.type]?.(one) }));
  if (option.visualMap) full.visualMap = { ...option.visualMap, textStyle: { color: color("--ink-2") }, inRange: option.visualMap.inRange ?? { color: [color("--surface-2"), color("--chart-1")] } };
  return full;
}

async function draw(figure) {
  const canvas = figure.querySelector(".chart__canvas");
  const given = JSON.parse(figure.querySelector("script").textContent);
  canvas.hidden = false;
  const echarts = await load();
  drawn.get(figure)?.dispose();
  const chart = echarts.init(canvas);
  chart.setOption(dress(given));
  drawn.set(figure, chart);
  figure.dataset.drawn = "";
}

const resized = new ResizeObserver((entries) => {
  for (const entry of entries) drawn.get(entry.target)?.resize();
});

for (const figure of document.querySelectorAll("[data-chart]")) {
  draw(figure);
  resized.observe(figure);
}

document.documentElement.addEventListener("themechange", () => {
  for (const figure of drawn.keys()) draw(figure);
});
