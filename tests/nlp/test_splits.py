"""Splits share nothing they are asked not to, whatever the labels; the report of a random one counts what it shares."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import InputError
from nlp.labelled import LabelledArticle, LabelledSentence
from nlp.leaks import leaks, nearest_row_f1, random_parts
from nlp.schema import Article
from nlp.split_plan import SplitBy, SplitPlan
from nlp.splits import keys_of, split

SENTENCE = "prices rose because lenders trusted borrowers who trusted the next buyer until all looked down"
WORDS = SENTENCE.split()
SHARES = (0.6, 0.2, 0.2)


def sentence(number: int, article: int, wording: int, source: int = 0, day: int = 0) -> LabelledSentence:
    """A sentence whose words are those of all with the same `wording`."""
    words = [f"{word}{wording}" for word in WORDS]
    return LabelledSentence(
        id=f"s{number}", lang="en", text=" ".join(words), article=f"a{article}", source=f"src{source}",
        date=(date(2024, 1, 1) + timedelta(days=day)).isoformat(), labels={"bubble": wording % 2},
    )  # fmt: skip


rows_of = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 20), st.integers(0, 6), st.integers(0, 30)), min_size=12, max_size=50
).map(lambda drawn: [sentence(n, *one) for n, one in enumerate(drawn)])


def shared(rows: list[LabelledSentence], parts: list[int | None]) -> dict[str, int]:
    return {one.shared: one.n_values for one in leaks(keys_of(rows), parts)}


@settings(max_examples=40)
@given(rows=rows_of, by=st.sampled_from([SplitBy.story, SplitBy.source]), seed=st.integers(0, 3))
def test_what_belongs_together_stays_together(rows: list[LabelledSentence], by: SplitBy, seed: int) -> None:
    keys, plan = keys_of(rows), SplitPlan(by=by, shares=SHARES, seed=seed)
    try:
        parts = split(rows, keys, plan)
    except InputError:
        return  # all hang together
    found = shared(rows, parts)
    assert found["articles"] == found["stories"] == found["near-copies"] == 0
    assert by is SplitBy.story or found["sources"] == 0
    assert set(parts) == {0, 1, 2}
    assert parts == split(rows, keys, plan)


@settings(max_examples=40)
@given(rows=rows_of, embargo=st.integers(0, 4))
def test_time_goes_one_way(rows: list[LabelledSentence], embargo: int) -> None:
    keys, plan = keys_of(rows), SplitPlan(by=SplitBy.time, shares=SHARES, embargo=embargo)
    try:
        parts = split(rows, keys, plan)
    except InputError:
        return  # too few days
    days: dict[int, list[date]] = defaultdict(list)
    for part, row in zip(parts, rows, strict=True):
        if part is not None:
            days[part].append(date.fromisoformat(row.date))
    for earlier in days:
        for later in days:
            if earlier < later:
                assert min(days[later]) - max(days[earlier]) > timedelta(days=embargo)
    found = shared(rows, parts)
    assert found["articles"] == found["near-copies"] == found["days"] == 0


def test_shares_are_met_where_groups_are_small() -> None:
    rows = [sentence(n, n, n, day=n) for n in range(200)]
    assert Counter(split(rows, keys_of(rows), SplitPlan())) == {0: 160, 1: 20, 2: 20}
    timed = split(rows, keys_of(rows), SplitPlan(by=SplitBy.time, embargo=2))
    assert Counter(timed) == {0: 160, 1: 18, 2: 18, None: 4}


def test_a_small_part_has_articles_of_every_size() -> None:
    sizes = [12] * 20 + [3] * 40 + [1] * 120
    rows = [sentence(n, n, n) for n in range(sum(sizes))]
    articles = [f"a{article}" for article, size in enumerate(sizes) for _ in range(size)]
    rows = [replace(row, article=article) for row, article in zip(rows, articles, strict=True)]
    parts = split(rows, keys_of(rows), SplitPlan(shares=(0.8, 0.1, 0.1)))
    assert Counter(parts) == {0: 384, 1: 48, 2: 48}
    of_article = dict(zip(articles, parts, strict=True))
    for size, n in ((12, 2), (3, 4), (1, 12)):
        found = Counter(of_article[f"a{article}"] for article, one in enumerate(sizes) if one == size)
        assert [found[1], found[2]] == pytest.approx([n, n], abs=2)


def test_copies_of_whole_articles_are_found_where_their_texts_are_given() -> None:
    body = ". ".join(" ".join(f"{word}{n}" for word in WORDS) for n in range(8))
    whole = [Article(id=f"a{n}", title="", text=text) for n, text in enumerate([body, body + " Edited.", "Rain. " * 9])]
    rows = [sentence(n, n, 50 + n) for n in range(3)]
    assert len(set(keys_of(rows).story)) == 3
    assert len(set(keys_of(rows, whole).story)) == 2


def test_rated_articles_are_split_by_their_stories() -> None:
    when = datetime(2024, 1, 1, tzinfo=UTC)
    text = " ".join(f"{word}{n}" for n in range(6) for word in WORDS)
    rated = [
        LabelledArticle(
            Article(id=f"a{n}", title="", text=text if n < 2 else f"{text} {n}".replace("prices", f"p{n}x"),
                    published=when, published_precision="second"),
            {"bubble": n % 4},
        )
        for n in range(8)
    ]  # fmt: skip
    keys = keys_of(rated)
    assert keys.story[0] == keys.story[1]
    assert keys.wording == [None] * 8


def test_a_random_split_is_told_to_leak() -> None:
    rows = [sentence(n, n // 4, n // 4, source=n % 3, day=n // 4) for n in range(120)]
    keys = keys_of(rows)
    parts = split(rows, keys, SplitPlan())
    by_chance = random_parts(parts, 0)
    assert Counter(by_chance) == Counter(parts)
    at_random = {one.shared: one for one in leaks(keys, by_chance)}
    assert at_random["articles"].n_values > 10
    assert at_random["near-copies"].n_rows > 10
    assert nearest_row_f1(rows, by_chance) == 1
    assert nearest_row_f1(rows, parts) < 1


def test_rows_that_were_counted_by_hand() -> None:
    rows = [
        sentence(0, 0, 0),
        sentence(1, 0, 1),
        sentence(2, 1, 1, source=1, day=1),
        sentence(3, 2, 2, source=1, day=2),
    ]
    found = {one.shared: (one.n_values, one.n_rows) for one in leaks(keys_of(rows), [0, 1, 2, 2])}
    assert found == {"articles": (1, 1), "stories": (1, 2), "near-copies": (1, 1), "sources": (1, 1), "days": (1, 1)}


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (1.0, 0.0, 0.0)])
def test_shares_that_are_none_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="all together 1"):
        SplitPlan(shares=shares)


def test_too_few_groups_or_days_are_refused() -> None:
    rows = [sentence(n, 0, n) for n in range(6)]
    with pytest.raises(InputError, match="1 groups that belong together"):
        split(rows, keys_of(rows), SplitPlan())
    with pytest.raises(InputError, match="6 of 6 rows have a date, on 1 days"):
        split(rows, keys_of(rows), SplitPlan(by=SplitBy.time))


def test_an_embargo_that_leaves_a_part_empty_is_refused() -> None:
    rows = [sentence(n, n, n, day=n) for n in range(30)]
    with pytest.raises(InputError, match="without a row"):
        split(rows, keys_of(rows), SplitPlan(by=SplitBy.time, embargo=400))
