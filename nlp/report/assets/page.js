// The page: reads the payload, draws, and keeps figure, evidence, choices and address (#2024-08-05) at one period.

const data = JSON.parse(document.getElementById("payload").textContent);
data.digits = data.narratives.some((one) => one.value.some((value) => value >= 0.0995)) ? 2 : 3;
const state = { narrative: 0, period: 0, drawn: false, main: null, baselines: new Set(), languages: [] };
const plot = document.getElementById("plot"), stance = document.getElementById("stance"), claimsPlot = document.getElementById("claims-plot");
const pickNarrative = document.getElementById("pick-narrative"), pickPeriod = document.getElementById("pick-period");
// Widths on paper, in pixels: the whole, and one of two side by side.
const PAPER = { whole: 680, half: 330 };
const printing = window.matchMedia("print");

function pick(narrativeAt, periodAt, reveal) {
  state.narrative = narrativeAt;
  state.period = periodAt;
  pickNarrative.value = String(narrativeAt);
  pickPeriod.value = String(periodAt);
  document.getElementById("earlier").disabled = periodAt <= 0;
  document.getElementById("later").disabled = periodAt >= data.dates.length - 1;
  showEvidence(data, narrativeAt, periodAt);
  if (state.drawn) Plotly.relayout(plot, { shapes: shapesOf(state.main) });
  if (!reveal) return;
  const at = narrativeAt === 0 ? data.dates[periodAt] : `${data.dates[periodAt]}/${encodeURIComponent(data.narratives[narrativeAt].id)}`;
  history.replaceState(null, "", `#${at}`);
  const box = document.getElementById("evidence").getBoundingClientRect();
  if (box.top > window.innerHeight * 0.75 || box.bottom < 0) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.getElementById("evidence").scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }
}

function shapesOf(main) {
  return [...episodeShapes(data, main.upper), ...marker(data.dates[state.period])];
}

function periodAtOrBefore(iso) {
  let found = -1;
  data.dates.forEach((date, i) => { if (date <= iso) found = i; });
  return found;
}

function pickFromAddress() {
  const match = /^#(\d{4}-\d{2}-\d{2})(?:\/(.+))?$/.exec(location.hash);
  const period = match ? periodAtOrBefore(match[1]) : -1;
  if (period < 0) return false;
  let id = "";
  try { id = decodeURIComponent(match[2] ?? ""); } catch { id = ""; }
  const narrative = data.narratives.findIndex((one) => one.id === id);
  pick(narrative < 0 ? 0 : narrative, period, false);
  return true;
}

function pickFirst() {
  const at = Math.max(0, data.narratives.findIndex((narrative, i) => Object.keys(data.evidence.periods[i]).length && peakOf(data, narrative) !== null));
  pick(at, peakOf(data, data.narratives[at]) ?? 0, false);
}

function fillChoices() {
  pickNarrative.replaceChildren(...data.narratives.map((narrative, i) => new Option(narrative.name, String(i))));
  pickPeriod.replaceChildren(...data.dates.map((iso, i) => {
    const n = data.n_stories[i] ?? 0;
    return new Option(`${data.freq === "M" ? periodName(iso, "M") : dayName(iso)} (${n ? n.toLocaleString("en") : "none"})`, String(i));
  }));
  pickNarrative.addEventListener("change", () => pick(Number(pickNarrative.value), state.period, true));
  pickPeriod.addEventListener("change", () => pick(state.narrative, Number(pickPeriod.value), true));
  document.getElementById("earlier").addEventListener("click", () => pick(state.narrative, Math.max(0, state.period - 1), true));
  document.getElementById("later").addEventListener("click", () => pick(state.narrative, Math.min(data.dates.length - 1, state.period + 1), true));
}

function choice(name, isOn, onChange) {
  const label = element("label"), box = element("input");
  box.type = "checkbox";
  box.checked = isOn;
  box.addEventListener("change", () => { onChange(box.checked); draw(); });
  label.append(box, foreign("span", "", name));
  return label;
}

function fillSeries() {
  document.getElementById("series").replaceChildren(...data.market.map((series) =>
    choice(series.name, series.on, (isOn) => { series.on = isOn; })));
  document.getElementById("series-box").hidden = !data.market.length;
}

function fillBaselines() {
  const names = [...new Set(data.narratives.flatMap((narrative) => narrative.baselines.map((one) => one.name)))];
  document.getElementById("baselines-box").hidden = !names.length;
  document.getElementById("baselines").replaceChildren(...names.map((name) =>
    choice(name, false, (isOn) => state.baselines[isOn ? "add" : "delete"](name))));
}

function fillSpans() {
  const days = (Date.parse(data.dates[data.dates.length - 1]) - Date.parse(data.dates[0])) / 864e5;
  const spans = [["6m", 183], ["1y", 366], ["3y", 1096], ["5y", 1827]].filter(([, length]) => length < days * 0.9);
  if (!spans.length) return;
  const buttons = [...spans, ["All", null]].map(([name, length]) => {
    const button = element("button", "", name);
    button.type = "button";
    button.setAttribute("aria-pressed", String(length === null));
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      const range = timeRange(data);
      if (length !== null) range[0] = new Date(Date.parse(range[1]) - length * 864e5).toISOString();
      for (const figure of [plot, stance, ...state.languages.map((one) => one.plot)]) Plotly.relayout(figure, { "xaxis.range": range });
    });
    return button;
  });
  document.getElementById("spans").replaceChildren(...buttons);
}

function draw() {
  const shown = data.market.filter((series) => series.on);
  document.getElementById("series-count").textContent = data.market.length ? `${shown.length} of ${data.market.length} shown` : "";
  const widthOf = (figure, onPaper = PAPER.whole) => (printing.matches ? onPaper : figure.clientWidth);
  const main = mainFigure(data, shown, state.baselines, widthOf(plot), printing.matches);
  state.main = main;
  main.layout.shapes = shapesOf(main);
  const figures = [[plot, main], [stance, stanceFigure(data, widthOf(stance))]];
  const top = state.languages.length ? languageTop(data) : 1;
  if (hasClaimMonths(data)) figures.push([claimsPlot, claimsFigure(data, widthOf(claimsPlot))]);
  for (const { plot: figure, language } of state.languages) figures.push([figure, languageFigure(data, language, top, widthOf(figure, PAPER.half))]);
  for (const [figure, made] of figures) {
    if (state.drawn) made.layout.xaxis.range = [...figure.layout.xaxis.range];
    Plotly.react(figure, made.traces, made.layout, CONFIG);
  }
  if (!state.drawn) plot.on("plotly_click", clicked);
  state.drawn = true;
}

function clicked(event) {
  const point = event.points.find((one) => typeof one.pointIndex === "number" && one.data.customdata);
  if (!point) return;
  const nearest = narrativeAtPointer(data, plot, state.main, event.event, point.pointIndex);
  pick(nearest ?? state.narrative, point.pointIndex, true);
}

// What is folded on the screen is open on paper, where nobody can unfold it.
function foldForPaper() {
  for (const box of document.querySelectorAll("#quality details")) box.open = printing.matches;
}

function watch() {
  let waiting = null, width = window.innerWidth;
  const redraw = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); };
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; redraw(); } });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  printing.addEventListener("change", () => { foldForPaper(); draw(); });
  window.addEventListener("hashchange", pickFromAddress);
}

showCoverage(data);
showHeadlines(data, pick);
showDrivers(data);
showQuality(data);
showOrigin(data);
showLeadLag(data);
showClaims(data);
if (data.dates.length) {
  showLegend(data);
  showEpisodes(data, pick);
  state.languages = showLanguages(data);
  fillChoices();
  fillSeries();
  fillBaselines();
  fillSpans();
  if (!pickFromAddress()) pickFirst();
  draw();
  watch();
} else {
  for (const part of document.querySelectorAll(".workbench, .over-time")) part.hidden = true;
}
document.documentElement.dataset.ready = "true";
