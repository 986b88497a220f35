from __future__ import annotations

import pytest

from models.cue_sentences import made_sentences
from nlp.narratives import Narrative

STAGFLATION = Narrative(
    id="stagflation",
    names={"en": "Stagflation"},
    definition="Prices rise while output stagnates; wages do not keep up. Plain inflation does not count.",
    cues={"en": ("stagflation", "slump with inflation"), "de": ("Stagflation droht",)},
    exclude={"en": ("stagflation board game",)},
)
OTHER = Narrative(
    id="other", names={"en": "Other"}, definition="Else.", cues={"en": ("credit crunch", "fear of stagflation")}
)


def answers() -> dict[str, str]:
    return {one.text: one.answer for one in made_sentences(STAGFLATION, [OTHER, STAGFLATION])}


def test_definition_and_cues_tell_others_and_excluded_phrases_do_not() -> None:
    found = answers()
    assert found["Prices rise while output stagnates; wages do not keep up."] == "assert"
    assert found["wages do not keep up."] == "assert"
    assert found["stagflation"] == found["Stagflation droht"] == "assert"
    assert found["credit crunch"] == found["stagflation board game"] == "none"
    assert {answer for text, answer in found.items() if "slump with inflation" in text} == {"assert", "reject"}
    assert {answer for text, answer in found.items() if "credit crunch" in text} == {"none"}


def test_what_the_definition_excludes_and_others_share_is_not_learnt() -> None:
    found = answers()
    assert not any("does not count" in text for text in found)
    assert "fear of stagflation" not in found


def test_weights_sum_to_one_and_the_definition_weighs_more_than_all_cues() -> None:
    made = made_sentences(STAGFLATION, [OTHER])
    assert sum(one.weight for one in made) == pytest.approx(1)
    told = {one.text: one.weight for one in made if one.answer == "assert"}
    of_definition = sum(weight for text, weight in told.items() if text.endswith("up.") or text.startswith("Prices"))
    assert of_definition > sum(told.values()) / 2
    assert len({one.text for one in made}) == len(made)


def test_cues_of_a_language_without_frames_stand_alone() -> None:
    german = Narrative(id="x", names={"de": "X"}, definition="Etwas.", cues={"de": ("Stagflation",)})
    assert [(one.text, one.answer) for one in made_sentences(german, [])] == [
        ("Stagflation", "assert"),
        ("Etwas.", "assert"),
    ]
