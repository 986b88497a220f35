"""Scores of several files, folders or URLs as one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nlp.errors import InputError
from nlp.object_stores import shown
from nlp.safety import harmless
from nlp.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["read_scores"]

_REQUIRED = ("article_id", "published", "first_seen", "story", "lang", "source")
_ENDS = ("_stance", "_evidence")


def read_scores(places: Sequence[Path | str]) -> pd.DataFrame:
    """The rows of scores tables (local paths, or URLs: `nlp.tables.read_table`), one table after the other.

    Copies of one text have the same story within a table; between tables nothing joins them.

    Raises:
        InputError: one that cannot be read or lacks a column, an intensity or stance that is none, other columns than
            in the first, or an article in two.
    """
    import pandas as pd

    tables = [read_table(place, _REQUIRED) for place in places]
    names = [shown(str(place)) for place in places]
    for name, table in zip(names, tables, strict=True):
        _check_narratives(table, name)
    for name, table in zip(names, tables, strict=True):
        if differing := sorted(set(table.columns) ^ set(tables[0].columns)):
            raise InputError(
                f"{name} and {names[0]} do not have the same columns ({', '.join(differing)} only in one): "
                "score both in the same way"
            )
    if len(tables) == 1:
        return tables[0]
    joined = pd.concat(tables, ignore_index=True)
    owners = pd.Series(range(len(tables))).repeat([len(table) for table in tables]).to_numpy()
    first = pd.Series(owners).groupby(joined["article_id"].to_numpy(), sort=False, dropna=False).transform("min")
    if (twice := owners != first.to_numpy()).any():
        row = int(twice.argmax())
        raise InputError(
            f"article {harmless(joined['article_id'].iloc[row])} is in {names[first.iloc[row]]} and in "
            f"{names[owners[row]]}: give each article once"
        )
    return joined


def _check_narratives(table: pd.DataFrame, name: str) -> None:
    """Refuses a table in which a narrative is told by half, or by something that is no intensity or stance."""
    import pandas as pd

    narratives = {column.removesuffix(end) for column in map(str, table) for end in _ENDS if column.endswith(end)}
    for column, least in (
        (one + end, least) for one in sorted(narratives) for end, least in (("", 0), ("_stance", -1))
    ):
        if column not in table:
            raise InputError(f"{name} lacks the column {column}: a narrative has its intensity, _stance and _evidence")
        numbers = pd.to_numeric(table[column], errors="coerce")
        wrong = (table[column].notna() & ~numbers.between(least, 1)).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(
                f"{name}, row {row + 2}: {column} is {harmless(str(table[column].iloc[row]), 40)}, no number from "
                f"{least} to 1: give the table as froth score wrote it"
            )
