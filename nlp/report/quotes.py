"""What the articles of a report say: title line, score, the sentences that speak of a narrative, its drivers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Set
from typing import Any

import pandas as pd

from nlp.report.data import ReportData
from nlp.safety import harmless, language_tag, safe_link

__all__ = ["MAX_SENTENCES", "SPEAKS", "described", "driver_counts", "judged", "quotes_by_article", "story_of"]

MAX_SENTENCES = 5

SPEAKS = 0.5
"""From this probability on, of asserting and rejecting together, a sentence counts as speaking of a narrative."""

_FAINT = 0.05
_SEPARATORS = re.compile(r"[\s;,|]+")

Quote = tuple[str, float | None, float | None, list[str]]
Quotes = dict[tuple[str, str], list[Quote]]


def described(row: pd.Series, moment: pd.Timestamp) -> dict[str, Any]:
    """The line about an article: title, link where it is safe, source, date, language; `n` for its scores."""
    return {
        "t": harmless(row["title"], 300),
        "u": safe_link(row["url"]),
        "s": harmless(row["source"], 80),
        "d": f"{moment:%Y-%m-%d}",
        "l": language_tag(row["lang"]),
        "n": {},
    }


def judged(row: pd.Series, narrative: str, quotes: Mapping[tuple[str, str], list[Quote]]) -> dict[str, Any]:
    """Intensity `i`, stance `st`, sentences `q` and how many more there are.

    Without sentences the evidence cell of the scores stands in, which has no probabilities.
    """
    found = list(quotes.get((row["article_id"], narrative), []))
    if not found:
        evidence = harmless(row.get(f"{narrative}_evidence"))
        found = [(evidence, None, None, [])] if evidence else []
    stance = row[f"{narrative}_stance"]
    return {
        "i": round(float(row[narrative]), 4),
        "st": None if pd.isna(stance) else round(float(stance), 3),
        "q": found[:MAX_SENTENCES],
        "more": max(0, len(found) - MAX_SENTENCES),
    }


def quotes_by_article(data: ReportData, ids: list[str], wanted: set[str]) -> Quotes:
    """By article and narrative its sentences that speak of it, strongest first; where none does, the strongest one."""
    quotes: Quotes = {}
    if data.sentences is None:
        return quotes
    table = data.sentences[data.sentences["article_id"].isin(wanted)]
    for name in ids:
        answers = [f"{name}_assert", f"{name}_reject"]
        ordered = table.assign(strength=table[answers].sum(axis=1), place=range(len(table)))
        ordered = ordered.sort_values(["article_id", "strength", "place"], ascending=[True, False, True])
        first = ordered.groupby("article_id").cumcount() == 0
        kept = ordered[(ordered["strength"] >= SPEAKS) | (first & (ordered["strength"] >= _FAINT))]
        for row in kept[["article_id", "text", *answers, "drivers"]].itertuples(index=False, name=None):
            article, text, p_assert, p_reject, drivers = row
            quote = (harmless(text), round(p_assert, 3), round(p_reject, 3), drivers_of(drivers, name))
            quotes.setdefault((article, name), []).append(quote)
    return quotes


def driver_counts(data: ReportData, articles: Set[str] | None = None) -> list[dict[str, int]] | None:
    """Per narrative, in how many asserting sentences each driver was found; copies of a story count once.

    Only sentences of `articles` count where they are given. None where there are no sentences to count in.
    """
    if data.sentences is None:
        return None
    sentences = data.sentences
    if data.scores is not None:
        first = data.scores.assign(story=story_of(data.scores)).drop_duplicates("story")["article_id"]
        sentences = sentences[sentences["article_id"].isin(set(first))]
    if articles is not None:
        sentences = sentences[sentences["article_id"].isin(articles)]
    counts = []
    for narrative in data.narratives:
        asserting = sentences.loc[sentences[f"{narrative.id}_assert"] >= SPEAKS, "drivers"]
        found = Counter(name for cell in asserting for name in set(drivers_of(cell, narrative.id)))
        counts.append(dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))))
    return counts


def drivers_of(cell: str, narrative: str) -> list[str]:
    """The drivers of one narrative in a cell of `narrative:driver` entries.

    >>> drivers_of("bubble:ai_hype bubble:leverage liquidity_crisis:bank_run", "bubble")
    ['ai_hype', 'leverage']
    """
    entries = _SEPARATORS.split(cell)
    return [harmless(entry[len(narrative) + 1 :], 60) for entry in entries if entry.startswith(f"{narrative}:")]


def story_of(scores: pd.DataFrame) -> pd.Series:
    """The story of each article; one without is its own."""
    return scores["story"].where(scores["story"] != "", scores["article_id"])
