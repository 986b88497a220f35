// The figures. Above: intensity with its band, a gap where a period has no articles. Below, one strip per market series with
// its own scale, on the same time axis. A click anywhere picks the nearest period.

const STRIP = { wide: 76, narrow: 66, paper: 46 };
// Up to so many periods every point has a dot; up to so many the thin ones have.
const DOTTED = 80, HOLLOW = 400;
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset", showTips: false };

function runs(values) {
  const found = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const last = found[found.length - 1];
    if (last && last[last.length - 1] === i - 1) last.push(i);
    else found.push([i]);
  });
  return found;
}

function lonelySizes(values) {
  const lonely = new Set(runs(values).filter((run) => run.length === 1).map((run) => run[0]));
  return values.map((_, i) => (lonely.has(i) ? 4 : 0));
}

function bandTrace(data, narrative, position) {
  const both = narrative.low.map((low, i) => (low === null || narrative.high[i] === null ? null : low));
  const x = [], y = [];
  for (const run of runs(both)) {
    const back = [...run].reverse();
    x.push(...run.map((i) => data.dates[i]), ...back.map((i) => data.dates[i]), data.dates[run[0]], null);
    y.push(...run.map((i) => narrative.high[i]), ...back.map((i) => narrative.low[i]), narrative.high[run[0]], null);
  }
  const tint = translucent(narrativeColour(position), 0.17);
  return { x, y, mode: "lines", fill: "toself", fillcolor: tint, line: { color: tint, width: 1 }, hoverinfo: "skip",
    showlegend: false, yaxis: "y", name: "band" };
}

function lineTrace(data, narrative, position, values, detail) {
  const tone = narrativeColour(position);
  const lonely = lonelySizes(values);
  const n = data.dates.length;
  const thin = (i) => data.n_stories[i] !== null && data.n_stories[i] < data.thin;
  const size = values.map((_, i) => (lonely[i] || n <= DOTTED ? 5 : thin(i) && n <= HOLLOW ? 5 : 0));
  const fill = values.map((_, i) => (thin(i) ? colour("paper") : tone));
  return { x: data.dates, y: values, name: plotText(narrative.name), mode: "lines+markers", connectgaps: false, yaxis: "y",
    line: { color: tone, width: 2, dash: position >= 6 ? "dash" : "solid" },
    marker: { size, color: fill, opacity: 1, line: { color: tone, width: 1.5 } },
    customdata: detail, hovertemplate: "%{customdata}", showlegend: false };
}

function intensityDetail(data, position) {
  const narrative = data.narratives[position];
  return narrative.value.map((value, at) => {
    const band = bandOf(narrative, at);
    return `${intensity(value)}${band ? `  (${band})` : ""}  ${count(data.n_stories[at], "story", "stories")}`;
  });
}

// What a naive reader makes of a narrative, thin and dotted; beside the model's line it needs no band.
function baselineTrace(data, position, baseline, kind) {
  return { x: data.dates, y: baseline.value, name: plotText(`${data.narratives[position].name}, ${baseline.name}`), mode: "lines", connectgaps: false, yaxis: "y",
    line: { color: narrativeColour(position), width: 1, dash: kind ? "dashdot" : "dot" }, customdata: baseline.value.map((value) => intensity(value)),
    hovertemplate: "%{customdata}", showlegend: false };
}

function axisStyle() {
  return { gridcolor: colour("grid"), zeroline: false, tickfont: { color: colour("muted"), size: 11 }, linecolor: colour("rule"),
    fixedrange: true, automargin: false, ticks: "" };
}

function timeAxis(data, nticks) {
  const few = data.dates.length > 3 ? {} : { tickvals: data.dates, ticktext: data.dates.map(dayName) };
  return { ...axisStyle(), ...few, type: "date", fixedrange: false, range: timeRange(data), showgrid: false, showline: true, anchor: "free", position: 0,
    hoverformat: "%-d %b %Y", showspikes: true, spikemode: "across", spikethickness: 0.5, spikedash: "solid",
    spikecolor: colour("muted"), spikesnap: "hovered data", nticks, ticks: "outside", ticklen: 4,
    tickcolor: colour("rule") };
}

function baseLayout(width, height, narrow) {
  return { width, height, margin: { l: narrow ? 34 : 42, r: narrow ? 14 : 30, t: 8, b: 36 }, paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)", font: { family: getComputedStyle(document.body).fontFamily, color: colour("ink"), size: 12 },
    hovermode: "x unified", hoversubplots: "axis", hoverdistance: -1, spikedistance: -1, dragmode: narrow ? false : "zoom",
    hoverlabel: { bgcolor: colour("paper"), bordercolor: colour("rule"), font: { size: 12, color: colour("ink") } }, shapes: [] };
}

function timeRange(data) {
  const first = Date.parse(data.dates[0]), last = Date.parse(data.dates[data.dates.length - 1]);
  const pad = first === last ? 864e5 * 10 : Math.max((last - first) * 0.012, 864e5 * 0.7);
  return [new Date(first - pad).toISOString(), new Date(last + pad).toISOString()];
}

// `baselines`: the names of those shown.
function mainFigure(data, shown, baselines, width, onPaper) {
  const narrow = width < 560;
  const upper = onPaper ? 230 : narrow ? 250 : 320, gap = onPaper ? 24 : 30;
  const strip = onPaper ? STRIP.paper : narrow ? STRIP.narrow : STRIP.wide;
  const height = 8 + upper + shown.length * (strip + gap) + 36;
  const inner = height - 44;
  const layout = baseLayout(width, height, narrow);
  const naive = data.narratives.flatMap((narrative, i) => narrative.baselines.map((one, kind) => [one, i, kind]))
    .filter(([one]) => baselines.has(one.name));
  const top = Math.max(bandedTop(data), ...naive.flatMap(([one]) => one.value.map((value) => (value ?? 0) * 1.06)));
  layout.yaxis = { ...axisStyle(), domain: [1 - upper / inner, 1], range: [0, top], nticks: 6, tickformat: ".2~f" };
  layout.xaxis = timeAxis(data, narrow ? 5 : 9);
  layout.annotations = [];
  const traces = data.narratives.map((narrative, i) => bandTrace(data, narrative, i));
  data.narratives.forEach((narrative, i) => traces.push(lineTrace(data, narrative, i, narrative.value, intensityDetail(data, i).map((text, at) =>
    (inEpisode(data, i, at) ? `${text}  unusually loud` : text)))));
  traces.push(...naive.map(([one, i, kind]) => baselineTrace(data, i, one, kind)));
  shown.forEach((series, k) => {
    const edge = 1 - (upper + k * (strip + gap) + gap) / inner;
    const axis = `y${k + 2}`;
    const large = series.value.some((value) => Math.abs(value) >= 1e4);
    layout[`yaxis${k + 2}`] = { ...axisStyle(), domain: [Math.max(0, edge - strip / inner), edge], nticks: 5, tickformat: large ? ".3~s" : ".4~g",
      zeroline: false };
    traces.push({ x: data.dates, y: series.value, name: plotText(series.name), mode: "lines+markers", connectgaps: false, yaxis: axis,
      line: { color: colour("market"), width: 1.5 }, marker: { size: lonelySizes(series.value), color: colour("market"), opacity: 1 }, customdata: series.value.map((value) => compact(value)),
      hovertemplate: "%{customdata}", showlegend: false });
    const last = series.value.filter((value) => value !== null).pop() ?? null;
    const label = { xref: "paper", yref: "paper", y: edge, yanchor: "bottom", showarrow: false };
    layout.annotations.push(
      { ...label, x: 0, xanchor: "left", text: plotText(shortened(series.name, narrow ? 30 : 60)), font: { size: 11, color: colour("ink") } },
      { ...label, x: 1, xanchor: "right", text: `last ${compact(last)}`, font: { size: 11, color: colour("muted") } });
  });
  return { traces, layout, upper, top };
}

function bandedTop(data) {
  const all = data.narratives.flatMap((narrative) => [...narrative.high, ...narrative.value]).filter((value) => value !== null);
  return all.length ? Math.max(0.02, all.reduce((a, b) => Math.max(a, b), 0) * 1.06) : 1;
}

// The narrative whose line passes nearest to the pointer; null below the upper panel, or if nothing is known of the pointer.
function narrativeAtPointer(data, figure, drawn, event, period) {
  const pointer = event?.changedTouches?.[0] ?? event;
  const y = (pointer?.clientY ?? NaN) - figure.getBoundingClientRect().top - drawn.layout.margin.t;
  if (!(y <= drawn.upper)) return null;
  const wanted = drawn.top * (1 - y / drawn.upper);
  const distance = (i) => Math.abs(data.narratives[i].value[period] - wanted);
  return data.narratives.map((_, i) => i).filter((i) => data.narratives[i].value[period] !== null)
    .reduce((best, i) => (best === null || distance(i) < distance(best) ? i : best), null);
}

function stanceFigure(data, width) {
  const narrow = width < 560;
  const layout = baseLayout(width, narrow ? 220 : 250, narrow);
  layout.yaxis = { ...axisStyle(), range: [-1.08, 1.08], tickvals: [-1, -0.5, 0, 0.5, 1], zeroline: true,
    ticktext: ["−1", "−0.5", "0", "+0.5", "+1"], zerolinecolor: colour("muted"), zerolinewidth: 1 };
  layout.xaxis = timeAxis(data, narrow ? 5 : 7);
  const traces = data.narratives.map((narrative, i) =>
    lineTrace(data, narrative, i, narrative.stance, narrative.stance.map((value) => signed(value, 2))));
  return { traces, layout };
}

function marker(iso) {
  return [{ type: "line", xref: "x", yref: "paper", x0: iso, x1: iso, y0: 0, y1: 1, layer: "below",
    line: { color: colour("muted"), width: 1, dash: "dot" } }];
}
