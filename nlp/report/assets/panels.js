// The still parts of the page: coverage line, headline cards, legend, drivers.

function showCoverage(data) {
  const line = document.getElementById("coverage");
  if (!data.dates.length) {
    line.textContent = "No dated article, so there is no trend to show.";
    return;
  }
  const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
  const [first, last] = [data.dates[0], data.dates[data.dates.length - 1]];
  const [from, to] = [periodName(first, data.freq), periodName(last, data.freq)];
  const span = from === to ? from : `${from} to ${to}`;
  const noun = PERIOD_NOUN[data.freq];
  const parts = [span[0].toUpperCase() + span.slice(1), count(data.dates.length, ...noun), count(sum(data.n_articles), "article", "articles"),
    count(sum(data.n_stories), "story", "stories")];
  for (const { lang, n } of (data.quality.languages ?? []).slice(0, 3)) parts.push(`${n.toLocaleString("en")} ${languageName(lang)}`);
  line.textContent = parts.join(" · ");
}

function known(values) {
  return values.map((_, i) => i).filter((i) => values[i] !== null);
}

// A peak is the highest period of several stories; one story alone makes a peak only where no period has more.
function byHeight(data, narrative) {
  const thin = (i) => Number(data.n_stories[i] < data.thin);
  return (a, b) => thin(a) - thin(b) || narrative.value[b] - narrative.value[a] || a - b;
}

function peakOf(data, narrative) {
  return known(narrative.value).sort(byHeight(data, narrative))[0] ?? null;
}

// The highest periods, by the same measure, that are not neighbours of a higher one already named.
function highest(data, narrative, n) {
  const order = known(narrative.value).sort(byHeight(data, narrative));
  const named = [];
  for (const i of order) {
    if (named.length < n && narrative.value[i] > 0 && named.every((other) => Math.abs(other - i) > 1)) named.push(i);
  }
  return named;
}

function swatch(i) {
  const made = element("i", "swatch");
  made.style.background = `var(--n${i % 6})`;
  return made;
}

function showHeadlines(data, pick) {
  const cards = data.narratives.map((narrative, at) => {
    const card = element("article", "card");
    const title = element("h2");
    title.append(swatch(at), foreign("bdi", "", narrative.name));
    card.append(title);
    const last = known(narrative.value).pop();
    if (last === undefined) {
      card.append(element("p", "when", "No article with a date."));
      return card;
    }
    const now = element("p", "now");
    const band = bandOf(narrative, last);
    now.append(element("span", "big", intensity(narrative.value[last])), element("span", "muted", band ? `95% ${band}` : "no band"));
    const z = narrative.z[last] === null ? "" : `, z ${signed(narrative.z[last], 1)} against its own past`;
    const moved = narrative.press.velocity?.[last] ?? null;
    const since = moved === null ? "" : `, ${signed(moved, 2)} on the four ${PERIOD_NOUN[data.freq][1]} before`;
    const thin = data.n_stories[last] < data.thin ? `, thin: ${count(data.n_stories[last], "story", "stories")}` : "";
    card.append(now, element("p", "when", `Latest, ${periodName(data.dates[last], data.freq)}${z}${since}${thin}`));
    const list = element("ol", "peaks");
    highest(data, narrative, 3).forEach((i, place) => list.append(peakLine(data, narrative, at, i, place, pick)));
    card.append(list);
    return card;
  });
  document.getElementById("headlines").replaceChildren(...cards);
}

function peakLine(data, narrative, at, i, place, pick) {
  const line = element("li");
  const band = bandOf(narrative, i);
  const jump = jumpTo(periodName(data.dates[i], data.freq).replace(/^week/, "Week"), () => pick(at, i, true));
  const thin = data.n_stories[i] < data.thin ? ", thin" : "";
  line.append(element("span", "label", place ? "Then" : "Peak"), jump,
    element("span", "muted", `${intensity(narrative.value[i])}${band ? ` (${band})` : ""}${thin}`));
  return line;
}

function showLegend(data) {
  const entries = data.narratives.map((narrative, i) => {
    const entry = element("span");
    entry.append(swatch(i), foreign("bdi", "", narrative.name));
    return entry;
  });
  const band = element("span", "muted"), thin = element("span", "muted");
  band.append(element("i", "band"), "95% band");
  thin.append(element("i", "hollow"), `fewer than ${data.thin} stories`);
  const episode = element("span", "muted");
  episode.append(element("i", "episode"), "unusually loud (see Episodes)");
  const hasThin = data.n_stories.some((n) => n > 0 && n < data.thin);
  document.getElementById("legend").replaceChildren(...entries, band, ...(data.episodes.length ? [episode] : []), ...(hasThin ? [thin] : []));
}

function showDrivers(data) {
  const note = document.getElementById("drivers-note");
  if (!data.quality.has_sentences) {
    note.textContent = "Counting drivers needs sentences.csv (froth score --sentences).";
    return;
  }
  note.textContent = "What the talk is about: asserting sentences that name each mechanism, over the whole time and, dark and in brackets, "
    + `in the latest ${count(data.n_lately, ...PERIOD_NOUN[data.freq])}. Copies count once.`;
  const most = Math.max(1, ...data.narratives.flatMap((narrative) => narrative.drivers.map(([, n]) => n)));
  const groups = data.narratives.map((narrative, at) => {
    const group = element("div"), title = element("h3");
    title.append(swatch(at), foreign("bdi", "", narrative.name));
    group.append(title, ...narrative.drivers.slice(0, 12).map(([name, n, lately]) => barOf([name, n, lately], most, at)));
    if (!narrative.drivers.length) group.append(element("p", "note", "No driver was found in an asserting sentence."));
    return group;
  });
  document.getElementById("drivers").replaceChildren(...groups);
}

// The part of the bar in full colour is what is said lately.
function barOf([name, n, lately], most, at) {
  const bar = element("div", "bar"), track = element("span", "track");
  for (const [part, tone] of [[lately, 1], [n - lately, 0.5]]) {
    const fill = element("i");
    fill.style.width = `${(part / most) * 100}%`;
    fill.style.background = `var(--n${at % 6})`;
    fill.style.opacity = tone;
    if (part) track.append(fill);
  }
  const number = element("span", "n", n.toLocaleString("en"));
  number.append(" ", element("span", "soft", `(${lately.toLocaleString("en")})`));
  bar.append(foreign("span", "", name), track, number);
  return bar;
}
