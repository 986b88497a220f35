"""Measures whether `froth suggest` pays: labels that are known are taken away and asked for again, in rounds.

Not a froth command. For each seed a pool of articles is drawn; both ways begin with the same random ones, then in each
round one adds articles at random, the other those that `models.suggestions` chooses by a TF-IDF model of what is
labelled so far. After each round a TF-IDF model is fitted and measured on other labels: the mean average precision, and
the mean F1 by thresholds of the highest expected F1, over narratives and answers. What is printed is the gain on random
labelling with as many articles, and with as many sentences, each with the 95% t interval over seeds, and how many
articles at random are worth as much.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
import typer

from models.article_vectors import article_vectors
from models.baseline import train_tfidf
from models.decisions import decide, fit_thresholds
from models.evaluation import predict_labelled
from models.passages import answers_of
from models.resampling import average_precision, f1
from models.scoring import ScoredArticle, sentence_score
from models.suggestions import Labels, SuggestionPlan, suggest
from models.unlabelled import Unlabelled
from nlp.intensity import score_article
from nlp.labelled import LabelledSentence, article_of, read_labelled
from nlp.schema import ANSWERS, Article, Sentence
from nlp.tables import check_writable, write_table
from scripts.console import main

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.baseline import TfidfClassifier

__all__ = ["simulate_suggestions"]

_LONGER = 2
"""Random labelling goes on for so many times the rounds, to see when it comes as far."""

_COLUMNS = ("seed", "way", "round", "n_articles", "n_sentences", "n_told", "n_rejects", "ap", "f1")


@dataclass(frozen=True, slots=True)
class _Task:
    """What is simulated."""

    pool: dict[str, list[LabelledSentence]]
    held_out: Sequence[LabelledSentence]
    narratives: tuple[str, ...]
    n_rounds: int
    plan: SuggestionPlan


def simulate_suggestions(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences to ask for (JSONL).")],
    held_out: Annotated[Path, typer.Option(help="Labelled sentences of other articles to measure on.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A row per seed, way and round.")],
    seeds: Annotated[int, typer.Option(min=2, help="How often to repeat it.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, help="How often articles are added.")] = 10,
    articles: Annotated[int, typer.Option(min=1, help="Articles a round.")] = 50,
    pool: Annotated[int, typer.Option(min=1, help="Articles to choose from.")] = 2500,
    told: Annotated[
        float, typer.Option(min=0, max=1, help="Of the articles that tell a narrative, the share in the pool.")
    ] = 1.0,
    uncertainty: Annotated[float, typer.Option(min=0)] = SuggestionPlan(1).uncertainty,
    rarity: Annotated[float, typer.Option(min=0)] = SuggestionPlan(1).rarity,
    diversity: Annotated[float, typer.Option(min=0)] = SuggestionPlan(1).diversity,
) -> None:
    """Label efficiency of suggested against random articles."""
    check_writable(out)
    rows, measured = read_labelled(labelled), read_labelled([held_out])
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    found: list[dict[str, object]] = []
    for seed in range(seeds):
        plan = SuggestionPlan(articles, 5, uncertainty, rarity, diversity, seed=seed)
        task = _Task(_drawn(rows, pool, told, seed), measured, narratives, rounds, plan)
        for way in ("random", "suggested"):
            found += [{"seed": seed, "way": way, **one} for one in _rounds(task, way)]
            sys.stderr.write(f"seed {seed} {way}: {found[-1]}\n")
    table = pd.DataFrame(found, columns=list(_COLUMNS))
    write_table(table, out, _COLUMNS)
    sys.stdout.write(f"{_gains(table).to_string(index=False, float_format='%.3f')}\n")


def _drawn(rows: Sequence[LabelledSentence], n: int, told: float, seed: int) -> dict[str, list[LabelledSentence]]:
    of_article: defaultdict[str, list[LabelledSentence]] = defaultdict(list)
    for row in rows:
        of_article[article_of(row)].append(row)
    rng = random.Random(seed)  # noqa: S311 - a reproducible sample, not a secret
    names = sorted(of_article)
    kept = [name for name in names if not any(any(r.labels.values()) for r in of_article[name]) or rng.random() < told]
    return {name: of_article[name] for name in rng.sample(kept, min(n, len(kept)))}


def _rounds(task: _Task, way: str) -> Iterator[dict[str, object]]:
    order = list(task.pool)
    articles = {name: _article(name, rows) for name, rows in task.pool.items()}
    empty = train_tfidf(task.held_out[:100], task.narratives)
    vectors = article_vectors([_scored(articles[n], task.pool[n], empty).score for n in order], task.plan.seed)
    vector_of = dict(zip(order, vectors, strict=True))
    labelled = order[: task.plan.n]
    n_rounds = _LONGER * task.n_rounds if way == "random" else task.n_rounds
    for number in range(n_rounds + 1):
        rows = [row for name in labelled for row in task.pool[name]]
        model = train_tfidf(rows, task.narratives, seed=task.plan.seed)
        p = predict_labelled(model, task.held_out)
        model = replace(model, thresholds=fit_thresholds(p))
        said = [set(row.labels.values()) for row in rows]
        yield {
            **{"round": number, "n_articles": len(labelled), "n_sentences": len(rows)},
            **{"n_told": sum(bool(one - {0}) for one in said), "n_rejects": sum(-1 in one for one in said)},
            **_measured(p, model, task),
        }
        if number == n_rounds:
            return
        left = [name for name in order if name not in set(labelled)]
        if way == "random":
            labelled = labelled + left[: task.plan.n]
            continue
        read = {n: _scored(articles[n], task.pool[n], model, vector_of[n]) for n in order}
        known = Labels(rows, [read[name] for name in labelled])
        whole = [range(len(read[name].sentences)) for name in left]
        pool = Unlabelled([read[name] for name in left], left, whole)
        chosen = suggest(pool, known, task.plan, model.narratives)
        labelled = labelled + [one.scored.score.article.id for one in chosen]


def _article(name: str, rows: Sequence[LabelledSentence]) -> Article:
    text = "\n".join(row.text for row in rows)
    return Article(id=name, title="", text=text, lang=rows[0].lang, source=rows[0].source)


def _scored(
    article: Article,
    rows: Sequence[LabelledSentence],
    model: TfidfClassifier,
    vector: NDArray[np.float32] | None = None,
) -> ScoredArticle:
    """An article of which exactly the labelled sentences are known."""
    sentences, start = [], 0
    for place, row in enumerate(rows):
        sentences.append(Sentence(article.id, place, start, start + len(row.text), row.text))
        start += len(row.text) + 1
    p = predict_labelled(model, rows)
    scores = tuple(sentence_score(s, one, model.narratives) for s, one in zip(sentences, p, strict=True))
    score = score_article(article, scores, model.narratives, "simulated")
    return ScoredArticle(replace(score, vector=None if vector is None else vector.astype(np.float16)), scores)


def _measured(p: NDArray[np.float64], model: TfidfClassifier, task: _Task) -> dict[str, float]:
    gold, said = answers_of(task.held_out, task.narratives), decide(p, model.thresholds)
    areas, scores = [], []
    for index in range(len(task.narratives)):
        judged = gold[:, index] >= 0
        for answer in (ANSWERS.index("assert"), ANSWERS.index("reject")):
            true, weights = gold[judged, index] == answer, np.ones((1, int(judged.sum())))
            areas.append(float(average_precision(true, p[judged, index, answer], weights)[0]))
            scores.append(float(f1(true, said[judged, index] == answer, weights)[0]))
    return {"ap": float(np.mean(areas)), "f1": float(np.mean(scores))}


def _gains(table: pd.DataFrame) -> pd.DataFrame:
    """Per round what suggesting gains on as many random articles, and on as many random sentences, with intervals.

    `worth` says how many random articles measure as much; it is a bound where it is all that there were.
    """
    from scipy.stats import t

    by_seed = {
        seed: {str(way): part.sort_values("round") for way, part in of_seed.groupby("way")}
        for seed, of_seed in table.groupby("seed")
    }
    reach = float(t.ppf(0.975, len(by_seed) - 1)) / len(by_seed) ** 0.5
    found = []
    for number in range(int(table.loc[table["way"] == "suggested", "round"].max()) + 1):
        row: dict[str, object] = {"round": number}
        for measure in ("ap", "f1"):
            for unit in ("n_articles", "n_sentences"):
                gains = np.array([_gain(ways, number, measure, unit) for ways in by_seed.values()])
                mean, half = gains.mean(), reach * gains.std(ddof=1)
                row |= {f"{measure}_by_{unit[2:]}": f"{mean:+.3f} [{mean - half:+.3f}, {mean + half:+.3f}]"}
        random_mean = table[table["way"] == "random"].groupby("round").mean(numeric_only=True)
        suggested = table[(table["way"] == "suggested") & (table["round"] == number)].mean(numeric_only=True)
        row["worth"] = float(np.interp(suggested["ap"], random_mean["ap"].cummax(), random_mean["n_articles"]))
        row |= {f"random_{name}": random_mean.loc[number, name] for name in ("ap", "n_sentences", "n_told")}
        row |= {name: suggested[name] for name in ("n_articles", "n_sentences", "n_told", "n_rejects")}
        found.append(row)
    return pd.DataFrame(found)


def _gain(ways: Mapping[str, pd.DataFrame], number: int, measure: str, unit: str) -> float:
    suggested, at_random = ways["suggested"].iloc[number], ways["random"]
    return float(suggested[measure] - np.interp(suggested[unit], at_random[unit], at_random[measure]))


if __name__ == "__main__":
    main(simulate_suggestions)
