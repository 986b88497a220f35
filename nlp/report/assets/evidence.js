// The evidence panel: the articles behind one period and narrative, strongest first, and what is not shown.

const SPEAKS = 0.5;
const FIRST_FEW = 5;

function showEvidence(data, narrativeAt, periodAt) {
  const narrative = data.narratives[narrativeAt];
  const name = periodName(data.dates[periodAt], data.freq);
  const heading = document.getElementById("evidence-heading");
  heading.replaceChildren(foreign("bdi", "", narrative.name), `, ${name}`);
  showReadings(data, narrative, periodAt);
  const found = data.evidence.periods[narrativeAt][periodAt];
  const articles = (found ? found.a : []).map((at) => articleOf(data, data.evidence.articles[at], narrativeAt));
  document.getElementById("evidence-extent").textContent = found && found.a.length
    ? `Evidence: ${found.a.length} of ${count(found.a.length + found.left + found.weak, "story", "stories")}, strongest first` : "Evidence";
  const list = document.getElementById("articles");
  const rest = element("p", "left", restOf(data, found, periodAt));
  list.replaceChildren(...articles, ...unfold(list, articles), ...(rest.textContent ? [rest] : []));
  list.scrollTop = 0;
}

// On a phone the panel is part of the page: the first few articles, and a button for the others. On paper there are no others.
function unfold(list, articles) {
  const further = articles.slice(FIRST_FEW);
  list.classList.toggle("short", further.length > 0);
  if (!further.length) return [];
  for (const article of further) article.classList.add("further");
  const more = count(further.length, "more story", "more stories");
  const button = element("button", "unfold", `Show ${more}`);
  button.type = "button";
  button.addEventListener("click", () => list.classList.remove("short"));
  return [button, element("p", "left on-paper", `${more} in the file.`)];
}

function reading(term, value, soft) {
  const box = element("div");
  const number = element("dd", "", value);
  if (soft) number.append(" ", element("span", "soft", soft));
  box.append(element("dt", "", term), number);
  return box;
}

// What the sources of a period say together; each as far as the trend has it.
const PRESS = [
  ["index", "Index", (value) => (value === null ? NONE : value.toFixed(1))],
  ["attention", "Attention", (value) => (value === null ? NONE : `${(value * 100).toFixed(0)}%`)],
  ["consensus", "Consensus", (value) => (value === null ? NONE : value.toFixed(2))],
  ["velocity", "Velocity", (value) => signed(value, 2)],
  ["balance", "Balance", (value) => signed(value, 2)],
  ["trailing", "Trailing", (value) => signed(value, 2)],
];

function sourcesIn(data, i) {
  const n = data.n_sources?.[i] ?? null;
  return n === null ? "" : count(n, "source", "sources");
}

function showReadings(data, narrative, i) {
  const percent = narrative.share[i] === null ? NONE : `${(narrative.share[i] * 100).toFixed(0)}%`;
  const few = data.n_stories[i] !== null && data.n_stories[i] > 0 && data.n_stories[i] < data.thin ? "thin" : "";
  const band = bandOf(narrative, i);
  document.getElementById("readings").replaceChildren(
    reading("Intensity", intensity(narrative.value[i]), band && `95% ${band}`),
    reading("Asserting", percent),
    reading("Stance", signed(narrative.stance[i], 2)),
    reading("z", signed(narrative.z[i], 1)),
    reading("Stories", (data.n_stories[i] ?? 0).toLocaleString("en"), few || sourcesIn(data, i)),
    ...PRESS.filter(([key]) => narrative.press[key]).map(([key, name, text]) => reading(name, text(narrative.press[key][i]))),
  );
}

function restOf(data, found, periodAt) {
  if (!data.quality.has_scores) return "This report was made without scores.csv, so it holds no articles.";
  if (!found) return data.n_stories[periodAt] ? "The scores hold no article of this period." : "No articles in this period.";
  const said = [];
  if (found.left) said.push(`${count(found.left, "more story carries", "more stories carry")} the narrative; see scores.csv.`);
  if (found.weak) said.push(`${count(found.weak, "further story", "further stories")} of this period ${found.weak === 1 ? "does" : "do"} not carry it.`);
  return said.join(" ");
}

function titleOf(article) {
  const heading = element("h3");
  const text = article.t || "Untitled";
  if (!article.u || !/^https?:$/.test(protocolOf(article.u))) {
    heading.append(foreign("span", "", text, article.l));
    return heading;
  }
  const link = foreign("a", "", text, article.l);
  link.href = article.u;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  heading.append(link);
  return heading;
}

function protocolOf(url) {
  try {
    return new URL(url).protocol;
  } catch {
    return "";
  }
}

function articleOf(data, article, narrativeAt) {
  const score = article.n[narrativeAt];
  const box = element("article", "article");
  const meta = element("p", "meta");
  if (article.s) meta.append(foreign("bdi", "", article.s), " · ");
  meta.append(`${dayName(article.d)} · ${languageName(article.l)}`);
  if (article.copies) {
    meta.append(` · ${article.copies} copies in this period`);
    const others = article.also.filter((name) => name !== article.s);
    others.forEach((name, i) => meta.append(i ? ", " : ", also in ", foreign("bdi", "", name)));
  }
  const scores = element("p", "scores");
  const meter = element("span", "meter"), fill = element("i");
  fill.style.width = `${Math.min(1, Math.max(0, score.i)) * 100}%`;
  fill.style.background = `var(--n${narrativeAt % 6})`;
  meter.append(fill);
  scores.append(meter, `intensity ${intensity(score.i)}`, ` · stance ${signed(score.st, 2)}`);
  box.append(titleOf(article), meta, scores, ...score.q.map((quote) => quoteOf(data, quote, narrativeAt, article.l)));
  if (score.more) box.append(element("p", "left", `${count(score.more, "more sentence speaks", "more sentences speak")} of it.`));
  if (article.claims) box.append(claimsOf(article.claims, article.l));
  return box;
}

function quoteOf(data, [text, asserts, rejects, drivers], narrativeAt, lang) {
  const rejecting = rejects !== null && rejects > asserts;
  const strong = asserts === null || asserts + rejects >= SPEAKS;
  const box = element("blockquote", strong ? (rejecting ? "rejects" : asserts === null ? "plain" : "asserts") : "faint");
  box.append(foreign("mark", "", text, lang));
  const line = element("footer");
  if (asserts !== null) {
    line.append(element("span", "badge", rejecting ? `rejects ${rejects.toFixed(2)}` : `asserts ${asserts.toFixed(2)}`));
  }
  const names = data.narratives[narrativeAt].driver_names;
  if (drivers.length) line.append(foreign("span", "", drivers.map((id) => names[id] ?? id.replaceAll("_", " ")).join(", ")));
  if (line.childNodes.length) box.append(line);
  return box;
}
