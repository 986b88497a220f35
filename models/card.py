"""The model card beside trained weights: what it was trained on, how, and what it measures on the held-out fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nlp.safety import harmless

if TYPE_CHECKING:
    import pandas as pd

    from nlp.labelled import LabelledSentence

__all__ = ["markdown_table", "model_card"]


def model_card(
    name: str,
    rows: Sequence[LabelledSentence],
    record: dict[str, Any],
    metrics: pd.DataFrame,
    confusion: pd.DataFrame,
) -> str:
    """A card in Markdown.

    Args:
        name: its heading.
        rows: all labelled sentences that the training saw, those held out included.
        record: of the training, as in `models.training.TrainingRun`.
        metrics: as from `models.evaluation.evaluate` on the fold that was held out.
        confusion: as from `models.evaluation.confusion` on it.
    """
    langs = Counter(row.lang for row in rows)
    sources = Counter(row.source or "unnamed" for row in rows)
    dates = sorted(row.date for row in rows if row.date)
    lines = [
        f"# {name}",
        "",
        "A froth narrative model: per sentence and narrative the probability that it is asserted, rejected or neither.",
        "",
        f"- Base: `{record.get('base', '-')}`",
        f"- Labels: {len(rows)} sentences ({', '.join(f'{lang} {n}' for lang, n in sorted(langs.items()))}): "
        f"{record.get('n_trained', 0)} to learn from, {record.get('n_held_out', 0)} of other articles held out",
        *_taught(record),
        f"- Texts date from {dates[0]} to {dates[-1]}" if dates else "- Texts carry no dates",
        f"- Sources: {'; '.join(f'{source} ({n})' for source, n in sources.most_common(12))}",
        f"- Licence of labels and texts: {record.get('licence', 'not stated')}",
        f"- Settings: {', '.join(f'{k}={v}' for k, v in record.get('config', {}).items()) or 'defaults'}",
        "- Data by hash, settings, log, wrong answers, calibration, environment: `record/`",
        "",
        "## Held-out fold",
        "",
        "The fold also fitted calibration and thresholds, so these figures flatter; `froth evaluate` on other labels "
        "tells more. Intervals are 95%, by a bootstrap over articles.",
        "",
        *markdown_table(metrics),
        "",
        "Gold answers in rows, what the model said in columns:",
        "",
        *markdown_table(confusion),
        "",
    ]
    return "\n".join(lines)


def _taught(record: dict[str, Any]) -> list[str]:
    """The line on what trained models taught, where they did."""
    if not record.get("teachers"):
        return []
    teachers = ", ".join(harmless(name, 80) for name in record["teachers"])
    return [f"- Learnt besides what {teachers} answered on {record['n_unlabelled']} sentences without labels"]


def markdown_table(table: pd.DataFrame) -> list[str]:
    """The lines of a table in Markdown."""
    head = [str(column) for column in table.columns]
    cells = [
        [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in table.itertuples(index=False)
    ]
    return ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *cells)]
