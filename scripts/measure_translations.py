"""Measures how well translations are found: recall on translated news, false merges on all other pairs of one week.

Not a froth command. From parallel sentences (JSONL.xz of `src_lang, tgt_lang, src, tgt`, in the order of their texts)
it makes articles of a few sentences each, dates every original in one week and its translation one to three days
later, scores all of them, and counts which share a story. Articles with fewer than two figures are no translations by
the rule of `nlp.translations`, so that recall is given for the others, too. With `--unrelated`, real articles of two
languages, none of which translates another, are dated in one week, which is harder than any real week.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import DeviceOption, ModelOption, main
from scripts.measure_stories import drawn

if TYPE_CHECKING:
    from models.passages import Classifier
    from nlp.schema import Article

__all__ = ["Pair", "made_pairs", "measure_translations"]

_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 4
"""Originals fall on one of so many days, so that every article is within a week of every other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An article and its translation."""

    original: Article
    translation: Article


def measure_translations(
    parallel: Annotated[Path, typer.Argument(help="Parallel sentences (JSONL.xz).")],
    lang: Annotated[str, typer.Option(help="The language of the translations.")] = "zh",
    n_sentences: Annotated[int, typer.Option(min=1, help="Sentences an article.")] = 3,
    n_pairs: Annotated[int, typer.Option(min=1, help="Articles and translations, at most.")] = 400,
    seed: Annotated[int, typer.Option(help="Of the days.")] = 0,
    unrelated: Annotated[
        Path | None, typer.Option(help="A folder with en/*.jsonl.xz and zh/*.jsonl.xz, as for measure_stories.")
    ] = None,
    n_unrelated: Annotated[int, typer.Option(min=1, help="Unrelated articles a language.")] = 1000,
    model: ModelOption = "default",
    device: DeviceOption = "auto",
) -> None:
    """Prints how many translations share the story of their original, and how many share another's."""
    from models.checkpoint import load_classifier
    from nlp.sketches import sketch

    rng = random.Random(seed)  # noqa: S311
    pairs = made_pairs(parallel, lang, n_sentences, n_pairs, rng)
    classifier = load_classifier(model, device=device)
    story = stories_by_meaning([a for pair in pairs for a in (pair.original, pair.translation)], classifier)
    found = [story[p.original.id] == story[p.translation.id] for p in pairs]
    told = [min(len(sketch(a).figures) for a in (p.original, p.translation)) > 1 for p in pairs]
    n_told, n_found = sum(told), sum(f for f, t in zip(found, told, strict=True) if t)
    sys.stdout.write(
        f"{len(pairs)} pairs, {sum(found)} in one story; of {n_told} with two figures or more "
        f"{n_found} ({n_found / max(1, n_told):.1%})\n"
        f"{len(pairs) * (len(pairs) - 1)} other pairs of two languages, {n_false_merges(pairs, story)} in one story\n"
    )
    if unrelated is not None:
        articles = in_one_week(unrelated, n_unrelated, rng)
        story = stories_by_meaning(articles, classifier)
        lang_by_id = {article.id: article.lang for article in articles}
        n_joined = sum(lang_by_id[article_id] != lang_by_id[named] for article_id, named in story.items())
        sys.stdout.write(f"{len(articles)} unrelated articles of one week, {n_joined} in a story of another language\n")


def stories_by_meaning(articles: Sequence[Article], classifier: Classifier) -> dict[str, str]:
    """Story id by article id, as `froth score` finds them."""
    from models.scoring import ScoredArticle, score_articles
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.score_table import ScoreTable

    table = ScoreTable(classifier.narratives)
    for scored in score_articles(articles, classifier, DriverMatcher(load_narratives())):
        if isinstance(scored, ScoredArticle):
            table.add(scored.score)
    rows = table.table()
    return dict(zip(rows["article_id"], rows["story"], strict=True))


def in_one_week(folder: Path, n_articles: int, rng: random.Random) -> list[Article]:
    """Real articles of two languages that were written in other years, each on some day of one week."""
    found = []
    for lang in ("en", "zh"):
        for article in drawn(sorted((folder / lang).glob("*.jsonl.xz")), lang, rng)[:n_articles]:
            found.append(replace(article, published=_MONDAY + timedelta(days=rng.randrange(7))))
    return found


def made_pairs(path: Path, lang: str, n_sentences: int, n_pairs: int, rng: random.Random) -> list[Pair]:
    """Articles of neighbouring sentences and their translations, from English into `lang`."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        wanted = (row for row in map(json.loads, lines) if (row["src_lang"], row["tgt_lang"]) == ("en", lang))
        rows = list(islice(wanted, n_sentences * n_pairs))
    pairs = []
    for number, start in enumerate(range(0, len(rows) - n_sentences + 1, n_sentences)):
        part, day = rows[start : start + n_sentences], _MONDAY + timedelta(days=rng.randrange(_DAYS))
        original = _made(f"{number}-en", [row["src"] for row in part], "en", day)
        later = day + timedelta(days=rng.randint(1, 3))
        pairs.append(Pair(original, _made(f"{number}-{lang}", [row["tgt"] for row in part], lang, later)))
    return pairs


def n_false_merges(pairs: Sequence[Pair], story: dict[str, str]) -> int:
    """Pairs of an original and the translation of another one in one story."""
    n_originals = Counter(story[pair.original.id] for pair in pairs)
    together = sum(n_originals[story[pair.translation.id]] for pair in pairs)
    return together - sum(story[pair.original.id] == story[pair.translation.id] for pair in pairs)


def _made(name: str, sentences: Sequence[str], lang: str, day: datetime) -> Article:
    from nlp.schema import Article

    text = "\n".join(sentences)
    return Article.create(id=name, text=text, lang=lang, published=day, published_precision="day")


if __name__ == "__main__":
    main(measure_translations)
