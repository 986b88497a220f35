"""How narratives and their baselines correlate with market series within the same periods, side by side.

A description of a sample, not a test and no forecast: a market series stands as its mean over the whole period, values
that were published after it included, and a narrative's articles count in the period that they came in. Levels are
taken as they are, so that two series with a trend correlate by chance: for tests see `nlp.lead_lag`. A trailing mean is
compared with the like means of the baselines: smoothing alone brings any of them nearer to a slow series.

Bands are Fisher's: tanh(artanh r ± t · e), with e the HAC error (`nlp.robust_errors`) of the mean of r's influence
function, a·b - r(a² + b²)/2 of standardised series (Devlin, Gnanadesikan and Kettenring 1975), over 1 - r²; never less
than that of two autoregressions of the first order, √((1+q)/((1-q)n)), q the product of their first autocorrelations
(Bartlett 1946). For Spearman's r they are the same over ranks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from nlp.baselines import baselines_in
from nlp.columns import baseline_columns
from nlp.correlations import persistence
from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.press import Trailing
from nlp.robust_errors import coefficient, complete, n_hac_lags, robust_fit, why_not_fitted
from nlp.series_pairs import LeadLagOptions, SeriesPair, why_not_testable
from nlp.trend import FREQUENCIES, Frequency, narratives_of_trend

__all__ = ["CORRELATION_COLUMNS", "beside_baselines", "correlation_table"]

_KINDS = ("pearson", "spearman")
CORRELATION_COLUMNS = ("measure", "series", "n", *(f"{k}{end}" for k in _KINDS for end in ("", "_low", "_high")))

_OF_NARRATIVE = ("", "_index", "_attention", "_share", "_balance", "_trailing")
_DIGITS = 6
_FEWEST = 3
"""With fewer periods a correlation is 1 or -1, or none."""


def correlation_table(trend: pd.DataFrame, market: Sequence[MarketSeries], freq: Frequency) -> pd.DataFrame:
    """Every narrative's measures, and every baseline there is and its trailing mean, with every series.

    Columns `CORRELATION_COLUMNS`, a row for each measure and series, in the order of the trend's columns and of
    `market`; `n` counts the periods in which both are known. No estimate under three of them, or where one of both does
    not vary; no band under thirty.

    Args:
        trend: a trend table without a breakdown.
        market: the series.
        freq: of the trend's periods.

    Raises:
        InputError: the table is broken down.
    """
    if trend["date"].duplicated().any():
        raise InputError(
            "the trend has several rows a period: make it without a breakdown (`froth trend` without --by)"
        )
    periods = pd.PeriodIndex(pd.to_datetime(trend["date"]), freq=FREQUENCIES[freq])
    talk_by_measure = _with_trailing_baselines(trend).set_axis(periods, axis=0)
    mean_by_series = {series.name: _means(series, periods) for series in market}
    rows = [
        {"measure": measure, "series": name, **_correlations(SeriesPair(measure, name, talk_by_measure[measure], mean))}
        for measure in _measures(list(talk_by_measure.columns))
        for name, mean in mean_by_series.items()
    ]
    return pd.DataFrame(rows, columns=list(CORRELATION_COLUMNS)).round(_DIGITS)


def beside_baselines(table: pd.DataFrame, narratives: Sequence[str]) -> pd.DataFrame:
    """A table of correlations as people read it: two rows for each narrative and series, baselines beside each other.

    Columns `narrative`, `series`, `n` (periods with a balance), `of` (`period`, or `trailing` for trailing means),
    `intensity`, `balance`, and `keywords`, `tfidf`, `stress_words` where the table has them; cells are
    `Pearson / Spearman`.
    """
    rows = table.set_index(["measure", "series"])
    shown = []
    for narrative in narratives:
        baselines = {column.removeprefix(f"{narrative}_"): column for column in baseline_columns([narrative])}
        measures = {
            "period": {"intensity": narrative, "balance": f"{narrative}_balance", **baselines},
            "trailing": {"balance": f"{narrative}_trailing"} | {k: f"{v}_trailing" for k, v in baselines.items()},
        }
        for series in dict.fromkeys(table["series"]):
            for of, names in measures.items():
                found = {name: rows.loc[key] for name, m in names.items() if (key := (m, series)) in rows.index}
                cells = {name: _cell(row["pearson"], row["spearman"]) for name, row in found.items()}
                n = int(found["balance"]["n"])
                shown.append({"narrative": narrative, "series": series, "n": n, "of": of, "intensity": "", **cells})
    return pd.DataFrame(shown)


def _with_trailing_baselines(trend: pd.DataFrame) -> pd.DataFrame:
    """The trend with `<baseline>_trailing` beside every baseline, by the mean that makes a narrative's `_trailing`."""
    days = pd.to_datetime(trend["date"]).dt.date
    trailing = {}
    for column in baselines_in(trend, narratives_of_trend(list(trend.columns))):
        mean = Trailing()
        values = zip(days, trend[column], strict=True)
        trailing[f"{column}_trailing"] = [np.nan if np.isnan(value) else mean.add(day, value) for day, value in values]
    return trend.assign(**trailing)


def _measures(columns: Sequence[str]) -> list[str]:
    narratives = narratives_of_trend(columns)
    baselines = baseline_columns(narratives)
    wanted = {f"{n}{measure}" for n in narratives for measure in _OF_NARRATIVE}
    wanted |= {*baselines, *(f"{baseline}_trailing" for baseline in baselines)}
    return [column for column in columns if column in wanted]


def _means(series: MarketSeries, periods: pd.PeriodIndex) -> pd.Series[float]:
    """The mean of the values of each period; NaN where it has none."""
    days = pd.DatetimeIndex(series.values.index)
    return series.values.groupby(days.to_period(periods.freqstr)).mean().reindex(periods)


def _correlations(pair: SeriesPair) -> dict[str, float]:
    usable = pair.talk.notna() & pair.market.notna()
    known = SeriesPair(pair.narrative, pair.series, pair.talk.where(usable), pair.market.where(usable))
    ranks = SeriesPair(pair.narrative, pair.series, known.talk.rank(), known.market.rank())
    found: dict[str, float] = {"n": int(usable.sum())}
    for kind, one in zip(_KINDS, (known, ranks), strict=True):
        low, high = _band(one)
        found |= {kind: _pearson(one), f"{kind}_low": low, f"{kind}_high": high}
    return found


def _pearson(pair: SeriesPair) -> float:
    if min(pair.talk.nunique(), pair.market.nunique()) < 2:
        return float("nan")
    return float(pair.talk.corr(pair.market, min_periods=_FEWEST))


def _band(pair: SeriesPair) -> tuple[float, float]:
    """The 95% band of the correlation; NaN where there is nothing to tell it from."""
    columns = pair.values[complete(pair.values)]
    n = len(columns)
    if why_not_testable(columns, pair, LeadLagOptions().min_periods) or why_not_fitted(columns[:, 1], columns[:, :1]):
        return float("nan"), float("nan")
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    r = float(columns.prod(axis=1).mean())
    if abs(r) >= 1:
        return float("nan"), float("nan")
    influence = columns.prod(axis=1) - r * (columns**2).sum(axis=1) / 2
    fit = robust_fit(influence, np.empty((n, 0)), n_hac_lags(n, "automatic"))
    q = persistence(columns)
    error = max(fit.along([1.0]).standard_error / (1 - r * r), math.sqrt((1 + q) / ((1 - q) * n)))
    band = coefficient(math.atanh(r), error, fit.degrees)
    return math.tanh(band.low), math.tanh(band.high)


def _cell(pearson: float, spearman: float) -> str:
    return "" if np.isnan(pearson) else f"{pearson:.2f} / {spearman:.2f}"
