// Episodes: shaded in the main figure, listed in a table whose peaks lead to their evidence.

const HALF_PERIOD = { D: 0.5, W: 3.5, M: 15.2 };
const MARK = { height: 4, step: 7 };

function inEpisode(data, narrativeAt, i) {
  return data.episodes.some((one) => one.narrative === narrativeAt && one.start <= i && i <= one.end);
}

// Light over the whole height, so that the market in an episode is seen as well; a mark at the top in full colour says whose it is.
// The points stand at the first day of their period, so the shade reaches half a period to either side of the outer ones.
function episodeShapes(data, upper) {
  const half = HALF_PERIOD[data.freq] * 864e5;
  const at = (i, shift) => new Date(Date.parse(data.dates[i]) + shift).toISOString();
  return data.episodes.flatMap((one) => {
    const tone = narrativeColour(one.narrative), top = 1 - (MARK.step * (one.narrative % 6)) / upper;
    const box = { type: "rect", xref: "x", x0: at(one.start, -half), x1: at(one.end, half), line: { width: 0 } };
    return [{ ...box, yref: "paper", y0: 0, y1: 1, layer: "below", fillcolor: translucent(tone, 0.1) },
      { ...box, yref: "y domain", y0: top - MARK.height / upper, y1: top, layer: "above", fillcolor: tone }];
  });
}

function showEpisodes(data, pick) {
  const rule = data.episode_rule, noun = PERIOD_NOUN[data.freq];
  document.getElementById("episodes-note").textContent =
    `A narrative is unusually loud from the ${noun[0]} in which its z-score reaches ${rule.start_z} until before ${count(rule.n_quiet, ...noun)} in a row under ${rule.end_z}.`;
  const box = document.getElementById("episodes");
  const hasScore = data.narratives.some((narrative) => narrative.z.some((value) => value !== null));
  if (!data.episodes.length) {
    box.replaceChildren(element("p", "note", hasScore ? `No ${noun[0]} reached ${rule.start_z}.`
      : "There is no z-score yet: it needs eight earlier periods with articles."));
    return;
  }
  const rows = data.episodes.map((one) => {
    const narrative = data.narratives[one.narrative], band = bandOf(narrative, one.peak);
    const jump = jumpTo(shortPeriod(data, one.peak), () => pick(one.narrative, one.peak, true));
    const height = element("span", "", intensity(narrative.value[one.peak]));
    if (band) height.append(" ", element("span", "soft", band));
    if (data.n_stories[one.peak] < data.thin) height.append(" ", element("span", "soft", "thin"));
    return [narrativeCell(data, one.narrative), shortPeriod(data, one.start), jump, one.over ? shortPeriod(data, one.end) : "goes on", height];
  });
  box.replaceChildren(tableOf(["Narrative", "Start", "Peak", "End", "#Intensity at the peak (95%)"], rows, "Episodes"));
}
