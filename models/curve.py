"""The learning curve: what froth, TF-IDF and SetFit measure after so many labelled articles, on one test set.

For each number of articles and each seed that many are drawn, the same for all; those that share an article, a story
or a sentence with the test set are never among them. Measured are average precision and F1 of each narrative and
answer: the median over seeds, and the middle 95% of that median when test articles and seeds are drawn with
replacement (`models.resampling`), for the gain on each rival in the same draws. froth and TF-IDF say an answer from
thresholds that cross-validation fitted, SetFit says its most probable one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.baseline import train_tfidf
from models.curve_bands import CURVE_COLUMNS, MEASURES, WAYS, TestAnswers, measured_ways
from models.decisions import decide, fit_thresholds
from models.evaluation import predict_labelled
from models.few_labels import LabelledStates, answers_by_states, fit_heads, frozen_reader, states_of
from models.folds import folds_of
from models.setfit_rival import require_setfit, setfit_answers
from nlp.errors import InputError
from nlp.labelled import article_of
from nlp.schema import ANSWERS
from nlp.splits import groups_of, keys_of

if TYPE_CHECKING:
    from models.classifier import NarrativeClassifier
    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledSentence

__all__ = ["CURVE_COLUMNS", "CurvePlan", "learning_curve"]


@dataclass(frozen=True, slots=True)
class CurvePlan:
    """What to measure.

    Attributes:
        sizes: numbers of articles; more than there are is left out, as many as there are is drawn once.
        all_articles: whether to end with all there are, once.
        n_seeds: draws of articles for each number.
        ways: of `WAYS`, which to train.
    """

    sizes: Sequence[int] = (10, 25, 50, 100)
    all_articles: bool = True
    n_seeds: int = 3
    ways: Sequence[str] = WAYS

    @classmethod
    def parsed(cls, articles: str, *, n_seeds: int, with_setfit: bool) -> CurvePlan:
        """The plan for numbers of articles as they are written: `10,25,all`.

        Raises:
            InputError: what is no number of articles.
        """
        words = [word.strip() for word in articles.split(",") if word.strip()]
        numbers = [word for word in words if word != "all"]
        if not words or not all(word.isdecimal() and int(word) >= 2 for word in numbers):
            raise InputError(f"{articles!r} are no numbers of articles: write numbers from 2 on, such as 10,25,50,all")
        ways = WAYS if with_setfit else tuple(way for way in WAYS if way != "setfit")
        return cls(tuple(map(int, numbers)), "all" in words, n_seeds, ways)


@dataclass(frozen=True, slots=True)
class _Task:
    pool: LabelledStates
    test: LabelledStates
    narratives: tuple[str, ...]
    reader: NarrativeClassifier


def learning_curve(
    rows: Sequence[LabelledSentence],
    test: Sequence[LabelledSentence],
    *,
    base: str,
    plan: CurvePlan,
    config: TrainingConfig,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, median: None,
) -> pd.DataFrame:
    """A table with `CURVE_COLUMNS`.

    Args:
        rows: labelled sentences to draw articles from.
        test: labelled sentences to measure on.
        base: hub name or folder of the encoder of froth's model and of SetFit's body.
        plan: see there.
        config: window, device and first seed.
        on_step: called after each training with its number, their number and the average precision found.

    Raises:
        InputError: fewer than ten articles are left to learn from, or a narrative has no case in the test set.
        MissingExtraError: setfit is asked for and not installed.
    """
    if "setfit" in plan.ways:
        require_setfit()
    narratives = tuple(sorted({name for row in rows for name in row.labels} & {n for row in test for n in row.labels}))
    free = _apart(rows, test)
    of_article: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(free):
        of_article[article_of(row)].append(place)
    if not narratives or len(of_article) < min(10, *plan.sizes):
        raise InputError(
            f"{len(of_article)} articles share nothing with the test set and {len(narratives)} narratives are labelled "
            "in both: give more labels, or a test set of other articles"
        )
    reader = frozen_reader(base, config)
    task = _Task(states_of(reader, free), states_of(reader, test), narratives, reader)
    draws = _draws(sorted(of_article), plan, config.seed)
    n_steps, step, found = sum(map(len, draws.values())) * len(plan.ways), 0, []
    for n_articles, drawn in draws.items():
        answers: dict[str, list[TestAnswers]] = {way: [] for way in plan.ways}
        sizes = []
        for seed, names in drawn:
            learnt = task.pool.part(np.array(sorted(place for name in names for place in of_article[name])))
            sizes.append(len(learnt.rows))
            for way in plan.ways:
                answers[way].append(_TRAINED[way](task, learnt, seed))
                step += 1
                on_step(step, n_steps, float(len(learnt.rows)))
        for cell in measured_ways(task.test.rows, task.narratives, answers):
            found.append({"n_articles": n_articles, "n_sentences": int(np.median(sizes)), **cell})
    order = {"way": list(plan.ways), "measure": list(MEASURES)}
    table = pd.DataFrame(found, columns=list(CURVE_COLUMNS))
    return table.sort_values(
        ["narrative", "answer", "measure", "n_articles", "way"],
        key=lambda column: column.map(order[str(column.name)].index) if column.name in order else column,
        kind="stable",
    ).reset_index(drop=True)


def _apart(rows: Sequence[LabelledSentence], test: Sequence[LabelledSentence]) -> list[LabelledSentence]:
    """The rows that share neither article, story nor wording with the test set."""
    groups = groups_of(keys_of([*rows, *test]))
    taken = set(groups[len(rows) :])
    return [row for row, group in zip(rows, groups, strict=False) if group not in taken and row.labels]


def _draws(names: Sequence[str], plan: CurvePlan, seed: int) -> dict[int, list[tuple[int, list[str]]]]:
    """By the number of articles, seed and names of each draw; a larger draw of a seed holds the smaller ones."""
    seeds = range(seed, seed + plan.n_seeds)
    shuffled = {one: random.Random(one).sample(names, len(names)) for one in seeds}  # noqa: S311 - a sample
    sizes = sorted({size for size in plan.sizes if size < len(names)})
    drawn = {size: [(one, shuffled[one][:size]) for one in seeds] for size in sizes}
    is_whole = plan.all_articles or len(names) in plan.sizes
    return drawn | ({len(names): [(seed, list(names))]} if is_whole else {})


def _froth(task: _Task, learnt: LabelledStates, seed: int) -> TestAnswers:
    classifier = fit_heads(task.reader, learnt, task.narratives, seed=seed).classifier
    p = answers_by_states(classifier, task.test)
    return TestAnswers(p, decide(p, classifier.thresholds))


def _tfidf(task: _Task, learnt: LabelledStates, seed: int) -> TestAnswers:
    """The floor, its thresholds by cross-validation in the same folds as froth's."""
    folds = folds_of(learnt.rows, task.narratives, seed=seed)
    unseen = np.zeros((len(folds), len(task.narratives), len(ANSWERS)))
    for fold in np.unique(folds):
        part, rest = (learnt.part(np.flatnonzero(chosen)).rows for chosen in (folds != fold, folds == fold))
        unseen[folds == fold] = predict_labelled(train_tfidf(part, task.narratives, seed=seed), rest)
    p = predict_labelled(train_tfidf(learnt.rows, task.narratives, seed=seed), task.test.rows)
    return TestAnswers(p, decide(p, fit_thresholds(unseen)))


def _setfit(task: _Task, learnt: LabelledStates, seed: int) -> TestAnswers:
    p = setfit_answers(task.reader.encoder, learnt.rows, task.test.rows, task.narratives, seed=seed)
    return TestAnswers(p, p.argmax(-1))


_TRAINED: Mapping[str, Callable[[_Task, LabelledStates, int], TestAnswers]] = {
    "froth": _froth,
    "tfidf": _tfidf,
    "setfit": _setfit,
}
