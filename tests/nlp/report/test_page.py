"""The report: its payload says what the tables say, and nothing foreign becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from nlp.errors import Failure, InputError
from nlp.report import ReportData, ReportNarrative, read_report_data, render_report, write_report
from nlp.report.evidence import MAX_ARTICLES, MAX_PER_PERIOD
from nlp.report.payload import report_payload
from nlp.report.quotes import MAX_SENTENCES
from nlp.safety import harmless, safe_link
from nlp.tables import write_failures, write_table
from nlp.trend import narratives_of_trend

NARRATIVES = (ReportNarrative("bubble", "Bubble"), ReportNarrative("liquidity_crisis", "Liquidity crisis"))
WEEKS = ("2024-07-22", "2024-07-29", "2024-08-05")

INJECTIONS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</SCRIPT ><svg/onload=alert(1)>",
    "<!--<script>alert(1)",
    "--><img src=x onerror=alert(1)>",
    "]]><b onclick=alert(1)>x",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input autofocus onfocus=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\\u003cscript\\u003ealert(1)",
    "\u2028alert(1)\u2029",
    "{{payload}} {{plotly}}",
    "${alert(1)} `alert(1)`",
    "%{customdata} %{y}",
    "=HYPERLINK(1)",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "\x9b31mred \x07",
    "safe \u202egnp.exe\u202c \u2066x\u2069",
    "\ud800 lone \udfff",
    "nul\x00\x08tab\tline\r\nend",
    "__proto__",
    "𝕏 " + "a" * 5000,
    "𠮷野家\U000e0041泡沫\ufeff",
]
BAD_URLS = [
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/a",
    "http://",
    "https://bank.example@evil.example/",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/\u202egpj.exe",
    "https://example.org:port/",
    "https://[::1/",
    "ftp://example.org/a",
    "\x01https://example.org",
    "https://example.org/" + "a" * 5000,
]


def trend_frame(dates=WEEKS, **columns) -> pd.DataFrame:
    rows = {"date": list(dates), "n_articles": [2] * len(dates), "n_stories": [2] * len(dates)}
    for n in ("bubble", "liquidity_crisis"):
        rows |= {n: [0.2] * len(dates), f"{n}_low": [0.1] * len(dates), f"{n}_high": [0.3] * len(dates)}
        rows |= {f"{n}_share": [0.5] * len(dates), f"{n}_stance": [-0.25] * len(dates), f"{n}_z": [1.5] * len(dates)}
    return pd.DataFrame(rows | columns)


def score(article_id: str, **cells) -> dict[str, object]:
    row = {
        "article_id": article_id, "url": f"https://example.org/{article_id}", "source": "Northgate Wire", "lang": "en",
        "published": "2024-08-06T09:00:00Z", "first_seen": None, "story": article_id, "title": "The carry unwinds",
        "n_sentences": 2, "model": "tiny",
    }  # fmt: skip
    for n in ("bubble", "liquidity_crisis"):
        row |= {n: 0.4, f"{n}_stance": 0.8, f"{n}_evidence": "Margin calls spread."}
    return row | cells


def sentence(article_id: str, index: int = 0, text: str = "流动性一夜之间消失。", **cells) -> dict[str, object]:
    row = {"article_id": article_id, "sentence": index, "start": 0, "end": len(text), "text": text, "drivers": ""}
    probabilities = dict.fromkeys(("bubble_assert", "bubble_reject", "liquidity_crisis_reject"), 0.01)
    return row | probabilities | {"liquidity_crisis_assert": 0.9} | cells


def report_data(scores=None, sentences=None, trend=None, **rest) -> ReportData:
    return ReportData(
        trend=trend_frame() if trend is None else trend,
        scores=None if scores is None else pd.DataFrame(scores),
        sentences=None if sentences is None else pd.DataFrame(sentences),
        narratives=NARRATIVES,
        **rest,
    )


def shown(data: ReportData, narrative: int, period: int) -> list[str]:
    evidence = report_payload(data)["evidence"]
    found = evidence["periods"][narrative].get(period, {"a": []})
    return [evidence["articles"][i]["t"] for i in found["a"]]


class Skeleton(HTMLParser):
    """The elements of a page with their attributes, and what stands inside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.inline: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        if tag in ("script", "style"):
            self.inline.append((tag, dict(attrs), ""))

    def handle_data(self, data):
        if self.cdata_elem:
            tag, attrs, text = self.inline[-1]
            self.inline[-1] = (tag, attrs, text + data)


def embedded(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="payload">(.*?)</script>', page, re.S)[1])


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_becomes_markup(text):
    def page(text: str) -> str:
        rows = [score("a", title=text, source=text, lang=text, model=text, story=text, bubble_evidence=text)]
        sentences = [sentence("a", text=text, drivers=f"liquidity_crisis:{text}")]
        trend = trend_frame(**{f"market_{text}".encode("utf-8", "replace").decode(): [1.0, 2.0, 3.0]})
        names = [ReportNarrative("bubble", text), ReportNarrative("liquidity_crisis", text)]
        return render_report(
            ReportData(trend, *(pd.DataFrame(table, dtype=object) for table in (rows, sentences)), names, title=text)
        )

    hostile, plain = page(text), page("plain")
    assert Skeleton(hostile).elements == Skeleton(plain).elements
    hostile.encode("utf-8")
    assert embedded(hostile)["evidence"]["articles"][0]["t"] == harmless(text, 300)
    raw = hostile[hostile.index('id="payload">') : hostile.index("<script>", hostile.index('id="payload">'))]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", raw)


@pytest.mark.parametrize("url", BAD_URLS)
def test_unsafe_addresses_are_no_links(url):
    assert safe_link(url) is None
    assert report_payload(report_data([score("a", url=url)]))["evidence"]["articles"][0]["u"] is None


@pytest.mark.parametrize("url", ["https://example.org/a?b=1&c=%20#d", "http://例子.测试/路径", "https://[::1]:8080/x"])
def test_plain_addresses_are_links(url):
    assert safe_link(url) == url


def test_policy_allows_exactly_what_is_inlined():
    page = render_report(report_data([score("a")], [sentence("a")]))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    directives = {part.split()[0]: set(part.split()[1:]) for part in policy.split("; ")}
    assert directives["default-src"] == {"'none'"}
    hashes = {"script": set(), "style": {"'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"}}
    for tag, attrs, text in Skeleton(page).inline:
        if attrs.get("type") != "application/json":
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            hashes[tag].add(f"'sha256-{digest}'")
    assert directives["script-src"] == hashes["script"]
    assert directives["style-src"] == hashes["style"]
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page[: page.index("<script")])


def test_a_period_without_articles_is_a_gap_and_never_zero():
    gone = {name: [0.3, None, 0.1] for name in trend_frame().columns if name.startswith("bubble")}
    payload = embedded(render_report(report_data(trend=trend_frame(**gone, n_stories=[5, 0, 2]))))
    assert payload["narratives"][0]["value"] == [0.3, None, 0.1]
    assert payload["narratives"][0]["low"][1] is payload["narratives"][0]["z"][1] is None


def test_an_article_belongs_to_the_period_in_which_it_was_first_seen():
    data = report_data([
        score("a", title="start", published="2024-08-05T00:00:00Z"),
        score("b", title="before", published="2024-08-04T23:59:59Z"),
        score("c", title="seen late", published="2024-07-23", first_seen="2024-07-30T00:00:00Z"),
        score("d", title="undated", published=None),
        score("e", title="early", published="2024-07-21T23:00:00Z"),
        score("f", title="after", published="2024-08-12T00:00:00Z"),
    ])  # fmt: skip
    assert [shown(data, 0, i) for i in range(3)] == [[], ["before", "seen late"], ["start"]]
    quality = report_payload(data)["quality"]
    assert (quality["n_scored"], quality["n_undated"], quality["n_outside"]) == (6, 1, 2)


def test_days_are_those_of_the_trends_calendar():
    rows = [score("a", title="Monday in Shanghai", published="2024-08-04T17:00:00Z")]
    assert shown(report_data(rows), 0, 2) == []
    assert shown(report_data(rows, zone=ZoneInfo("Asia/Shanghai")), 0, 2) == ["Monday in Shanghai"]


def test_evidence_is_ordered_bounded_and_says_what_is_left_out():
    n = MAX_PER_PERIOD + 7
    rows = [score(f"{i:03}", title=str(i), bubble=0.2 + i / 100, bubble_evidence="") for i in range(n)]
    rows += [score("weak", bubble=0.01, title="weak")]
    data = report_data(rows)
    found = report_payload(data)["evidence"]["periods"][0][2]
    assert shown(data, 0, 2) == [str(i) for i in reversed(range(7, n))]
    assert (found["left"], found["weak"]) == (7, 1)


def test_the_whole_report_is_bounded_and_every_period_keeps_its_strongest():
    dates = [f"{day:%Y-%m-%d}" for day in pd.date_range("2000-01-03", periods=300, freq="7D")]
    rows = [
        score(f"{week:03}-{i}", published=f"{dates[week]}T08:00:00Z", bubble=0.9 if i == 7 else 0.5)
        for week in range(300)
        for i in range(15)
    ]
    payload = report_payload(report_data(rows, trend=trend_frame(dates)))
    assert len(payload["evidence"]["articles"]) <= MAX_ARTICLES < len(rows)
    assert payload["quality"]["n_evidence"] == len(rows) > payload["quality"]["n_evidence_shown"]
    assert all(payload["evidence"]["articles"][found["a"][0]]["n"][0]["i"] == 0.9
               for found in payload["evidence"]["periods"][0].values())  # fmt: skip


def test_copies_are_shown_once_with_their_sources():
    rows = [score("a", story="s", source="A", bubble=0.5), score("b", story="s", source="B", bubble=0.3), score("c")]
    payload = report_payload(report_data(rows))
    first = payload["evidence"]["articles"][0]
    assert len(payload["evidence"]["periods"][0][2]["a"]) == 2
    assert (first["s"], first["copies"], first["also"]) == ("A", 2, ["A", "B"])


def test_sentences_come_strongest_first_and_are_bounded():
    sentences = [sentence("a", i, f"s{i}", liquidity_crisis_assert=0.5 + i / 100) for i in range(9)]
    sentences += [sentence("a", 9, "denied", liquidity_crisis_assert=0.01, liquidity_crisis_reject=0.95)]
    article = report_payload(report_data([score("a")], sentences))["evidence"]["articles"][0]["n"][1]
    assert [quote[0] for quote in article["q"]] == ["denied", "s8", "s7", "s6", "s5"]
    assert article["more"] == len(sentences) - MAX_SENTENCES


def test_an_article_that_only_rejects_is_evidence_too():
    rejecting = sentence("a", liquidity_crisis_assert=0.02, liquidity_crisis_reject=0.9)
    data = report_data([score("a", liquidity_crisis=0.0, bubble=0.0)], [rejecting])
    assert shown(data, 1, 2) == ["The carry unwinds"]
    assert shown(data, 0, 2) == []


def test_without_sentences_the_evidence_cell_stands_in():
    payload = report_payload(report_data([score("a")]))
    assert payload["evidence"]["articles"][0]["n"][0]["q"] == [("Margin calls spread.", None, None, [])]
    assert payload["narratives"][0]["drivers"] is None
    assert not payload["quality"]["has_sentences"]


def test_drivers_are_counted_in_asserting_sentences_of_distinct_stories():
    class Driver:
        id, name = "bank_run", "Bank run"

    class Named(ReportNarrative):
        drivers = (Driver(),)

    text = "liquidity_crisis:bank_run;bubble:valuation;liquidity_crisis:margin_calls"
    sentences = [
        sentence("a", 0, drivers=text),
        sentence("a", 1, drivers="liquidity_crisis:bank_run"),
        sentence("a", 2, drivers=text, liquidity_crisis_assert=0.2),
        sentence("copy", 0, drivers=text),
        sentence("early", 0, drivers="liquidity_crisis:bank_run"),
    ]
    early = score("early", published="2024-05-07T09:00:00Z")
    weeks = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-05-06", "2024-08-05", freq="7D")]
    data = ReportData(
        trend_frame(weeks), pd.DataFrame([score("a", story="s"), score("copy", story="s"), early]),
        pd.DataFrame(sentences), [NARRATIVES[0], Named("liquidity_crisis", "Liquidity")],
    )  # fmt: skip
    payload = report_payload(data)
    assert (len(weeks), payload["n_lately"]) == (14, 13)
    assert payload["narratives"][1]["drivers"] == [["Bank run", 3, 2], ["margin calls", 1, 1]]
    assert payload["narratives"][0]["drivers"] == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b", "c", "d", "e"], ["a", "b", "c", "d"]),
        (["a", "WALCL", "vix_daily", "cnn_fear_greed"], ["vix_daily", "cnn_fear_greed", "WALCL"]),
        ([], []),
    ],
)
def test_the_series_shown_at_first(names, expected):
    market = report_payload(report_data(trend=trend_frame(**{f"market_{name}": [1, 2, 3] for name in names})))["market"]
    assert [series["id"] for series in market if series["on"]] == expected
    assert {series["id"] for series in market} == set(names)


def test_a_unit_is_claimed_only_for_values_that_fit_it():
    def name(values):
        return report_payload(report_data(trend=trend_frame(market_WALCL=values)))["market"][0]

    assert name([7_100_000, None, 7_000_000])["name"] == "Fed total assets, USD tn"
    assert name([7_100_000, None, 7_000_000])["value"] == [7.1, None, 7]
    assert name([7.1, 7.0, 6.9]) == {"id": "WALCL", "name": "Fed total assets", "on": True, "value": [7.1, 7, 6.9]}


@pytest.mark.parametrize(
    ("dates", "freq"),
    [(("2024-07-01", "2024-07-02", "2024-07-05"), "D"), (WEEKS, "W"), (("2024-01-01", "2024-02-01"), "M"),
     (("2024-07-01",), "M"), (("2024-07-08",), "W"), ((), "W")],
)  # fmt: skip
def test_the_length_of_a_period_follows_from_the_dates(dates, freq):
    assert report_data(trend=trend_frame(dates)).freq == freq


@pytest.mark.parametrize("trend", [trend_frame(), trend_frame(())])
def test_empty_scores_and_sentences_make_a_page(trend, tmp_path):
    empty = (pd.DataFrame([score("a")]).iloc[:0], pd.DataFrame([sentence("a")]).iloc[:0])
    write_report(report_data(*empty, trend=trend), tmp_path / "new" / "report.html")
    payload = embedded((tmp_path / "new" / "report.html").read_text("utf-8"))
    assert payload["evidence"] == {"articles": [], "periods": [{}, {}]}
    assert payload["quality"]["n_scored"] == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.html"]


def test_the_order_of_rows_changes_no_byte():
    rows = [score(f"{i}", story="s" if i < 3 else f"{i}", lang="zh" if i % 2 else "en") for i in range(8)]
    scores = pd.DataFrame(rows)
    sentences = pd.DataFrame([sentence(f"{i}", j, f"{i}/{j}") for i in range(8) for j in range(3)])
    mixed = report_data(scores[::-1], sentences.sample(frac=1, random_state=1), trend_frame().iloc[[2, 0, 1]])
    assert render_report(mixed) == render_report(report_data(scores, sentences))


def test_a_summary_stands_in_the_page_for_readers_without_scripts():
    page = render_report(report_data(trend=trend_frame(bubble=[0.2, 0.6, 0.3])))
    plain = re.search(r"<noscript>(.*?)</noscript>", page, re.S)[1]
    assert "Bubble: latest 0.30 (95% 0.10 to 0.30), period from 2024-08-05; peak 0.60" in plain


def test_files_beside_the_trend_are_read(tmp_path):
    scores = pd.DataFrame([score("7", title="=1+1")])
    sentences = pd.DataFrame([sentence("7", text="-3% 之后，流动性枯竭。")])
    for name, table in (("trend", trend_frame()), ("scores", scores), ("sentences", sentences)):
        write_table(table, tmp_path / f"{name}.csv", list(table.columns))
    write_failures([Failure("x", "read", "empty")], tmp_path / "failures.csv")
    data = read_report_data(tmp_path / "trend.csv", narratives=[ReportNarrative("bubble", "泡沫")])
    assert [narrative.name for narrative in data.narratives] == ["泡沫", "Liquidity crisis"]
    assert data.failures_by_stage == {"read": 1}
    article = report_payload(data)["evidence"]["articles"][0]
    assert (article["t"], article["n"][1]["q"][0][0]) == ("=1+1", "-3% 之后，流动性枯竭。")


def test_sentences_may_be_parquet_and_elsewhere(tmp_path):
    trend_frame().to_csv(tmp_path / "t.csv", index=False)
    pd.DataFrame([score("a")]).to_csv(tmp_path / "s.csv", index=False)
    pd.DataFrame([sentence("a")]).to_parquet(tmp_path / "x.parquet")
    assert read_report_data(tmp_path / "t.csv").scores is None
    data = read_report_data(tmp_path / "t.csv", tmp_path / "s.csv", tmp_path / "x.parquet")
    assert report_payload(data)["quality"]["has_sentences"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="n_stories"), "n_stories"),
        (lambda t: t.drop(columns=["bubble_low", "liquidity_crisis_z"]), "no narrative.*froth trend"),
        (lambda t: t.assign(bubble=["0.1", "much", "0.2"]), "'much' in column bubble, row 2"),
        (lambda t: t.assign(date=["2024-07-22", "soon", "2024-08-05"]), "'soon' in row 2"),
        (lambda t: pd.concat([t, t]).assign(lang="zh"), "2024-07-22 twice.*--by"),
        (lambda t: t.assign(market_vix="x"), "'x' in column market_vix"),
    ],
)
def test_a_trend_that_breaks_its_contract_is_refused_with_a_reason(change, message, tmp_path):
    change(trend_frame()).to_csv(tmp_path / "trend.csv", index=False)
    with pytest.raises(InputError, match=message):
        read_report_data(tmp_path / "trend.csv")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01\x02", b'a,"b\n1'])
def test_what_is_no_table_is_refused(content, tmp_path):
    (tmp_path / "trend.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"trend\.csv"):
        read_report_data(tmp_path / "trend.csv")
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        read_report_data(tmp_path / "nowhere.csv")


def test_scores_and_sentences_that_break_their_contract_are_refused():
    with pytest.raises(InputError, match=r"the scores table lacks the column.*published"):
        report_data([{"article_id": "a"}])
    with pytest.raises(InputError, match=r"the sentences table lacks the column.*bubble_assert"):
        report_data([score("a")], [{"article_id": "a", "text": "x"}])
    with pytest.raises(InputError, match="at least one narrative"):
        ReportData(trend_frame(), None, None, [])


def test_a_failed_write_leaves_the_old_report(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old")
    data = report_data([score("a")])
    object.__setattr__(data, "title", 3)
    data.trend["n_articles"] = ["x", "y", "z"]
    with pytest.raises((TypeError, ValueError)):
        write_report(data, target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_narratives_are_told_from_the_columns():
    assert list(narratives_of_trend(list(trend_frame(market_vix=[1, 2, 3]).columns))) == ["bubble", "liquidity_crisis"]


def test_assets_are_real_files_with_no_address_of_the_network():
    assets = Path(__file__).parents[3] / "nlp" / "report" / "assets"
    texts = [path.read_text("utf-8") for path in assets.iterdir()]
    assert len(texts) >= 7
    assert not any(re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|eval\(", text) for text in texts)
