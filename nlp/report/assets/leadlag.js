// Lead and lag: the strongest tests of narratives against market series, how many were run, and what they do not say.

function testOf(data, row) {
  const n = count(Math.abs(row.lag), ...PERIOD_NOUN[data.freq]), noun = PERIOD_NOUN[data.freq][0];
  if (row.method === "correlation") return `Correlation, ${row.lag ? `${row.lag < 0 ? "narrative" : "series"} ${n} earlier` : `same ${noun}`}`;
  if (row.method === "granger_narrative_to_series") return `Granger, narrative → series, ${n} of past`;
  if (row.method === "granger_series_to_narrative") return `Granger, series → narrative, ${n} of past`;
  if (row.method === "local_projection") return `Local projection, ${row.lag ? `${n} after` : `${noun} of`} a surprise in the narrative`;
  return `${row.method}, ${row.lag}`;
}

function probability(value) {
  if (value === null) return NONE;
  return value < 0.001 ? "<\u00a00.001" : value.toFixed(3);
}

function estimateOf(row) {
  if (row.estimate === null) return NONE;
  const text = (value) => (row.method === "local_projection" ? signedCompact(value) : signed(value, 2));
  const cell = element("span", "", text(row.estimate));
  if (row.low !== null && row.high !== null) cell.append(" ", element("span", "soft", `${text(row.low)} to ${text(row.high)}`));
  return cell;
}

function testRow(data, row, level) {
  const name = row.narrative === null ? foreign("bdi", "", row.name) : narrativeCell(data, row.narrative);
  const told = element("span"), series = element("span");
  told.append(...(row.changed[0] ? ["change in "] : []), name);
  series.append(...(row.changed[1] ? ["change in "] : []), foreign("bdi", "", row.series));
  const q = element(row.q_value !== null && row.q_value <= level ? "b" : "span", "", probability(row.q_value));
  if (row.note) series.append(" ", foreign("span", "soft", `(${row.note})`));
  const periods = element("span", "", String(row.n));
  periods.append(" ", element("span", "soft", row.span.map((day) => day.slice(0, 7)).join(" to ")));
  return [told, series, testOf(data, row), estimateOf(row), element("span", "", probability(row.p_value)), q, periods];
}

function showLeadLag(data) {
  const found = data.lead_lag, note = document.getElementById("leadlag-note"), box = document.getElementById("leadlag");
  document.getElementById("leadlag-caveats").hidden = !found?.n_tests;
  if (!found) {
    note.textContent = "No lead_lag.csv beside the trend. To make it: froth trend scores.csv --market DIR --lead-lag lead_lag.csv, then froth report again.";
    return;
  }
  if (!found.n_tests) {
    const why = found.why_untested.map(([reason, n]) => `${reason} (${n.toLocaleString("en")})`).join(", ");
    note.textContent = !found.n_untested ? "Nothing was tested: there was no market series."
      : `None of ${count(found.n_untested, "test", "tests")} could be run: ${why}. A test needs ${found.min_periods} ${PERIOD_NOUN[data.freq][1]} or more; the trend has ${data.dates.length}.`;
    return;
  }
  const percent = `${(found.level * 100).toFixed(0)}%`;
  const untested = found.n_untested ? ` ${found.n_untested.toLocaleString("en")} more could not be run: ${found.why_untested.map(([reason]) => reason).join(", ")}.` : "";
  note.textContent = `${count(found.n_tests, "test", "tests")} run, ${found.n_counted.toLocaleString("en")} counted; ${found.n_found || "none"} found at a false-discovery rate of ${percent}, `
    + `${found.n_found_by || "none"} if the tests may depend on each other in any way.${untested} `
    + (found.n_found ? "The strongest of each narrative, series and method:" : "Nothing here stands out from chance; the nearest to it of each narrative, series and method:");
  const columns = ["Narrative", "Market series", "Test", "#Estimate (95%)", "#p", "#q", "#Periods"];
  box.replaceChildren(tableOf(columns, found.rows.map((row) => testRow(data, row, found.level)), "Lead and lag"));
  if (found.n_strongest > found.rows.length) box.append(element("p", "left", `${found.n_strongest - found.rows.length} more in lead_lag.csv.`));
}
