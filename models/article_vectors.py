"""One vector an article, alike for texts that say the same in different languages, to find translations by.

It is the mean over the article's sentences of the mean of their token states in the encoder of a narrative classifier,
read in the same windows as for scoring. What is done with the vectors is in `nlp.translations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.batches import collate, scoring_batches
from models.classifier import windows_of
from models.passages import passage_of_article
from nlp.text import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from nlp.schema import Article

__all__ = ["article_vectors"]


def article_vectors(classifier: NarrativeClassifier, articles: Sequence[Article]) -> NDArray[np.float32]:
    """A row per article, not normalised, Shape: (n_articles, width). One pass of the encoder over all articles.

    Give some dozens of articles at a time: the windows of all are held at once.
    """
    passages = [passage_of_article(article, split_sentences(article)) for article in articles]
    n_sentences = np.array([len(passage.judged) for passage in passages], dtype=np.float32)
    article_by_row = np.repeat(np.arange(len(passages)), n_sentences.astype(int))
    sums = np.zeros((len(passages), classifier.encoder.width), dtype=np.float32)
    classifier.network.eval()
    with torch.inference_mode():
        for batch in scoring_batches(windows_of(passages, classifier), classifier.device):
            tensors = collate(batch, classifier.pad, classifier.device)
            states = classifier.network.encoder(input_ids=tensors.ids, attention_mask=tensors.mask).last_hidden_state
            before = torch.nn.functional.pad(states.float().cumsum(1), (0, 0, 1, 0))
            window, start, end = tensors.spans.unbind(1)
            means = (before[window, end] - before[window, start]) / (end - start).clamp(min=1).unsqueeze(1)
            np.add.at(sums, article_by_row[tensors.rows], means.cpu().numpy())
    vectors: NDArray[np.float32] = sums / n_sentences[:, None]
    return vectors
