"""`froth trend --sessions` and `--beside`: the command as a function, with real files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from nlp.columns import scores_columns
from nlp.tables import write_table
from scripts.trend import trend


def write_scores(path: Path, rows: list[tuple[str, float]]) -> Path:
    """A scores.csv of articles that were first seen at a moment, each a story of its own."""
    ids = [f"a{n}" for n in range(len(rows))]
    table = pd.DataFrame(rows, columns=["first_seen", "bubble"]).assign(
        article_id=ids, story=ids, source="Wire", lang="en", bubble_stance=1.0, model="m"
    )
    write_table(table, path, scores_columns(["bubble"]))
    return path


def write_prices(folder: Path, days: pd.DatetimeIndex, closes: object) -> Path:
    folder.mkdir(exist_ok=True)
    pd.DataFrame({"date": days, "close": closes}).to_csv(folder / "sse.csv", index=False)
    return folder


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("exchange", "seen", "session"),
    [
        ("XSHG", "2024-03-05T01:29:59Z", ("2024-03-05", "2024-03-05T01:30:00Z", "0")),
        ("XSHG", "2024-03-05T01:30:00Z", ("2024-03-06", "2024-03-06T01:30:00Z", "0")),
        # In the lunch break, 12:10 in Shanghai: the afternoon is no session of its own.
        ("XSHG", "2024-03-05T04:10:00Z", ("2024-03-06", "2024-03-06T01:30:00Z", "0")),
        # In the lunch break before Qingming, which fell on a Thursday: the holidays last until Monday.
        ("XSHG", "2024-04-03T04:10:00Z", ("2024-04-08", "2024-04-08T01:30:00Z", "0")),
        ("XHKG", "2024-12-23T05:00:00Z", ("2024-12-24", "2024-12-24T01:30:00Z", "1")),
        (None, "2024-07-02T21:00:00Z", ("2024-07-03", "2024-07-03T13:30:00Z", "1")),
    ],
)
def test_an_article_meets_the_next_session_that_opens(
    exchange: str | None, seen: str, session: tuple[str, str, str], tmp_path: Path
) -> None:
    scores = write_scores(tmp_path / "scores.csv", [(seen, 0.5)])
    trend([str(scores)], tmp_path / "trend.csv", sessions=tmp_path / "s.csv", exchange=exchange)  # type: ignore[arg-type]
    (row,) = records(tmp_path / "s.csv")
    assert (row["session"], row["opens_at"], row["half_day"]) == session
    assert (row["n_articles"], row["bubble"], row["provisional"]) == ("1", "0.5", "0")


def test_years_that_no_calendar_knows_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = write_scores(tmp_path / "scores.csv", [("2026-12-30T00:00:00Z", 0.5), ("2027-01-05T00:00:00Z", 0.7)])
    trend([f"file://{scores}"], tmp_path / "trend.csv", sessions=tmp_path / "s.csv", exchange="XSHG")
    assert [row["provisional"] for row in records(tmp_path / "s.csv")] == ["0", "0", "1", "1", "1"]
    said = capsys.readouterr().err
    assert "5 sessions of XSHG" in said
    assert "3 of them are provisional" in said


def test_later_articles_and_market_rows_change_no_earlier_byte(tmp_path: Path) -> None:
    """Two years of days and 90 weeks of articles, then half as much again of both."""
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2020-01-06", periods=780)
    closes = 100 * np.exp(np.cumsum(0.02 * rng.standard_normal(780)))
    weeks = pd.date_range("2020-01-06T03:00Z", periods=150, freq="W-MON")
    loud = np.where(np.arange(150) % 20 > 16, 0.9, 0.1) + rng.random(150) / 50
    articles = [(moment.isoformat(), told) for moment, told in zip(weeks, loud.tolist(), strict=True)]
    for n_days, n_weeks in ((470, 90), (780, 150)):
        market = write_prices(tmp_path / "market", days[:n_days], closes[:n_days])
        out = tmp_path / str(n_weeks)
        scores = write_scores(out / "scores.csv", articles[:n_weeks])
        trend(
            [str(scores)], out / "trend.csv", market, beside=out / "beside.csv", sessions=out / "s.csv", exchange="XSHG"
        )
    early, late = ((tmp_path / name / "s.csv").read_bytes().splitlines() for name in ("90", "150"))
    assert late[: len(early)] == early
    assert b",".join([b"market_sse", b"market_sse_return"]) in early[0]
    final = [row for row in records(tmp_path / "90/beside.csv") if row["is_final"] == "1"]
    assert len(final) > 1
    assert [row for row in records(tmp_path / "150/beside.csv") if row in final] == final


def test_a_price_that_cannot_be_tested_is_a_row_of_failures(tmp_path: Path) -> None:
    market = write_prices(tmp_path / "market", pd.bdate_range("2024-01-01", periods=3), [1.0, -37.63, 10.0])
    scores = write_scores(tmp_path / "scores.csv", [("2024-01-03T00:00:00Z", 0.5)])
    trend([str(scores)], tmp_path / "trend.csv", market, beside=tmp_path / "b.csv")
    assert records(tmp_path / "b.csv") == []
    (failure,) = records(tmp_path / "failures.csv")
    assert (failure["item"], failure["stage"]) == ("sse", "market")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"beside": Path("b.csv")}, "needs --market"),
        ({"exchange": "XSHG"}, "give both"),
        ({"sessions": Path("s.csv"), "by": "lang"}, "leave --by out"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, object], reason: str, tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=reason):
        trend([str(tmp_path / "scores.csv")], tmp_path / "trend.csv", **options)  # type: ignore[arg-type]
