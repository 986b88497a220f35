from __future__ import annotations

import numpy as np

from models.alignment import translation_counts

RNG = np.random.default_rng(0)


def test_words_find_their_translations_among_others() -> None:
    sources = [RNG.choice(200, size=12, replace=False).tolist() for _ in range(3000)]
    targets = [[199 - word for word in words] + [200] for words in sources]
    table = translation_counts(sources, targets, shape=(200, 201)).toarray()
    assert (table[:, :200].argmax(axis=1) == 199 - np.arange(200)).all()
    share = table[np.arange(200), 199 - np.arange(200)] / table.sum(axis=1)
    assert share.min() > 0.9


def test_a_word_that_is_everywhere_belongs_to_nothing() -> None:
    sources = [RNG.choice(200, size=12, replace=False).tolist() for _ in range(3000)]
    targets = [[*words, 200] for words in sources]
    table = translation_counts(sources, targets, shape=(200, 201))
    assert table[:, 200].sum() < 0.5 * len(sources)
