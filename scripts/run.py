"""`froth run`: everything, once: inputs → scores, sentences, claims, trend, episodes, tests, report in one folder."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from scripts.console import (
    DeviceOption,
    InputsArgument,
    MarketOption,
    ModelOption,
    PrecisionOption,
    ScreenedOption,
    Tally,
    WorkersOption,
    ZoneOption,
    main,
    recorded_failures,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["run"]

_N_SHOWN = 8
_RESULTS = (
    "scores.csv", "sentences.csv", "trend.csv", "episodes.csv", "lead_lag.csv", "claims.csv", "report.html"
)  # fmt: skip


def run(
    inputs: InputsArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the results.")],
    market: MarketOption = None,
    freq: Annotated[Literal["D", "W", "M"], typer.Option(help="Days, weeks from Monday, or months.")] = "W",
    model: ModelOption = "default",
    device: DeviceOption = "auto",
    precision: PrecisionOption = "fp32",
    zone: ZoneOption = None,
    screened: ScreenedOption = False,
    workers: WorkersOption = None,
) -> None:
    """Score articles, check the figures in them, aggregate them beside the market, and write the report.

    --zone is that of dates without one and, here, also the calendar of the periods (else UTC).
    """
    from models.choice import ModelChoice
    from models.local_workers import LocalWorkers
    from models.measured_error import confusion_beside
    from models.narrative_table import narratives_of
    from nlp.report import read_report_data, write_report
    from nlp.score_tables import read_scores
    from nlp.tables import check_writable
    from nlp.trend import TrendOptions
    from scripts.claims import against_market, claims_of
    from scripts.score_files import Wanted, score_files
    from scripts.side_tables import write_episodes, write_lead_lag
    from scripts.trend import market_series, say_if_unmeasured, write_trend

    check_writable(*(out / name for name in _RESULTS), read=inputs)
    tally = Tally()
    series = market_series(market, tally)
    choice = ModelChoice(model, device, precision, screened)
    scoring = LocalWorkers.of(choice, baselines=True, sentences=True, n_workers=workers)
    confusion = confusion_beside(choice.folder, scoring.model_id)
    say_if_unmeasured(confusion)
    wanted = Wanted(out / "scores.csv", out / "sentences.csv", zone)
    with recorded_failures(tally, out):
        if market:
            against = against_market(series, zone)
            score_files(
                inputs,
                wanted,
                scoring,
                tally,
                lambda articles: (article for article, _ in claims_of(articles, against, out / "claims.csv", tally)),
            )
        else:
            score_files(inputs, wanted, scoring, tally)
    scores = read_scores([wanted.out])
    options = TrendOptions(freq=freq, zone=zone or ZoneInfo("UTC"), confusion=confusion)
    trend = write_trend(scores, out / "trend.csv", series, options)
    write_episodes(trend, out / "episodes.csv")
    write_lead_lag(trend, out / "lead_lag.csv", series, options, store=None)
    data = read_report_data(
        out / "trend.csv", out / "scores.csv", out / "sentences.csv", narratives=narratives_of(choice)
    )
    claims = data.claims if market else None  # none of an earlier run
    data = replace(data, freq=freq, zone=options.zone, confusion=confusion, claims=claims)
    write_report(data, out / "report.html")
    sys.stdout.write(_summary(trend, scoring.narratives, out))
    if market:
        sys.stdout.write(f"claims  {out / 'claims.csv'}\n")
    tally.say(out / "failures.csv")


def _summary(trend: pd.DataFrame, narratives: tuple[str, ...], out: Path) -> str:
    columns = ["date", "n_articles", "n_stories", *(c for n in narratives for c in (n, f"{n}_low", f"{n}_high"))]
    top = trend[columns].head(_N_SHOWN).to_string(index=False, float_format="%.2f", na_rep="")
    return f"{top}\n\ntrend   {out / 'trend.csv'}\nreport  {out / 'report.html'}\nscores  {out / 'scores.csv'}\n"


if __name__ == "__main__":
    main(run)
