"""The report in headless Chromium: it draws, a click brings the evidence, and hostile text does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from nlp.lead_lag import LEAD_LAG_COLUMNS
from nlp.report import ReportData, ReportNarrative, write_report
from tests.browser import CHROMIUM, DRIVER, running_chromium

N_WEEKS, GAP, PEAK = 20, 7, 12
WEEKS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-04-01", periods=N_WEEKS, freq="7D")]
HOSTILE = [
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "<svg onload='window.hit = 1'><a href='javascript:window.hit=1'>x</a></svg>",
    "<b style='color:red'>bold</b> &lt;i&gt;",
    "\u202etxt.exe\u2066 \x1b[31mred",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM.exists() and DRIVER.exists()), reason="needs /usr/bin/chromium and chromedriver"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


def trend(**market) -> pd.DataFrame:
    rows = {"date": WEEKS, "n_articles": [4] * N_WEEKS, "n_stories": [0 if i == GAP else 4 for i in range(N_WEEKS)]}
    for name, low in (("bubble", 0.3), ("liquidity_crisis", 0.1)):
        level = [None if i == GAP else low + (0.4 if i == PEAK else i / 200) for i in range(N_WEEKS)]
        rows |= {name: level}
        rows |= {f"{name}_low": [v and v - 0.05 for v in level], f"{name}_high": [v and v + 0.05 for v in level]}
        rows |= {f"{name}_{m}": [v and v / 2 for v in level] for m in ("share", "stance", "z")}
    return pd.DataFrame(rows | market)


def tables(text: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two articles a week, one in each language; `text` stands in for every foreign text."""
    scores, sentences = [], []
    for i, week in enumerate(WEEKS):
        for lang, title in (("zh", f"第{i}周：泡沫与流动性"), ("en", f"Week {i}: froth and funding")):
            name = f"{i:02}{lang}"
            quote = "资金面骤然收紧，泡沫破裂。" if lang == "zh" else "Funding dried up overnight."
            told = {"bubble": 0.6, "bubble_stance": 0.5, "liquidity_crisis": 0.4, "liquidity_crisis_stance": -0.5}
            if i != GAP:
                scores.append(
                    {"article_id": name, "title": text or title, "url": text or f"https://example.org/{name}",
                     "source": text or "Northgate Wire", "lang": lang, "published": f"{week}T06:00:00Z",
                     "first_seen": None, "story": name, "model": text or "tiny", **told}
                )  # fmt: skip
                sentences.append(
                    {"article_id": name, "sentence": 0, "text": text or quote, "bubble_assert": 0.9,
                     "bubble_reject": 0.0, "liquidity_crisis_assert": 0.1, "liquidity_crisis_reject": 0.8,
                     "drivers": f"bubble:valuation;bubble:{text or 'leverage'}"}
                )  # fmt: skip
    return pd.DataFrame(scores), pd.DataFrame(sentences)


def opened(browser, folder: Path, data: ReportData, address: str = ""):
    """The report in the browser once its script has run to the end, which takes a busy processor a while."""
    from selenium.webdriver.support.wait import WebDriverWait

    write_report(data, folder / "report.html")
    browser.get_log("browser")
    browser.get("about:blank")
    browser.get(f"file://{folder / 'report.html'}{address}")
    WebDriverWait(browser, 60).until(
        lambda driver: driver.execute_script("return document.documentElement.dataset.ready") == "true"
    )
    return browser


def plain_data() -> ReportData:
    market = {"market_vix": [15.0 + i for i in range(N_WEEKS)], "market_other": range(N_WEEKS)}
    names = [ReportNarrative("bubble", "Bubble 泡沫"), ReportNarrative("liquidity_crisis", "Liquidity crisis")]
    return ReportData(trend(**market), *tables(), names)


def full_data(text: str | None = None) -> ReportData:
    """A report in which every panel has something to say; `text` stands in for every foreign text."""
    market = {f"market_{text or 'vix'}": [15.0 + i for i in range(N_WEEKS)]}
    talk = trend(**market).assign(n_sources=1, bubble_index=101.5, bubble_attention=0.5, bubble_keywords=0.9)
    talk.loc[PEAK, "bubble_z"] = 3.0
    tests = pd.DataFrame([dict.fromkeys(LEAD_LAG_COLUMNS, 0.01)] * 9).assign(
        narrative=["bubble"] * 8 + [text or "other"], series=text or "d_vix", method=text or "local_projection",
        lag=range(9), n=N_WEEKS, n_tests=9, start=text or WEEKS[0], end=WEEKS[-1], settings="", note=text or "",
    )  # fmt: skip
    names = [ReportNarrative("bubble", text or "Bubble 泡沫"), ReportNarrative("liquidity_crisis", text or "Liquidity")]
    snapshot = {"id": text or "0123456789abcdef", text or "code": text or "ff"}
    failures = {text or "read": 2, "date": 1}
    return ReportData(
        talk, *tables(text), names, lead_lag=tests, claims=figures(text), snapshot=snapshot, failures_by_stage=failures,
        title=text or "Talk",
    )  # fmt: skip


def figures(hostile: str | None = None) -> pd.DataFrame:
    """In every article one figure of each verdict; `hostile` stands in for every foreign text."""
    verdicts = ("consistent", "stale", "contradicted", "not_checkable")
    rows = [
        {"article_id": f"{i:02}{lang}", "start": place, "verdict": verdict, "text": hostile or f"{place}0点",
         "published": f"{week}T06:00:00Z"}
        for i, week in enumerate(WEEKS) if i != GAP
        for lang in ("zh", "en")
        for place, verdict in enumerate(verdicts)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(
        indicator=hostile or "vix", unit=hostile or "point", series=hostile or "vix", series_value=-14.25,
        series_date=hostile or "2024-03-04", reason=hostile or "vix stood at 14.2.", source=hostile or "Northgate Wire",
    )  # fmt: skip


def text(browser, selector: str) -> str:
    return browser.find_element("css selector", selector).text


def assert_quiet(browser):
    assert browser.execute_script("return window.violations") == []
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').map((e) => e.name)") == []


def click_at(browser, week: str, level: float):
    """A real click where the week and the level lie in the upper panel."""
    from selenium.webdriver.common.action_chains import ActionChains

    script = """const plot = document.getElementById("plot");
    const axes = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + axes.xaxis._offset + axes.xaxis.d2p(arguments[0]),
            box.top + axes.yaxis._offset + axes.yaxis.d2p(arguments[1])];"""
    browser.execute_script("document.getElementById('plot').scrollIntoView()")
    x, y = browser.execute_script(script, week, level)
    actions = ActionChains(browser)
    actions.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    actions.w3c_actions.pointer_action.pause(0.2).click()
    actions.perform()


def wait_for(browser, condition):
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, 10).until(lambda _: condition())


def test_it_draws_and_starts_at_the_peak(browser, tmp_path):
    opened(browser, tmp_path, plain_data())
    assert len(browser.find_elements("css selector", "#plot .scatterlayer .trace")) == 5
    assert len(browser.find_elements("css selector", "#plot path.js-fill")) >= 2
    assert len(browser.find_elements("css selector", "#stance .scatterlayer .trace")) == 2
    assert text(browser, "#evidence-heading") == "Bubble 泡沫, week of 24 Jun 2024"
    assert "第12周" in text(browser, "#articles")
    assert text(browser, "#headlines .card").startswith("Bubble 泡沫")
    assert text(browser, "#headlines .card .big") == "0.40"
    assert "leverage" in text(browser, "#drivers")
    assert "1 of 20, left as gaps" in text(browser, "#quality")
    assert_quiet(browser)


def test_the_line_is_broken_where_a_period_has_no_articles(browser, tmp_path):
    opened(browser, tmp_path, plain_data())
    bubble = browser.find_elements("css selector", "#plot .scatterlayer .trace")[2]
    assert len(bubble.find_elements("css selector", ".js-line")) == 2
    values = browser.execute_script(
        "return document.getElementById('plot').data.map((trace) => trace.y[arguments[0]])", GAP
    )
    assert values[2] is values[3] is None


def test_a_click_brings_the_evidence_of_that_period_and_narrative(browser, tmp_path):
    opened(browser, tmp_path, plain_data())
    click_at(browser, WEEKS[3], 0.12)
    wait_for(browser, lambda: text(browser, "#evidence-heading") == "Liquidity crisis, week of 22 Apr 2024")
    assert "Week 3: froth and funding" in text(browser, "#articles")
    assert "rejects 0.80" in text(browser, "#articles")
    assert browser.current_url.endswith("#2024-04-22/liquidity_crisis")
    click_at(browser, WEEKS[5], 0.33)
    wait_for(browser, lambda: text(browser, "#evidence-heading") == "Bubble 泡沫, week of 6 May 2024")
    link = browser.find_element("css selector", "#articles a")
    assert (link.get_attribute("rel"), link.get_attribute("lang")) == ("noopener noreferrer", "en")
    assert_quiet(browser)


def test_the_evidence_is_reached_without_a_mouse(browser, tmp_path):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.select import Select

    opened(browser, tmp_path, plain_data(), "#2024-08-07")
    assert text(browser, "#evidence-heading") == "Bubble 泡沫, week of 5 Aug 2024"
    Select(browser.find_element("id", "pick-narrative")).select_by_index(1)
    assert text(browser, "#evidence-heading") == "Liquidity crisis, week of 5 Aug 2024"
    Select(browser.find_element("id", "pick-period")).select_by_index(GAP - 1)
    browser.find_element("id", "later").send_keys(Keys.ENTER)
    assert text(browser, "#articles") == "No articles in this period."
    browser.execute_script("location.hash = '#2024-04-08'")
    wait_for(browser, lambda: text(browser, "#evidence-heading") == "Bubble 泡沫, week of 8 Apr 2024")


def test_series_are_chosen(browser, tmp_path):
    opened(browser, tmp_path, plain_data())
    assert text(browser, "#series-count") == "1 of 2 shown"
    browser.find_element("css selector", "#series-box summary").click()
    browser.find_elements("css selector", "#series input")[1].click()
    wait_for(browser, lambda: len(browser.find_elements("css selector", "#plot .scatterlayer .trace")) == 6)
    assert_quiet(browser)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_in_light_and_dark(browser, tmp_path, width, scheme):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    try:
        opened(browser, tmp_path, plain_data())
        assert (
            browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            == 0
        )
        assert browser.get_screenshot_as_png().startswith(b"\x89PNG")
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        assert_quiet(browser)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_leaves_nothing_active(browser, tmp_path, payload):
    opened(browser, tmp_path, full_data(payload))
    browser.execute_script("for (const box of document.querySelectorAll('details')) box.open = true")
    click_at(browser, WEEKS[3], 0.33)
    wait_for(browser, lambda: "22 Apr 2024" in text(browser, "#evidence-heading"))
    assert browser.execute_script("return window.hit ?? null") is None
    foreign = "iframe, object, embed, form, base, body img, a:not([href^='https://']), main b[style], main script"
    found = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.outerHTML)", foreign
    )
    assert [html for html in found if "js-plotly" not in html] == []
    handlers = """return [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames())
                   .filter((name) => name.startsWith("on"))"""
    assert browser.execute_script(handlers) == []
    assert "window.hit" in text(browser, "#articles") or "window.hit" not in payload
    assert_quiet(browser)


def overflow(browser) -> int:
    return browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_peak_leads_to_its_evidence_at_desktop_and_phone_width(browser, tmp_path, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        data = full_data()
        opened(browser, tmp_path, data, "#2024-04-08")
        assert browser.get_screenshot_as_png().startswith(b"\x89PNG")
        browser.find_element("css selector", "#headlines .jump").click()
        peak = data.scores[data.scores["published"].str.startswith(WEEKS[PEAK])]
        wait_for(browser, lambda: text(browser, "#evidence-heading") == "Bubble 泡沫, week of 24 Jun 2024")
        said = data.sentences[data.sentences["article_id"].isin(peak["article_id"])]
        found = browser.find_elements("css selector", "#articles mark")
        assert sorted(mark.text for mark in found) == sorted(said["text"])
        headings = browser.find_elements("css selector", "#articles h3")
        assert sorted(heading.text for heading in headings) == sorted(peak["title"])
        links = [link.get_attribute("href") for link in browser.find_elements("css selector", "#articles h3 a")]
        assert sorted(links) == sorted(peak["url"])
        browser.execute_script("for (const box of document.querySelectorAll('details')) box.open = true")
        assert overflow(browser) == 0
        assert browser.get_screenshot_as_png().startswith(b"\x89PNG")
        assert_quiet(browser)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_episodes_are_shaded_and_their_table_leads_to_the_peak(browser, tmp_path):
    opened(browser, tmp_path, full_data(), "#2024-04-08")
    shapes = browser.execute_script("return document.getElementById('plot').layout.shapes")
    start, end = (pd.Timestamp(WEEKS[PEAK], tz="UTC") + pd.Timedelta(days=days) for days in (-3.5, 3.5))
    boxes = [shape for shape in shapes if shape["type"] == "rect"]
    assert [(pd.Timestamp(box["x0"]), pd.Timestamp(box["x1"])) for box in boxes] == [(start, end)] * 2
    assert text(browser, "#episodes tbody").startswith("Bubble 泡沫")
    browser.find_element("css selector", "#episodes .jump").click()
    wait_for(browser, lambda: text(browser, "#evidence-heading") == "Bubble 泡沫, week of 24 Jun 2024")
    assert "unusually loud" in browser.execute_script(
        "return document.getElementById('plot').data[2].customdata[arguments[0]]", PEAK
    )
    assert len(browser.execute_script("return document.getElementById('plot').layout.shapes")) == len(shapes)


def test_every_panel_says_what_it_was_given(browser, tmp_path):
    opened(browser, tmp_path, full_data(), f"#{WEEKS[PEAK]}")
    assert [box.text for box in browser.find_elements("css selector", "#languages h3")] == ["English", "Chinese"]
    assert "19 articles, 19 stories in 19 of 20 weeks" in text(browser, "#languages")
    assert len(browser.find_elements("css selector", "#languages .js-plotly-plot")) == 2
    assert "9 tests run, 9 counted; 9 found at a false-discovery rate of 5%" in text(browser, "#leadlag-note")
    assert "change in VIX" in text(browser, "#leadlag tbody")
    assert "not cause" in text(browser, "#leadlag-caveats")
    quality = text(browser, "#quality")
    assert "read 2, date (kept, without one) 1" in quality
    assert "100% of the intensity is Northgate Wire (2 of 2 stories)" in quality
    assert "the trend counts 80 articles, the scores beside it 38" in quality
    assert "snapshot 0123456789abcdef, model tiny" in text(browser, "#origin")
    readings = text(browser, "#readings").replace("\n", " ")
    assert "Index 101.5 Attention 50%" in readings
    assert "4 1 source" in readings
    assert_quiet(browser)


def test_an_article_shows_its_figures_with_a_badge_that_needs_no_colour(browser, tmp_path):
    opened(browser, tmp_path, full_data(), f"#{WEEKS[3]}")
    box = browser.find_element("css selector", "#articles .claims")
    lines = box.find_elements("css selector", "li")
    assert [line.find_element("css selector", ".verdict").text for line in lines] == [
        "contradicted",
        "stale",
        "consistent",
    ]
    assert lines[0].text.splitlines() == ["contradicted 20点 VIX · series −14.2, 4 Mar 2024", "vix stood at 14.2."]
    assert box.text.startswith("4 figures, 3 checked against the market:")
    assert "1 not checkable" in box.text
    style = """return [...document.querySelectorAll("#articles li .verdict")].slice(0, 3)
        .map((badge) => [getComputedStyle(badge).borderTopStyle, getComputedStyle(badge).backgroundColor])"""
    contradicted, stale, consistent = browser.execute_script(style)
    assert contradicted[1] != stale[1] == consistent[1] == "rgba(0, 0, 0, 0)"
    assert (stale[0], consistent[0]) == ("dashed", "solid")
    assert_quiet(browser)


def test_the_panel_of_claims_tells_the_share_failing_or_how_to_make_the_table(browser, tmp_path):
    opened(browser, tmp_path, full_data())
    n = 2 * (N_WEEKS - 1)
    assert f"{4 * n} figures; {3 * n} checked (75%): {n} consistent, {n} stale, {n} contradicted" in text(
        browser, "#claims-note"
    )
    rows = [row.text for row in browser.find_elements("css selector", "#claims-table tbody tr")]
    assert rows == [
        f"All {3 * n} of {4 * n} {n} {n} 67% 58–75%",
        f"Northgate Wire {3 * n} of {4 * n} {n} {n} 67% 58–75%",
    ]
    dots, bars = browser.execute_script("return document.getElementById('claims-plot').data.map((one) => one.y)")
    assert dots == [0.6667] * 5
    assert sum(bars) == 3 * n
    assert "may be the reader’s error" in text(browser, "#claims-caveats")
    opened(browser, tmp_path, plain_data())
    assert "froth claims ARTICLES --market DIR -o claims.csv" in text(browser, "#claims-note")
    assert not browser.find_element("id", "claims-caveats").is_displayed()
    assert browser.find_elements("css selector", ".claims") == []
    assert_quiet(browser)


def test_naive_readers_are_off_until_chosen(browser, tmp_path):
    opened(browser, tmp_path, full_data())
    n = len(browser.find_elements("css selector", "#plot .scatterlayer .trace"))
    browser.find_element("css selector", "#baselines input").click()
    wait_for(browser, lambda: len(browser.find_elements("css selector", "#plot .scatterlayer .trace")) == n + 1)
    line = browser.execute_script("return document.getElementById('plot').data.find((one) => one.line.dash === 'dot')")
    assert set(line["y"]) == {0.9}
    assert browser.execute_script("return document.getElementById('plot').layout.yaxis.range[1]") > 0.9
    assert_quiet(browser)


def test_on_paper_the_figure_fits_and_nothing_is_folded(browser, tmp_path):
    opened(browser, tmp_path, full_data())
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        wait_for(
            browser, lambda: browser.execute_script("return document.getElementById('plot')._fullLayout.width") == 680
        )
        assert browser.execute_script("return document.querySelectorAll('#quality details:not([open])').length") == 0
        assert "ff" in text(browser, "#quality")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    wait_for(browser, lambda: browser.execute_script("return document.getElementById('plot')._fullLayout.width") != 680)


def test_asserting_and_rejecting_sentences_differ_by_more_than_colour(browser, tmp_path):
    opened(browser, tmp_path, plain_data(), f"#{WEEKS[3]}")
    style = "return getComputedStyle(document.querySelector('#articles mark')).borderBottomStyle"
    assert (text(browser, "#articles .badge"), browser.execute_script(style)) == ("asserts 0.90", "solid")
    browser.execute_script(f"location.hash = '#{WEEKS[3]}/liquidity_crisis'")
    wait_for(browser, lambda: text(browser, "#articles .badge") == "rejects 0.80")
    assert browser.execute_script(style) == "dashed"
