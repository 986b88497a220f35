from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.article_folds import ArticleSplit, article_folds, split_articles
from models.article_reading import score_table, scored
from models.article_record import article_card, write_article_record
from models.article_training import ArticleRun, train_heads
from models.article_tuning import fine_tune
from models.checkpoint import load_classifier, save_classifier
from models.training_config import TrainingConfig
from nlp.errors import InputError
from nlp.labelled import LabelledArticle
from nlp.schema import Article

CONFIG = TrainingConfig(max_tokens=96, device="cpu", epochs=1, batch_tokens=512)
TELLS = "泡沫泡沫泡沫。"


def articles(n: int) -> list[LabelledArticle]:
    """Every second article has a sentence that tells, at a place that changes from article to article."""
    rng = random.Random(0)

    def other() -> str:
        return " ".join("".join(rng.choices("abcdefghij", k=4)) for _ in range(8)) + "。"

    made = []
    for i in range(n):
        sentences = [other() for _ in range(3 + i % 3)]
        if i % 2:
            sentences.insert(i // 2 % 3, TELLS)
        article = Article.create(id=f"a{i}", title=f"{i}", text="".join(sentences), lang="zh", source=f"s{i}")
        made.append(LabelledArticle(article, {"bubble": 1 + 2 * (i % 4 == 3) if i % 2 else 0}))
    return made


@pytest.fixture(scope="module")
def run(tiny_encoder: Path) -> ArticleRun:
    rows = articles(60)
    return train_heads(ArticleSplit(rows[:48], rows[48:]), base=str(tiny_encoder), narratives=["bubble"], config=CONFIG)


def test_the_telling_sentences_are_the_evidence_and_nothing_is_rejected(run: ArticleRun, tmp_path: Path) -> None:
    save_classifier(run.classifier, tmp_path / "model")
    classifier = load_classifier(tmp_path / "model", device="cpu")
    found = scored(classifier, run.split.held_out)
    table = score_table(found, ["bubble"])
    told = np.array([row.labels["bubble"] > 0 for row in run.split.held_out])
    assert set(table["bubble_evidence"][told]) == {TELLS}
    assert table["bubble"][told].min() > table["bubble"][~told].max()
    assert max(s.p_reject["bubble"] for one in found for s in one.sentences) < 1e-6


def test_card_and_record_say_what_was_learnt_from_and_what_was_not(run: ArticleRun, tmp_path: Path) -> None:
    metrics = write_article_record(tmp_path, run, CONFIG, {"learnt": []})
    card = article_card("mine", run, metrics)
    assert "trained from labels of whole articles" in card
    assert "`bubble`: reject is 0 always" in card
    assert metrics["auc"][0] == 1
    evidence = (tmp_path / "evidence.csv").read_text(encoding="utf-8").splitlines()
    assert evidence[0].startswith("id,narrative,grade")
    assert all(TELLS in line for line in evidence[1:7])
    assert {path.name for path in tmp_path.iterdir()} == {
        "run.json", "settings.toml", "metrics.csv", "predictions.csv", "evidence.csv",
    }  # fmt: skip


def test_the_whole_encoder_can_be_trained_from_there(tiny_encoder: Path, tmp_path: Path) -> None:
    rows = articles(40)
    split = ArticleSplit(rows[:30], rows[30:])
    heads = train_heads(split, base=str(tiny_encoder), narratives=["bubble"], config=CONFIG)
    before = {name: t.clone() for name, t in heads.classifier.network.encoder.state_dict().items()}
    tuned = fine_tune(heads, config=CONFIG, unfinished=tmp_path)
    after = tuned.classifier.network.encoder.state_dict()
    assert any((before[name] != tensor).any() for name, tensor in after.items())
    table = score_table(scored(tuned.classifier, split.held_out), ["bubble"])
    told = np.array([row.labels["bubble"] > 0 for row in split.held_out])
    assert table["bubble"][told].min() > table["bubble"][~told].max()
    assert (tmp_path / "record" / "epochs.csv").is_file()
    assert tuned.record["epochs"]


def test_copies_of_a_story_fall_together_and_grades_are_spread() -> None:
    texts = [" ".join(f"word{i}x{k}" for k in range(60)) + "." for i in range(20)]
    rows = [
        LabelledArticle(Article.create(id=f"{copy}{i}", title="", text=text, lang="en"), {"bubble": 3 * (i % 4 == 0)})
        for i, text in enumerate(texts)
        for copy in "ab"
    ]
    folds = article_folds(rows, ["bubble"], 5, seed=0)
    assert (folds[::2] == folds[1::2]).all()
    told = np.array([row.labels["bubble"] > 0 for row in rows])
    assert np.bincount(folds[told], minlength=5).tolist() == [2] * 5


def test_what_cannot_be_learnt_from_is_said(tiny_encoder: Path) -> None:
    rows = articles(12)
    silent = [row for row in rows if not row.labels["bubble"]]
    with pytest.raises(InputError, match="0 tell 'bubble' and 6 do not"):
        train_heads(ArticleSplit(silent, []), base=str(tiny_encoder), narratives=["bubble"], config=CONFIG)
    copies = [LabelledArticle(replace(row.article, text=rows[0].article.text), row.labels) for row in rows]
    with pytest.raises(InputError, match="copies of one story"):
        train_heads(ArticleSplit(copies, []), base=str(tiny_encoder), narratives=["bubble"], config=CONFIG)
    with pytest.raises(InputError, match="'a0' occurs more than once"):
        split_articles(ArticleSplit(rows, rows[:1]), ["bubble"], 0.1, 0)
