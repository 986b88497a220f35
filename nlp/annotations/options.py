"""What a user may say of a file with labels that the file does not tell."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["OffsetUnit", "Unit"]


class Unit(StrEnum):
    """What a text is: one sentence or a whole article; `auto` tells by the answers, the fields and the texts."""

    auto = "auto"
    sentence = "sentence"
    article = "article"


class OffsetUnit(StrEnum):
    """In which unit spans count; `auto` finds out."""

    auto = "auto"
    code_points = "code-points"
    utf16 = "utf-16"
