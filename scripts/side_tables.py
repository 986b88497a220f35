"""The tables beside trend.csv that `froth trend` writes on request, where articles and episodes meet the market."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from nlp.market import MarketSeries
    from scripts.console import Tally

__all__ = ["write_beside", "write_sessions"]


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
