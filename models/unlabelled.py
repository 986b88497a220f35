"""The articles that are worth labelling at all: not labelled yet, in no copy, with a sentence that nobody judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from models.scoring import ScoredArticle
from nlp.labelled import Labelled, LabelledSentence, article_of
from nlp.schema import Article
from nlp.sketches import sketch, tokens
from nlp.splits import whole_article
from nlp.stories import assign_stories
from nlp.translations import meaning_of

__all__ = ["Unlabelled", "labelled_articles", "unlabelled"]

_FEWEST_TOKENS = 8
"""A shorter sentence is said twice by chance, and in another context means something else."""


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Articles without labels.

    Attributes:
        articles: as the model reads them, each with a sentence at least.
        stories: of each; copies and translations share one.
        to_ask: the places of the sentences of each that nobody judged, one at least.
        n_labelled: how many articles were left out.
    """

    articles: Sequence[ScoredArticle]
    stories: Sequence[str]
    to_ask: Sequence[Sequence[int]]
    n_labelled: int = 0


def labelled_articles(rows: Sequence[Labelled]) -> list[Article]:
    """The articles of labels, of sentences as much as is known of them."""
    of_article: defaultdict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        of_article[article_of(row)].append(row)
    return [whole_article(name, some) for name, some in of_article.items()]


def unlabelled(scored: Sequence[ScoredArticle], rows: Sequence[Labelled]) -> Unlabelled:
    """Those of some articles that are not labelled, by id or as a copy or translation; no article comes twice.

    Of an article that shares a few sentences with labelled ones these are not asked again.
    """
    labelled = labelled_articles(rows)
    labelled_ids = {article.id for article in labelled}
    known = {" ".join(tokens(row.text)) for row in rows if isinstance(row, LabelledSentence)}
    fresh = {one.score.article.id: one for one in scored if one.score.article.id not in labelled_ids}
    meanings = {name: meaning for name, one in fresh.items() if (meaning := meaning_of(one.score))}
    sketches = [sketch(article) for article in (*labelled, *(one.score.article for one in fresh.values()))]
    stories = assign_stories(sketches, meanings)
    told = {stories[name] for name in labelled_ids}
    articles, of_each, to_ask = [], [], []
    for name, one in fresh.items():
        places = [place for place, s in enumerate(one.sentences) if not _is_known(s.sentence.text, known)]
        if places and stories[name] not in told:
            articles.append(one)
            of_each.append(stories[name])
            to_ask.append(places)
    return Unlabelled(articles, of_each, to_ask, len(scored) - len(articles))


def _is_known(text: str, known: set[str]) -> bool:
    words = tokens(text)
    return len(words) >= _FEWEST_TOKENS and " ".join(words) in known
