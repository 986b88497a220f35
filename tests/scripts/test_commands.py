"""The commands as a person runs them: real processes, real files, exit codes and last lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from models.comparison_files import CHANGE_COLUMNS
from nlp.claims.claim_table import read_claims
from nlp.columns import baseline_columns, scores_columns, sentences_columns
from nlp.episodes import EPISODE_COLUMNS
from nlp.lead_lag import LEAD_LAG_COLUMNS
from nlp.tables import read_table
from nlp.trend import trend_columns

NARRATIVES = ("bubble", "liquidity_crisis")
MARKET = ("fear_greed", "rrpontsyd", "vix", "walcl")


def froth(*arguments: object, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.cli", *map(str, arguments)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, input=stdin, timeout=300, check=False
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def sample_run(root: Path, tfidf_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    done = froth(
        "run", root / "corpora/sample", "--market", root / "corpora/market", "--model", tfidf_folder, "-o", out, cwd=out
    )
    assert done.returncode == 0, done.stderr
    assert "trend.csv" in done.stdout
    return out


def test_run_writes_the_contracts(sample_run: Path, root: Path) -> None:
    scores, trend = pd.read_csv(sample_run / "scores.csv"), pd.read_csv(sample_run / "trend.csv")
    n_sample = sum(len(p.read_text().splitlines()) for p in (root / "corpora/sample").glob("*.jsonl"))
    assert len(scores) == n_sample
    baselines = baseline_columns(NARRATIVES)
    assert tuple(scores.columns) == (*scores_columns(NARRATIVES), *baselines)
    assert tuple(trend.columns) == trend_columns(NARRATIVES, MARKET, None, baselines)
    assert scores["bubble_keywords"].isin([0, 1]).all()
    assert scores["bubble_tfidf"].between(0, 1).all()
    assert scores["stress_words"].abs().between(0, 0.5).all()
    assert tuple(pd.read_csv(sample_run / "sentences.csv").columns) == sentences_columns(NARRATIVES)
    assert scores["bubble"].between(0, 1).all()
    assert "<!doctype html" in (sample_run / "report.html").read_text()[:200].lower()
    assert pd.read_csv(sample_run / "failures.csv").empty
    assert tuple(pd.read_csv(sample_run / "episodes.csv").columns) == EPISODE_COLUMNS
    claims = read_claims(sample_run / "claims.csv")
    assert set(claims["article_id"]) <= set(scores["article_id"])
    assert {"not_checkable", "consistent"} <= set(claims["verdict"])
    assert f'"claims":{{"all":{{"n":{len(claims)},' in (sample_run / "report.html").read_text("utf-8")
    tests = pd.read_csv(sample_run / "lead_lag.csv")
    assert tuple(tests.columns) == LEAD_LAG_COLUMNS
    assert {name.removeprefix("d_") for name in tests["series"]} == {*MARKET}


def test_figures_alone_make_no_page(sample_run: Path, tmp_path: Path) -> None:
    chosen = ("--figure", "a.png", "--figure", "b/a.svg", "--series", "walcl", "--title", "Talk")
    done = froth("report", sample_run / "trend.csv", *chosen, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == ["a.png", "b/a.svg"]
    drawn = (tmp_path / "b/a.svg").read_text("utf-8")
    assert "<!-- Talk -->" in drawn
    assert "Fed total assets, USD tn" in drawn
    assert "VIX" not in drawn
    refused = froth("report", sample_run / "trend.csv", "--figure", "c.png", "--series", "sp500", cwd=tmp_path)
    assert refused.returncode == 1
    assert "no market series sp500: it has" in refused.stderr
    assert not (tmp_path / "c.png").exists()


def test_copies_share_a_story(sample_run: Path) -> None:
    scores = pd.read_csv(sample_run / "scores.csv").set_index("article_id")
    assert scores.loc["en-031", "story"] == scores.loc["en-032", "story"]
    assert scores.loc["zhs-015", "story"] == scores.loc["zhs-016", "story"]


def test_sentences_select_their_text(sample_run: Path, root: Path) -> None:
    texts = {
        row["id"]: row["text"]
        for p in (root / "corpora/sample").glob("*.jsonl")
        for row in map(json.loads, p.read_text().splitlines())
    }
    sentences = read_table(sample_run / "sentences.csv", ["text"])
    assert all(texts[row.article_id][row.start : row.end] == row.text for row in sentences.itertuples())


def test_steps_give_what_run_gives(sample_run: Path, root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    sample, market = root / "corpora/sample", root / "corpora/market"
    score = froth("score", sample, "--model", tfidf_folder, "--baselines", "-o", "scores.csv", cwd=tmp_path)
    assert score.returncode == 0, score.stderr
    trend = froth(
        "trend", "scores.csv", "--market", market, "--correlations", "correlations.csv", "-o", "trend.csv", cwd=tmp_path
    )
    assert trend.returncode == 0, trend.stderr
    correlations = pd.read_csv(tmp_path / "correlations.csv")
    assert len(correlations) == (2 * (6 + 2 * 2) + 2) * len(MARKET)
    assert trend.stdout.splitlines()[0].split()[3:] == [
        "of",
        "intensity",
        "balance",
        "keywords",
        "tfidf",
        "stress_words",
    ]
    claims = froth("claims", sample, "--market", market, "-o", "claims.csv", cwd=tmp_path)
    assert claims.returncode == 0, claims.stderr
    assert froth("report", "trend.csv", "-o", "report.html", cwd=tmp_path).returncode == 0
    for name in ("scores.csv", "trend.csv", "claims.csv"):
        assert (tmp_path / name).read_bytes() == (sample_run / name).read_bytes()


def test_the_store_gives_what_files_give_and_a_second_run_adds_nothing(
    sample_run: Path, root: Path, tfidf_folder: Path, tmp_path: Path
) -> None:
    n = len(pd.read_csv(sample_run / "scores.csv"))
    assert last_line(froth("add", root / "corpora/sample", cwd=tmp_path)) == f"added {n}, skipped 0, failed 0"
    assert last_line(froth("add", root / "corpora/sample", cwd=tmp_path)) == f"added 0, skipped {n}, failed 0"
    assert (
        last_line(froth("score", "--model", tfidf_folder, "-o", "scores.csv", cwd=tmp_path))
        == f"added {n}, skipped 0, failed 0"
    )
    again = froth(
        "score", "--model", tfidf_folder, "--baselines", "-o", "again.csv", "--sentences", "sentences.csv", cwd=tmp_path
    )
    assert last_line(again) == f"added 0, skipped {n}, failed 0"
    bare, beside, of_files = (
        read_table(path, []).sort_values("article_id", ignore_index=True)
        for path in (tmp_path / "scores.csv", tmp_path / "again.csv", sample_run / "scores.csv")
    )
    assert tuple(bare.columns) == scores_columns(NARRATIVES)
    pd.testing.assert_frame_equal(beside[list(bare.columns)], bare)
    pd.testing.assert_frame_equal(beside, of_files)
    assert froth("trend", "--market", root / "corpora/market", "-o", "trend.csv", cwd=tmp_path).returncode == 0
    trend = pd.read_csv(sample_run / "trend.csv", dtype=str).drop(columns=list(baseline_columns(NARRATIVES)))
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "trend.csv", dtype=str), trend)
    first, second = (
        read_table(p / "sentences.csv", []).sort_values(["article_id", "sentence"], ignore_index=True)
        for p in (tmp_path, sample_run)
    )
    pd.testing.assert_frame_equal(first, second)


def test_stdin(tfidf_folder: Path, tmp_path: Path) -> None:
    line = json.dumps({"id": "x", "title": "t", "text": "It is a bubble.", "date": "2024-01-01"})
    done = froth("score", "-", "--model", tfidf_folder, "-o", "s.parquet", cwd=tmp_path, stdin=line)
    assert done.returncode == 0, done.stderr
    assert pd.read_parquet(tmp_path / "s.parquet")["article_id"].tolist() == ["x"]


def test_train_and_evaluate(root: Path, tmp_path: Path) -> None:
    labels = root / "corpora/labels/sentences.jsonl"
    trained = froth("train", labels, "--base", "tfidf", "-o", "floor", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    done = froth("evaluate", labels, "--model", "floor", "-o", "predictions.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ids = [json.loads(line)["id"] for line in labels.read_text().splitlines()]
    predictions = pd.read_csv(tmp_path / "predictions.csv")
    assert predictions["id"].tolist() == ids
    assert list(predictions.columns) == ["id", *(f"{n}_{a}" for n in NARRATIVES for a in ("assert", "reject"))]
    assert "average_precision" in done.stdout
    assert "Held-out fold" in (tmp_path / "floor" / "README.md").read_text()


def test_evaluate_compares_groups_and_reports(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    labels = root / "corpora/labels/hard.jsonl"
    done = froth(
        "evaluate", labels, "--model", tfidf_folder, "--against", tfidf_folder, "--by", "stratum", "--report", "report",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "gain on tfidf@" in done.stdout
    assert "soap_and_beer" in done.stdout
    errors = read_table(tmp_path / "report" / "errors.csv", ["id", "gold", "said", "text"])
    assert set(errors["id"]) <= {json.loads(line)["id"] for line in labels.read_text().splitlines()}
    assert "plotly" in (tmp_path / "report" / "calibration.html").read_text("utf-8")
    gains = read_table(tmp_path / "report" / "comparison.csv", ["narrative", "answer", "by", "group", "f1_gain"])
    assert set(gains["by"]) == {"lang", "source", "year"}
    assert read_table(tmp_path / "report" / "changes.csv", CHANGE_COLUMNS).empty


def test_options_for_sentences_are_refused_for_articles(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    articles = root / "corpora/labels/articles.jsonl"
    done = froth("evaluate", articles, "--model", tfidf_folder, "--by", "year", cwd=tmp_path)
    assert done.returncode == 1
    assert "are for labelled sentences" in done.stderr


def test_training_with_a_held_out_file(root: Path, tmp_path: Path) -> None:
    folder = root / "corpora/labels"
    done = froth(
        "train", folder / "sentences.jsonl", "--held-out", folder / "hard.jsonl", "--base", "tfidf",
        "--licence", "CC BY 4.0", "-o", "floor", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "floor" / "froth.json").read_text())
    assert record["training"]["n_held_out"] == 200
    assert all(0 < value <= 1 for pair in record["thresholds"] for value in pair)
    card = (tmp_path / "floor" / "README.md").read_text()
    assert "Licence of labels and texts: CC BY 4.0" in card
    assert "| said_none |" in card.replace(" said_assert |", "")
    same = froth(
        "train", folder / "hard.jsonl", "--held-out", folder / "hard.jsonl", "--base", "tfidf", "-o", "x", cwd=tmp_path
    )
    assert same.returncode == 1
    assert "are on both sides" in same.stderr


def test_evaluating_rows_without_labels_still_predicts(tfidf_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bare.jsonl").write_text('{"id": "a", "text": "A bubble.", "before": "", "after": ""}\n')
    done = froth("evaluate", "bare.jsonl", "--model", tfidf_folder, "-o", "p.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert pd.read_csv(tmp_path / "p.csv")["id"].tolist() == ["a"]


def test_a_measured_error_widens_the_bands_of_its_own_model(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    articles = root / "corpora/labels/articles.jsonl"
    measured = froth("evaluate", articles, "--model", tfidf_folder, "--confusion", "error.csv", cwd=tmp_path)
    assert measured.returncode == 0, measured.stderr
    froth("score", articles, "--model", tfidf_folder, "-o", "scores.csv", cwd=tmp_path)
    froth("trend", "scores.csv", "-o", "bare.csv", cwd=tmp_path)
    done = froth("trend", "scores.csv", "--confusion", "error.csv", "-o", "carried.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    bare, carried = (pd.read_csv(tmp_path / name) for name in ("bare.csv", "carried.csv"))
    assert carried["bubble"].equals(bare["bubble"])
    width = (carried["bubble_high"] - carried["bubble_low"]).mean()
    assert width > (bare["bubble_high"] - bare["bubble_low"]).mean()
    (tmp_path / "error.csv").write_text((tmp_path / "error.csv").read_text().replace("@", "@0"))
    refused = froth("trend", "scores.csv", "--confusion", "error.csv", "-o", "x.csv", cwd=tmp_path)
    assert refused.returncode == 1
    assert "measure the error of the model that made the scores" in refused.stderr


def test_evaluate_articles(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    done = froth(
        "evaluate", root / "corpora/labels/articles.jsonl", "--model", tfidf_folder, "-o", "p.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "spearman" in done.stdout
    assert list(pd.read_csv(tmp_path / "p.csv").columns) == [
        "id", "bubble", "bubble_stance", "liquidity_crisis", "liquidity_crisis_stance",
    ]  # fmt: skip


def test_training_an_encoder_twice_leaves_the_same_record(root: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    lines = (root / "corpora/labels/sentences.jsonl").read_text().splitlines(keepends=True)
    kept = {}
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "labels.jsonl").write_text("".join(lines[::2]))
        (tmp_path / place / "settings.toml").write_text("accumulate = 2\nbare_share = 0.5\nepochs = 3\n")
        trained = froth(
            "train", "labels.jsonl", "--base", tiny_encoder, "--epochs", 1, "--settings", "settings.toml",
            "--method", "whole", "-o", "model", cwd=tmp_path / place,
        )  # fmt: skip
        assert trained.returncode == 0, trained.stderr
        assert sorted(path.name for path in (tmp_path / place).iterdir()) == ["labels.jsonl", "model", "settings.toml"]
        files = [path for path in (tmp_path / place / "model").rglob("*") if path.is_file()]
        kept[place] = {path.name: path.read_bytes() for path in files if "tfevents" not in path.name}
    assert [name for name, content in kept["first"].items() if kept["second"][name] != content] == []
    assert kept["first"].keys() >= {"run.json", "settings.toml", "steps.csv", "calibration.html", "errors.csv"}
    record = json.loads(kept["first"]["run.json"])
    assert (record["config"]["accumulate"], record["config"]["epochs"]) == (2, 1)
    assert len(record["base_sha256"]) == 64
    assert froth("evaluate", "labels.jsonl", "--model", "model", cwd=tmp_path / "first").returncode == 0


def test_extract(tmp_path: Path) -> None:
    body = (
        "<p>"
        + "</p><p>".join(
            f"Paragraph {i} says that credit is drying up and that lenders are worried about it." for i in range(8)
        )
        + "</p>"
    )
    (tmp_path / "a.html").write_text(
        f"<html><head><title>Credit</title></head><body><article><h1>Credit</h1>{body}</article></body></html>"
    )
    (tmp_path / "b.html").write_text("<html><body></body></html>")
    done = froth("extract", "b.html", "a.html", "-o", "articles.jsonl", cwd=tmp_path)
    assert (done.returncode, last_line(done)) == (0, "added 1, skipped 0, failed 1")
    records = [json.loads(line) for line in (tmp_path / "articles.jsonl").read_text().splitlines()]
    assert [r["file"] for r in records] == ["b.html", "a.html"]
    assert records[0]["text"] == ""
    assert "Paragraph 7" in records[1]["text"]
    assert pd.read_csv(tmp_path / "failures.csv")["stage"].tolist() == ["extract"]


BAD_FILES = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 20,
    "no_text.csv": b"price,volume\n1,2\n",
    "latin.csv": "title,text\nx,caf\xe9 cr\xe8me\n".encode("latin-1"),
    "broken.jsonl": b'{"title": "x", \n',
}


def test_bad_input_beside_good_is_a_row_in_failures_and_nothing_is_lost(tfidf_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in BAD_FILES.items():
        (folder / name).write_bytes(content)
    good = [
        {"id": "good", "title": "t", "text": "A bubble.", "date": "2024-01-01"},
        {"id": "future", "title": "t", "text": "Soon.", "date": "2199-01-01"},
    ]
    (folder / "good.jsonl").write_text("\n".join(map(json.dumps, good)))
    done = froth("score", folder, "--model", tfidf_folder, "-o", "scores.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    scores, failures = (
        pd.read_csv(tmp_path / "scores.csv").set_index("article_id"),
        pd.read_csv(tmp_path / "failures.csv"),
    )
    assert set(scores.index) == {"good", "future"}
    assert pd.isna(scores.loc["future", "published"])
    assert set(failures["stage"]) == {"read", "date"}
    for name in BAD_FILES:
        assert failures["item"].str.contains(name, regex=False).any(), name


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_bad_input_alone_is_one_paragraph(name: str, tfidf_folder: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BAD_FILES[name])
    done = froth("score", name, "--model", tfidf_folder, "-o", "scores.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert last_line(done).startswith("error: ")
    assert name in last_line(done)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["score", "nowhere.jsonl"], 1, "nowhere.jsonl"),
        (["score", "a.jsonl", "--model", "missing"], 1, "no model folder at missing"),
        (["score", "a.jsonl", "--model", "model.pkl"], 1, "refuses it unopened"),
        (["score", "a.jsonl", "--zone", "Mars/Olympus"], 2, "Mars/Olympus"),
        (["trend", "a.jsonl"], 1, "error:"),
        (["report", "nowhere.csv"], 1, "nowhere.csv"),
        (["train", "a.jsonl", "-o", "x"], 1, "a.jsonl"),
        (["evaluate", "nowhere.jsonl"], 1, "nowhere.jsonl"),
        (["extract", "nowhere.html"], 1, "nowhere.html"),
        (["score", "--db", "sqlite:////proc/no/such.db"], 1, "error:"),
        (["score", "--db", "sqlite:///typo.db"], 1, "there is no database"),
        (["score", "a.jsonl", "-o", "-"], 1, "cannot write -"),
        (["frobnicate"], 2, "frobnicate"),
        (["run", "a.jsonl"], 2, "--out"),
    ],
)
def test_errors_say_what_to_do(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "t", "text": "x"}\n')
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04.")
    done = froth(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert says in done.stderr


def test_a_zone_is_the_calendar_of_a_run(tfidf_folder: Path, tmp_path: Path) -> None:
    rows = [{"title": f"Day {day}", "text": "A bubble. Cash dries up.", "date": f"2024-01-{day}"} for day in (30, 31)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = froth(
        "run",
        "a.jsonl",
        "--zone",
        "America/New_York",
        "--freq",
        "D",
        "--model",
        tfidf_folder,
        "-o",
        "out",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert pd.read_csv(tmp_path / "out" / "trend.csv")["date"].tolist() == ["2024-01-30", "2024-01-31"]


def test_a_second_run_over_its_own_output_reads_no_more_articles(
    root: Path, tfidf_folder: Path, tmp_path: Path
) -> None:
    row = {"id": "a", "title": "t", "text": "A bubble, 3% high.", "date": "2024-03-05"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    for market in (["--market", root / "corpora/market"], []):
        done = froth("run", ".", *market, "--model", tfidf_folder, "-o", "out", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert ('"claims":null' not in (tmp_path / "out/report.html").read_text("utf-8")) == bool(market)
    assert pd.read_csv(tmp_path / "out" / "scores.csv")["article_id"].tolist() == ["a"]


def test_another_text_under_a_known_id_is_not_called_added(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "One."}\n{"id": "1", "text": "Another."}\n')
    done = froth("add", "a.jsonl", cwd=tmp_path)
    assert last_line(done) == "added 1, skipped 1, failed 0"
    assert "give each its own id" in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = froth("score", "nowhere.jsonl", "--debug", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_commands_run_beside_a_decoy_of_our_packages(tmp_path: Path, root: Path, tfidf_folder: Path) -> None:
    for package in ("models", "nlp", "scrapers", "scripts"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('decoy')")
    executable = Path(sys.executable).with_name("froth")
    if not executable.exists():
        pytest.skip("froth is not installed in this environment")
    command = [
        str(executable),
        "score",
        str(root / "corpora/sample/en.jsonl"),
        "--model",
        str(tfidf_folder),
        "-o",
        "scores.csv",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "verb", ["run", "collect", "sources", "add", "extract", "score", "trend", "report", "train", "evaluate"]
)
def test_every_verb_is_also_a_script(verb: str, root: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(root / "scripts" / f"{verb}.py"), "--help"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--help" in done.stdout


def test_collect_says_which_sources_need_an_rsshub(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        """[[source]]
id = "hub"
name = "Harbour Wire"
rsshub = "/harbour/wire"
lang = "en"
zone = "UTC"
licence_note = "made for this test"
""",
        encoding="utf-8",
    )
    done = froth("collect", "--sources", "sources.toml", cwd=tmp_path)
    assert done.returncode == 1
    assert "skipped: hub (Harbour Wire): give --rsshub URL or FROTH_RSSHUB to collect it" in done.stderr


@pytest.mark.shared
def test_the_seed(shared: Path, tmp_path: Path) -> None:
    done = froth("run", shared / "seed", "--market", shared / "market", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (row,) = pd.read_csv(tmp_path / "out/scores.csv").to_dict("records")
    assert row["lang"] == "zh"
    assert pd.Timestamp(row["published"]).tz_convert("Asia/Shanghai").isoformat() == "2023-12-26T08:33:01+08:00"
    assert row["bubble"] >= 0.5
    assert row["liquidity_crisis"] >= 0.5
    assert row["bubble_stance"] > 0.5
    assert row["liquidity_crisis_stance"] > 0.5
    assert "泡沫" in row["bubble_evidence"]
    assert any(word in row["liquidity_crisis_evidence"] for word in ("流动性", "抽血", "缩表"))
    trend = pd.read_csv(tmp_path / "out/trend.csv")
    assert trend["date"].tolist() == ["2023-12-25"]
    assert trend["market_cnn_fear_greed"].notna().all()
    assert (tmp_path / "out/report.html").exists()


def test_work_is_not_lost_to_a_late_error(tfidf_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "undated.jsonl").write_text('{"id": "a", "title": "t", "text": "A bubble."}\n')
    done = froth("run", "undated.jsonl", "--model", tfidf_folder, "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "known date" in last_line(done)
    assert pd.read_csv(tmp_path / "out/scores.csv")["article_id"].tolist() == ["a"]


def test_what_cannot_be_written_or_read_is_said_before_the_work(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.txt").write_text("years of work")
    sample, labels = root / "corpora/sample", root / "corpora/labels/sentences.jsonl"
    for arguments in (
        ["score", sample, "--model", tfidf_folder, "-o", "thesis"],
        ["run", sample, "--model", tfidf_folder, "-o", "out", "--market", "nowhere"],
        ["train", labels, "--base", "tfidf", "-o", "thesis"],
    ):
        done = froth(*arguments, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert last_line(done).startswith("error: ")
    assert [path.name for path in tmp_path.rglob("*")] == ["thesis", "chapter.txt"]


def test_a_bad_series_is_a_failure_of_the_run(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "market").mkdir()
    (tmp_path / "market/good.csv").write_text("date,close\n2024-01-05,3\n")
    (tmp_path / "market/bad.csv").write_text("date,close\nsoon,3\n")
    done = froth(
        "run", root / "corpora/sample", "--model", tfidf_folder, "--market", "market", "-o", "out", cwd=tmp_path
    )
    assert last_line(done).endswith("failed 1")
    assert pd.read_csv(tmp_path / "out/failures.csv")["item"].str.contains("bad.csv").any()
    assert "market_good" in pd.read_csv(tmp_path / "out/trend.csv").columns


@pytest.mark.parametrize(("option", "reason"), [("--screened", "has no screen"), ("--precision=int8", "no encoder")])
def test_an_option_that_would_do_nothing_is_refused(root: Path, tmp_path: Path, option: str, reason: str) -> None:
    done = froth("score", root / "corpora/sample", "--model", "tfidf", option, "-o", tmp_path / "s.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert reason in done.stderr
