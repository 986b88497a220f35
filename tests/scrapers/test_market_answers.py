from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from nlp.errors import MarketError
from scrapers.market_answers import read_cnn, read_frame, read_fred, read_yahoo
from scrapers.market_series import SeriesSource

GOOD = b"observation_date,VIXCLS\n2026-11-20,18.25\n2026-11-23,.\n2026-11-24,\n2026-11-25,1e1\n"
NOON = 12 * 3_600_000


def declared(**changes: Any) -> SeriesSource:
    base = {"id": "vix", "provider": "fred", "symbol": "VIXCLS", "unit": "x", "zone": "America/New_York", "note": "n"}
    return SeriesSource(**(base | changes))


def days(table: pd.DataFrame) -> list[str]:
    return [str(day.date()) for day in table.index]


@pytest.mark.parametrize("body", [GOOD, GOOD.replace(b"\n", b"\r\n"), GOOD.replace(b"observation_date", b"DATE")])
def test_fred(body: bytes) -> None:
    table = read_fred(body, declared())
    assert days(table) == ["2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25"]
    assert table["vix"].fillna(-1).tolist() == [18.25, -1, -1, 10]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "'' where the header"),
        (b"<!DOCTYPE html><html><title>Busy</title></html>", "<!DOCTYPE html>.* where the header"),
        (GOOD.replace(b"VIXCLS", b"WALCL"), "where the header observation_date,VIXCLS should be"),
        (GOOD.replace(b",VIXCLS", b",VIXCLS,NOTE"), "where the header"),
        (GOOD[:-3], "was cut off"),
        (GOOD + b"2026-11-26\n", "in line 6"),
        (GOOD + b"26/11/2026,1\n", "the day '26/11/2026'"),
        (GOOD + b"2026-11-26,high\n", "the value 'high'"),
        (GOOD + b"2026-11-25,11\n", "two values for 2026-11-25"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_any_other_answer_of_fred_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_fred(body, declared())


def cnn(*points: tuple[object, object], name: str = "fear_and_greed_historical") -> bytes:
    return json.dumps({name: {"timestamp": 0, "data": [{"x": x, "y": y, "rating": "r"} for x, y in points]}}).encode()


def midnight(day: str) -> int:
    return int(pd.Timestamp(day, tz="UTC").timestamp() * 1000)


FEAR = declared(id="fear_greed", provider="cnn", symbol="fear_and_greed_historical", zone="UTC", history="window")


def test_cnn_keeps_settled_days_and_leaves_the_running_value() -> None:
    body = cnn((midnight("2026-11-24"), 61.5), (float(midnight("2026-11-25")), 62), (midnight("2026-11-25") + NOON, 70))
    table = read_cnn(body, FEAR)
    assert days(table) == ["2026-11-24", "2026-11-25"]
    assert table["fear_greed"].tolist() == [61.5, 62]
    assert days(read_cnn(cnn((midnight("2026-11-24"), 61.5), (midnight("2026-11-25") + NOON, 70)), FEAR)) == [
        "2026-11-24"
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "without the points"),
        (b"I'm a teapot", "without the points"),
        (cnn((midnight("2026-11-24"), 61.5))[:-5], "without the points"),
        (cnn((midnight("2026-11-24"), 61.5), name="renamed"), "without the points"),
        (cnn((midnight("2026-11-24"), 61.5)).replace(b'"y"', b'"z"'), "without the points"),
        (b"[" * 100_000, "without the points"),
        (cnn((midnight("2026-11-24"), "61")).replace(b'"61"', b'"high"'), "the value 'high'"),
        (cnn((midnight("2026-11-24"), True)), "the value True"),
        (cnn((True, 61.5)), "the time True"),
        (cnn((midnight("2026-11-24") * 1000, 61.5)), "expected epoch milliseconds"),
        (cnn((midnight("2026-11-24") + NOON, 1), (midnight("2026-11-25") + NOON, 2)), "midnight UTC for 2026-11-24"),
    ],
)
def test_any_other_answer_of_cnn_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_cnn(body, FEAR)


CSI = declared(id="csi300", provider="akshare_cn", symbol="sh000300", zone="Asia/Shanghai")
RAW = declared(id="sp500", provider="yahoo", symbol="^GSPC")
ADJUSTED = declared(id="spy", provider="yahoo", symbol="SPY", adjustment="adjusted")


def chinese() -> pd.DataFrame:
    prices = {name: [10.0, 11.0] for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame({"date": [date(2026, 11, 24), date(2026, 11, 25)], **prices})


def yahoo(zone: str = "America/New_York") -> pd.DataFrame:
    index = pd.DatetimeIndex(["2026-11-24", "2026-11-25"], name="Date").tz_localize(zone)
    return pd.DataFrame({name: [1.0, 2.0] for name in ("Open", "High", "Low", "Close", "Adj Close", "Volume")}, index)


def test_frames_of_the_clients() -> None:
    for table in (read_frame(chinese(), CSI, has_zone=False), read_yahoo(yahoo(), RAW)):
        assert days(table) == ["2026-11-24", "2026-11-25"]
        assert list(table.columns) == ["open", "high", "low", "close"]
    assert days(read_frame(chinese().astype({"date": str}), CSI, has_zone=False)) == ["2026-11-24", "2026-11-25"]
    assert read_yahoo(yahoo().drop(columns="Adj Close"), ADJUSTED)["close"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: None, "nothing: no such symbol"),
        (lambda table: table.iloc[:0], "nothing: no such symbol"),
        (lambda table: table.rename(columns={"close": "收盘"}), "without one 'close'"),
        (lambda table: table.assign(date="soon"), "a day or a price that is none"),
        (lambda table: table.assign(date=["24/11/2026", "25/11/2026"]), "a day or a price that is none"),
        (lambda table: table.assign(date=[20261124, 20261125]), "a day or a price that is none"),
        (lambda table: table.assign(date=pd.NaT), "no midnights"),
        (lambda table: table.assign(close="up"), "a day or a price that is none"),
        (lambda table: table.assign(date=pd.to_datetime(table["date"]).dt.tz_localize("UTC")), "with a zone"),
        (lambda table: table.assign(date=pd.Timestamp("2026-11-24 15:00")), "no midnights in Asia/Shanghai"),
        (lambda table: table.assign(date=date(2026, 11, 24)), "two rows for 2026-11-24"),
    ],
)
def test_any_other_frame_is_refused(change: Callable[[pd.DataFrame], object], says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_frame(change(chinese()), CSI, has_zone=False)


@pytest.mark.parametrize(
    ("table", "source", "says"),
    [
        (yahoo(), ADJUSTED, "these are not adjusted prices"),
        (yahoo().drop(columns="Adj Close"), RAW, "these are not raw prices"),
        (yahoo("America/Chicago"), RAW, "no midnights in America/New_York"),
        (yahoo().tz_localize(None), RAW, "without a zone"),
        (pd.DataFrame(), RAW, "nothing: no such symbol"),
    ],
)
def test_yahoos_prices_are_the_declared_ones(table: pd.DataFrame, source: SeriesSource, says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_yahoo(table, source)
