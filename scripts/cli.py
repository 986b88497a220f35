"""`froth`: every verb of the design, mounted from its own module."""

from __future__ import annotations

from collections.abc import Callable

import typer

from scripts import (
    add,
    claims,
    collect,
    console,
    curve,
    drift,
    evaluate,
    extract,
    labels,
    market,
    report,
    run,
    score,
    sources,
    suggest,
    train,
    trend,
)

__all__ = ["VERBS", "main"]

VERBS: dict[str, Callable[..., None]] = {
    "run": run.run,
    "collect": collect.collect,
    "sources": sources.sources,
    "add": add.add,
    "extract": extract.extract,
    "score": score.score,
    "trend": trend.trend,
    "report": report.report,
    "claims": claims.claims,
    "labels": labels.labels,
    "suggest": suggest.suggest,
    "train": train.train,
    "curve": curve.curve,
    "evaluate": evaluate.evaluate,
    "drift": drift.drift,
    "market": market.market,
}


def main() -> None:
    """Runs the command line `froth VERB …`."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Reads the financial press in Chinese and English and measures who says 'bubble' and 'liquidity crisis', "
        "beside the market. --debug anywhere on the line shows tracebacks.",
    )
    for name, command in VERBS.items():
        app.command(name)(command)
    console.main(app)


if __name__ == "__main__":
    main()
