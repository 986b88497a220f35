"""Numbers in words for a reason: 0.77 trillion USD, 4.52%, 4,515.8 points."""

from __future__ import annotations

from nlp.claims.records import Unit

__all__ = ["quantity"]

_MAGNITUDES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_SIGNS: dict[Unit, str] = {"percent": "%", "percentage_point": " points", "basis_point": " bp"}


def quantity(value: float, unit: Unit) -> str:
    """A value in words, some three digits.

    >>> quantity(7.67e11, "usd"), quantity(-1.25, "percent"), quantity(4515.77, "point")
    ('0.77 trillion USD', '-1.25%', '4,515.8')
    """
    if unit in _SIGNS:
        return f"{value:.2f}{_SIGNS[unit]}"
    if unit in ("usd", "cny", "hkd", "eur", "gbp", "jpy", "money", "count"):
        size, word = next(((size, word) for size, word in _MAGNITUDES if abs(value) >= 0.1 * size), (1.0, ""))
        return " ".join(part for part in (f"{value / size:.2f}", word, unit.upper() if unit != "count" else "") if part)
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
