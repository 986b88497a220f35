"""Labelled sentences and articles in parts that share nothing: train, dev and test that a measured score can stand on.

What belongs together stays together: the rows of an article, copies of a text (`nlp.stories`, of whole articles where
they are given and of what is labelled of them), the same sentence in two articles, and where it is asked for, a source.
`by time` cuts the articles by day instead, train before dev before test, and leaves out those that lie within an
embargo after a cut, those without a date, and later copies of what stands in an earlier part. What a plain random split
of the same sizes would have shared is counted beside it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from nlp.errors import InputError
from nlp.labelled import Labelled, LabelledSentence, article_of
from nlp.schema import Article
from nlp.sketches import Sketch, sketch, tokens
from nlp.split_plan import SplitBy, SplitPlan
from nlp.stories import assign_stories

__all__ = ["Keys", "day_of", "groups_of", "keys_of", "split", "whole_article"]

_FEWEST_TOKENS = 8
"""A shorter sentence is said twice by chance."""
_FEWEST_SKETCHED = 15
"""A shorter sentence is a copy only if it is the same."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What each row has in common with others, in the order of the rows.

    Attributes:
        article, source, day: the article's id, its source and its day, empty or None where it is not known.
        story: of the article, shared by its copies.
        wording: of the sentence, shared by its copies; None for articles and short sentences.
    """

    article: Sequence[str]
    source: Sequence[str]
    day: Sequence[date | None]
    story: Sequence[str]
    wording: Sequence[str | None]

    def named(self) -> Mapping[str, Sequence[Hashable]]:
        """By name; None and an empty source are shared by nobody."""
        return {
            "articles": self.article,
            "stories": self.story,
            "near-copies": self.wording,
            "sources": [one or None for one in self.source],
            "days": self.day,
        }


def day_of(row: Labelled) -> date | None:
    """The day of a row's article, None where it is not known."""
    if not isinstance(row, LabelledSentence):
        return row.article.published.date() if row.article.published else None
    try:
        return date.fromisoformat(row.date[:10])
    except ValueError:
        return None


def keys_of(rows: Sequence[Labelled], articles: Iterable[Article] = ()) -> Keys:
    """What the rows have in common.

    Args:
        rows: the labels.
        articles: whole articles of the sentences, by whose texts copies are found too; those of no row are passed over.
    """
    of_article: defaultdict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        of_article[article_of(row)].append(row)
    sketches = [sketch(whole_article(name, some)) for name, some in of_article.items()]
    groups = _Groups()
    _join(groups, assign_stories(sketches))
    _join(groups, assign_stories(sketch(one) for one in articles if one.id in of_article))
    return Keys(
        [article_of(row) for row in rows],
        [row.source if isinstance(row, LabelledSentence) else row.article.source for row in rows],
        [day_of(row) for row in rows],
        [groups.root(article_of(row)) for row in rows],
        _wordings(rows),
    )


def whole_article(name: str, rows: Sequence[Labelled]) -> Article:
    """An article, or what is known of it: its sentences with their neighbours, each once."""
    first = rows[0]
    if not isinstance(first, LabelledSentence):
        return first.article
    said = [text for row in rows if isinstance(row, LabelledSentence) for text in (row.before, row.text, row.after)]
    text = "\n".join(dict.fromkeys(filter(None, said)))
    return Article(id=name, title="", text=text, lang=first.lang, source=first.source)


def _wordings(rows: Sequence[Labelled]) -> list[str | None]:
    """A name shared by sentences of the same or nearly the same words, of the first that has them."""
    first_by_words: dict[str, str] = {}
    names: list[str | None] = []
    sketches: list[Sketch] = []
    for place, row in enumerate(rows):
        found = tokens(row.text) if isinstance(row, LabelledSentence) else []
        name, is_new = None, False
        if len(found) >= _FEWEST_TOKENS:
            words = " ".join(found)
            is_new = words not in first_by_words
            name = first_by_words.setdefault(words, f"{place:09}")
        names.append(name)
        if is_new and name and len(found) >= _FEWEST_SKETCHED and isinstance(row, LabelledSentence):
            sketches.append(sketch(Article(id=name, title="", text=row.text)))
    stories = assign_stories(sketches)
    return [stories.get(name, name) if name else None for name in names]


@dataclass(slots=True)
class _Groups:
    """Sets that grow together (union-find), named after their least member."""

    parents: dict[str, str] = field(default_factory=dict)

    def root(self, name: str) -> str:
        while (above := self.parents.get(name, name)) != name:
            self.parents[name] = self.parents.get(above, above)
            name = above
        return name

    def join(self, a: str, b: str) -> None:
        a, b = sorted((self.root(a), self.root(b)))
        self.parents[b] = a


def _join(groups: _Groups, stories: Mapping[str, str]) -> None:
    for name, story in stories.items():
        groups.join(name, story)


def groups_of(keys: Keys, *, by: SplitBy = SplitBy.story) -> list[str]:
    """A name for each row, shared by those that no split may part: of an article, its copies, one wording."""
    groups = _Groups()
    for place, article in enumerate(keys.article):
        groups.join(article, keys.story[place])
        if keys.wording[place]:
            groups.join(article, f"\0wording {keys.wording[place]}")
        if by is SplitBy.source and keys.source[place]:
            groups.join(article, f"\0source {keys.source[place]}")
    return [groups.root(article) for article in keys.article]


def split(rows: Sequence[Labelled], keys: Keys, plan: SplitPlan) -> list[int | None]:
    """The part of each row, None for those left out (by time only).

    Raises:
        InputError: too few groups for the parts, or too few dates to cut by.
    """
    group = groups_of(keys, by=plan.by)
    if plan.by is SplitBy.time:
        return _by_time(keys, group, plan)
    part_of = _dealt(Counter(group), plan)
    return [part_of[one] for one in group]


def _dealt(sizes: Mapping[str, int], plan: SplitPlan) -> dict[str, int]:
    """The part of each group: the largest first, each to the part that then has least of its share; ties by the seed.

    What a part has is counted with half of the group (Sainte-Laguë), so that groups of every size come into every part
    by its share: a small part does not become one of small groups.
    """
    n_parts = len(plan.shares)
    if len(sizes) < n_parts:
        raise InputError(
            f"the labels fall into {len(sizes)} groups that belong together (--by {plan.by.value}), for {n_parts} "
            "parts: label more articles, or ask for fewer parts"
        )
    names = sorted(sizes)
    random.Random(plan.seed).shuffle(names)  # noqa: S311 - a reproducible split, not a secret
    names.sort(key=lambda name: -sizes[name])
    taken = [0] * n_parts
    part_of: dict[str, int] = {}
    empty = set(range(n_parts))
    for n_left, name in zip(range(len(names), 0, -1), names, strict=True):
        filled = [(n_rows + sizes[name] / 2) / share for n_rows, share in zip(taken, plan.shares, strict=True)]
        part = min(empty if n_left <= len(empty) else range(n_parts), key=lambda one: (filled[one], one))
        part_of[name] = part
        taken[part] += sizes[name]
        empty.discard(part)
    return part_of


def _by_time(keys: Keys, group: Sequence[str], plan: SplitPlan) -> list[int | None]:
    """The part of each row by its day; a group counts in the part of its first day, later rows of other parts not."""
    days = sorted(day for day in keys.day if day is not None)
    cuts, taken = [], 0.0
    for share in plan.shares[:-1]:
        taken += share
        cuts.append(days[min(round(taken * len(days)), len(days) - 1)] if days else None)
    if None in cuts or len({days[0], *cuts}) <= len(cuts):
        raise InputError(
            f"{len(days)} of {len(keys.day)} rows have a date, on {len(set(days))} days: too few to cut them into "
            f"{len(plan.shares)} parts by time; add dates, or split --by story"
        )
    begins = [date.min, *(cut for cut in cuts if cut is not None)]
    part_of_group: dict[str, int] = {}
    parts: list[int | None] = []
    for day in keys.day:
        part = sum(day >= begin for begin in begins) - 1 if day else None
        is_near = part and day and day < begins[part] + timedelta(days=plan.embargo)
        parts.append(None if is_near else part)
    for one, part in zip(group, parts, strict=True):
        if part is not None:
            part_of_group[one] = min(part, part_of_group.get(one, part))
    found = [part if part == part_of_group.get(one) else None for one, part in zip(group, parts, strict=True)]
    if len({part for part in found if part is not None}) < len(plan.shares):
        raise InputError(
            f"by time with an embargo of {plan.embargo} days some part is left without a row: shorten the embargo, or "
            "split --by story"
        )
    return found
