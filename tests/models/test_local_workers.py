"""Worker processes: what they give, what becomes of their errors, and when they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import islice
from pathlib import Path

import psutil
import pytest

from models.choice import ModelChoice
from models.local_workers import FEW, LocalWorkers
from models.outcomes import Scorer
from models.scoring import BATCH_ARTICLES
from nlp.errors import CheckpointError, InputError, WorkerError
from nlp.schema import Article
from scripts.measure_memory import RuleClassifier, made_articles, rule_scorer

N = 5 * BATCH_ARTICLES + 3


def articles() -> list[Article]:
    return [Article.create(**{**row, "published": None}) for row in made_articles(N)]


def workers(load: object, n_workers: int = 2) -> LocalWorkers:
    return LocalWorkers(RuleClassifier.narratives, RuleClassifier.model_id, (), load, n_workers)


class Deadly(RuleClassifier):
    """Kills its process at the first long passage."""

    def predict_with_vectors(self, passages):
        if any(len(passage.sentences) > 5 for passage in passages):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().predict_with_vectors(passages)


class Slow(RuleClassifier):
    """Takes its time, and tells in which process."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def predict_with_vectors(self, passages):
        with Path(self._file).open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(1.0)
        return super().predict_with_vectors(passages)


def deadly() -> Scorer:
    return Scorer(Deadly())


def slow(file: str) -> Scorer:
    return Scorer(Slow(file))


def broken() -> Scorer:
    raise CheckpointError("no model here: give another")


def test_as_one_process_would() -> None:
    given = articles()
    one = list(rule_scorer(sentences=True).outcomes(given))
    several = list(workers(partial(rule_scorer, sentences=True), 3).outcomes(iter(given)))
    several.sort(key=lambda outcome: [article.id for article in given].index(outcome.id))
    assert [outcome.id for outcome in several] == [article.id for article in given]
    assert [outcome.row for outcome in several] == [outcome.row for outcome in one]
    assert [outcome.sentences for outcome in several] == [outcome.sentences for outcome in one]


def test_few_articles_start_no_process() -> None:
    pids: list[int] = []

    def load() -> Scorer:  # which cannot be sent to another process
        pids.append(os.getpid())
        return rule_scorer()

    assert len(list(workers(load).outcomes(islice(articles(), FEW)))) == FEW
    assert pids == [os.getpid()]


def test_workers_start_before_this_process_has_torch() -> None:
    code = (
        "import sys; from models.choice import ModelChoice; from models.local_workers import LocalWorkers\n"
        "LocalWorkers.of(ModelChoice('default', precision='int8', screened=True), baselines=True)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_error_of_a_worker_is_ours() -> None:
    with pytest.raises(CheckpointError, match="no model here: give another"):
        list(workers(broken).outcomes(articles()))


def test_a_killed_worker_is_said() -> None:
    with pytest.raises(WorkerError, match=r"killed.*go on from where they were"):
        list(workers(deadly).outcomes(articles()))


def started(file: Path) -> subprocess.Popen[bytes]:
    """A process whose workers are at work."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import test_local_workers as t; from functools import partial\n"
        "if __name__ == '__main__': list(t.workers(partial(t.slow, sys.argv[1])).outcomes(t.articles()))\n"
    )
    script = file.with_suffix(".py")
    script.write_text(code)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[2]), str(Path(__file__).parent)]),
    }
    process = subprocess.Popen(
        [sys.executable, str(script), str(file), str(Path(__file__).parent)],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which a shell in the background ignores
    )
    while process.poll() is None and not (file.exists() and file.stat().st_size):
        time.sleep(0.01)
    return process


def live(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_process(tmp_path: Path, how: signal.Signals) -> None:
    file = tmp_path / "pids"
    process = started(file)
    assert process.poll() is None
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does
    else:
        process.kill()
    assert process.wait(10) != 0
    pids = {int(pid) for pid in file.read_text().split()}
    assert pids
    deadline = time.monotonic() + 10
    while any(map(live, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(live, pids))


def test_a_choice_names_its_scores() -> None:
    for choice in (ModelChoice("tfidf"), ModelChoice("default", "cpu"), ModelChoice("default", "cpu", screened=True)):
        assert choice.model_id == choice.load().model_id
    with pytest.raises(InputError, match=r"tfidf@.* has no screen: leave --screened out"):
        _ = ModelChoice("tfidf", screened=True).model_id
