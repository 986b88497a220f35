"""`froth score --engine ray` gives what the local engine gives, on real clusters: one node; two of which one dies."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from nlp.tables import read_table
from tests.commands import printed_by
from tests.ray_nodes import two_nodes

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
MODEL = ("--model", "tfidf")


@pytest.fixture(scope="module")
def news(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as Parquet, and as JSON lines what cannot be used of it or is there already."""
    folder = tmp_path_factory.mktemp("news")
    rows = [
        json.loads(line)
        for file in sorted((root / "corpora/sample").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    pd.DataFrame(rows).to_parquet(folder / "a.parquet")
    odd = [
        rows[3],
        {**rows[4], "text": "Another text."},
        {**rows[5], "id": "x"},
        {"title": ""},
        {"title": "T", "date": "?"},
    ]
    with gzip.open(folder / "b.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in odd)
    return folder


@pytest.fixture(scope="module")
def local(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the local engine makes of it."""
    folder = tmp_path_factory.mktemp("local")
    told = printed_by(folder, "score", news, *MODEL, "--baselines", "--sentences", "sentences.csv")
    assert "added 86, skipped 1, failed 3" in told
    return folder


@pytest.fixture
def served(news: Path) -> Iterator[str]:
    """The folder's address on a server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=news)) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def surroundings(root: Path) -> dict[str, str]:
    given = {"PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    return {**{name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}, **given}


def command(*arguments: object) -> list[str]:
    return [
        sys.executable,
        "-m",
        "scripts.cli",
        "score",
        *map(str, arguments),
        *MODEL,
        "--baselines",
        "--engine",
        "ray",
    ]


def failures(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return sorted([Path(item).name, *rest] for item, *rest in csv.reader(stream))


@needs_ray
def test_one_table_is_the_local_one_byte_for_byte(
    news: Path, local: Path, served: str, root: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        command(news / "*.parquet", f"{served}/b.jsonl.gz", "--sentences", "sentences.csv", "--ray-batch", 16),
        cwd=tmp_path,
        env=surroundings(root),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr.splitlines()[-1] == "added 86, skipped 1, failed 3"
    for name in ("scores.csv", "sentences.csv"):
        assert (tmp_path / name).read_bytes() == (local / name).read_bytes()
    assert failures(tmp_path / "failures.csv") == failures(local / "failures.csv")


@needs_ray
@pytest.mark.slow  # two nodes, one of which must be missed
def test_shards_are_whole_when_a_node_dies(news: Path, local: Path, root: Path, tmp_path: Path) -> None:
    places = ("-o", "scores", "--sentences", f"file://{tmp_path}/sentences")
    with two_nodes(surroundings(root)) as (address, to_nodes, from_nodes):
        with subprocess.Popen(
            command(news, *places, "--ray-batch", 2, "--ray-address", address),
            cwd=tmp_path,
            env=surroundings(root),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            to_nodes.write("kill\n")
            to_nodes.flush()
            assert from_nodes.readline() == "killed\n"
            assert process.poll() is None
            told = process.communicate(timeout=300)[1]
        assert process.returncode == 0, told[-2000:]
    assert told.splitlines()[-1] == "added 86, skipped 1, failed 3"
    for name in ("scores", "sentences"):
        expected, found = read_table(local / f"{name}.csv", []), pd.read_parquet(tmp_path / name)
        assert list(found.columns) == list(expected.columns)
        pd.testing.assert_frame_equal(
            found.astype(object).where(found.notna(), ""), expected.astype(object).where(expected.notna(), "")
        )
    assert failures(tmp_path / "failures.csv") == failures(local / "failures.csv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--engine ray scores files"),
        (("-",), "cannot read standard input"),
        (("none.parquet",), "none.parquet does not exist"),
        (("s3:/none",), "s3:/none does not exist"),
        ((".", "-o", "s.csv", "--sentences", "folder"), "are a table and a folder"),
        ((".", "-o", "folder", "--sentences", "s.csv"), "are a folder and a table"),
        ((".", "--ray-address", "127.0.0.1:9"), "nothing listens at 127.0.0.1:9"),
        ((".", "-o", "full/scores"), "holds old.parquet: choose a new or empty folder"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "full/scores").mkdir(parents=True)
    (tmp_path / "full/scores/old.parquet").touch()
    (tmp_path / "a.txt").write_text("A title\nA text.", encoding="utf-8")
    assert message in printed_by(tmp_path, "score", *arguments, *MODEL, "--engine", "ray", code=1)


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "a.txt").write_text("A title\nA text.", encoding="utf-8")
    told = printed_by(tmp_path, "score", ".", *MODEL, "--engine", "ray", code=1)
    assert "pip install 'froth-narratives[ray]'" in told
