from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.snapshot import Snapshot, snapshot_of

SCORES = pd.DataFrame(
    {
        "article_id": ["a", "b", "c"],
        "published": ["2024-01-01T00:00:00Z", None, "2024-01-02T00:00:00Z"],
        "bubble": [0.25, np.nan, 1.0],
        "model": ["default@1"] * 3,
    }
)
VIX = MarketSeries("vix", "close", pd.Series([13.2, 14.0], index=pd.to_datetime(["2024-01-01", "2024-01-02"])))
GOLD = MarketSeries("gold", "close", pd.Series([2000.0], index=pd.to_datetime(["2024-01-02"])))
SETTINGS = {"freq": "W", "zone": "UTC"}


def snapshot(scores: pd.DataFrame = SCORES, market: tuple[MarketSeries, ...] = (VIX, GOLD), **changed: str) -> Snapshot:
    return snapshot_of(scores, market, SETTINGS | changed)


def test_order_and_the_way_through_a_file_do_not_matter(tmp_path: Path) -> None:
    SCORES.to_csv(tmp_path / "scores.csv", index=False)
    read = pd.read_csv(tmp_path / "scores.csv")
    for same in (SCORES.sample(frac=1, random_state=2), SCORES[SCORES.columns[::-1]], read):
        assert snapshot(same).id == snapshot().id
    twice = pd.concat([SCORES, SCORES.assign(bubble=0.5)])
    assert snapshot(twice).id == snapshot(twice[::-1]).id != snapshot().id
    assert snapshot(SCORES.astype({"published": object, "model": object})).id == snapshot().id
    assert snapshot(market=(GOLD, VIX)).id == snapshot().id
    assert snapshot_of(SCORES, (VIX, GOLD), {"zone": "UTC", "freq": "W"}).id == snapshot().id


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("articles", lambda: snapshot(SCORES.assign(bubble=[0.25, np.nan, 0.999]))),
        ("articles", lambda: snapshot(SCORES.head(2))),
        ("articles", lambda: snapshot(SCORES.assign(bubble=[0.2500001, np.nan, 1.0]))),
        ("model", lambda: snapshot(SCORES.assign(model="default@2"))),
        ("market", lambda: snapshot(market=(VIX,))),
        ("market", lambda: snapshot(market=(MarketSeries("vix", "close", VIX.values * 1.01), GOLD))),
        ("settings", lambda: snapshot(freq="M")),
    ],
)
def test_what_changes_is_told(part: str, changed: object) -> None:
    other = changed()  # type: ignore[operator]
    assert other.id != snapshot().id
    assert other.parts[part] != snapshot().parts[part]


def test_it_is_written_beside_the_results(tmp_path: Path) -> None:
    path = snapshot().write(tmp_path / "trend.csv")
    assert path.name == "trend.snapshot.json"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="cannot be written"):
        snapshot().write(tmp_path / "nowhere" / "trend.csv")
    kept = json.loads(path.read_text())
    assert kept.pop("id") == snapshot().id
    assert kept == snapshot().parts
    assert kept["model"] == "default@1"
    assert kept["libraries"].startswith("exchange_calendars 4")
