// Languages side by side: one small figure each, on one scale, by the same aggregation as the whole.

function languageData(data, language) {
  const narratives = data.narratives.map((narrative, i) => ({ ...narrative, ...language.narratives[i] }));
  return { ...data, n_stories: language.n_stories, narratives };
}

function languageFigure(data, language, top, width) {
  const part = languageData(data, language), narrow = width < 560;
  const layout = baseLayout(width, narrow ? 210 : 230, narrow);
  layout.yaxis = { ...axisStyle(), range: [0, top], nticks: 5, tickformat: ".2~f" };
  layout.xaxis = timeAxis(data, narrow ? 5 : 6);
  const traces = part.narratives.map((narrative, i) => bandTrace(part, narrative, i));
  part.narratives.forEach((narrative, i) => traces.push(lineTrace(part, narrative, i, narrative.value, intensityDetail(part, i))));
  return { traces, layout, upper: layout.height - layout.margin.t - layout.margin.b, top };
}

function showLanguages(data) {
  const { shown, left } = data.languages, note = document.getElementById("languages-note");
  const grid = document.getElementById("languages");
  if (!shown.length) {
    note.textContent = "Telling languages apart needs scores.csv with dated articles.";
    return [];
  }
  if (shown.length === 1) {
    note.textContent = `Every dated article is in one language, ${languageName(shown[0].lang)}: the figure above is about it alone.`;
    return [];
  }
  note.textContent = "The numbers of froth trend --by lang, on one scale. The model errs differently in each language and their sources differ, "
    + "so compare when the lines move rather than how high they stand."
    + (left ? ` ${count(left, "language", "languages")} with fewer articles not shown.` : "");
  const figures = shown.map((language) => {
    const box = element("div", "language"), heading = element("h3", "", languageName(language.lang));
    const n = language.n_stories.reduce((sum, value) => sum + (value ?? 0), 0), told = language.n_stories.filter((value) => value > 0).length;
    const counts = `${count(language.n_articles, "article", "articles")}, ${count(n, "story", "stories")} in ${told} of ${count(data.dates.length, ...PERIOD_NOUN[data.freq])}`;
    const plot = element("div", "plot");
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `Intensity with 95% bands, ${languageName(language.lang)}`);
    box.append(heading, element("p", "note", counts), plot);
    grid.append(box);
    return { plot, language };
  });
  return figures;
}

function languageTop(data) {
  return Math.max(...data.languages.shown.map((language) => bandedTop(languageData(data, language))));
}
