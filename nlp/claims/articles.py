"""All of it for an article: its figures, what they speak of, and whether they were true when it appeared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from nlp.claims.checking import Check, Moment, check_claim
from nlp.claims.figures import find_figures
from nlp.claims.linking import Text, link_figures
from nlp.claims.mentions import MentionFinder
from nlp.claims.records import Claim
from nlp.claims.safeguards import safeguarded
from nlp.claims.series import KnownSeries
from nlp.dates import default_zone
from nlp.schema import Article

__all__ = ["CheckedClaim", "check_claims", "claims_of_article", "moment_of"]

_NO_DAY = date(1970, 1, 1)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim and its verdict."""

    claim: Claim
    check: Check


def moment_of(article: Article, zone: ZoneInfo | None = None) -> Moment | None:
    """When an article speaks: as it was published, else first seen; its day is that of `zone`, else of its language.

    Not `Article.known_at`: an article that was found years later still speaks of the day it appeared.
    """
    at = article.published or article.first_seen
    if at is None:
        return None
    since = at - _A_DAY if article.published_precision == "day" else None
    return Moment(at, at.astimezone(zone or default_zone(article.lang, article.script)).date(), since)


def claims_of_article(article: Article, finder: MentionFinder, zone: ZoneInfo | None = None) -> list[Claim]:
    """The claims in an article's text, in order; windows of an undated article cannot be resolved."""
    lang = article.lang.partition("-")[0]
    figures = find_figures(article.text, lang)
    if not figures:
        return []
    moment = moment_of(article, zone)
    return link_figures(Text(article.text, article.title, lang, moment.day if moment else _NO_DAY), figures, finder)


def check_claims(
    article: Article,
    finder: MentionFinder,
    series_by_id: Mapping[str, KnownSeries],
    zone: ZoneInfo | None = None,
) -> list[CheckedClaim]:
    """The claims in an article's text with their verdicts, in order."""
    moment = moment_of(article, zone)
    claims = claims_of_article(article, finder, zone)
    checks = [(claim, check_claim(claim, moment, finder.indicators, series_by_id)) for claim in claims]
    kept = safeguarded(checks, moment, finder.indicators, series_by_id)
    return [CheckedClaim(claim, check) for claim, check in zip(claims, kept, strict=True)]
