"""The panels of the report say what the tables beside it say: episodes, languages, tests, coverage, origin."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from nlp.claims.claim_table import CLAIM_COLUMNS
from nlp.confusion import Confusion, ErrorRates, Reading
from nlp.errors import Failure, InputError
from nlp.lead_lag import LEAD_LAG_COLUMNS, lead_lag
from nlp.report import ReportData, ReportNarrative, read_report_data
from nlp.report.coverage import data_quality
from nlp.report.claims import MAX_CLAIMS, MAX_SOURCES, claim_summary
from nlp.report.episodes import episode_places
from nlp.report.languages import language_series
from nlp.report.lead_lag import MAX_TESTS, lead_lag_summary
from nlp.report.market import market_series
from nlp.report.payload import report_payload
from nlp.series_pairs import SeriesPair
from nlp.tables import write_failures, write_table
from nlp.trend import TrendOptions, trend_table

NARRATIVES = (ReportNarrative("bubble", "Bubble"), ReportNarrative("crunch", "Crunch"))
N_WEEKS = 12
WEEKS = pd.date_range("2024-01-01", periods=N_WEEKS, freq="7D")


def scores(n_per_week: int = 4) -> pd.DataFrame:
    """Chinese and English in turn, three sources, one article without a date."""
    rng = np.random.default_rng(5)
    rows = [
        {
            "article_id": f"{week:02}-{i}", "url": "", "source": ("Harbour Wire", "灯塔财经", "Quay Street", "")[i % 4],
            "lang": "zh" if i % 2 else "en", "published": f"{WEEKS[week]:%Y-%m-%d}T08:00:00Z", "first_seen": None,
            "story": f"{week:02}-{i}", "title": f"t{i}", "n_sentences": 3, "model": "tiny@1",
            "bubble": rng.random(), "bubble_stance": 0.5, "bubble_evidence": "e",
            "crunch": rng.random(), "crunch_stance": -0.5, "crunch_evidence": "e",
        }
        for week in range(N_WEEKS)
        for i in range(n_per_week)
    ]  # fmt: skip
    undated = {**rows[1], "article_id": "undated", "story": "undated", "published": None}
    return pd.DataFrame([*rows, undated])


@cache
def plain_trend() -> pd.DataFrame:
    return trend_table(scores())


def data(trend: pd.DataFrame | None = None, scored: pd.DataFrame | None = None, **rest: object) -> ReportData:
    scored = scores() if scored is None else scored
    return ReportData(plain_trend() if trend is None else trend, scored, None, NARRATIVES, **rest)


@cache
def lead_lag_table(n_periods: int = 60) -> pd.DataFrame:
    """Bubble follows the series by a period; crunch does not; the third pair is too short."""
    rng = np.random.default_rng(2)
    days = pd.date_range("2020-01-06", periods=n_periods, freq="7D")
    market = pd.Series(rng.random(n_periods), index=days)
    talk = market.shift(1, fill_value=0.5) + rng.random(n_periods) / 9
    noise = pd.Series(rng.random(n_periods), index=days)
    pairs = [SeriesPair("bubble", "vix", talk, market), SeriesPair("crunch", "d_my_spread", noise, market)]
    return lead_lag([*pairs, SeriesPair("bubble", "short", talk[:20], market[:20])])


def claims(rows: list[tuple[str, str]], **cells: object) -> pd.DataFrame:
    """One figure per article id and verdict, in the order of the text."""
    table = pd.DataFrame(rows, columns=["article_id", "verdict"]).assign(
        start=range(len(rows)), text="40", indicator="vix", unit="point", series="vix", series_value=14.25,
        series_date="2024-03-04", reason="vix stood at 14.2 on 2024-03-04.", source="Harbour Wire",
        published="2024-01-31T20:00:00Z",
    )  # fmt: skip
    return table.assign(**cells).reindex(columns=list(CLAIM_COLUMNS))


def test_episodes_are_those_of_the_trend() -> None:
    trend = plain_trend().assign(bubble_z=0.0, crunch_z=0.0)
    trend.loc[4:6, "bubble_z"] = 2.5
    trend.loc[5, "bubble"] = 0.99
    trend.loc[10, "crunch_z"] = 2.0
    assert episode_places(data(trend)) == [
        {"narrative": 0, "start": 4, "peak": 5, "end": 6, "over": True},
        {"narrative": 1, "start": 10, "peak": 10, "end": 11, "over": False},
    ]


def test_languages_have_the_numbers_of_a_trend_by_language() -> None:
    rates = ErrorRates(telling=Reading(40, 0.8, 0.2), quiet=Reading(60, 0.1, 0.2))
    confusion = Confusion("tiny@1", {("bubble", "all"): rates})
    for given in (None, confusion):
        languages = language_series(data(confusion=given))
        expected = trend_table(scores(), options=TrendOptions(by="lang", confusion=given))
        assert [one["lang"] for one in languages["shown"]] == ["en", "zh"]
        assert [one["n_articles"] for one in languages["shown"]] == [2 * N_WEEKS, 2 * N_WEEKS]
        for one in languages["shown"]:
            rows = expected[expected["lang"] == one["lang"]]
            for narrative, lines in zip(("bubble", "crunch"), one["narratives"], strict=True):
                for key, end in (("value", ""), ("low", "_low"), ("high", "_high")):
                    assert lines[key] == pytest.approx(rows[f"{narrative}{end}"].tolist())
            assert one["n_stories"] == rows["n_stories"].tolist()


def test_a_language_is_empty_before_its_first_article_and_few_languages_are_shown() -> None:
    table = scores()
    table.loc[:5, "lang"] = "en"
    for place, lang in enumerate(("ja", "ko", "de", "fr")):
        table.loc[table.index[-2 - place], "lang"] = lang
    languages = language_series(data(scored=table))
    assert [one["lang"] for one in languages["shown"]] == ["en", "zh", "de", "fr"]
    assert languages["left"] == 2
    chinese = languages["shown"][1]
    assert chinese["n_stories"][:2] == [0, 1]
    assert chinese["narratives"][0]["value"][0] is None


def test_the_strongest_test_of_each_pair_and_method_is_listed_and_all_are_counted() -> None:
    table = lead_lag_table()
    found = lead_lag_summary(data(lead_lag=table))
    tested = table[table["p_value"].notna()]
    assert found["n_tests"] == found["n_counted"] == len(tested)
    assert found["n_untested"] == len(table) - len(tested) > 0
    assert found["why_untested"][0] == ["too short", found["n_untested"]]
    assert found["n_found"] == int((table["q_value"] <= 0.05).sum()) >= found["n_found_by"] > 0
    first = found["rows"][0]
    assert (first["narrative"], first["series"], first["changed"]) == (0, "VIX", [False, False])
    assert first["q_value"] == table["q_value"].min()
    assert [row["q_value"] for row in found["rows"]] == sorted(row["q_value"] for row in found["rows"])
    named = [(row["name"], row["series"], row["method"]) for row in found["rows"]]
    assert len(set(named)) == len(named) == min(MAX_TESTS, found["n_strongest"])
    assert ("Crunch", "my_spread", "correlation") in named


def test_without_a_table_of_tests_there_is_none_and_an_empty_one_says_nothing() -> None:
    assert lead_lag_summary(data()) is None
    empty = lead_lag_summary(data(lead_lag=pd.DataFrame(columns=list(LEAD_LAG_COLUMNS))))
    assert (empty["n_tests"], empty["n_counted"], empty["rows"]) == (0, 0, [])
    with pytest.raises(InputError, match=r"lead–lag table lacks the column.*q_value"):
        data(lead_lag=lead_lag_table().drop(columns="q_value"))


def test_coverage_by_language_and_source_and_who_makes_up_the_latest_figure() -> None:
    table = scores()
    last = table["article_id"].str.startswith(f"{N_WEEKS - 1:02}-")
    table.loc[last, "bubble"] = [0.1, 0.6, 0.2, 0.1]
    table.loc[last, "crunch"] = [0.0, 0.0, 0.0, 0.5]
    failed = {"read": 2, "date": 1}
    quality = data_quality(data(scored=table, failures_by_stage=failed))
    assert quality["languages"] == [
        {"lang": "zh", "n": 2 * N_WEEKS + 1, "stories": 2 * N_WEEKS + 1, "sources": 1, "undated": 1},
        {"lang": "en", "n": 2 * N_WEEKS, "stories": 2 * N_WEEKS, "sources": 2, "undated": 0},
    ]
    assert quality["sources"] == [["灯塔财经", N_WEEKS + 1], ["Harbour Wire", N_WEEKS], ["Quay Street", N_WEEKS]]
    assert (quality["n_sources"], quality["n_unnamed"], quality["n_undated"]) == (3, N_WEEKS, 1)
    expected = {"source": "灯塔财经", "share": 0.6, "n": 1, "of": 4, "period": N_WEEKS - 1}
    assert quality["latest"] == [expected, None]
    assert quality["failures"] == [["read", 2], ["date", 1]]


def test_what_lies_beside_the_trend_is_read(tmp_path: Path) -> None:
    table = plain_trend()
    write_table(table, tmp_path / "t.csv", list(table.columns))
    write_table(lead_lag_table(), tmp_path / "lead_lag.csv", LEAD_LAG_COLUMNS)
    write_table(claims([("a", "stale")], text="-5%"), tmp_path / "claims.csv", CLAIM_COLUMNS)
    write_table(claims([]), tmp_path / "none.csv", CLAIM_COLUMNS)
    failures = [Failure("a", "read", "empty"), Failure("b", "fetch", "gone"), Failure("c", "read", "empty")]
    write_failures(failures, tmp_path / "failures.csv")
    (tmp_path / "t.snapshot.json").write_text(json.dumps({"id": "0123abcd", "code": "ff", "model": "tiny@1"}))
    found = read_report_data(tmp_path / "t.csv")
    assert list(found.failures_by_stage.items()) == [("read", 2), ("fetch", 1)]
    assert found.claims["text"].tolist() == ["-5%"]
    assert read_report_data(tmp_path / "t.csv", claims_csv=tmp_path / "none.csv").claims.empty
    payload = report_payload(found)
    assert payload["lead_lag"]["n_tests"] > 0
    assert payload["claims"]["all"]["stale"] == 1
    assert payload["origin"]["snapshot"] == "0123abcd"
    assert payload["origin"]["parts"] == [["code", "ff"], ["model", "tiny@1"]]


@pytest.mark.parametrize("content", ["", "[1]", '{"code": "ff"}', '{"id": 7}'])
def test_a_snapshot_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    table = plain_trend()
    write_table(table, tmp_path / "trend.csv", list(table.columns))
    (tmp_path / "trend.snapshot.json").write_text(content)
    with pytest.raises(InputError, match=r"trend\.snapshot\.json .*make the trend again"):
        read_report_data(tmp_path / "trend.csv")


def test_baselines_and_what_the_sources_say_are_there_where_the_trend_has_them() -> None:
    trend = plain_trend().assign(bubble_keywords=0.25, stress_words=-0.02)
    payload = report_payload(data(trend))
    bubble, crunch = payload["narratives"]
    assert bubble["baselines"] == [{"name": "key words", "value": [0.25] * N_WEEKS}]
    assert crunch["baselines"] == []
    assert bubble["press"]["attention"] == pytest.approx(trend["bubble_attention"].tolist())
    strip = payload["market"][-1]
    assert (strip["id"], strip["on"], strip["value"][0]) == ("stress_words", False, -0.02)
    bare = trend.drop(columns=["n_sources", "bubble_index", "stress_words"])
    payload = report_payload(data(bare))
    assert payload["n_sources"] is None
    assert "index" not in payload["narratives"][0]["press"]
    assert payload["market"] == []


def test_chosen_series_are_shown_first_and_those_called_alike_are_told_apart() -> None:
    trend = plain_trend().assign(market_vix=20.0, market_nfci_weekly=0.1, market_nfci_quarterly=0.2)
    market = market_series(trend, ("nfci_quarterly",))
    assert [series["id"] for series in market if series["on"]] == ["nfci_quarterly"]
    assert [series["name"] for series in market] == [
        "Chicago Fed NFCI (nfci_quarterly)", "VIX", "Chicago Fed NFCI (nfci_weekly)",
    ]  # fmt: skip
    with pytest.raises(InputError, match="no market series sp500: it has vix, nfci_weekly, nfci_quarterly"):
        data(trend, series=("sp500",))


def test_an_article_lists_its_checked_figures_failing_first() -> None:
    verdicts = ["consistent", "not_checkable", "stale", "contradicted", *["consistent"] * MAX_CLAIMS]
    given = claims([*(("11-1", verdict) for verdict in verdicts), ("11-2", "not_checkable"), ("gone", "stale")])
    given.loc[0, ["indicator", "unit", "series_value"]] = ["my_index", "usd", 7.67e11]
    articles = report_payload(data(claims=given))["evidence"]["articles"]
    by_title = {(one["t"], one["d"]): one.get("claims") for one in articles}
    told = by_title["t1", "2024-03-18"]
    assert [claim["verdict"] for claim in told["shown"]] == ["contradicted", "stale", *["consistent"] * 4]
    assert (told["more"], told["unchecked"]) == (3, 1)
    assert told["shown"][0] == {
        "verdict": "contradicted", "text": "40", "indicator": "VIX", "seen": "14.2", "day": "2024-03-04",
        "reason": "vix stood at 14.2 on 2024-03-04.",
    }  # fmt: skip
    assert (told["shown"][2]["indicator"], told["shown"][2]["seen"]) == ("my index", "0.77 trillion USD")
    assert by_title["t2", "2024-03-18"] == {"shown": [], "more": 0, "unchecked": 1}
    assert by_title["t3", "2024-03-18"] is None


def test_shares_failing_are_wilsons_by_source_and_by_month_of_publication() -> None:
    from statsmodels.stats.proportion import proportion_confint

    rows = [("a", "stale"), ("a", "contradicted"), ("a", "consistent"), ("b", "not_checkable"), ("c", "consistent")]
    given = claims([*rows, ("undated", "stale")])
    given["source"] = ["Harbour Wire"] * 3 + ["灯塔财经"] * 2 + [""]
    given["published"] = [*["2024-01-31T20:00:00Z"] * 3, "2024-03-05T00:00:00Z", "2024-04-01T00:00:00Z", None]
    found = claim_summary(data(claims=given, zone=ZoneInfo("Asia/Shanghai")))
    assert [found["all"][name] for name in ("n", "checked", "stale", "contradicted")] == [6, 5, 2, 1]
    low, high = proportion_confint(3, 5, method="wilson")
    assert [found["all"][name] for name in ("share", "low", "high")] == pytest.approx([0.6, low, high], abs=1e-4)
    assert [(row["source"], row["n"], row["checked"]) for row in found["sources"]] == [
        ("Harbour Wire", 3, 3), ("灯塔财经", 2, 1), ("", 1, 1),
    ]  # fmt: skip
    assert found["months"] == ["2024-02-01", "2024-03-01", "2024-04-01"]
    assert [(row["n"], row["checked"], row["share"]) for row in found["by_month"]] == [
        (3, 3, 0.6667),
        (1, 0, None),
        (1, 1, 0.0),
    ]
    assert found["n_undated"] == 1
    assert claim_summary(data()) is None
    many = claims([(f"{i}", "stale") for i in range(15)], source=[f"Wire {i}" for i in range(15)])
    few = claim_summary(data(claims=many))
    assert (len(few["sources"]), few["n_sources"]) == (MAX_SOURCES, 15)


def test_an_article_without_a_date_of_its_own_counts_from_when_it_was_seen() -> None:
    table = scores()
    table.loc[table["article_id"] == "undated", "first_seen"] = "2024-03-05T00:00:00Z"
    found = claim_summary(data(scored=table, claims=claims([("undated", "stale")], published=None)))
    assert (found["months"], found["n_undated"]) == (["2024-03-01"], 0)
    none = claim_summary(data(claims=claims([])))
    assert (none["all"]["n"], none["months"], none["n_undated"]) == (0, [], 0)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"verdict": "wrong"}, "claims table has the verdict 'wrong'; expected one of consistent"),
        ({"series_value": "high"}, "claims table has 'high' in column series_value"),
    ],
)
def test_claims_that_break_their_contract_are_refused(cells: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        data(claims=claims([("a", "stale")], **cells))
