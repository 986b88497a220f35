// Data quality: what was read, what is missing, who makes up the latest figure, and from what all of it was made.

const MOST_RUNS = 60;

// Periods in a row as one entry: "Mar 2024 to May 2024 (3)".
function periodList(data, places) {
  const runs = [];
  for (const i of places) {
    const last = runs[runs.length - 1];
    if (last && last[1] === i - 1) last[1] = i;
    else runs.push([i, i]);
  }
  const named = runs.slice(0, MOST_RUNS).map(([from, to]) =>
    (from === to ? shortPeriod(data, from) : `${shortPeriod(data, from)} to ${shortPeriod(data, to)} (${to - from + 1})`));
  return named.join(", ") + (runs.length > MOST_RUNS ? `, and ${runs.length - MOST_RUNS} more` : "");
}

function folded(summary, ...content) {
  const box = element("details");
  box.append(element("summary", "", summary), ...content);
  return box;
}

function withPeriods(data, text, places) {
  return places.length ? folded(text, element("p", "soft", periodList(data, places))) : text;
}

function latestRow(data, latest, at) {
  if (!latest) return null;
  const box = element("span");
  const share = `${(latest.share * 100).toFixed(0)}%`;
  box.append(swatch(at), " ", foreign("bdi", "", data.narratives[at].name), `, ${shortPeriod(data, latest.period)}: ${share} of the intensity is `,
    foreign("bdi", "", latest.source), ` (${latest.n} of ${count(latest.of, "story", "stories")})`);
  return box;
}

function sourcesOf(q) {
  const rows = q.sources.map(([name, n]) => [foreign("bdi", "", name), n.toLocaleString("en"), `${((n / q.n_scored) * 100).toFixed(0)}%`]);
  const box = folded(count(q.n_sources, "named source", "named sources"), tableOf(["Source", "#Articles", "#Share"], rows, "Sources", true));
  if (q.n_sources > rows.length) box.append(element("p", "soft", `and ${q.n_sources - rows.length} more`));
  if (q.n_unnamed) box.append(element("p", "soft", `${count(q.n_unnamed, "article names", "articles name")} no source`));
  return box;
}

function languagesOf(q) {
  const rows = q.languages.map((one) => [languageName(one.lang), ...[one.n, one.stories, one.sources, one.undated].map((n) => n.toLocaleString("en"))]);
  return tableOf(["Language", "#Articles", "#Stories", "#Sources", "#Undated"], rows, "Languages", true);
}

function failuresOf(q) {
  if (!q.failures.length) return "none";
  const said = (stage) => (stage === "date" ? "date (kept, without one)" : stage);
  return `${q.failures.map(([stage, n]) => `${said(stage)} ${n.toLocaleString("en")}`).join(", ")}; see failures.csv`;
}

function materialRows(data) {
  const q = data.quality;
  if (!q.has_scores) return [["Articles", "not at hand: no scores.csv beside the trend"]];
  const rows = [["Articles scored", q.n_scored.toLocaleString("en")], ["Languages", languagesOf(q)], ["Sources", sourcesOf(q)],
    ["Without a date", `${q.n_undated.toLocaleString("en")}, in no period`]];
  if (q.n_outside) rows.push(["Outside the trend", `${count(q.n_outside, "article", "articles")} dated before its first or after its last period`]);
  const inTrend = data.n_articles.reduce((sum, n) => sum + (n ?? 0), 0), dated = q.n_scored - q.n_undated - q.n_outside;
  if (inTrend !== dated) rows.push(["Not of one make", `the trend counts ${count(inTrend, "article", "articles")}, the scores beside it ${dated.toLocaleString("en")} in its periods`]);
  for (const [at, latest] of q.latest.entries()) {
    const told = latestRow(data, latest, at);
    if (told) rows.push([at ? "" : "Largest source", told]);
  }
  return rows;
}

function evidenceRows(data) {
  const q = data.quality;
  if (!q.has_scores) return [];
  const rows = [["Evidence in this file", !q.n_evidence ? "no story carries a narrative" : q.n_evidence_shown === q.n_evidence
    ? `all ${count(q.n_evidence, "story", "stories")} that carry a narrative`
    : `${q.n_evidence_shown.toLocaleString("en")} of ${count(q.n_evidence, "story", "stories")} that carry a narrative, strongest first`]];
  if (!q.has_sentences) rows.push(["Sentences", "none at hand: the strongest sentence of each article stands for all"]);
  return rows;
}

function originRows(data) {
  const { snapshot, parts, version } = data.origin, models = data.quality.models ?? [];
  const rows = parts.map(([name, value]) => [name, foreign("span", "", value)]);
  const made = snapshot === null ? "none beside the trend" : folded(snapshot, tableOf(["Part", "Made from"], rows, "Snapshot", true));
  return [["Model", foreign("span", "", models.join(", ") || "not named")], ["Snapshot", made], ["froth", version || "not installed"]];
}

function showQuality(data) {
  const noun = PERIOD_NOUN[data.freq], title = (text) => text[0].toUpperCase() + text.slice(1);
  const empty = data.n_stories.map((_, i) => i).filter((i) => !data.n_stories[i]);
  const thin = data.n_stories.map((_, i) => i).filter((i) => data.n_stories[i] > 0 && data.n_stories[i] < data.thin);
  const rows = [...materialRows(data),
    [`${title(noun[1])} without articles`, withPeriods(data, `${empty.length} of ${data.dates.length}, left as gaps`, empty)],
    [`Thin ${noun[1]}`, withPeriods(data, `${thin.length} with fewer than ${data.thin} stories`, thin)],
    ["Failures", failuresOf(data.quality)], ...evidenceRows(data), ...originRows(data)];
  document.getElementById("quality").replaceChildren(...rows.map(([term, value]) => {
    const row = element("div"), definition = element("dd");
    definition.append(value);
    row.append(element("dt", "", term), definition);
    return row;
  }));
}

function showOrigin(data) {
  const { snapshot, version } = data.origin, models = data.quality.models ?? [];
  const parts = [snapshot && `snapshot ${snapshot}`, models.length && `model ${models.join(", ")}`].filter(Boolean);
  document.getElementById("origin").textContent = `Made with froth${version ? ` ${version}` : ""}${parts.length ? `: ${parts.join(", ")}` : ""}.`;
}
