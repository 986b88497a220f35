from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nlp.errors import InputError
from nlp.schema import Article, ArticleScore
from nlp.sketches import sketch
from nlp.stories import assign_stories
from nlp.translations import Meaning, meaning_of

ENGLISH = "The bank lent 1.5 billion crowns to 12 firms in the quarter, its report of 340 pages says."
CHINESE = "该行的报告称，本季度向12家企业放贷15亿克朗，报告共340页。"
GERMAN = "Die Bank verlieh 1,5 Milliarden Kronen an 12 Firmen, heißt es im Bericht von 340 Seiten."
OTHER = "该行本季度关闭了7家分行，裁员2800人。"
NO_FIGURES = "该行的报告称，本季度放贷减少。"
COMMON, COMMON_TOO = "In 2024 the bank lent more in 3 quarters.", "2024年该行在3个季度里放贷增加。"
ROUND_UP = CHINESE + "另有银行放贷47亿、5300万、619万和2.71亿克朗，利率为4.85%和6.13%。"
WIDTH = 8
ON_LOANS, ON_WEATHER = np.eye(WIDTH)[0], np.eye(WIDTH)[1]
FIRST = datetime(2024, 1, 10, tzinfo=UTC)


def made(name: str, text: str, day: int | None, lang: str) -> Article:
    at = None if day is None else FIRST + timedelta(days=day)
    return Article.create(id=name, text=text, lang=lang, published=at, published_precision=at and "day")


def backdrop() -> tuple[list[Article], dict[str, np.ndarray]]:
    """Twenty earlier articles a language, whose vectors lie around a centre of that language, far from the origin."""
    rng = np.random.default_rng(0)
    articles, vectors = [], {}
    for lang, word in (("en", "freight"), ("zh", "货运"), ("de", "Fracht")):
        for n in range(20):
            articles.append(made(f"early {lang} {n}", f"{word} {n} " * 4, -40 + n, lang))
            vectors[f"early {lang} {n}"] = centre(lang) + rng.normal(size=WIDTH)
    return articles, vectors


def centre(lang: str) -> np.ndarray:
    return 50 * np.eye(WIDTH)[{"en": 2, "zh": 3, "de": 4}[lang]] + 20


def stories(articles: list[Article], on: dict[str, np.ndarray]) -> dict[str, str]:
    """Stories of the articles, each saying `on` in the way of its language, after the backdrop."""
    earlier, vectors = backdrop()
    vectors |= {a.id: centre(a.lang) + 5 * on[a.id] for a in articles if a.id in on}
    everything = [*articles, *earlier]
    found = assign_stories(
        map(sketch, everything), {a.id: Meaning(a.lang, vectors[a.id]) for a in everything if a.id in vectors}
    )
    assert all(found[a.id] == a.id for a in earlier)
    return {a.id: found[a.id] for a in articles}


def test_a_translation_joins_the_story() -> None:
    articles = [
        made("en", ENGLISH, 1, "en"),
        made("zh", CHINESE, 3, "zh"),
        made("other figures", OTHER, 3, "zh"),
        made("no figures", NO_FIGURES, 3, "zh"),
    ]
    on = {a.id: ON_LOANS for a in articles}
    expected = {"en": "en", "zh": "en", "other figures": "other figures", "no figures": "no figures"}
    assert stories(articles, on) == stories(articles[::-1], on) == expected


@pytest.mark.parametrize(
    ("day", "says", "lang"),
    [(9, ON_LOANS, "zh"), (3, ON_WEATHER, "zh"), (3, ON_LOANS, "en"), (None, ON_LOANS, "zh"), (3, 0 * ON_LOANS, "zh")],
)
def test_what_is_no_translation(day: int | None, says: np.ndarray, lang: str) -> None:
    articles = [made("first", ENGLISH, 1, "en"), made("x", CHINESE, day, lang)]
    assert stories(articles, {"first": ON_LOANS, "x": says})["x"] == "x"


@pytest.mark.parametrize(("original", "text"), [(COMMON, COMMON_TOO), (ENGLISH, ROUND_UP)])
def test_figures_that_everybody_gives_and_a_part_of_many_are_no_sign(original: str, text: str) -> None:
    articles = [made("en", original, 1, "en"), made("zh", text, 3, "zh")]
    assert stories(articles, {"en": ON_LOANS, "zh": ON_LOANS})["zh"] == "zh"


def test_articles_without_a_vector_stay_apart() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh")]
    assert stories(articles, {"en": ON_LOANS})["zh"] == stories(articles, {})["zh"] == "zh"


def test_the_first_article_of_a_language_is_like_no_other() -> None:
    meanings = {"en": Meaning("en", ON_LOANS), "zh": Meaning("zh", ON_LOANS)}
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh")]
    assert assign_stories(map(sketch, articles), meanings) == {"en": "en", "zh": "zh"}


def test_copies_of_a_translation_follow_it() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh"), made("copy", CHINESE + "（完）", 20, "zh")]
    assert stories(articles, {"en": ON_LOANS, "zh": ON_LOANS})["copy"] == "en"


def test_later_translations_change_no_earlier_story() -> None:
    early = [made("zh", CHINESE, 2, "zh"), made("de", GERMAN, 3, "de")]
    late = [made("en", ENGLISH, 4, "en"), made("en2", ENGLISH + " Shares fell.", 8, "en")]
    on = dict.fromkeys(("zh", "de", "en", "en2"), ON_LOANS)
    assert stories(early, on) == {"zh": "zh", "de": "zh"}
    assert stories([*early, *late], on) == {"zh": "zh", "de": "zh", "en": "zh", "en2": "zh"}


def test_what_a_scored_article_says() -> None:
    known, unknown = made("zh", CHINESE, 3, "zh"), made("?", CHINESE, 3, "und")
    meaning = meaning_of(ArticleScore(known, 1, {}, "m", ON_LOANS))
    assert meaning is not None
    assert (meaning.lang, meaning.vector.tolist()) == ("zh", ON_LOANS.tolist())
    assert (
        meaning_of(ArticleScore(known, 1, {}, "m")) is meaning_of(ArticleScore(unknown, 1, {}, "m", ON_LOANS)) is None
    )


def test_vectors_that_cannot_be_compared() -> None:
    sketches = [sketch(a) for a in (made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh"))]
    one, other = Meaning("en", ON_LOANS), Meaning("zh", ON_LOANS[:2])
    with pytest.raises(InputError, match="one width for all"):
        assign_stories(sketches, {"en": one, "zh": other})
    with pytest.raises(InputError, match="not finite"):
        assign_stories(sketches, {"en": one, "zh": Meaning("zh", np.full(WIDTH, np.nan))})
