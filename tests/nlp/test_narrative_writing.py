from __future__ import annotations

from pathlib import Path

from nlp.narrative_writing import write_narratives
from nlp.narratives import Driver, Narrative, load_narratives


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    odd = Narrative(
        id="odd",
        names={"en": 'A "quoted" \\ name', "zh-Hant": "滯脹"},
        definition='It says "stop" [now] = {never} # 1 \x7f 🫧.',
        cues={"en": ("a\tb", "it's"), "zh-Hans": ("滞胀",)},
        exclude={"en": ("not a cue",)},
        drivers=(Driver("oil", {"en": "Oil"}, {"en": ("oil shock",)}),),
    )
    narratives = (*load_narratives(), odd)
    write_narratives(narratives, tmp_path / "all.toml")
    assert load_narratives(tmp_path / "all.toml") == narratives
