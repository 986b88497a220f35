"""`froth claims` as a person runs it: real processes and files."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from nlp.claims.claim_table import CLAIM_COLUMNS, SUMMARY_COLUMNS, read_claims
from nlp.errors import InputError
from nlp.tables import read_table
from tests.scripts.test_commands import froth, last_line

ARTICLES = [
    {
        "id": "a",
        "source": "Harbour Wire",
        "date": "2024-03-05T12:00:00Z",
        "title": "Calm",
        "text": "The VIX closed at 14.1 on Monday. The VIX is now at 40. Revenue rose 5% to $3 billion. "
        "-5% was the fund's year.",
    },
    {
        "id": "b",
        "source": "灯塔财经",
        "lang": "zh",
        "date": "2024-03-05T20:00:00+08:00",
        "title": "水位",
        "text": "美联储隔夜逆回购余额目前为0.44万亿美元，VIX为20。如果VIX升至60，市场会恐慌。",
    },
    {"id": "c", "source": "Harbour Wire", "date": "2024-04-02", "title": "None", "text": "No figure here."},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("claims")
    (made / "articles.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ARTICLES))
    market = made / "market"
    market.mkdir()
    days = pd.date_range("2023-06-01", "2024-04-05", freq="B").strftime("%Y-%m-%d")
    vix = [20.0 if day < "2023-12-01" else 14.0 for day in days]
    pd.DataFrame({"date": days, "close": vix}).to_csv(market / "vix.csv", index=False)
    pd.DataFrame({"date": days, "RRPONTSYD": 440.0}).to_csv(market / "RRPONTSYD.csv", index=False)
    (market / "broken.csv").write_text("date,value\nsoon,1\n")
    return made


@pytest.fixture(scope="module")
def run(folder: Path) -> tuple[str, str]:
    out = ("-o", "out/claims.csv", "--summary", "out/summary.csv")
    done = froth("claims", "articles.jsonl", "--market", "market", *out, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_one_row_per_figure(run: tuple[str, str], folder: Path) -> None:
    table = read_claims(folder / "out" / "claims.csv")
    assert tuple(table.columns) == CLAIM_COLUMNS
    texts = {row["id"]: row["text"] for row in ARTICLES}
    for row in table.itertuples():
        assert texts[row.article_id][row.start : row.end] == row.text
    told = [(row.text, row.indicator, row.verdict) for row in table.itertuples() if isinstance(row.indicator, str)]
    assert told == [
        ("14.1", "vix", "consistent"),
        ("40", "vix", "contradicted"),
        ("0.44万亿美元", "on_rrp", "consistent"),
        ("20", "vix", "stale"),
        ("60", "vix", "not_checkable"),
    ]
    assert "-5%" in set(table["text"])  # neutralised in the file, itself again when read
    first = table.iloc[0]
    assert (first["as_of"], first["series"], first["series_date"]) == ("2024-03-05T12:00:00Z", "vix", "2024-03-04")
    assert table["reason"].str.len().gt(10).all()


def test_it_says_what_it_did(run: tuple[str, str], folder: Path) -> None:
    stdout, stderr = run
    assert stdout.splitlines()[0].split() == ["source", "consistent", "stale", "contradicted", "not_checkable"]
    assert stdout.splitlines()[1].split()[-4:] == ["1", "0", "1", "3"]
    assert stderr.splitlines()[-1] == "added 3, skipped 0, failed 1"
    assert "broken.csv" in (folder / "out" / "failures.csv").read_text()


def test_shares_by_month_and_source(run: tuple[str, str], folder: Path) -> None:
    summary = read_table(folder / "out" / "summary.csv", SUMMARY_COLUMNS).set_index("source")
    assert tuple(summary.loc["Harbour Wire"]) == ("2024-03-01", 5, 2, 1, 0.4, 0.5)
    assert tuple(summary.loc["灯塔财经"]) == ("2024-03-01", 3, 2, 1, pytest.approx(2 / 3, abs=1e-6), 0.5)


def test_workers_and_the_store_change_nothing(run: tuple[str, str], folder: Path, tmp_path: Path) -> None:
    market = folder / "market"
    two = froth(
        "claims", folder / "articles.jsonl", "--market", market, "-o", "two.csv", "--workers", 2, cwd=tmp_path
    )  # fmt: skip
    assert two.returncode == 0, two.stderr
    assert (tmp_path / "two.csv").read_bytes() == (folder / "out" / "claims.csv").read_bytes()
    assert froth("add", folder / "articles.jsonl", cwd=tmp_path).returncode == 0
    stored = froth("claims", "--market", market, "-o", "stored.csv", cwd=tmp_path)
    assert last_line(stored) == "added 3, skipped 0, failed 1"
    first, second = (
        read_claims(path).sort_values(["article_id", "start"], ignore_index=True)
        for path in (tmp_path / "stored.csv", tmp_path / "two.csv")
    )
    pd.testing.assert_frame_equal(first, second)


def test_an_own_indicator(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[[indicator]]\nid = "fund"\nkind = "index"\nunit = "point"\nseries = ["vix"]\nrange = [1, 99]\n'
        'known = "16:00 UTC"\nnames = { en = "Lantern Fund" }\naliases = { en = ["Lantern Fund"] }\n'
    )
    line = json.dumps({"id": "x", "date": "2024-03-05", "title": "t", "text": "The Lantern Fund closed at 14 points."})
    options = ("--market", folder / "market", "--indicators", "mine.toml", "-o", "c.csv")
    done = froth("claims", "-", *options, cwd=tmp_path, stdin=line)
    assert done.returncode == 0, done.stderr
    assert list(read_claims(tmp_path / "c.csv")["verdict"]) == ["consistent"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["articles.jsonl", "--market", "nowhere"], "no market folder at nowhere"),
        (["articles.jsonl", "--market", "market", "--indicators", "none.toml"], "give the path of a TOML file"),
        (["--market", "market"], "there is no database"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, arguments: list[str], told: str) -> None:
    done = froth("claims", *arguments, "-o", "wrong/claims.csv", cwd=folder)
    assert done.returncode == 1
    assert told in last_line(done)
    assert not (folder / "wrong" / "claims.csv").exists()


def test_a_table_without_verdicts_is_refused(tmp_path: Path) -> None:
    pd.DataFrame([dict.fromkeys(CLAIM_COLUMNS, "x")]).to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(InputError, match="write the file again with froth claims"):
        read_claims(tmp_path / "c.csv")
