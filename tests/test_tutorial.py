"""docs/fine-tuning.md does what it says: its commands run in order, as a user types them, and print what it shows.

Every line that the page shows must be printed, in this order. Words and whole numbers are the same; numbers with a
point may differ by `_TOLERANCE`, as processors round differently, and hashes by all they like. The claim that froth is
better than TF-IDF and SetFit is tested as such: the whole interval of the gain lies above 0, for TF-IDF in what asserts
and for SetFit in the mean of both answers.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.commands import printed_by

_TOLERANCE, _OF_TRAINING = 0.03, 0.15
"""The second where networks were trained, whose steps add up what processors round."""
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SLOW = "froth curve"
_CHOICE = ("--method auto", "--method head")
"""What cross-validation chooses costs five fine-tunes to find out; it prints and saves the same when asked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the page, and the lines that it is said to print."""

    command: str
    shown: tuple[str, ...]


def steps_of(page: str) -> list[Step]:
    """The commands in order; a block without a language is what the command before it prints."""
    found: list[Step] = []
    for language, block in _BLOCK.findall(page):
        if language == "bash":
            found += [Step(command.strip(), ()) for command in block.replace("\\\n", " ").strip().splitlines()]
        elif not language:
            found[-1] = Step(found[-1].command, tuple(line for line in block.splitlines() if line.strip()))
    return found


@pytest.fixture(scope="module")
def steps(root: Path) -> list[Step]:
    return steps_of((root / "docs" / "fine-tuning.md").read_text(encoding="utf-8"))


def folder_of_a_user(root: Path, folder: Path) -> Path:
    """A folder with the corpora beside it, as in a checkout."""
    (folder / "corpora").symlink_to(root / "corpora")
    return folder


def printed(command: str, folder: Path) -> str:
    """What it prints there; it must end well."""
    if command.startswith("froth "):
        return printed_by(folder, *shlex.split(command)[1:])
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def check_printed(step: Step, found: str, tolerance: float = _TOLERANCE) -> None:
    """Every line that is shown is printed, in order."""
    lines = iter(found.splitlines())
    for shown in step.shown:
        told = f"{step.command}\ndoes not print\n{shown}\nbut\n{found}"
        assert any(alike(shown, line, tolerance) for line in lines), told


def alike(shown: str, line: str, tolerance: float = _TOLERANCE) -> bool:
    """The same words and whole numbers, and nearly the same others."""
    pairs = [re.split(r"[\s(),]+", re.sub(r"@[0-9a-f]{8}", "@", text).strip()) for text in (shown, line)]
    same_length = len(pairs[0]) == len(pairs[1])
    return same_length and all(_equal(*pair, tolerance) for pair in zip(*pairs, strict=True))


def _equal(shown: str, found: str, tolerance: float) -> bool:
    if re.fullmatch(r"-?\d+\.\d+", shown) and re.fullmatch(r"-?\d+\.\d+", found):
        return abs(float(shown) - float(found)) <= tolerance
    return shown == found


def without_folds(step: Step) -> Step:
    """What the chosen method measures, without the comparison before it."""
    return Step(step.command, step.shown[next(i for i, line in enumerate(step.shown) if "f1_low" in line) :])


def gain_is_above_zero(table: str, answer: str) -> bool:
    """Of a gain table as `froth evaluate --against` prints it: the interval of average precision."""
    row = next(
        line.split() for line in table.split("gain on")[1].splitlines() if f"{answer} " in line and " all " in line
    )
    return float(row[-2]) > 0


def test_lines_are_compared_as_promised() -> None:
    assert alike("model a@12345678  0.50 (0.40 to 0.60)", "model  a@87654321 0.51 (0.41 to 0.59)")
    assert not alike("train 451, dev 74", "train 450, dev 74")
    assert not alike("assert 0.50", "assert 0.54")
    assert not alike("assert 0.50", "assert NaN")


def test_the_page_has_commands_and_no_gaps(root: Path, steps: list[Step]) -> None:
    assert "TODO" not in (root / "docs" / "fine-tuning.md").read_text(encoding="utf-8")
    assert len(steps) > 12
    assert any(_SLOW in step.command for step in steps)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_commands_print_what_the_page_shows(root: Path, steps: list[Step], tmp_path: Path) -> None:
    """All but those that take minutes, with the method that they choose: about a minute."""
    folder = folder_of_a_user(root, tmp_path)
    n_better = 0
    for step in steps:
        if step.command.startswith(_SLOW):
            continue
        found = printed(step.command.replace(*_CHOICE), folder)
        check_printed(without_folds(step) if _CHOICE[0] in step.command else step, found)
        if "evaluate" in step.command and "--model out/tutorial/rated" not in step.command and "gain on" in found:
            assert gain_is_above_zero(found, "assert"), found
            n_better += 1
    assert n_better == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # SetFit's own, of torch and of itself
def test_what_takes_minutes_prints_what_the_page_shows(root: Path, steps: list[Step], tmp_path: Path) -> None:
    """Five fine-tunes and two trainings of SetFit: some ten minutes."""
    pytest.importorskip("setfit")
    folder = folder_of_a_user(root, tmp_path)
    for step in steps:
        if step.command.startswith("froth labels corpora") or "--split" in step.command:
            printed(step.command, folder)
        elif _CHOICE[0] in step.command:
            found = printed(step.command, folder)
            assert "heads on the encoder as it is" in found
            check_printed(without_folds(step), found)
        elif step.command.startswith(_SLOW):
            check_printed(step, printed(step.command, folder), _OF_TRAINING)
    curve = pd.read_csv(folder / "out" / "tutorial" / "curve.csv")
    precision = curve[(curve["measure"] == "average_precision") & (curve["way"] == "froth")].set_index("answer")
    assert precision.loc["mean", "n_articles"].tolist() == [50, 100]
    assert (precision.loc[["assert", "mean"], "gain_on_tfidf_low"] > 0).all(), precision
    assert (precision.loc["mean", "gain_on_setfit_low"] > 0).all(), precision
