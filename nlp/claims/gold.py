"""How well figures are found, linked and checked, in articles whose claims are known (corpora/claims, or a user's own).

A gold file has one JSON object a line: `id`, `lang` (with its script: zh-Hans), `published`, `source`, `title`, `text`,
and `claims`, each with `start`, `end`, `value`, `unit`, `indicator`, `indicator_value`, `transform`, `verdict`, as
corpora/claims/README.md says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from typing import Any

from nlp.claims.articles import CheckedClaim, check_claims
from nlp.claims.mentions import MentionFinder
from nlp.claims.series import KnownSeries
from nlp.errors import InputError
from nlp.schema import Article

__all__ = ["GoldArticle", "Measured", "measure_against_gold", "read_gold"]

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article and what is known of its figures, a mapping each."""

    article: Article
    claims: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Measured:
    """What was found of the gold figures.

    Attributes:
        n_gold, n_found: figures that are known, and that were found.
        pairs: a gold claim and the claim found for it: figures that overlap and have one value and unit.
    """

    n_gold: int = 0
    n_found: int = 0
    pairs: list[tuple[Mapping[str, Any], CheckedClaim]] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Of finding figures."""
        return 2 * len(self.pairs) / max(1, self.n_gold + self.n_found)

    @property
    def link_accuracy(self) -> float:
        """Share of the figures found whose indicator, or that they have none, is right."""
        right = sum(bool(gold["indicator"] == found.claim.indicator) for gold, found in self.pairs)
        return right / max(1, len(self.pairs))

    @property
    def verdicts(self) -> Counter[tuple[str, str]]:
        """How often a gold verdict (first) was given as another (second)."""
        return Counter((str(gold["verdict"]), found.check.verdict) for gold, found in self.pairs)

    @property
    def verdict_accuracy(self) -> float:
        """Share of the figures found that can be checked whose verdict is right."""
        checkable = {pair: n for pair, n in self.verdicts.items() if pair[0] != "not_checkable"}
        return sum(n for (gold, given), n in checkable.items() if gold == given) / max(1, sum(checkable.values()))

    @property
    def false_contradicted(self) -> float:
        """Share of all figures found that are called contradicted and are not."""
        false = sum(n for (gold, given), n in self.verdicts.items() if given == "contradicted" != gold)
        return false / max(1, len(self.pairs))


def read_gold(path: Path) -> list[GoldArticle]:
    """The articles of a gold file in its order.

    Raises:
        InputError: the file cannot be read, or a claim's text is not what stands at its offsets.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [_gold_article(json.loads(line)) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError) as error:
        raise InputError(f"{path} is no gold file of claims (see corpora/claims/README.md): {error!r}") from error


def _gold_article(row: Mapping[str, Any]) -> GoldArticle:
    lang, _, script = row["lang"].partition("-")
    article = Article.create(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        lang=lang,
        script=row["lang"] if script else None,
        source=row["source"],
        published=datetime.fromisoformat(row["published"]).astimezone(UTC),
        published_precision="second",
    )
    for claim in row["claims"]:
        if article.text[claim["start"] : claim["end"]] != claim["text"]:
            raise InputError(f"article {article.id}: {claim['text']!r} does not stand at {claim['start']}")
    return GoldArticle(article, tuple(row["claims"]))


def measure_against_gold(
    articles: Iterable[GoldArticle], finder: MentionFinder, series_by_id: Mapping[str, KnownSeries]
) -> Measured:
    """What `froth claims` finds in gold articles; each figure found stands for one gold figure at most."""
    measured = Measured()
    for gold in articles:
        found = check_claims(gold.article, finder, series_by_id)
        measured.n_gold += len(gold.claims)
        measured.n_found += len(found)
        for claim in gold.claims:
            match = next((item for item in found if _is_same(claim, item)), None)
            if match is not None:
                found.remove(match)
                measured.pairs.append((claim, match))
    return measured


def _is_same(gold: Mapping[str, Any], found: CheckedClaim) -> bool:
    figure = found.claim.figure
    overlaps = figure.start < gold["end"] and gold["start"] < figure.end
    return bool(overlaps and figure.unit == gold["unit"]) and isclose(figure.value, gold["value"], rel_tol=_SAME)
