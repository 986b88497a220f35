"""What one test of a narrative against a market series said, and how a test is named so that it is counted once.

The methods are `nlp.correlations`, `nlp.granger` and `nlp.local_projections`; the log of every test is in `nlp.store`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "LeadLagRow", "LoggedTest", "logged_tests", "p_values_besides", "table_of_tests"]

_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class LeadLagRow:
    """One row of a lead–lag table.

    Attributes:
        narrative: its name.
        series: the market series' name; one in differences begins with `d_`.
        method: `correlation`, `granger_narrative_to_series`, `granger_series_to_narrative` or `local_projection`.
        lag: of a correlation (negative: the narrative leads), the order of a Granger test, the horizon of a projection.
        estimate: see the method; NaN where nothing was tested.
        standard_error: of the estimate, HAC.
        low: lower end of the estimate's 95% band.
        high: upper end.
        statistic: t, or F for a Granger test.
        p_value: two-sided; NaN where nothing was tested, and then `note` says why.
        n: periods used.
        start: the first period used, as text.
        end: the last.
        settings: what else the number depends on; part of the test's name in the log.
        note: why there is no p-value, or what to doubt about it.
    """

    narrative: str
    series: str
    method: str
    lag: int
    estimate: float = _NAN
    standard_error: float = _NAN
    low: float = _NAN
    high: float = _NAN
    statistic: float = _NAN
    p_value: float = _NAN
    n: int = 0
    start: str = ""
    end: str = ""
    settings: str = ""
    note: str = ""


COLUMNS = tuple(field.name for field in fields(LeadLagRow))
"""The columns of a lead–lag table, before `nlp.false_discoveries.controlled` adds its own."""


def table_of_tests(rows: Iterable[LeadLagRow]) -> pd.DataFrame:
    """One row per test, columns `COLUMNS`."""
    import pandas as pd

    numbers = dict.fromkeys(("estimate", "standard_error", "low", "high", "statistic", "p_value"), float)
    table = pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))
    return table.astype({**numbers, "lag": int, "n": int})


@dataclass(frozen=True, slots=True)
class LoggedTest:
    """A test that was run, as the store keeps it.

    Attributes:
        tested_at: when, aware.
        narrative: as in `LeadLagRow`, like `series`, `method`, `lag`, `settings`.
        series: see there.
        method: see there.
        lag: see there.
        freq: D, W or M.
        sample_start: the first period used.
        sample_end: the last.
        settings: see there.
        snapshot: id of the data and the model that gave the series.
        estimate: None where the method gives none.
        p_value: in [0, 1].
    """

    tested_at: datetime
    narrative: str
    series: str
    method: str
    lag: int
    freq: str
    sample_start: str
    sample_end: str
    settings: str
    snapshot: str
    estimate: float | None
    p_value: float

    def __post_init__(self) -> None:
        if self.tested_at.tzinfo is None:
            raise InputError(f"tested_at {self.tested_at} has no zone: give a moment in UTC")
        if not 0 <= self.p_value <= 1:
            raise InputError(f"p_value {self.p_value} of {self.narrative} and {self.series} is not in [0, 1]")
        if self.estimate is not None and not math.isfinite(self.estimate):
            raise InputError(f"estimate {self.estimate} is not finite: give None where there is none")

    @property
    def key(self) -> str:
        """SHA-256 of what was tested on which data; neither the time nor the outcome is part of it."""
        name = (self.narrative, self.series, self.method, self.lag, self.freq)
        data = (self.sample_start, self.sample_end, self.settings, self.snapshot)
        return hashlib.sha256(json.dumps([*name, *data]).encode()).hexdigest()


def logged_tests(table: pd.DataFrame, *, freq: str, snapshot: str, tested_at: datetime) -> list[LoggedTest]:
    """The tests of a lead–lag table, for `Store.note_tests`; rows without a p-value were no tests.

    Args:
        table: with the columns `COLUMNS`.
        freq: of its periods.
        snapshot: id of the data and the model, so that the same data are known again.
        tested_at: when, aware.

    Raises:
        InputError: a column is missing.
    """
    if missing := [column for column in COLUMNS if column not in table.columns]:
        raise InputError(f"no lead–lag table: it lacks {', '.join(missing)}; give what nlp.lead_lag.lead_lag gives")
    return [
        LoggedTest(
            tested_at=tested_at,
            **{name: str(row[name]) for name in ("narrative", "series", "method", "settings")},
            sample_start=str(row["start"]),
            sample_end=str(row["end"]),
            lag=int(row["lag"]),
            freq=freq,
            snapshot=snapshot,
            estimate=float(row["estimate"]) if math.isfinite(row["estimate"]) else None,
            p_value=float(row["p_value"]),
        )
        for row in table.to_dict("records")
        if not math.isnan(row["p_value"])
    ]


def p_values_besides(logged: Iterable[LoggedTest], these: Sequence[LoggedTest]) -> list[float]:
    """The p-values of a log without those of `these` tests: what `controlled(..., earlier=)` is to count with them."""
    keys = {test.key for test in these}
    return [test.p_value for test in logged if test.key not in keys]
