"""Labels into the files of annotation tools, to import there or to show; each is read back to the same labels.

Where a tool keeps no empty answer the field `judged` names the narratives that were judged, and `unit` says whether a
text is a sentence or an article. Rows without labels become tasks to be done, with what a model says of them where the
tool has a place for that: the predictions of Label Studio, the suggestions of Argilla.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nlp.annotations.conll import BETWEEN, DOCUMENT
from nlp.annotations.marks import JUDGED
from nlp.annotations.rows import Guess, LabelRow, by_text, label_rows
from nlp.errors import InputError
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence, write_labelled
from nlp.rating_keys import write_rated
from nlp.tables import whole_file, write_table

__all__ = ["SPANS", "WRITERS", "write_labels", "write_rows"]

SPANS = "spans"
"""The question under which a model's marks in an article stand."""

Writer = Callable[[Path, Sequence[LabelRow]], None]

_LEADING = ("id", "annotator", "unit", "lang", "date", "published", "source", "article", "url", "title")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[^\W{_WIDE}]+|\S")


def write_labels(path: Path, labels: Sequence[Labelled], to: str) -> None:
    """Writes labelled sentences, or labelled articles, in the format called `to`: `froth` or one of `WRITERS`.

    Raises:
        InputError: articles as CoNLL, which holds tokens only, or a place that cannot be written.
    """
    if to != "froth":
        write_rows(path, list(label_rows(labels)), to)
        return
    write_labelled(path, [one for one in labels if isinstance(one, LabelledSentence)])
    if articles := [one for one in labels if isinstance(one, LabelledArticle)]:
        write_rated(path, articles)


def write_rows(path: Path, rows: Sequence[LabelRow], to: str) -> None:
    """Writes rows in the format of a tool, a name in `WRITERS`.

    Raises:
        InputError: as `write_labels`.
    """
    WRITERS[to](path, rows)


def _data(row: LabelRow) -> dict[str, str]:
    judged = {JUDGED: row.judged} if row.answers else {}
    return {"id": row.id, "text": row.text, **row.fields, "unit": row.unit, **judged}


def _label_studio(path: Path, rows: Sequence[LabelRow]) -> None:
    tasks = []
    for number, group in enumerate(by_text(rows), 1):
        judged = sorted({narrative for row in group for narrative in row.answers})
        data = _data(group[0]) | ({JUDGED: " ".join(judged)} if judged else {})
        annotations = [_annotation(row) for row in group if row.answers]
        predictions = [_prediction(row, row.guess) for row in group if row.guess]
        tasks.append({"id": number, "data": data, "annotations": annotations, "predictions": predictions})
    _write_json(path, tasks)


def _annotation(row: LabelRow) -> dict[str, Any]:
    who: dict[str, Any] = {}
    if row.annotator:
        who["completed_by"] = int(row.annotator) if row.annotator.isdecimal() else {"email": row.annotator}
    return {**who, "result": _choices(row.answers, "manual"), "was_cancelled": False, "ground_truth": False}


def _choices(answers: Mapping[str, str], origin: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{narrative}-{place}",
            "type": "choices",
            "from_name": narrative,
            "to_name": "text",
            "origin": origin,
            "value": {"choices": [answer]},
        }
        for place, (narrative, answer) in enumerate(sorted(answers.items()))
    ]


def _prediction(row: LabelRow, guess: Guess) -> dict[str, Any]:
    results = _choices({narrative: answer for narrative, (answer, _) in guess.answers.items()}, "prediction")
    for place, (start, end, label, p) in enumerate(guess.spans):
        value = {"start": start, "end": end, "text": row.text[start:end], "labels": [label]}
        named = {"id": f"{SPANS}-{place}", "type": "labels", "from_name": SPANS, "to_name": "text"}
        results.append({**named, "origin": "prediction", "score": round(p, 4), "value": value})
    return {"model_version": guess.model, "score": guess.score, "result": results}


def _doccano(path: Path, rows: Sequence[LabelRow]) -> None:
    with whole_file(path) as file:
        for row in rows:
            labels = [f"{narrative}:{answer}" for narrative, answer in sorted(row.answers.items())]
            who = {"annotator": row.annotator} if row.annotator else {}
            file.write(json.dumps({**_data(row), **who, "label": labels}, ensure_ascii=False) + "\n")


def _argilla(path: Path, rows: Sequence[LabelRow]) -> None:
    records = []
    for group in by_text(rows):
        responses: dict[str, list[dict[str, str]]] = {}
        for row in group:
            for narrative, answer in sorted(row.answers.items()):
                responses.setdefault(narrative, []).append({"value": answer, "user_id": row.annotator})
        data = _data(group[0])
        fields = {name: data.pop(name) for name in ("title", "before", "text", "after") if name in data}
        judged = {JUDGED: " ".join(sorted(responses))} if responses else {}
        records.append(
            {
                "id": data.pop("id"),
                "fields": fields,
                "metadata": {**data, **judged},
                "suggestions": _suggestions(group[0].guess) if group[0].guess else {},
                "responses": responses,
                "vectors": {},
                "_server_id": None,
            }
        )
    _write_json(path, records)


def _suggestions(guess: Guess) -> dict[str, Any]:
    found: dict[str, Any] = {
        narrative: {"value": answer, "score": round(p, 4), "agent": guess.model}
        for narrative, (answer, p) in sorted(guess.answers.items())
    }
    if guess.spans:
        marked = [{"start": start, "end": end, "label": label} for start, end, label, _ in guess.spans]
        scores = [round(p, 4) for *_, p in guess.spans]
        found[SPANS] = {"value": marked, "score": scores, "agent": guess.model}
    return found


def _conll(path: Path, rows: Sequence[LabelRow]) -> None:
    if any(row.unit == "article" for row in rows):
        raise InputError("CoNLL holds labels of tokens, not ratings of articles; write another format with --to")
    with whole_file(path) as file:
        for row in rows:
            file.write(f"{DOCUMENT} -X- O\n\n{''.join(_conll_lines(row))}\n")


def _conll_lines(row: LabelRow) -> Iterator[str]:
    notes = {**_data(row), "annotator": row.annotator, JUDGED: row.judged or "-"}
    for name, value in notes.items():
        is_text = name in ("text", "before", "after")
        shown = json.dumps(value, ensure_ascii=False) if is_text else " ".join(value.split())
        if shown:
            yield f"# {name} = {shown}\n"
    names = [f"{narrative}:{answer}" for narrative, answer in sorted(row.answers.items()) if answer != "none"]
    for place, token in enumerate(_TOKEN.findall(row.text)):
        tag = f"{'I' if place else 'B'}-{BETWEEN.join(names)}" if names else "O"
        yield f"{token}\t{tag}\n"


def _table(path: Path, rows: Sequence[LabelRow]) -> None:
    narratives = sorted({narrative for row in rows for narrative in (*row.answers, *row.asked)})
    used = {name for row in rows for name in row.fields} | {"id", "unit"}
    used |= {"annotator"} if any(row.annotator for row in rows) else set()
    columns = [*(name for name in _LEADING if name in used), "before", "text", "after", "stratum", *narratives]
    columns = [name for name in columns if name in used or name in ("text", *narratives)]
    columns += [name for name in dict.fromkeys(name for row in rows for name in row.fields) if name not in columns]
    cells = [{**_data(row), "annotator": row.annotator, **row.answers} for row in rows]
    write_table(cells, path, columns)


def _write_json(path: Path, value: Iterable[Mapping[str, Any]]) -> None:
    with whole_file(path) as file:
        json.dump(list(value), file, ensure_ascii=False, indent=1)
        file.write("\n")


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {"label-studio": _label_studio, "doccano": _doccano, "argilla": _argilla, "conll": _conll, "csv": _table}
)
"""How labels are written, by the format's name; `csv` is Parquet where the path says so."""
