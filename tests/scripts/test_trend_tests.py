"""The tables beside trend.csv: tests against market series, logged by the store, and episodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from nlp.market import MarketSeries
from nlp.store import Store
from nlp.trend import TrendOptions, trend_columns
from scripts.side_tables import write_correlations, write_episodes, write_lead_lag
from scripts.trend import trend as trend_command

DATES = pd.date_range("2020-01-06", periods=80, freq="W-MON")


@pytest.fixture
def trend() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    talk = rng.random(80) / 2
    columns = trend_columns(["bubble"], ["vix"])
    table = pd.DataFrame(0.0, index=range(80), columns=list(columns))
    table["date"] = DATES.strftime("%Y-%m-%d")
    table["bubble"], table["bubble_z"] = talk, 0.0
    table.loc[40:42, "bubble_z"] = 3.0
    table["market_vix"] = np.roll(talk, 1) + rng.normal(size=80) / 50
    return table


def test_the_tests_of_a_store_are_counted_for_ever(
    trend: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db, options = f"sqlite:///{tmp_path / 'froth.db'}", TrendOptions()
    series = [MarketSeries("vix", "VIX", pd.Series([1.0], index=DATES[:1]))]
    write_lead_lag(trend, tmp_path / "a.csv", series, options, store=db)
    first = pd.read_csv(tmp_path / "a.csv")
    correlations = first[first["method"] == "correlation"]
    best = correlations.loc[correlations["p_value"].idxmin()]
    assert best["lag"] == -1
    assert 0 < best["q_value"] < 0.001
    with Store.open(db) as store:
        assert store.n_tests() == first["p_value"].notna().sum()
    write_lead_lag(trend, tmp_path / "b.csv", series, options, store=db)
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    trend.loc[79, "market_vix"] += 1
    write_lead_lag(trend, tmp_path / "c.csv", series, options, store=db)
    assert pd.read_csv(tmp_path / "c.csv")["n_tests"].max() == 2 * first["n_tests"].max()
    assert f"{2 * first['n_tests'].max()} tests counted" in capsys.readouterr().err


def test_episodes_are_listed(trend: pd.DataFrame, tmp_path: Path) -> None:
    write_episodes(trend, tmp_path / "e.csv")
    (row,) = pd.read_csv(tmp_path / "e.csv").to_dict("records")
    assert (row["narrative"], row["start"]) == ("bubble", f"{DATES[40]:%Y-%m-%d}")
    assert row["end"] == f"{DATES[42] + pd.Timedelta(days=6):%Y-%m-%d}"


def test_correlations_are_written_and_shown_beside_baselines(
    trend: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = pd.date_range(DATES[0], periods=7 * len(DATES))
    series = [MarketSeries("vix", "close", pd.Series(np.repeat(trend["bubble"].to_numpy(), 7), days))]
    write_correlations(trend.assign(bubble_keywords=1.0), tmp_path / "c.csv", series, TrendOptions())
    (row,) = pd.read_csv(tmp_path / "c.csv").query("measure == 'bubble'").to_dict("records")
    assert (row["series"], row["n"], row["pearson"], row["spearman"]) == ("vix", len(DATES), 1, 1)
    head, line, trailing = capsys.readouterr().out.splitlines()
    assert head.split() == ["narrative", "series", "n", "of", "intensity", "balance", "keywords"]
    assert line.split() == ["bubble", "vix", str(len(DATES)), "period", "1.00", "/", "1.00"]
    assert trailing.split() == ["bubble", "vix", str(len(DATES)), "trailing"]


def test_correlations_without_a_market_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="needs --market"):
        trend_command([tmp_path / "nothing.csv"], correlations=tmp_path / "c.csv")
