"""The marks of a tokenizer: what stands at the head of a window, after a sentence, as filling, for what is unreadable.

Encoders name them differently, and some have no name for one: XLM-R's `<s>` and `</s>`, BERT's `[CLS]` and `[SEP]`,
others only a beginning and an end of text. What is missing is taken from the nearest there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlp.errors import CheckpointError

__all__ = ["Marks", "marks_of"]

_NEAREST = {
    "cls": ("cls", "bos", "sep", "eos"),
    "sep": ("sep", "eos", "cls", "bos"),
    "pad": ("pad", "eos", "sep", "bos", "cls"),
    "unk": ("unk", "mask", "sep", "eos", "cls", "bos"),
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Token ids; `pad` is never attended to, `unk` stands for a sentence of which nothing can be read."""

    cls: int
    sep: int
    pad: int
    unk: int


def marks_of(tokenizer: object) -> Marks:
    """The marks of a tokenizer, by its attributes `cls_token_id` and so on.

    Raises:
        CheckpointError: it marks neither the beginning nor the end of a text.
    """
    found = {}
    for role, names in _NEAREST.items():
        ids = (getattr(tokenizer, f"{name}_token_id", None) for name in names)
        found[role] = next((int(number) for number in ids if number is not None), None)
    cls, sep, pad, unk = (found[role] for role in ("cls", "sep", "pad", "unk"))
    if cls is None or sep is None or pad is None or unk is None:
        raise CheckpointError(
            "the tokenizer has no mark for the beginning or the end of a text (cls_token, sep_token, bos_token, "
            "eos_token): set one in its tokenizer_config.json"
        )
    return Marks(cls, sep, pad, unk)
