from __future__ import annotations

import re
from pathlib import Path

import pytest

from nlp.errors import SourceError
from nlp.language import Language
from scrapers.sources import Source, load_sources

GOOD = """[[source]]
id = "wire"
name = "Harbour Wire"
url = "https://www.example.com/feed"
lang = "zh-Hant"
zone = "Asia/Taipei"
licence_note = "made for this test"
"""


def written(path: Path, text: str) -> Path:
    file = path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_bundled_sources_are_declared_in_both_languages() -> None:
    sources = load_sources()
    enabled = [source for source in sources if source.enabled]
    assert {source.lang for source in enabled} == {"en", "zh-Hans", "zh-Hant"}
    assert len({source.url or source.rsshub for source in sources}) == len(sources)
    assert sum(source.lang == "en" for source in enabled) >= 25
    assert sum(source.lang.startswith("zh") for source in enabled) >= 18
    assert not any(source.allow_private for source in sources)


def test_defaults_and_language(tmp_path: Path) -> None:
    (source,) = load_sources(written(tmp_path, GOOD))
    assert (source.kind, source.full_text, source.enabled, source.allow_private) == ("feed", False, True, False)
    assert source.language == Language("zh", "zh-Hant")
    assert source.tzinfo.key == "Asia/Taipei"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('zone = "Asia/Taipei"', 'zone = "Asia/Atlantis"', "zone = 'Asia/Atlantis'"),
        ('zone = "Asia/Taipei"', 'zone = "../../etc/passwd"', "zone"),
        ('lang = "zh-Hant"', 'lang = "Chinese"', "lang = 'Chinese'"),
        ('id = "wire"', 'id = "Wire 1"', "id = 'Wire 1'"),
        ('url = "https://www.example.com/feed"', 'url = "file:///etc/passwd"', "url = 'file:///etc/passwd'"),
        ('url = "https://www.example.com/feed"', 'url = "http://[::1"', "url"),
        ('name = "Harbour Wire"', "name = 7", "name = 7"),
        ('name = "Harbour Wire"', 'name = ""', "name = ''"),
        ('name = "Harbour Wire"', "", "'name' is missing"),
        ('name = "Harbour Wire"', 'name = "a"\nrating = 3', "unknown key 'rating'"),
        ('name = "Harbour Wire"', 'name = "a"\nkind = "portal"', "kind = 'portal'"),
        ('name = "Harbour Wire"', 'name = "a"\nenabled = "no"', "enabled = 'no'"),
    ],
)
def test_a_declaration_that_does_not_fit_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        load_sources(written(tmp_path, GOOD.replace(old, new)))
    assert "source 1" in str(caught.value)


@pytest.mark.parametrize("text", ["", "source = 3", "[[source]\n", 'title = "x"\n' + GOOD, "source = [1]", GOOD + GOOD])
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"sources\.toml"):
        load_sources(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.toml"):
        load_sources(tmp_path / "nowhere.toml")


def test_a_source_checks_itself() -> None:
    with pytest.raises(SourceError, match="licence_note"):
        Source(id="a", name="A", url="https://example.com/", lang="en", zone="UTC", licence_note="")
