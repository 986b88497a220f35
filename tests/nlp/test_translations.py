from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from nlp.errors import InputError
from nlp.schema import Article
from nlp.sketches import sketch
from nlp.stories import assign_stories
from nlp.translations import Meaning

ENGLISH = "The bank lent 1.5 billion crowns to 12 firms in the quarter, its report of 340 pages says."
CHINESE = "该行三百页的报告称，本季度向12家企业放贷15亿克朗，报告共340页。"
GERMAN = "Die Bank verlieh 1,5 Milliarden Kronen an 12 Firmen, heißt es im Bericht von 340 Seiten."
OTHER = "该行本季度关闭了7家分行，裁员2800人。"
SAME, FAR = np.array([3.0, 4.0, 0.0]), np.array([0.0, 0.0, 1.0])


def made(name: str, text: str, day: int | None, lang: str) -> Article:
    if day is None:
        return Article.create(id=name, text=text, lang=lang)
    at = datetime(2024, 1, day, tzinfo=UTC)
    return Article.create(id=name, text=text, lang=lang, published=at, published_precision="day")


def stories(articles: list[Article], vectors: dict[str, np.ndarray]) -> dict[str, str]:
    meanings = {a.id: Meaning(a.lang, vectors[a.id]) for a in articles if a.id in vectors}
    return assign_stories(map(sketch, articles), meanings)


def test_a_translation_joins_the_story() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh"), made("other", OTHER, 3, "zh")]
    vectors = {"en": SAME, "zh": 2 * SAME, "other": SAME}
    assert stories(articles, vectors) == {"en": "en", "zh": "en", "other": "other"}
    assert stories(articles[::-1], vectors) == {"en": "en", "zh": "en", "other": "other"}


@pytest.mark.parametrize(
    ("day", "vector", "lang"),
    [(9, SAME, "zh"), (3, FAR, "zh"), (3, SAME, "en"), (None, SAME, "zh"), (3, 0 * SAME, "zh")],
)
def test_what_is_no_translation(day: int | None, vector: np.ndarray, lang: str) -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("x", CHINESE, day, lang)]
    assert stories(articles, {"en": SAME, "x": vector})["x"] == "x"


def test_articles_without_a_vector_stay_apart() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh")]
    assert stories(articles, {"en": SAME})["zh"] == stories(articles, {})["zh"] == "zh"


def test_copies_of_a_translation_follow_it() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh"), made("copy", CHINESE + "（完）", 20, "zh")]
    assert stories(articles, {"en": SAME, "zh": SAME})["copy"] == "en"


def test_later_translations_change_no_earlier_story() -> None:
    early = [made("zh", CHINESE, 2, "zh"), made("de", GERMAN, 3, "de")]
    vectors = {"zh": SAME, "de": SAME, "en": SAME, "en2": SAME}
    before = stories(early, vectors)
    after = stories([*early, made("en", ENGLISH, 4, "en"), made("en2", ENGLISH + " Shares fell.", 9, "en")], vectors)
    assert before == {"zh": "zh", "de": "zh"}
    assert after == before | {"en": "zh", "en2": "zh"}


def test_vectors_that_cannot_be_compared() -> None:
    articles = [made("en", ENGLISH, 1, "en"), made("zh", CHINESE, 3, "zh")]
    with pytest.raises(InputError, match="one width for all"):
        stories(articles, {"en": SAME, "zh": SAME[:2]})
    with pytest.raises(InputError, match="not finite"):
        stories(articles, {"en": SAME, "zh": np.array([np.nan, 1, 1])})
