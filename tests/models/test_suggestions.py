"""What is suggested: doubt before certainty, rare before common, each story once, nothing that is labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.scoring import ScoredArticle
from models.suggestions import Labels, Suggestion, SuggestionPlan, suggest
from models.unlabelled import unlabelled
from nlp.errors import InputError
from nlp.labelled import Labelled, LabelledSentence
from tests.models.scored_articles import scored


def ids(
    articles: Sequence[ScoredArticle],
    plan: SuggestionPlan,
    rows: Sequence[Labelled] = (),
    known: Sequence[ScoredArticle] = (),
) -> list[str]:
    return [name(one) for one in chosen(articles, plan, rows, known)]


def chosen(
    articles: Sequence[ScoredArticle],
    plan: SuggestionPlan,
    rows: Sequence[Labelled] = (),
    known: Sequence[ScoredArticle] = (),
) -> list[Suggestion]:
    return suggest(unlabelled(articles, rows), Labels(rows, known), plan, ("bubble",))


def name(one: Suggestion) -> str:
    return one.scored.score.article.id


UNCERTAIN = SuggestionPlan(9, uncertainty=1, rarity=0, diversity=0)
RARE = SuggestionPlan(9, uncertainty=0, rarity=1, diversity=0)
FAR = SuggestionPlan(2, uncertainty=0, rarity=0, diversity=1)


def test_doubt_comes_before_certainty() -> None:
    articles = [scored("sure", [(0.99, 0)]), scored("torn", [(0.4, 0.3)]), scored("quiet", [(0.0, 0.0)])]
    assert ids(articles, UNCERTAIN) == ["torn", "sure", "quiet"]


def test_only_the_sentences_that_are_asked_count_and_they_are_the_most_telling() -> None:
    long = scored("long", [(0, 0), (0.5, 0), (0, 0), (0.4, 0.2), (0, 0)])
    found = chosen([long], replace(UNCERTAIN, n_sentences=2))[0]
    assert found.asked == (1, 3)
    assert found.uncertainty > 0.6


def test_an_answer_of_which_there_are_few_labels_counts_more() -> None:
    rows = [
        LabelledSentence(id=f"s{n}", lang="en", text=f"s{n}", article=f"l{n}", labels={"bubble": int(n % 3 == 0)})
        for n in range(90)
    ]
    articles = [scored("asserts", [(0.6, 0)]), scored("rejects", [(0, 0.6)])]
    first = chosen(articles, RARE, rows)[0]
    assert name(first) == "rejects"
    assert first.rarity.answer == ("bubble", "reject")


def test_both_sides_in_one_article_and_thin_languages_are_rare() -> None:
    rows = [
        LabelledSentence(id=f"s{n}", lang="en", text=f"s{n}", article=f"l{n}", source="Harbour Wire", labels={})
        for n in range(50)
    ]
    plain, mixed = scored("plain", [(0.5, 0), (0.5, 0)]), scored("mixed", [(0.5, 0), (0, 0.5)])
    assert ids([plain, mixed], RARE)[0] == "mixed"
    foreign = scored("foreign", [(0.5, 0), (0.5, 0)], lang="zh")
    found = {name(one): one.rarity for one in chosen([plain, foreign], RARE, rows)}
    assert found["foreign"].lang > 0.8 > found["plain"].lang == 0


def test_what_is_far_from_labels_and_from_each_other_is_chosen() -> None:
    vectors = {"a": (5, 0.1, 0), "b": (5, -0.1, 0), "c": (0, 5, 0), "d": (0, 0, 5)}
    articles = [scored(one, [(0.1, 0)], vector=vector) for one, vector in vectors.items()]
    assert set(ids(articles, FAR, known=[scored("known", [(0, 0)], vector=(5, 0, 0))])) == {"c", "d"}


def test_copies_are_asked_once_and_labelled_articles_never() -> None:
    one = scored("one", [(0.4, 0), (0.3, 0)], text="the same story")
    copies = [
        ScoredArticle(replace(one.score, article=replace(one.score.article, id=f"copy{n}")), one.sentences)
        for n in range(3)
    ]
    other = scored("other", [(0.1, 0)])
    found = chosen([one, *copies, other], UNCERTAIN)
    assert len(found) == 2
    assert sorted(one.n_copies for one in found) == [0, 3]
    whole = [
        LabelledSentence(id=f"x{n}", lang="en", text=s.sentence.text, article="elsewhere", labels={"bubble": 0})
        for n, s in enumerate(one.sentences)
    ]
    assert ids([one, *copies, other], UNCERTAIN, whole) == ["other"]
    by_id = [LabelledSentence(id="x", lang="en", text="x", article="other", labels={"bubble": 0})]
    assert len(ids([one, *copies, other], UNCERTAIN, by_id)) == 1


def test_a_sentence_that_is_labelled_is_not_asked_again() -> None:
    article = scored("whole", [(0.1, 0)] * 12)
    first = article.sentences[0].sentence.text
    row = LabelledSentence(id="x", lang="en", text=first, article="other", labels={"bubble": 1})
    found = chosen([article], replace(UNCERTAIN, n_sentences=20), [row])
    assert [one.asked for one in found] == [tuple(range(1, 12))]


def test_a_part_is_drawn_at_random_and_the_seed_decides() -> None:
    articles = [scored(f"n{n:02}", [(n / 100, 0)]) for n in range(40)]
    plan = SuggestionPlan(10, rarity=0, diversity=0, n_random=5, seed=1)
    first, again = chosen(articles, plan), chosen(articles, plan)
    assert [name(one) for one in first] == [name(one) for one in again]
    assert [one.is_random for one in first] == [False] * 5 + [True] * 5
    drawn = {name(one) for one in first if one.is_random}
    assert drawn != {name(one) for one in chosen(articles, replace(plan, seed=2)) if one.is_random}
    best = [one.score.article.id for one in reversed(articles) if one.score.article.id not in drawn]
    assert [name(one) for one in first[:5]] == best[:5]


@pytest.mark.parametrize("change", [{"n": 0}, {"n_random": 3}, {"uncertainty": -1.0}, {"uncertainty": 0.0}])
def test_a_plan_that_cannot_be_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(InputError):
        SuggestionPlan(**{"n": 2, "uncertainty": 1.0, "rarity": 0.0, "diversity": 0.0, **change})  # type: ignore[arg-type]
