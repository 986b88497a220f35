"""Refreshing a folder from a web on the loopback interface: nothing incomplete ever replaces a good file."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from nlp.market import read_market, read_series
from scrapers import market_providers
from scrapers.client import Limits
from scrapers.market_answers import Answer
from scrapers.market_folder import update_series
from scrapers.market_refresh import RefreshReport, refresh_market
from scrapers.market_series import SeriesSource, load_series, select_series

QUICK = Limits(total_seconds=2, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)
TODAY = datetime.now(UTC).date()


def day(age: int) -> str:
    return (TODAY - timedelta(days=age)).isoformat()


def rows(ages: range | list[int], value: float = 20.0) -> str:
    """FRED's form of a series whose value falls by a hundredth a day."""
    return "observation_date,VIXCLS\n" + "".join(f"{day(age)},{value + age / 100:g}\n" for age in ages)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


GOOD = rows(range(40, 1, -1))


@pytest.fixture
def source(web: Any) -> Callable[..., SeriesSource]:
    def make(**changes: Any) -> SeriesSource:
        base = {"id": "vix", "provider": "fred", "symbol": "VIXCLS", "unit": "points", "zone": "UTC", "note": "own"}
        own = (
            {"url": web.url("/{symbol}"), "allow_private": True}
            if changes.get("provider") in (None, "fred", "cnn")
            else {}
        )
        return SeriesSource(**(base | own | changes))

    return make


def refresh(folder: Path, *series: SeriesSource) -> RefreshReport:
    return refresh_market(series, folder, limits=QUICK)


def test_the_file_keeps_the_contract_and_says_where_it_is_from(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", GOOD, content_type="text/csv")
    report = refresh(tmp_path, source())
    assert not report.failures
    (update,) = report.updates
    assert (update.n_days, update.n_added, update.n_revised, update.first, update.last) == (39, 39, 0, day(40), day(2))
    table = pd.read_csv(tmp_path / "vix.csv")
    assert list(table.columns) == ["date", "vix", "adjustment", "source", "fetched_at"]
    assert set(table["adjustment"]) == {"raw"}
    assert set(table["source"]) == {"fred VIXCLS"}
    assert pd.Timestamp(table["fetched_at"][0]) >= pd.Timestamp.now("UTC") - pd.Timedelta(minutes=1)
    series = read_series(tmp_path / "vix.csv")
    assert (series.name, series.column, len(series.values), series.values.iloc[-1]) == ("vix", "vix", 39, 20.02)
    renamed = (tmp_path / "vix.csv").rename(tmp_path / "fear.csv")
    assert read_series(renamed).column == "vix"


def test_a_second_run_changes_no_byte_and_a_later_one_adds_and_revises(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", GOOD)
    refresh(tmp_path, source())
    first = (tmp_path / "vix.csv").read_bytes()
    assert refresh(tmp_path, source()).updates[0].n_added == 0
    assert (tmp_path / "vix.csv").read_bytes() == first

    old = (tmp_path / "vix.csv").read_text().replace(TODAY.isoformat() + "T", "2020-01-01T")
    (tmp_path / "vix.csv").write_text(old)
    web.put("/VIXCLS", GOOD.replace(f"{day(3)},20.03", f"{day(3)},21") + f"{day(1)},22\n")
    (update,) = refresh(tmp_path, source()).updates
    assert (update.n_days, update.n_added, update.n_revised) == (40, 1, 1)
    table = pd.read_csv(tmp_path / "vix.csv", index_col="date")
    assert table.loc[[day(3), day(1)], "vix"].tolist() == [21, 22]
    fresh = table.index[~table["fetched_at"].str.startswith("2020-01-01T")]
    assert list(fresh) == [day(3), day(1)]


def test_a_window_grows_into_a_history(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", GOOD)
    window = source(history="window")
    refresh(tmp_path, window)
    web.put("/VIXCLS", rows(range(20, 0, -1)))
    (update,) = refresh(tmp_path, window).updates
    assert (update.n_days, update.n_added, update.first, update.last) == (40, 1, day(40), day(1))


def test_a_window_that_came_too_late_leaves_no_hole_behind(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", GOOD)
    refresh(tmp_path, source(history="window"))
    file = tmp_path / "vix.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:10]))
    web.put("/VIXCLS", rows(range(20, 0, -1)))
    assert f"leaves a hole behind {file}" in refresh(tmp_path, source(history="window")).failures[0].reason
    assert file.read_text() == "".join(lines[:10])


def test_a_day_that_is_not_over_does_not_count(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", rows(range(9, -1, -1)))
    assert refresh(tmp_path, source()).updates[0].last == day(1)


INCOMPLETE = {
    "an error page": ("<html><title>Sorry</title><p>Try later</p></html>", "where the header"),
    "an empty body": ("", "where the header"),
    "no rows": (rows([]), "it holds no value"),
    "another column": (GOOD.replace("VIXCLS", "VIXCLS_NEW"), "where the header"),
    "no numbers": (rows([]) + f"{day(3)},.\n{day(2)},\n", "it holds no value"),
    "a body cut within a row": (GOOD[:-4], "was cut off"),
    "a body cut between rows": (rows(range(40, 20, -1)), "days ago"),
    "the last day lost": (rows(range(40, 2, -1)), "1 of the 39 days that .* are missing in it"),
    "days lost within": (rows([*range(40, 20, -1), *range(18, 1, -1)]), "2 of the 39 days"),
    "the beginning lost": (rows(range(20, 1, -1)), "20 of the 39 days"),
    "a hole": (rows([*range(60, 50, -1), *range(40, 1, -1)]), "nothing between"),
    "the future": (GOOD + f"{(TODAY + timedelta(days=3)).isoformat()},1\n", "in the future"),
    "an infinite value": (GOOD + f"{day(1)},inf\n", "infinite"),
}


@pytest.mark.parametrize("what", INCOMPLETE)
def test_an_incomplete_answer_is_a_failure_and_the_good_file_stays(
    web: Any, source: Any, tmp_path: Path, what: str
) -> None:
    web.put("/VIXCLS", GOOD)
    refresh(tmp_path, source())
    before = (tmp_path / "vix.csv").read_bytes()
    body, says = INCOMPLETE[what]
    web.put("/VIXCLS", body)
    report = refresh(tmp_path, source())
    assert not report.updates
    assert pd.Series([report.failures[0].reason]).str.contains(says, regex=True).all(), report.failures[0].reason
    assert (tmp_path / "vix.csv").read_bytes() == before
    assert names(tmp_path) == ["vix.csv"]


def test_a_broken_exchange_is_a_failure_and_stops_no_other_series(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/GOOD", GOOD.replace("VIXCLS", "GOOD"))
    web.put("/SHORT", GOOD.replace("VIXCLS", "SHORT"), content_length="100000")
    web.put("/GONE", "gone", status=410)
    web.put("/BOT", "no bots", status=418)
    web.drip("/SLOW", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", 0.05)
    symbols = ["SHORT", "GONE", "BOT", "SLOW", "MISSING", "GOOD"]
    report = refresh(tmp_path, *(source(id=name.lower(), symbol=name) for name in symbols))
    assert [update.id for update in report.updates] == ["good"]
    assert [failure.item for failure in report.failures] == ["short", "gone", "bot", "slow", "missing"]
    reasons = " | ".join(failure.reason for failure in report.failures)
    for said in ("410", "418", "no complete answer within 2 s", "404", "by hand serves as well"):
        assert said in reasons
    assert names(tmp_path) == ["good.csv"]


def test_what_robots_txt_forbids_is_not_fetched(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /\n", content_type="text/plain")
    web.put("/VIXCLS", GOOD)
    assert "robots.txt forbids" in refresh(tmp_path, source()).failures[0].reason
    assert web.requests == ["/robots.txt"]


def test_raw_and_adjusted_and_other_origins_are_never_mixed(web: Any, source: Any, tmp_path: Path) -> None:
    web.put("/VIXCLS", GOOD)
    refresh(tmp_path, source())
    file = tmp_path / "vix.csv"
    good = file.read_text()
    for text, says in (
        (good.replace(",raw,", ",adjusted,", 1), "its adjustment is 'adjusted', that of this series 'raw'"),
        (good.replace("fred VIXCLS", "yahoo ^VIX"), "its source is 'yahoo ^VIX'"),
        ("date,close\n2020-01-01,12\n", "its columns are"),
        (good.replace(day(9), "soon"), "a day or a value is none"),
    ):
        file.write_text(text)
        report = refresh(tmp_path, source())
        assert says in report.failures[0].reason
        assert "never mixed in one file" in report.failures[0].reason
        assert file.read_text() == text


def test_files_of_ones_own_are_left_alone_and_read_beside(web: Any, source: Any, tmp_path: Path) -> None:
    mine = tmp_path / "margin_debt.csv"
    mine.write_text("date,margin_debt\n2020-01-31,561\n")
    web.put("/VIXCLS", GOOD)
    refresh(tmp_path, source())
    assert mine.read_text() == "date,margin_debt\n2020-01-31,561\n"
    folder = read_market(tmp_path)
    assert [series.name for series in folder.series] == ["margin_debt", "vix"]
    assert not folder.failures


def test_cnn(web: Any, source: Any, tmp_path: Path) -> None:
    start = int(datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC).timestamp())
    points = [f'{{"x":{(start - age * 86400) * 1000}.0,"y":{50 + age}}}' for age in range(9, 0, -1)]
    points.append(f'{{"x":{(start + 1) * 1000}.0,"y":1}}')
    web.put("/fng", f'{{"fng":{{"data":[{",".join(points)}]}}}}', content_type="application/json")
    report = refresh(tmp_path, source(id="fear_greed", provider="cnn", symbol="fng", history="window"))
    assert not report.failures
    assert read_series(tmp_path / "fear_greed.csv").values.tolist() == [50.0 + age for age in range(9, 0, -1)]


@pytest.mark.skipif(importlib.util.find_spec("yfinance") is not None, reason="the extra is installed")
def test_a_missing_client_names_its_extra(source: Any, tmp_path: Path) -> None:
    report = refresh(tmp_path, source(provider="yahoo", symbol="^GSPC"))
    assert "pip install 'froth-narratives[yahoo]'" in report.failures[0].reason


def test_a_maintained_client_is_asked_for_the_declared_prices(
    source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ticker(symbol: str) -> SimpleNamespace:
        def history(**options: object) -> pd.DataFrame:
            asked.append((symbol, options["period"], options["auto_adjust"]))
            index = pd.DatetimeIndex([day(3), day(2)], name="Date").tz_localize("UTC")
            table = pd.DataFrame({name: [1.0, 2.0] for name in ("Open", "High", "Low", "Close", "Adj Close")}, index)
            return table.drop(columns="Adj Close") if options["auto_adjust"] else table

        return SimpleNamespace(history=history)

    def shanghai(symbol: str) -> pd.DataFrame:
        raise KeyError("the page has changed")

    monkeypatch.setitem(sys.modules, "yfinance", SimpleNamespace(Ticker=ticker))
    monkeypatch.setitem(sys.modules, "akshare", SimpleNamespace(stock_zh_index_daily=shanghai))
    report = refresh(
        tmp_path,
        source(id="spx", provider="yahoo", symbol="^GSPC"),
        source(id="spy", provider="yahoo", symbol="SPY", adjustment="adjusted"),
        source(id="csi", provider="akshare_cn", symbol="sh000300"),
    )
    assert asked == [("^GSPC", "max", False), ("SPY", "max", True)]
    assert [update.id for update in report.updates] == ["spx", "spy"]
    assert "KeyError: 'the page has changed'" in report.failures[0].reason
    assert set(pd.read_csv(tmp_path / "spy.csv")["adjustment"]) == {"adjusted"}
    assert read_series(tmp_path / "spx.csv").column == "close"


def test_a_client_that_hangs_does_not_hold_up_the_run(
    web: Any, source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market_providers, "_CLIENT_SECONDS", 0.2)
    hanging = SimpleNamespace(stock_hk_index_daily_sina=lambda symbol: web.closing.wait(60))
    monkeypatch.setitem(sys.modules, "akshare", hanging)
    web.put("/VIXCLS", GOOD)
    report = refresh(tmp_path, source(id="hsi", provider="akshare_hk", symbol="HSI"), source())
    assert "no answer from akshare_hk within 0.2 s" in report.failures[0].reason
    assert names(tmp_path) == ["vix.csv"]


def test_the_command(web: Any, tmp_path: Path, root: Path) -> None:
    web.put("/VIXCLS", GOOD)
    web.put("/WALCL", "<html>busy</html>")
    place = f'url = "{web.url("/{symbol}")}"\nallow_private = true\n'
    base = f'provider = "fred"\nunit = "x"\nzone = "UTC"\nnote = "own"\n{place}'
    tables = [f'[[series]]\nid = "{symbol.lower()}"\nsymbol = "{symbol}"\n{base}' for symbol in ("VIXCLS", "WALCL")]
    (tmp_path / "own.toml").write_text("".join(tables))

    def froth(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scripts.cli", "market", "--sources", "own.toml", "-o", "series", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    done = froth()
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"vixcls  39 days, {day(40)} to {day(2)}, 39 new, 0 revised\n"
    assert done.stderr.splitlines()[-1] == "added 39, skipped 0, failed 1"
    assert pd.read_csv(tmp_path / "failures.csv")["item"].tolist() == ["walcl"]
    assert names(tmp_path / "series") == ["vixcls.csv"]
    assert froth("--series", "vixcls").stderr.splitlines()[-1] == "added 0, skipped 39, failed 0"
    assert pd.read_csv(tmp_path / "failures.csv").empty
    alone = froth("--series", "walcl")
    assert (alone.returncode, "not one series could be fetched" in alone.stderr) == (1, True)
    assert froth("--series", "spx").returncode == 1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("id", "stem"),
    [
        ("vix", "vix_daily"),
        ("walcl", "WALCL"),
        ("rrpontsyd", "RRPONTSYD"),
        ("nfci", "NFCI_weekly"),
        ("sp500", "sp500_daily"),
        ("nikkei225", "nikkei225_daily"),
        ("csi300", "csi300_daily"),
        ("shanghai_composite", "shanghai_composite_daily"),
    ],
)
def test_the_declared_gaps_fit_the_real_series(shared: Path, tmp_path: Path, id: str, stem: str) -> None:
    (declared,) = select_series(load_series(), [id])
    real = read_series(shared / "market" / f"{stem}.csv").values
    known = datetime.combine(real.index[-1].date() + timedelta(days=2), datetime.min.time(), UTC)
    update = update_series(declared, Answer(real.to_frame(id), known), tmp_path)
    assert (update.n_days, update.n_added) == (len(real), len(real))
    pd.testing.assert_series_equal(read_series(tmp_path / f"{id}.csv").values, real, check_names=False)
