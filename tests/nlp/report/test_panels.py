"""The panels of the report say what the tables beside it say: episodes, languages, tests, coverage, origin."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nlp.confusion import Confusion, ErrorRates, Reading
from nlp.errors import Failure, InputError
from nlp.lead_lag import LEAD_LAG_COLUMNS, lead_lag
from nlp.report import ReportData, ReportNarrative, read_report_data
from nlp.report.coverage import data_quality
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
    failures = [Failure("a", "read", "empty"), Failure("b", "fetch", "gone"), Failure("c", "read", "empty")]
    write_failures(failures, tmp_path / "failures.csv")
    (tmp_path / "t.snapshot.json").write_text(json.dumps({"id": "0123abcd", "code": "ff", "model": "tiny@1"}))
    found = read_report_data(tmp_path / "t.csv")
    assert list(found.failures_by_stage.items()) == [("read", 2), ("fetch", 1)]
    payload = report_payload(found)
    assert payload["lead_lag"]["n_tests"] > 0
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
