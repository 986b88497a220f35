// Words and elements: how periods and numbers are written, and the only two ways in which elements are made here.
// Text from the payload goes through `textContent` and nothing else.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NONE = "–";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function foreign(tag, className, text, lang) {
  const made = element(tag, className, text);
  made.dir = "auto";
  if (lang && lang !== "und") made.lang = lang === "zh" ? "zh-Hans" : lang;
  return made;
}

function dayName(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

function periodName(iso, freq) {
  if (freq === "M") return dayName(iso).replace(/^\d+ /, "");
  return freq === "W" ? `week of ${dayName(iso)}` : dayName(iso);
}

// Where the place says what it is: a week by its Monday.
function shortPeriod(data, i) {
  return periodName(data.dates[i], data.freq).replace("week of ", "");
}

const PERIOD_NOUN = { D: ["day", "days"], W: ["week", "weeks"], M: ["month", "months"] };

function count(n, one, many) {
  return `${(n ?? 0).toLocaleString("en")} ${n === 1 ? one : many}`;
}

function signed(value, digits) {
  if (value === null) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : (value < 0 ? "−" : "+") + text;
}

// One number of digits for the whole page: three where nothing reaches 0.1.
function intensity(value) {
  return value === null ? NONE : value.toFixed(data.digits);
}

function bandOf(narrative, i) {
  const low = narrative.low[i], high = narrative.high[i];
  return low === null || high === null ? null : `${intensity(low)}–${intensity(high)}`;
}

function compact(value, significant = 4) {
  if (value === null) return NONE;
  const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: significant };
  return new Intl.NumberFormat("en", digits).format(value).replace("-", "−");
}

function signedCompact(value) {
  return value > 0 ? `+${compact(value, 3)}` : compact(value, 3);
}

function languageName(tag) {
  try {
    return tag === "und" ? "unknown language" : new Intl.DisplayNames(["en"], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function narrativeColour(i) {
  return colour(`n${i % 6}`);
}

function translucent(hex, alpha) {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${parts.join(",")},${alpha})`;
}

function shortened(text, limit) {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

// Plotly reads a small markup in its labels; here no label has any.
function plotText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
