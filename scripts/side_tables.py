"""The tables beside trend.csv: episodes, tests, correlations, and where articles and episodes meet the market."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.console import Tally, plain_table

if TYPE_CHECKING:
    import pandas as pd

    from nlp.market import MarketSeries
    from nlp.trend import TrendOptions

__all__ = ["write_beside", "write_correlations", "write_episodes", "write_lead_lag", "write_sessions"]

_FALSE = 0.05


def write_episodes(trend: pd.DataFrame, out: Path) -> None:
    """Writes when each narrative was unusually loud."""
    from nlp.episodes import EPISODE_COLUMNS, episode_table, find_episodes
    from nlp.tables import write_table
    from nlp.trend import narratives_of_trend

    found = [episode for name in narratives_of_trend(list(trend.columns)) for episode in find_episodes(trend, name)]
    write_table(episode_table(found), out, list(EPISODE_COLUMNS))
    sys.stderr.write(f"{len(found)} episodes in {out}\n")


def write_lead_lag(
    trend: pd.DataFrame, out: Path, series: Sequence[MarketSeries], options: TrendOptions, *, store: str | None
) -> None:
    """Writes the tests of every narrative against every series; those of a store are logged there and counted in."""
    from contextlib import nullcontext

    from nlp.market_study import study
    from nlp.store import Store
    from nlp.tables import write_table

    with Store.open(store) if store is not None else nullcontext() as opened:
        table = study(trend, series, options.freq, opened)
    write_table(table, out, list(table.columns))
    n_tests, n_found = int(table["p_value"].notna().sum()), int((table["q_value"] < _FALSE).sum())
    sys.stderr.write(
        f"{n_tests} tests in {out}, {n_found} with a false-discovery rate under {_FALSE:.0%}, "
        f"{int(table['n_tests'].max()) if n_tests else 0} tests counted\n"
    )


def write_correlations(trend: pd.DataFrame, out: Path, series: Sequence[MarketSeries], options: TrendOptions) -> None:
    """Writes how narratives and baselines correlate with the series within periods, and prints the short form."""
    from nlp.correlation_table import CORRELATION_COLUMNS, beside_baselines, correlation_table
    from nlp.tables import write_table
    from nlp.trend import narratives_of_trend

    table = correlation_table(trend, series, options.freq)
    write_table(table, out, CORRELATION_COLUMNS)
    shown = beside_baselines(table, narratives_of_trend(list(trend.columns)))
    plain_table(list(shown.columns), shown.values.tolist())


def write_sessions(scores: pd.DataFrame, out: Path, series: Sequence[MarketSeries], exchange: str) -> None:
    """Writes articles beside the sessions that they meet; says which sessions no calendar vouches for."""
    from nlp.session_alignment import session_table
    from nlp.tables import write_table

    table = session_table(scores, series, exchange)
    write_table(table, out, list(table.columns))
    sys.stderr.write(f"{len(table)} sessions of {exchange} in {out}\n")
    if n_provisional := int(table["provisional"].sum()):
        sys.stderr.write(
            f"{n_provisional} of them are provisional: no calendar knows {exchange} on these days yet, "
            "every weekday with its ordinary hours is taken for a session\n"
        )


def write_beside(trend: pd.DataFrame, out: Path, series: Sequence[MarketSeries], tally: Tally) -> None:
    """Writes every episode beside the exuberance and the drawdowns of every price."""
    from nlp.market_episodes import MARKET_EPISODE_COLUMNS, market_episodes
    from nlp.tables import write_table

    found = market_episodes(trend, series)
    for failure in found.failures:
        tally.fail(failure)
    write_table(found.table, out, MARKET_EPISODE_COLUMNS)
    n_final = int(found.table["is_final"].sum())
    sys.stderr.write(f"{len(found.table)} rows of episodes and prices in {out}, {n_final} of them final\n")
