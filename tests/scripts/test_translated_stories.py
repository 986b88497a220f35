"""Translations in a run of the bundled model, from articles to the story column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from models.checkpoint import load_classifier
from nlp.reading import read_articles
from nlp.schema import Article
from nlp.score_table import ScoreTable
from nlp.store import Store
from scripts.console import Tally
from scripts.score import score_stream

FIRST = datetime(2024, 3, 1, 9, tzinfo=UTC)
BACKDROP = {
    "en": (
        "The harbour authority opened a new grain terminal on Monday.",
        "Shares of toy makers rose after a strong holiday season.",
        "The chip maker Ostra named a new head of research.",
        "Olive oil became dearer again after a dry summer in the south.",
        "Regulators want funds to report their leverage every week.",
        "House prices in the capital fell for the third month.",
    ),
    "zh": (
        "港口管理局周一启用新的粮食码头。",
        "假日销售强劲，玩具厂商股价上涨。",
        "芯片企业奥斯特任命新的研发主管。",
        "南方夏季干旱，橄榄油价格再度上涨。",
        "监管机构要求基金每周报告杠杆。",
        "首都房价连续第三个月下跌。",
    ),
}
"""What else was in the news the week before; what is in no story with anything."""

LOAN = (
    "Harbour Bank lent 4.2 billion crowns to 37 shipping companies in the first quarter, 12 percent more than a year "
    "ago. The bank warned that 6 of the loans may not be repaid.",
    "海港银行第一季度向37家航运企业放贷42亿克朗，同比增长12%。该行警告称，其中6笔贷款可能无法收回。",
)
REPO = (
    "Money funds parked 310 billion dollars at the reverse repo facility on Tuesday, the least since 2021, at a rate "
    "of 5.3 percent. 84 funds took part.",
    "货币基金周二在逆回购工具存放3100亿美元，为2021年以来最低，利率为5.3%。共有84家基金参与。",
)
BOND = (
    "Westland sold 75 billion dollars of treasury bonds at 4.8 percent on Wednesday; 19 banks bid for 163 billion.",
    "韦斯特兰财政部周三以4.8%的利率售出750亿美元国债，19家银行投标1630亿美元。",
)
OTHER_LOAN = "海港银行第一季度向29家航运企业放贷51亿克朗，同比增长8%。该行警告称，其中3笔贷款可能无法收回。"
ON_FOOTBALL = "球队本赛季第37场比赛吸引了4.2万名观众，比上一场多12%，门票收入增加6成。"


def made(name: str, text: str, lang: str, day: float) -> Article:
    at = FIRST + timedelta(days=day)
    return Article.create(id=name, text=text, lang=lang, published=at, published_precision="minute")


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    earlier = [
        made(f"{lang}-{n}", text, lang, n / 10) for lang, texts in BACKDROP.items() for n, text in enumerate(texts)
    ]
    return [
        *earlier,
        made("loan", LOAN[0], "en", 7),
        made("loan, translated", LOAN[1], "zh", 9),
        made("loan, other figures", OTHER_LOAN, "zh", 10),
        made("same figures", ON_FOOTBALL, "zh", 10),
        made("repo, translated first", REPO[1], "zh", 8),
        made("repo", REPO[0], "en", 8.5),
        made("bond", BOND[0], "en", 7),
        made("bond, translated late", BOND[1], "zh", 16),
    ]


@pytest.mark.parametrize("screened", [False, True])
def test_only_a_translation_within_a_week_joins_and_the_store_tells_the_same(
    articles: list[Article], tmp_path: Path, screened: bool
) -> None:
    classifier = load_classifier("default", device="cpu", screened=screened)
    with Store.open(tmp_path / "froth.db") as store:
        store.add(articles)
        table = score_stream(
            store.articles(), classifier, Tally(), keep=lambda scored: store.add_scores(scored.score, scored.sentences)
        )
        again = ScoreTable(classifier.narratives)
        for score in store.scores(classifier.model_id):
            again.add(score)
    pd.testing.assert_frame_equal(again.table(), table.table())
    stories = table.table().set_index("article_id")["story"]
    joined = {"loan, translated": "loan", "repo": "repo, translated first"}
    assert dict(stories[stories != stories.index]) == joined


@pytest.mark.slow
@pytest.mark.parametrize("screened", [False, True])
def test_the_translation_in_the_sample_and_no_other(root: Path, screened: bool) -> None:
    articles = [item for item in read_articles([root / "corpora/sample"]) if isinstance(item, Article)]
    table = score_stream(articles, load_classifier("default", device="cpu", screened=screened), Tally()).table()
    lang_by_id = {article.id: article.lang for article in articles}
    stories = dict(zip(table["article_id"], table["story"], strict=True))
    assert {a: s for a, s in stories.items() if lang_by_id[a] != lang_by_id[s]} == {"en-037": "zhs-010"}
