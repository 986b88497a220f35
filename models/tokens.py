"""The tokenizer of an encoder, by the `tokenizers` library alone: what reading needs of transformers' tokenizer.

It is called as that one is, and gives the same ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

__all__ = ["Tokens", "load_tokens"]

_FILE, _SETTINGS = "tokenizer.json", "tokenizer_config.json"
_MARKS = ("pad", "unk", "cls", "sep")


class Tokens:
    """Texts to token ids.

    Attributes:
        pad_token_id, unk_token_id, cls_token_id, sep_token_id: of the marks.

    Raises:
        KeyError: the settings name a mark that the vocabulary lacks, or none.
    """

    def __init__(self, tokenizer: Tokenizer, written: Mapping[str, str]) -> None:
        self._tokenizer, self._written = tokenizer, dict(written)
        settings = json.loads(written[_SETTINGS])
        ids = [tokenizer.token_to_id(_text(settings[f"{mark}_token"])) for mark in _MARKS]
        found = [number for number in ids if number is not None]
        if len(found) < len(_MARKS):
            raise KeyError("a mark that is not in the vocabulary")
        self.pad_token_id, self.unk_token_id, self.cls_token_id, self.sep_token_id = found

    def __call__(
        self, texts: Sequence[str], *, max_length: int | None = None, add_special_tokens: bool = False, **_: bool
    ) -> dict[str, list[list[int]]]:
        """`input_ids` of each text, cut to `max_length`."""
        if max_length is None:
            self._tokenizer.no_truncation()
        else:
            self._tokenizer.enable_truncation(max_length)
        self._tokenizer.no_padding()
        found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=add_special_tokens)
        return {"input_ids": [one.ids for one in found]}

    def __deepcopy__(self, memo: dict[int, Any]) -> Tokens:
        return Tokens(Tokenizer.from_str(self._tokenizer.to_str()), self._written)

    def encode(self, text: str, *, add_special_tokens: bool = False) -> list[int]:
        """The ids of one text."""
        return self([text], add_special_tokens=add_special_tokens)["input_ids"][0]

    def save_pretrained(self, folder: Path) -> None:
        """Writes the files that it was read from."""
        for name, text in self._written.items():
            (folder / name).write_text(text, encoding="utf-8")


def load_tokens(folder: Path) -> Tokens:
    """The tokenizer of a folder.

    Raises:
        Exception: of any kind (the library raises bare ones): it is none, or lacks a mark.
    """
    written = {name: (folder / name).read_text(encoding="utf-8") for name in (_FILE, _SETTINGS)}
    return Tokens(Tokenizer.from_str(written[_FILE]), written)


def _text(mark: str | Mapping[str, Any]) -> str:
    """The text of a mark, which older settings give with its properties."""
    return mark if isinstance(mark, str) else str(mark["content"])
