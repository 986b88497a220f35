"""Measures how well copies of one text are found: recall on made copies, false merges on unrelated and daily texts.

Not a froth command. From real articles with dates (JSONL.xz of `id, date, title, text`) it makes seeded copies of
every kind (`scripts.made_copies`), puts each a few days before or after its original among all others, and counts how
many share a story with it. Unrelated pairs are articles more than a week apart. Daily pairs are written notices of
different days; and real articles of one column, or of one title but for its numbers, one to seven days apart, some of
which are reprints: `--show` prints what was merged, to be read.
"""

from __future__ import annotations

import json
import lzma
import random
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import main
from scripts.made_copies import COPIES, DAILY_NOTICES, Cutting, daily_notice

if TYPE_CHECKING:
    from nlp.schema import Article

__all__ = ["drawn", "measure_stories", "recall_by_kind"]

_MIN_SENTENCES = 5
_N_DAYS = 60
_N_FOREIGN = 2000
_COLUMN = re.compile(r"^reuters-|-?id[A-Z]{2}\w*$")
_NUMBER = re.compile(r"\d[\d.,/]*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """How many of how many pairs share a story."""

    n_pairs: int
    n_merged: int


def measure_stories(
    folder: Annotated[Path, typer.Argument(help="A folder with en/*.jsonl.xz and zh/*.jsonl.xz.")],
    n_copies: Annotated[int, typer.Option(help="Copies of each kind and language.")] = 200,
    n_unrelated: Annotated[int, typer.Option(help="Unrelated articles a language.")] = 3000,
    seed: Annotated[int, typer.Option(help="Of all draws.")] = 0,
    dictionary: Annotated[Path | None, typer.Option(help="CC-CEDICT as JSONL.xz of src, trad.")] = None,
    show: Annotated[bool, typer.Option(help="Also print what was merged or lost, to read it.")] = False,
) -> None:
    """Prints recall by kind and language, merges of unrelated and daily pairs, articles a second and peak MiB."""
    say = sys.stdout.write
    traditional = {} if dictionary is None else read_traditional(dictionary)
    say("| what | language | pairs | same story |\n|---|---|---|---|\n")
    for lang in ("en", "zh"):
        rng = random.Random(seed)  # noqa: S311
        articles = drawn(sorted((folder / lang).glob("*.jsonl.xz")), lang, rng)
        recalls = recall_by_kind(articles, n_copies, rng, traditional=traditional if lang == "zh" else {}, show=show)
        for kind, found in recalls.items():
            say(f"| {kind} | {lang} | {found.n_pairs} | {found.n_merged / found.n_pairs:.4f} |\n")
        rows = {
            "unrelated": unrelated_pairs(articles[:n_unrelated], show=show),
            "same column": column_pairs(articles, show=show),
            "written notices": notice_pairs(lang, rng),
        }
        for kind, found in rows.items():
            say(f"| {kind} | {lang} | {found.n_pairs} | {found.n_merged} |\n")
        n_timed, seconds = timed(articles[:n_unrelated])
        say(f"| speed | {lang} | {n_timed} articles | {n_timed / seconds:.0f} articles/s |\n")
        sys.stdout.flush()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"\n{peak:.0f} MiB at most, {time.process_time():.0f} s of CPU\n")


def drawn(paths: Sequence[Path], lang: str, rng: random.Random) -> list[Article]:
    """The dated articles of the files that have a text, shuffled, each file in its turn, each text once."""
    files = [list(_articles(path, lang)) for path in paths]
    for articles in files:
        rng.shuffle(articles)
    places = ((i, n) for i in range(max(map(len, files))) for n in range(len(files)))
    mixed = [files[n][i] for i, n in places if i < len(files[n])]
    return list({article.text: article for article in mixed}.values())


def _articles(path: Path, lang: str) -> Iterator[Article]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if len(row["text"]) < 100 or not re.match(r"\d{4}-\d\d-\d\d", row["date"]):
                continue
            day = datetime.fromisoformat(row["date"][:10]).replace(tzinfo=UTC)
            yield _made(row["id"], row["text"], day, title=row["title"], source=path.name, lang=lang)


def _made(id: str, text: str, at: datetime, *, lang: str, title: str = "", source: str = "") -> Article:
    from nlp.schema import Article

    return Article.create(
        id=id, title=title, text=text, source=source, lang=lang, published=at, published_precision="day"
    )


def read_traditional(path: Path) -> dict[int, str]:
    """Simplified to traditional characters as the dictionary writes them most often."""
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if len(row["src"]) == len(row["trad"]):
                for simple, other in zip(row["src"], row["trad"], strict=True):
                    written[simple][other] += 1
    return {ord(simple): others.most_common(1)[0][0] for simple, others in written.items()}


def recall_by_kind(
    articles: Sequence[Article],
    n_copies: int,
    rng: random.Random,
    *,
    traditional: Mapping[int, str],
    show: bool = False,
) -> dict[str, Found]:
    """One copy of each of `n_copies` articles a kind; how many are in the story of their original."""
    kinds = list(COPIES) * n_copies
    originals, foreign = _alone(articles, len(kinds)), _sentences(articles[-_N_FOREIGN // 10 :])[:_N_FOREIGN]
    copies: list[Article] = []
    for kind, article in zip(kinds, originals, strict=False):
        cutting = Cutting(_sentences([article]), article.lang, foreign, traditional)
        at = (article.published or _EPOCH) + timedelta(days=rng.choice((-3, -1, 1, 2)))
        copies.append(_made(f"copy of {article.id}", COPIES[kind](cutting, rng), at, lang=article.lang))
    stories = stories_of([*originals, *copies])
    n_pairs, n_merged = Counter(kinds[: len(copies)]), Counter[str]()
    for kind, original, copy in zip(kinds, originals, copies, strict=False):
        together = stories[original.id] == stories[copy.id]
        n_merged[kind] += together
        if show and not together:
            sys.stderr.write(f"--- lost: {kind}\n{original.text[:300]}\n-\n{copy.text[:300]}\n")
    return {kind: Found(n_pairs[kind], n_merged[kind]) for kind in n_pairs}


def _alone(articles: Sequence[Article], n_wanted: int) -> list[Article]:
    """The first articles of some sentences that share their story with none of the others."""
    long = (article for article in articles if len(_sentences([article])) >= _MIN_SENTENCES)
    first = list(islice(long, n_wanted + n_wanted // 5))
    stories = stories_of(first)
    n_by_story = Counter(stories.values())
    return [article for article in first if n_by_story[stories[article.id]] == 1][:n_wanted]


def _sentences(articles: Iterable[Article]) -> list[str]:
    from nlp.text import split_sentences

    return [sentence.text for article in articles for sentence in split_sentences(article)]


def stories_of(articles: Iterable[Article]) -> dict[str, str]:
    """Story id by article id."""
    from nlp.sketches import sketch
    from nlp.stories import assign_stories

    return assign_stories(map(sketch, articles))


def unrelated_pairs(articles: Sequence[Article], *, show: bool) -> Found:
    """All pairs that are more than a week apart."""
    days = sorted(a.published for a in articles if a.published)
    n_near, first = 0, 0
    for last, day in enumerate(days):
        while day - days[first] > timedelta(days=7):
            first += 1
        n_near += last - first
    stories = stories_of(articles)
    together: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        together[stories[article.id]].append(article)
    merged = [(a, b) for same in together.values() for a, b in combinations(same, 2) if _days_apart(a, b) > 7]
    _print_merged(merged, show=show)
    return Found(len(days) * (len(days) - 1) // 2 - n_near, len(merged))


def column_pairs(articles: Sequence[Article], *, show: bool, most: int = 1500) -> Found:
    """Articles of one column, or of one title but for its numbers, with the next of one to seven days later."""
    columns: defaultdict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in articles:
        name = _COLUMN.sub("", article.id) if article.id.startswith("reuters-") else article.title or article.text[:16]
        columns[article.source, _NUMBER.sub("#", name)].append(article)
    pairs = []
    for column in columns.values():
        ordered = sorted(column, key=lambda a: (a.published or _EPOCH, a.id))
        pairs += [(a, b) for a, b in pairwise(ordered) if 1 <= _days_apart(a, b) <= 7 and a.id[:-8] != b.id[:-8]]
    pairs = pairs[:: max(1, len(pairs) // most)]
    stories = stories_of({a.id: a for pair in pairs for a in pair}.values())
    merged = [(a, b) for a, b in pairs if stories[a.id] == stories[b.id]]
    _print_merged(merged, show=show)
    return Found(len(pairs), len(merged))


def notice_pairs(lang: str, rng: random.Random) -> Found:
    """All pairs of days of each written notice."""
    n_merged = n_pairs = 0
    for template in DAILY_NOTICES[lang]:
        days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(_N_DAYS)]
        texts = [daily_notice(template, lang, date(d.year, d.month, d.day), rng) for d in days]
        stories = stories_of(_made(str(d), t, d, lang=lang) for d, t in zip(days, texts, strict=True))
        n_merged += sum(a == b for a, b in combinations(stories.values(), 2))
        n_pairs += _N_DAYS * (_N_DAYS - 1) // 2
    return Found(n_pairs, n_merged)


def timed(articles: Sequence[Article]) -> tuple[int, float]:
    """How many articles in how many seconds of CPU: sketches and stories."""
    started = time.process_time()
    return len(stories_of(articles)), time.process_time() - started


def _days_apart(a: Article, b: Article) -> int:
    return abs((a.published - b.published).days) if a.published and b.published else 0


def _print_merged(pairs: Sequence[tuple[Article, Article]], *, show: bool) -> None:
    for a, b in pairs if show else ():
        sys.stderr.write(f"+++ merged: {a.id} {b.id} {_days_apart(a, b)} days\n{a.text[:400]}\n-\n{b.text[:400]}\n")


if __name__ == "__main__":
    main(measure_stories)
