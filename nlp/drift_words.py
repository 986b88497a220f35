"""Which words new texts use more and less than old ones: log odds with an informative prior.

A word counts once an article, so that one article that repeats it does not make it important. The prior is the words of
both together, worth `_PRIOR` words; a score is the difference of log odds over its standard error. Source: Monroe,
Colaresi and Quinn 2008, "Fightin' words", equations 16, 20 and 22.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from nlp.profiles import Corpus, Profile, profile_of

__all__ = ["DRIFT_WORD_COLUMNS", "drift_words"]

DRIFT_WORD_COLUMNS = ("lang", "word", "direction", "n_old", "n_new", "share_old", "share_new", "z")
_PRIOR = 500.0
_LEAST_Z = 3.0
_LEAST_ARTICLES = 5


def drift_words(old: Corpus | Profile, new: Corpus, *, n: int = 50) -> list[dict[str, object]]:
    """By language, at most `n` words that are new or used more, then `n` used less, the most telling first."""
    before = profile_of(old).words if isinstance(old, Corpus) else old.words
    after = profile_of(new).words
    found: list[dict[str, object]] = []
    for lang in sorted(before.keys() & after.keys()):
        rows = sorted(_scored(before[lang], after[lang]), key=lambda row: -float(str(row["z"])))
        more = [row for row in rows if float(str(row["z"])) >= _LEAST_Z][:n]
        less = [row for row in reversed(rows) if float(str(row["z"])) <= -_LEAST_Z][:n]
        found += [{"lang": lang, **row} for row in (*more, *less)]
    return found


def _scored(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[dict[str, object]]:
    both = Counter(old)
    both.update(new)
    n_old, n_new, n_both = sum(old.values()), sum(new.values()), sum(both.values())
    for word, n in both.items():
        if n < _LEAST_ARTICLES:
            continue
        prior = _PRIOR * n / n_both
        a, b = old.get(word, 0), new.get(word, 0)
        odds = [math.log((k + prior) / (whole + _PRIOR - k - prior)) for k, whole in ((a, n_old), (b, n_new))]
        z = (odds[1] - odds[0]) / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        yield {
            "word": word,
            "direction": "less" if z < 0 else "more" if a else "new",
            "n_old": a,
            "n_new": b,
            "share_old": round(a / n_old, 6),
            "share_new": round(b / n_new, 6),
            "z": round(z, 3),
        }
