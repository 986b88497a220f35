from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from nlp.columns import baseline_columns
from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.tables import write_table
from nlp.trend import TrendOptions, narratives_of_trend, trend_columns, trend_table


def scores_frame(rows: list[tuple[str, str, float]], **columns: object) -> pd.DataFrame:
    """Rows of (published, story, bubble)."""
    table = pd.DataFrame(rows, columns=["published", "story", "bubble"])
    table["article_id"] = [f"a{i}" for i in range(len(table))]
    return table.assign(first_seen=None, lang="en", source="w", bubble_stance=1.0, bubble_evidence="e", **columns)


def many(n: int, start: str = "2024-01-01") -> pd.DataFrame:
    rng = np.random.default_rng(3)
    days = pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    return scores_frame(
        [
            (f"{d.date()}T10:00:00Z", f"s{i // 2}", float(x))
            for i, (d, x) in enumerate(zip(days, rng.random(n), strict=True))
        ]
    )


SERIES = MarketSeries("vix", "close", pd.Series(np.arange(400.0), index=pd.date_range("2023-12-01", periods=400)))


def test_stories_not_copies_are_averaged() -> None:
    table = trend_table(
        scores_frame([("2024-01-01T00:00:00Z", "loud", 0.9)] * 20 + [("2024-01-02T00:00:00Z", "quiet", 0.1)])
    )
    row = table.iloc[0]
    assert (row["date"], row["n_articles"], row["n_stories"], row["bubble"]) == ("2024-01-01", 21, 2, 0.5)
    assert row["bubble_low"] <= 0.5 <= row["bubble_high"]
    assert row["bubble_share"] == pytest.approx(20 / 21, abs=1e-6)


def test_an_empty_period_is_empty_and_never_zero() -> None:
    table = trend_table(
        scores_frame([("2024-01-01T00:00:00Z", "a", 0.5), ("2024-01-20T00:00:00Z", "b", 0.5)]), [SERIES]
    )
    assert table["date"].tolist() == ["2024-01-01", "2024-01-08", "2024-01-15"]
    empty = table.iloc[1]
    assert empty["n_articles"] == 0
    assert empty[[c for c in table.columns if c.startswith("bubble")]].isna().all()
    assert empty["market_vix"] == 44


@pytest.mark.parametrize(("freq", "dates"), [("D", 20), ("W", 3), ("M", 1)])
def test_frequencies(freq: str, dates: int) -> None:
    table = trend_table(
        scores_frame([("2024-01-01T00:00:00Z", "a", 0.5), ("2024-01-20T00:00:00Z", "b", 0.5)]),
        options=TrendOptions(freq=freq),
    )  # type: ignore[arg-type]
    assert len(table) == dates


def test_the_calendar_is_that_of_the_chosen_zone() -> None:
    scores = scores_frame([("2024-01-07T17:00:00Z", "a", 0.5)])
    assert trend_table(scores)["date"].tolist() == ["2024-01-01"]
    assert trend_table(scores, options=TrendOptions(zone=ZoneInfo("Asia/Shanghai")))["date"].tolist() == ["2024-01-08"]


def test_first_seen_counts_before_published() -> None:
    scores = scores_frame([("2024-01-01T00:00:00Z", "a", 0.5)]).assign(first_seen="2024-02-01T00:00:00Z")
    assert trend_table(scores)["date"].tolist() == ["2024-01-29"]


@pytest.mark.parametrize("freq", ["D", "W", "M"])
def test_appending_the_future_changes_no_earlier_byte(tmp_path: Path, freq: str) -> None:
    options = TrendOptions(freq=freq)  # type: ignore[arg-type]
    early, late = many(120), many(80, "2024-08-01").assign(story=lambda t: "late" + t["story"])
    later_market = MarketSeries(
        "vix", "close", pd.concat([SERIES.values, pd.Series([9e9], index=[pd.Timestamp("2025-06-01")])])
    )
    write_table(trend_table(early, [SERIES], options), tmp_path / "a.csv", trend_columns(["bubble"], ["vix"]))
    write_table(
        trend_table(pd.concat([late, early]), [later_market], options),
        tmp_path / "b.csv",
        trend_columns(["bubble"], ["vix"]),
    )
    before, after = (tmp_path / "a.csv").read_bytes(), (tmp_path / "b.csv").read_bytes()
    assert after.startswith(before)
    assert len(after) > len(before)


@pytest.mark.parametrize("by", [None, "source"])
def test_order_of_articles_does_not_matter(by: str | None) -> None:
    """Neither where there are many nor where the mean of four copies ends in a half after the last digit written."""
    rng = np.random.default_rng(5)
    halves = [
        scores_frame([(f"2024-0{m}-01T00:00:00Z", "s", round(x, 6)) for x in rng.random(4)]) for m in range(1, 10)
    ]
    few = pd.concat([part.assign(article_id=lambda t, n=n: f"b{n}" + t["article_id"]) for n, part in enumerate(halves)])
    few["bubble_stance"] = rng.uniform(-1, 1, len(few)).round(6)
    options = TrendOptions(by=by)  # type: ignore[arg-type]
    for scores in (many(100), few.reset_index(drop=True)):
        table = trend_table(scores, options=options)
        for seed in range(5):
            shuffled = trend_table(scores.sample(frac=1, random_state=seed), options=options)
            pd.testing.assert_frame_equal(table, shuffled, check_exact=True)


def test_z_looks_back_only() -> None:
    table = trend_table(many(150))
    known = table["bubble"].dropna()
    row = known.index[12]
    history = known.loc[: row - 1]
    assert table.loc[row, "bubble_z"] == pytest.approx((known[row] - history.mean()) / history.std(), abs=1e-4)
    assert table["bubble_z"].head(8).isna().all()


def test_breakdown_by_language() -> None:
    scores = many(40)
    scores["lang"] = ["en", "zh"] * 20
    table = trend_table(scores, [SERIES], TrendOptions(freq="M", by="lang"))
    assert list(table.columns) == list(trend_columns(["bubble"], ["vix"], "lang"))
    assert not table.duplicated(["date", "lang"]).any()
    assert table["n_articles"].sum() == 40


def test_a_new_group_adds_no_earlier_row(tmp_path: Path) -> None:
    options = TrendOptions(by="lang")
    early = many(60)
    late = scores_frame([("2024-12-02T00:00:00Z", "zh", 0.5)]).assign(lang="zh", article_id="z")
    write_table(trend_table(early, [SERIES], options), tmp_path / "a.csv", trend_columns(["bubble"], ["vix"], "lang"))
    both = trend_table(pd.concat([early, late]), [SERIES], options)
    write_table(both, tmp_path / "b.csv", trend_columns(["bubble"], ["vix"], "lang"))
    assert (tmp_path / "b.csv").read_bytes().startswith((tmp_path / "a.csv").read_bytes())
    assert both["lang"].tolist()[-2:] == ["en", "zh"]


def test_an_article_without_a_story_is_its_own() -> None:
    scores = scores_frame([("2024-01-01T00:00:00Z", "a", 0.4), ("2024-01-01T00:00:00Z", "b", 0.6)]).assign(story=None)
    assert trend_table(scores)["n_stories"].tolist() == [2]


def test_undated_articles_are_left_out_and_all_undated_is_an_error() -> None:
    scores = scores_frame([("2024-01-01T00:00:00Z", "a", 0.5), (None, "b", 0.9)])  # type: ignore[list-item]
    assert trend_table(scores)["n_articles"].tolist() == [1]
    with pytest.raises(InputError, match="has a known date"):
        trend_table(scores.tail(1))


def test_not_a_scores_table() -> None:
    with pytest.raises(InputError, match="froth score"):
        trend_table(pd.DataFrame({"date": []}))


def test_an_article_without_an_intensity_counts_as_an_article_and_spoils_nothing() -> None:
    scores = many(150)
    gap = scores.assign(bubble=scores["bubble"].where(scores.index % 15 != 0))
    table, without = trend_table(gap), trend_table(gap.dropna(subset=["bubble"]))
    assert table["n_articles"].sum() == 150
    measures = [column for column in table.columns if column.startswith("bubble")]
    pd.testing.assert_frame_equal(table[measures], without[measures])
    alone = scores_frame([("2024-01-01T00:00:00Z", "a", np.nan), ("2024-01-09T00:00:00Z", "b", 0.5)])
    assert trend_table(alone)["bubble"].isna().tolist() == [True, False]


def test_articles_of_no_named_source_have_no_part_in_what_compares_sources() -> None:
    scores = many(150).assign(source=None)
    table = trend_table(scores)
    assert (table["n_sources"] == 0).all()
    assert table[["bubble_index", "bubble_consensus"]].isna().all(axis=None)
    assert table["bubble"].notna().any()


def test_two_columns_of_one_name_are_refused() -> None:
    scores = many(9).assign(bubble_index=0.5, bubble_index_stance=1.0, bubble_index_evidence="e")
    with pytest.raises(InputError, match="would be called bubble_index"):
        trend_table(scores)


def with_baselines(scores: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    return scores.assign(**{column: rng.random(len(scores)).round(6) for column in baseline_columns(["bubble"])})


def test_baselines_are_averaged_as_intensities_are_and_stand_before_the_market() -> None:
    rows = [("2024-01-01T00:00:00Z", "loud", 0.5)] * 3 + [("2024-01-16T00:00:00Z", "quiet", 0.5)] * 2
    scores = scores_frame(rows).assign(story=["loud", "loud", "quiet", "x", "y"])
    scores = scores.assign(bubble_keywords=[1.0, 0.0, 1.0, 0.0, np.nan], stress_words=[0.0, 0.01, 0.02, -0.01, 0.03])
    table = trend_table(scores, [SERIES])
    assert list(table.columns) == [
        *trend_columns(["bubble"]), "bubble_keywords", "stress_words", "market_vix",
    ]  # fmt: skip
    assert table["bubble_keywords"].tolist() == pytest.approx([0.75, np.nan, 0], nan_ok=True)
    assert table["stress_words"].tolist() == pytest.approx([0.0125, np.nan, 0.01], nan_ok=True)
    assert narratives_of_trend(list(table.columns)) == ("bubble",)


def test_baselines_change_no_other_column_and_do_not_look_ahead(tmp_path: Path) -> None:
    scores, monthly = with_baselines(many(150)), TrendOptions(freq="M")
    with_them, without = trend_table(scores, [SERIES], monthly), trend_table(many(150), [SERIES], monthly)
    columns = baseline_columns(["bubble"])
    assert list(with_them.columns) == list(trend_columns(["bubble"], ["vix"], None, columns))
    pd.testing.assert_frame_equal(with_them.drop(columns=list(columns)), without)
    pd.testing.assert_frame_equal(trend_table(scores.sample(frac=1, random_state=1), [SERIES], monthly), with_them)
    early = trend_table(scores[scores["published"] < "2024-04-01"], [SERIES], monthly)
    write_table(early, tmp_path / "a.csv", list(early.columns))
    write_table(with_them, tmp_path / "b.csv", list(early.columns))
    assert (tmp_path / "b.csv").read_bytes().startswith((tmp_path / "a.csv").read_bytes())


def test_baselines_by_group_and_one_that_knows_nothing() -> None:
    scores = with_baselines(many(40)).assign(lang=["en", "zh"] * 20, bubble_tfidf=None)
    table = trend_table(scores, options=TrendOptions(freq="M", by="lang"))
    group = scores[(scores["lang"] == "zh") & scores["published"].str.startswith("2024-01")]
    expected = group.groupby("story")["bubble_keywords"].mean().mean()
    (found,) = table[(table["lang"] == "zh") & (table["date"] == "2024-01-01")]["bubble_keywords"]
    assert found == pytest.approx(expected, abs=1e-6)
    assert table["bubble_tfidf"].isna().all()
