"""The golden articles of claims keep the promises of their data sheet."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from nlp.claims.records import Direction, Per, Relation, Transform, Unit, Verdict, WindowKind
from nlp.market import read_market

CLAIMS = Path(__file__).parents[2] / "corpora" / "claims"
GOLDEN = sorted(CLAIMS.glob("*.jsonl"))


def articles(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_figure_is_where_it_says_and_its_values_are_allowed(path: Path) -> None:
    for article in articles(path):
        assert article["lang"] in ("en", "zh-Hans", "zh-Hant")
        assert datetime.fromisoformat(article["published"]).tzinfo
        assert not any(letter.isdigit() for letter in article["title"])
        claims = article["claims"]
        assert all(one["end"] <= two["start"] for one, two in pairwise(claims)), article["id"]
        for claim in claims:
            where = f"{article['id']}: {claim['text']}"
            assert article["text"][claim["start"] : claim["end"]] == claim["text"], where
            for field, allowed in (("unit", Unit), ("relation", Relation), ("transform", Transform)):
                assert claim[field] in get_args(allowed), where
            assert claim["per"] in (None, *get_args(Per)), where
            assert claim["direction"] in (None, *get_args(Direction)), where
            assert claim["verdict"] in get_args(Verdict), where
            assert claim["window"]["kind"] in get_args(WindowKind), where
            start, end = (day and date.fromisoformat(day) for day in (claim["window"]["start"], claim["window"]["end"]))
            assert start is None or end is None or start <= end, where
            if claim["relation"] == "range":
                assert claim["value"] == pytest.approx((claim["low"] + claim["high"]) / 2), where
            if claim["indicator"] is None:
                assert claim["verdict"] == "not_checkable", where
                assert claim["indicator_value"] is None, where


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_sheet_counts_the_verdicts(path: Path) -> None:
    counts = Counter(claim["verdict"] for article in articles(path) for claim in article["claims"])
    row = " | ".join(str(counts[verdict]) for verdict in get_args(Verdict))
    assert f"| `{path.name}` | {len(articles(path))} | {counts.total()} | {row} |" in (CLAIMS / "README.md").read_text(
        encoding="utf-8"
    )


def test_the_market_is_readable() -> None:
    folder = read_market(CLAIMS / "market")
    assert not folder.failures
    assert len(folder.series) == 28
