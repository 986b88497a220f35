from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nlp.errors import MarketError
from nlp.market import align_market, read_market, read_series


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "column", "last"),
    [
        ("vix.csv", "date,open,high,low,close\n2024-01-01,1,2,3,4\n", "close", 4.0),
        ("WALCL.csv", "date,WALCL\n2024-01-03,7681024\n", "WALCL", 7681024.0),
        ("put_call.csv", "Date,Open,High,Low,Put Call\n2024-01-03,,,,0.63\n", "Put Call", 0.63),
        ("greed.csv", "date,rating,score\n2024-01-03,greed,70\n", "score", 70.0),
        ("compact.csv", "date,close\n20240104,1\n20240105,2\n", "close", 2.0),
        ("asia.csv", "date,close\n2024-01-08 00:00:00+08:00,7\n", "close", 7.0),
        ("thousands.csv", 'date,close\n2024-01-08,"1,000.5"\n', "close", 1000.5),
        ("indexed.csv", ",date,level\n0,2024-01-08,7\n1,2024-01-09,8\n", "level", 8.0),
        ("gaps.csv", "date,x\n2024-01-02,.\n2024-01-01,5\n2024-01-01,6\n", "x", 6.0),
    ],
)
def test_the_value_column(tmp_path: Path, name: str, text: str, column: str, last: float) -> None:
    series = read_series(write(tmp_path / name, text))
    assert (series.name, series.column, series.values.iloc[-1]) == (Path(name).stem, column, last)


def test_a_series_is_named_after_its_file_in_plain_text(tmp_path: Path) -> None:
    name = "\x1b[31mred \u202eviX\udcff.csv"
    assert read_series(write(tmp_path / name, "date,close\n2024-01-01,1\n")).name == "red viX\ufffd"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("day,close\n2024-01-01,3\n", "none called date"),
        ("date,close\n12/01/2024,3\n", "'12/01/2024' is not a date"),
        ("date,close\n2024-02-30,3\n", "is not a date"),
        ("date,close\n2024-02-03,3\n2024-02-04,up\n", "row 3: 'up' is not a number"),
        ("date,close\nsoon,3\n", "row 2: 'soon' is not a date"),
        ("date,rating\n2024-01-01,greed\n", "no numeric value column"),
        ("date,close\n2024-01-01,\n", "holds no number"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_file_says_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(MarketError, match=says):
        read_series(write(tmp_path / "x.csv", text))


def test_the_day_is_the_one_written(tmp_path: Path) -> None:
    for text in ("20240108", "2024/1/8", "2024-01-08 00:00:00+08:00", "2024-01-08T16:00:00-05:00"):
        series = read_series(write(tmp_path / "x.csv", f"date,close\n{text},7\n"))
        assert series.values.index.tolist() == [pd.Timestamp("2024-01-08")], text


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path / "good.csv", "date,x\n2024-01-01,1\n")
    write(tmp_path / "bad.csv", "nothing")
    folder = read_market(tmp_path)
    assert [s.name for s in folder.series] == ["good"]
    assert "bad.csv" in folder.failures[0].item


def test_no_folder_and_no_series(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match="no market folder"):
        read_market(tmp_path / "missing")
    with pytest.raises(MarketError, match=r"no \*.csv file"):
        read_market(tmp_path)


def test_last_value_known_at_the_period_end_and_never_a_later_or_a_stale_one(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "x.csv", "date,x\n2024-01-03,1\n2024-01-07,2\n2024-01-08,3\n"))
    ends = [pd.Timestamp(day) for day in ("2024-01-02", "2024-01-07", "2024-01-14", "2024-12-31")]
    assert align_market([series], ends)["market_x"].fillna(-1).tolist() == [-1, 2, 3, -1]


@pytest.mark.shared
def test_every_real_series_can_be_read(shared: Path) -> None:
    folder = read_market(shared / "market")
    assert len(folder.series) == 36
    assert not folder.failures
    by_name = {series.name: series for series in folder.series}
    assert by_name["cnn_fear_greed"].values[pd.Timestamp("2023-12-22")] == pytest.approx(79.74, abs=0.01)
    assert by_name["put_call_ratio_daily"].column == "Put Call"


def test_a_value_is_used_from_its_publication_on(tmp_path: Path) -> None:
    weekly = "date,x\n2024-11-20,1\n2024-11-27,2\n2024-12-04,3\n"
    ends = [pd.Timestamp(day) for day in ("2024-11-20", "2024-11-21", "2024-11-28", "2024-11-29", "2024-12-31")]
    # Thanksgiving is a Thursday, so that week's balance sheet came out on Friday.
    late = align_market([read_series(write(tmp_path / "WALCL.csv", weekly))], ends)["market_WALCL"]
    assert late.fillna(-1).tolist() == [-1, 1, 1, 2, 3]
    own_day = align_market([read_series(write(tmp_path / "other.csv", weekly))], ends)["market_other"]
    assert own_day.tolist() == [1, 1, 2, 2, 3]
    assert align_market([read_series(tmp_path / "WALCL.csv")], ends, lags=())["market_WALCL"].tolist() == [
        1,
        1,
        2,
        2,
        3,
    ]


def test_a_quarter_stays_until_the_next_is_published_and_then_goes_stale(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "NFCI_quarterly.csv", "date,NFCI\n2024-01-01,1\n2024-04-01,2\n"))
    ends = [pd.Timestamp(day) for day in ("2024-03-31", "2024-04-30", "2024-06-30", "2024-07-31", "2024-12-31")]
    assert align_market([series], ends)["market_NFCI_quarterly"].fillna(-1).tolist() == [-1, 1, 1, 2, -1]


def test_two_values_published_on_one_day_are_the_later_one(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "SOFR.csv", "date,SOFR\n2024-03-01,5\n2024-03-02,6\n2024-03-03,7\n"))
    days = [pd.Timestamp(day) for day in ("2024-03-03", "2024-03-04", "2024-03-05")]
    assert align_market([series], days)["market_SOFR"].fillna(-1).tolist() == [-1, 5, 7]
