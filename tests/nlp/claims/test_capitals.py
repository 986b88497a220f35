from __future__ import annotations

from nlp.claims.capitals import without_shouting


def test_lines_without_small_letters_are_written_as_others() -> None:
    text = "*FED'S ASSETS FELL TO $4.5 TRILLION MONDAY\nThe VIX IS UP.\nVIX指数与标普收盘走高，NASDAQ走低了不少"
    spoken = "*Fed's Assets fell to $4.5 Trillion Monday\nThe VIX IS UP.\nVIX指数与标普收盘走高，NASDAQ走低了不少"
    assert without_shouting(text) == spoken
