"""Scores of several files or folders as one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.errors import InputError
from nlp.safety import harmless
from nlp.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_scores"]

_REQUIRED = ("article_id", "published", "first_seen", "story", "lang", "source")


def read_scores(paths: Sequence[Path]) -> pd.DataFrame:
    """The rows of scores tables (`nlp.tables.read_table`), one table after the other.

    Copies of one text have the same story within a table; between tables nothing joins them.

    Raises:
        InputError: one that cannot be read or lacks a column, other columns than in the first, or an article in two.
    """
    import pandas as pd

    tables = [read_table(path, _REQUIRED) for path in paths]
    for path, table in zip(paths, tables, strict=True):
        if differing := sorted(set(table.columns) ^ set(tables[0].columns)):
            raise InputError(
                f"{path} and {paths[0]} do not have the same columns ({', '.join(differing)} only in one): "
                "score both in the same way"
            )
    if len(tables) == 1:
        return tables[0]
    joined = pd.concat(tables, ignore_index=True)
    owners = pd.Series(range(len(tables))).repeat([len(table) for table in tables]).to_numpy()
    first = pd.Series(owners).groupby(joined["article_id"].to_numpy(), sort=False, dropna=False).transform("min")
    if (twice := owners != first.to_numpy()).any():
        place = int(twice.argmax())
        raise InputError(
            f"article {harmless(joined['article_id'].iloc[place])} is in {paths[first.iloc[place]]} and in "
            f"{paths[owners[place]]}: give each article once"
        )
    return joined
