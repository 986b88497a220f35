// Claims: under an article its figures and the verdicts on them; in a panel how many fail, by source and by month.

// Under an article: the checked figures, failing ones first, and the unchecked as a number.
function claimsOf(claims, lang) {
  const box = element("div", "claims"), n = claims.shown.length + claims.more;
  const all = count(n + claims.unchecked, "figure", "figures");
  box.append(element("p", "claims-head", n ? `${all}, ${n} checked against the market:` : `${all}, none that can be checked.`));
  if (!n) return box;
  const list = element("ul");
  list.append(...claims.shown.map((claim) => claimLine(claim, lang)));
  box.append(list);
  const rest = [claims.more && `${claims.more.toLocaleString("en")} more checked`, claims.unchecked && `${claims.unchecked.toLocaleString("en")} not checkable`].filter(Boolean);
  if (rest.length) box.append(element("p", "claims-rest", `${rest.join(", ")}; see claims.csv.`));
  return box;
}

function claimLine(claim, lang) {
  const line = element("li", claim.verdict), head = element("p");
  head.append(element("span", "verdict", claim.verdict), " ", foreign("q", "", claim.text, lang), " ", foreign("bdi", "", claim.indicator));
  if (claim.seen) {
    const day = /^\d{4}-\d{2}-\d{2}$/.test(claim.day) ? `, ${dayName(claim.day)}` : "";
    head.append(element("span", "soft", ` · series ${claim.seen.replace("-", "−")}${day}`));
  }
  line.append(head, foreign("p", "reason", claim.reason));
  return line;
}

function percentOf(share) {
  return share === null ? NONE : `${(share * 100).toFixed(0)}%`;
}

function failing(row) {
  const cell = element("span", "", percentOf(row.share));
  if (row.low !== null) cell.append(" ", element("span", "soft", `${(row.low * 100).toFixed(0)}–${percentOf(row.high)}`));
  return cell;
}

function claimRow(name, row) {
  const [n, checked, stale, contradicted] = [row.n, row.checked, row.stale, row.contradicted].map((value) => value.toLocaleString("en"));
  return [name, `${checked} of ${n}`, stale, contradicted, failing(row)];
}

function hasClaimMonths(data) {
  return Boolean(data.claims?.by_month.some((month) => month.checked));
}

function showClaims(data) {
  const found = data.claims, note = document.getElementById("claims-note");
  if (!found) {
    note.textContent = "No claims.csv beside the trend. To check the figures in the articles: froth claims ARTICLES --market DIR -o claims.csv, then froth report again.";
    return;
  }
  const all = found.all;
  if (!all.n) {
    note.textContent = "The articles state no figure.";
    return;
  }
  document.getElementById("claims-panel").hidden = document.getElementById("claims-caveats").hidden = false;
  const undated = found.n_undated ? ` ${count(found.n_undated, "figure has", "figures have")} no date and ${found.n_undated === 1 ? "is" : "are"} in no month.` : "";
  note.textContent = `Figures that articles state, beside the series as it was known when they appeared. ${count(all.n, "figure", "figures")}; `
    + `${all.checked.toLocaleString("en")} checked (${percentOf(all.checked / all.n)}): ${all.consistent.toLocaleString("en")} consistent, ${all.stale.toLocaleString("en")} stale, `
    + `${all.contradicted.toLocaleString("en")} contradicted.${undated} Copies count each time.`;
  const rows = found.sources.map((row) => claimRow(row.source ? foreign("bdi", "", row.source) : "no source named", row));
  const box = document.getElementById("claims-table");
  box.replaceChildren(tableOf(["Source", "#Figures checked", "#Stale", "#Contradicted", "#Failing (95%)"],
    [claimRow(element("b", "", "All"), all), ...rows], "Claims by source"));
  if (found.n_sources > rows.length) box.append(element("p", "left", `${count(found.n_sources - rows.length, "more source", "more sources")} in claims.csv.`));
  document.getElementById("claims-plot").parentElement.hidden = !hasClaimMonths(data);
}

// Above: the share with its interval, a gap where nothing was checked, hollow where it was little. Below: how many were checked.
function claimsFigure(data, width) {
  const { months, by_month: rows } = data.claims, narrow = width < 560;
  const time = { dates: months, freq: "M" };
  const layout = baseLayout(width, narrow ? 250 : 270, narrow);
  layout.xaxis = { ...timeAxis(time, narrow ? 4 : 6), hoverformat: "%b %Y" };
  if (months.length <= 3) layout.xaxis.ticktext = months.map((iso) => periodName(iso, "M"));
  layout.yaxis = { ...axisStyle(), domain: [0.38, 1], range: [-0.03, 1.03], tickvals: [0, 0.5, 1], tickformat: ".0%" };
  layout.yaxis2 = { ...axisStyle(), domain: [0, 0.24], rangemode: "tozero", nticks: 3, tickformat: "d" };
  const label = { xref: "paper", yref: "paper", x: 0, xanchor: "left", y: 0.25, yanchor: "bottom", showarrow: false };
  layout.annotations = [{ ...label, text: "figures checked", font: { size: 11, color: colour("muted") } }];
  const tone = colour("market"), share = rows.map((row) => row.share);
  const reach = (to) => rows.map((row) => (row.share === null ? null : Math.abs(row[to] - row.share)));
  const detail = rows.map((row) => `${percentOf(row.share)}  (${percentOf(row.low)} to ${percentOf(row.high)})  ${row.stale + row.contradicted} of ${row.checked} failing`);
  const traces = [
    { x: months, y: share, name: "failing", mode: "markers", yaxis: "y", customdata: detail, hovertemplate: "%{customdata}", showlegend: false,
      error_y: { type: "data", symmetric: false, array: reach("high"), arrayminus: reach("low"), color: translucent(tone, 0.45), thickness: 1.5, width: 0 },
      marker: { size: 7, opacity: 1, color: rows.map((row) => (row.checked < data.thin ? colour("paper") : tone)), line: { color: tone, width: 1.5 } } },
    { x: months, y: rows.map((row) => row.checked), name: "checked", type: "bar", yaxis: "y2", marker: { color: translucent(tone, 0.45) },
      width: 12 * 864e5, hoverinfo: "skip", showlegend: false },
  ];
  return { traces, layout };
}
