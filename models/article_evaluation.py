"""Measures article intensity against articles rated 0 to 3: does it rank them as the judges do.

Rank correlation is Spearman's; AUC is that of telling articles rated 1 or more from those rated 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledArticle

__all__ = ["ARTICLE_METRIC_COLUMNS", "evaluate_articles"]

ARTICLE_METRIC_COLUMNS = ("narrative", "lang", "n", "n_rated", "spearman", "auc")


def evaluate_articles(
    rated: Sequence[LabelledArticle], scores: pd.DataFrame, narratives: Sequence[str]
) -> pd.DataFrame:
    """One row per narrative and language (`all` first), columns `ARTICLE_METRIC_COLUMNS`.

    Args:
        rated: articles with their ratings; one without a rating for a narrative is left out of it.
        scores: a scores table that holds them (`article_id` and a column per narrative).
        narratives: which to measure.
    """
    by_id = scores.set_index("article_id")
    found = []
    for narrative in narratives:
        judged = [item for item in rated if narrative in item.labels and item.article.id in by_id.index]
        if not judged:
            continue
        for lang in ("all", *sorted({item.article.lang for item in judged})):
            chosen = [item for item in judged if lang in ("all", item.article.lang)]
            ratings = np.array([item.labels[narrative] for item in chosen])
            intensities = by_id.loc[[item.article.id for item in chosen], narrative].to_numpy(dtype=float)
            found.append({"narrative": narrative, "lang": lang, **_metrics(ratings, intensities)})
    return pd.DataFrame(found, columns=list(ARTICLE_METRIC_COLUMNS))


def _metrics(ratings: NDArray[np.int64], intensities: NDArray[np.float64]) -> dict[str, float]:
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    present = ratings >= 1
    varied = len(np.unique(ratings)) > 1 and len(np.unique(intensities)) > 1
    two_sided = bool(present.any() and not present.all())
    return {
        "n": len(ratings),
        "n_rated": int(present.sum()),
        "spearman": float(spearmanr(ratings, intensities).statistic) if varied else float("nan"),
        "auc": float(roc_auc_score(present, intensities)) if two_sided else float("nan"),
    }
