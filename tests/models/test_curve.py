from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.curve import CURVE_COLUMNS, CurvePlan, learning_curve
from models.curve_bands import TestAnswers, measured_ways
from models.training_config import TrainingConfig
from nlp.errors import InputError, MissingExtraError
from nlp.labelled import LabelledSentence
from nlp.schema import ANSWERS

CONFIG = TrainingConfig(max_tokens=96)
PLAN = CurvePlan((10, 20, 999), n_seeds=2, ways=("froth", "tfidf"))


def own(rng: random.Random) -> str:
    return "".join(rng.choices("流动性危机缩表抽血美国科技股", k=14))


def rows(n: int, name: str) -> list[LabelledSentence]:
    """Every other sentence has the one word that tells, among characters of its own."""
    rng = random.Random(name)
    return [
        LabelledSentence(
            id=f"{name}{i}", lang="zh", text=own(rng) + "泡沫" * (i % 2), labels={"told": i % 2}, article=f"{name}{i}"
        )
        for i in range(n)
    ]


def test_a_curve_has_every_number_and_way(tiny_encoder: Path) -> None:
    table = learning_curve(
        [*rows(24, "a"), *rows(4, "t")], rows(12, "t"), base=str(tiny_encoder), plan=PLAN, config=CONFIG
    )
    assert tuple(table.columns) == CURVE_COLUMNS
    assert sorted(set(table["n_articles"])) == [10, 20, 24]  # those of the test set are not learnt from
    assert set(table["answer"]) == {"assert"}  # nothing rejects
    assert len(table) == 3 * 2 * 2
    assert ((table["low"] <= table["median"]) & (table["median"] <= table["high"])).all()
    froth = table[table["way"] == "froth"]
    assert froth["gain_on_tfidf"].notna().all()
    assert table["gain_on_setfit"].isna().all()


def test_all_articles_alone_make_a_curve_of_one_number(tiny_encoder: Path) -> None:
    plan = CurvePlan.parsed("all", n_seeds=2, with_setfit=False)
    table = learning_curve(rows(12, "a"), rows(12, "t"), base=str(tiny_encoder), plan=plan, config=CONFIG)
    assert set(table["n_articles"]) == {12}


def test_a_narrative_that_few_articles_are_judged_for_stops_no_draw(tiny_encoder: Path) -> None:
    """A draw, or the rest of a fold, may judge it nowhere."""
    few = [replace(row, labels={**row.labels, "rare": i % 2}) if i < 2 else row for i, row in enumerate(rows(20, "a"))]
    test = [replace(row, labels={**row.labels, "rare": 1}) for row in rows(6, "t")]
    plan = CurvePlan((10,), all_articles=False, n_seeds=3, ways=("froth", "tfidf"))
    table = learning_curve(few, test, base=str(tiny_encoder), plan=plan, config=CONFIG)
    assert set(table["narrative"]) == {"told", "rare"}
    assert table["median"].notna().all()


def test_more_articles_than_there_are_is_said_before_anything_is_read() -> None:
    plan = CurvePlan((50,), all_articles=False, ways=("froth", "tfidf"))
    with pytest.raises(InputError, match="12 articles are there to learn from, fewer than 50"):
        learning_curve(rows(12, "a"), rows(6, "t"), base="nowhere", plan=plan, config=CONFIG)


def test_gains_are_paired() -> None:
    """Of a way that is always a little better than another the gain is sure, though neither measure is."""
    test, rng = rows(60, "t"), np.random.default_rng(0)
    gold = np.array([row.labels["told"] for row in test])
    worse = []
    for _ in range(3):
        p = np.zeros((60, 1, 3))
        p[:, 0, 1] = np.clip(gold * 0.3 + rng.uniform(0, 0.7, 60), 0, 1)
        worse.append(TestAnswers(p, (p[:, :, 1] > 0.5).astype(np.int64)))
    better = [TestAnswers(one.p + 0.1 * gold[:, None, None] * [0, 1, 0], one.said) for one in worse]
    found = measured_ways(test, ("told",), {"froth": better, "tfidf": worse})
    area = next(row for row in found if row["way"] == "froth" and row["measure"] == "average_precision")
    other = next(row for row in found if row["way"] == "tfidf" and row["measure"] == "average_precision")
    assert float(str(area["gain_on_tfidf_low"])) > 0
    assert float(str(area["low"])) < float(str(other["high"]))
    score = next(row for row in found if row["way"] == "froth" and row["measure"] == "f1")
    assert (score["gain_on_tfidf"], score["gain_on_tfidf_low"]) == (0, 0)  # the same was said


@pytest.mark.parametrize("written", ["", "ten", "10,1", "10;20"])
def test_numbers_of_articles_are_checked(written: str) -> None:
    with pytest.raises(InputError, match="no numbers of articles"):
        CurvePlan.parsed(written, n_seeds=1, with_setfit=False)


def test_a_test_set_of_the_same_articles_is_refused(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="share nothing with the test set"):
        learning_curve(rows(20, "a"), rows(20, "a"), base=str(tiny_encoder), plan=PLAN, config=CONFIG)


def test_without_setfit_it_says_what_to_install(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "setfit", None)
    with pytest.raises(MissingExtraError, match=r"froth-narratives\[setfit\]"):
        learning_curve(rows(20, "a"), rows(9, "t"), base=str(tiny_encoder), plan=CurvePlan(), config=CONFIG)


def test_the_mean_of_both_answers_is_told_beside_them() -> None:
    labels = (1, -1, 0, 1, -1, 0)
    rows = [
        LabelledSentence(id=str(i), lang="en", text=str(i), article=str(i), labels={"told": label})
        for i, label in enumerate(labels)
    ]
    right = np.eye(3)[[ANSWERS.index({1: "assert", -1: "reject", 0: "none"}[label]) for label in labels]][:, None]
    blind = right.copy()
    blind[:, 0, ANSWERS.index("reject")] = 0.0
    answers = {way: [TestAnswers(p, p.argmax(-1))] for way, p in (("froth", right), ("tfidf", blind))}
    cells = {(c["answer"], c["measure"], c["way"]): c for c in measured_ways(rows, ("told",), answers)}
    for measure in ("average_precision", "f1"):
        told = {answer: cells[answer, measure, "froth"]["gain_on_tfidf"] for answer in ("assert", "reject", "mean")}
        assert told["mean"] == pytest.approx((told["assert"] + told["reject"]) / 2)
        assert told["assert"] == 0 < told["reject"]
