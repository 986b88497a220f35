"""Claims in the report: what an article lists, the shares by source and month, and what is refused."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from nlp.claims.claim_table import CLAIM_COLUMNS
from nlp.errors import InputError
from nlp.report import read_report_data
from nlp.report.claims import MAX_CLAIMS, MAX_SOURCES, claim_summary
from nlp.report.payload import report_payload
from nlp.tables import write_table
from tests.nlp.report.test_panels import data, plain_trend, scores


def claims(rows: list[tuple[str, str]], **cells: object) -> pd.DataFrame:
    """One figure per article id and verdict, in the order of the text."""
    table = pd.DataFrame(rows, columns=["article_id", "verdict"]).assign(
        start=range(len(rows)), text="40", indicator="vix", unit="point", series="vix", series_value=14.25,
        series_date="2024-03-04", reason="vix stood at 14.2 on 2024-03-04.", source="Harbour Wire",
        published="2024-01-31T20:00:00Z",
    )  # fmt: skip
    return table.assign(**cells).reindex(columns=list(CLAIM_COLUMNS))


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


def test_the_table_beside_the_trend_is_read_or_another_that_is_named(tmp_path: Path) -> None:
    table = plain_trend()
    write_table(table, tmp_path / "trend.csv", list(table.columns))
    assert report_payload(read_report_data(tmp_path / "trend.csv"))["claims"] is None
    write_table(claims([("a", "stale")], text="-5%"), tmp_path / "claims.csv", CLAIM_COLUMNS)
    write_table(claims([]), tmp_path / "none.csv", CLAIM_COLUMNS)
    found = read_report_data(tmp_path / "trend.csv")
    assert found.claims["text"].tolist() == ["-5%"]
    assert report_payload(found)["claims"]["all"]["stale"] == 1
    assert read_report_data(tmp_path / "trend.csv", claims_csv=tmp_path / "none.csv").claims.empty
