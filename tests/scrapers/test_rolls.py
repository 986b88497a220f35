"""Every declared portal against five answers of our own making, and the forms that a roll may take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import SourceError
from scrapers.feeds import Feed, FeedEntry
from scrapers.json_answers import WRAPPERS, read_answer, scalar_at, value_at
from scrapers.roll_table import roll_from_table
from scrapers.rolls import parse_roll, roll_address, roll_request
from scrapers.sources import Source, load_sources

GOLDEN = Path(__file__).parent / "golden" / "rolls"
PORTALS = {source.id: source for source in load_sources() if source.roll is not None}
CASES = ("empty", "error", "changed", "gated")


def read(portal: str, case: str) -> Feed:
    (file,) = (GOLDEN / portal).glob(f"{case}.*")
    return parse_roll(file.read_bytes(), PORTALS[portal], PORTALS[portal].url)


def expected(portal: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / portal / "expected.json").read_text(encoding="utf-8"))
    return content


def record(entry: FeedEntry) -> dict[str, str | None]:
    date = entry.published
    when = f"{date.moment.isoformat().replace('+00:00', 'Z')} {date.precision}" if date else None
    return {"title": entry.title, "text": entry.text, "url": entry.url, "published": when}


def test_every_portal_has_its_fixtures() -> None:
    assert {folder.name for folder in GOLDEN.iterdir()} == PORTALS.keys()
    assert len(PORTALS) >= 18


@pytest.mark.parametrize("portal", sorted(PORTALS))
def test_a_good_answer(portal: str) -> None:
    feed = read(portal, "good")
    assert feed.problem is None
    assert [record(entry) for entry in feed.entries] == expected(portal)["good"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("portal", sorted(PORTALS))
def test_any_other_answer_says_what_was_found(portal: str, case: str) -> None:
    words = expected(portal)[case]
    if isinstance(words, str):
        feed = read(portal, case)
        assert feed.entries == ()
        assert words in (feed.problem or "")
        return
    with pytest.raises(SourceError) as caught:
        read(portal, case)
    for word in (portal, *words):
        assert word in str(caught.value)


@pytest.mark.shared
def test_every_public_portal_is_declared_and_no_gated_one(shared: Path) -> None:
    portals = json.loads((shared / "feeds" / "portals.json").read_text(encoding="utf-8"))
    ours = " ".join(source.url for source in load_sources())
    for portal in portals:
        address = portal["url"].split(" |")[0].split("{")[0]
        assert (address in ours) == portal["access"].startswith("public"), portal["id"]


def test_no_guarded_host_is_declared() -> None:
    guarded = ("cls.cn", "jin10.com", "xueqiu.com", "toutiao.com", "weixin.qq.com")
    routes = ("/cls", "/jin10", "/xueqiu", "/toutiao", "/wechat")
    for source in load_sources():
        assert not any(host in source.url for host in guarded)
        assert not source.rsshub.startswith(routes)


@pytest.fixture
def make_roll(make_source: Callable[..., Source]) -> Callable[..., Source]:
    def make(**keys: Any) -> Source:
        table = {"items": ["data"], "title": ["t"], "url": ["u"], "published": ["p"], "clock": "seconds"} | keys
        return make_source(
            kind="roll", url="https://roll.example.com/list?a=1", zone="Asia/Shanghai", roll=roll_from_table(table)
        )

    return make


def answer(*items: object) -> bytes:
    return json.dumps({"data": items}).encode()


GOOD = {"t": "A", "u": "/a", "p": 1709596800}


def test_items_that_do_not_fit_are_left_out_and_said(make_roll: Callable[..., Source]) -> None:
    feed = parse_roll(answer(GOOD, {"t": "B"}, 7), make_roll(), "https://roll.example.com/list")
    assert [entry.title for entry in feed.entries] == ["A"]
    assert feed.problem is not None
    assert feed.problem.startswith("2 of 3 items left out")
    assert "'u': no 'u'" in feed.problem


def test_one_unreadable_date_is_unknown_and_all_of_them_are_an_error(make_roll: Callable[..., Source]) -> None:
    late = GOOD | {"p": 1709596800000}
    feed = parse_roll(answer(GOOD, late), make_roll(), "https://roll.example.com/list")
    assert [entry.published is None for entry in feed.entries] == [False, True]
    with pytest.raises(SourceError, match="clock 'seconds', found '1709596800000'"):
        parse_roll(answer(late, late), make_roll(), "https://roll.example.com/list")


def test_an_item_may_have_an_id_and_a_time_of_change(make_roll: Callable[..., Source]) -> None:
    changed = GOOD | {"id": 17, "m": 1709600400}
    feed = parse_roll(answer(changed, GOOD), make_roll(id=["id"], updated=["m"]), "https://roll.example.com/list")
    assert [entry.guid for entry in feed.entries] == ["17", ""]
    assert [entry.updated.moment.hour if entry.updated else None for entry in feed.entries] == [1, None]


def test_addresses_that_lead_nowhere_are_an_error(make_roll: Callable[..., Source]) -> None:
    with pytest.raises(SourceError, match="expected an address, found 'javascript:void"):
        parse_roll(answer(GOOD | {"u": "javascript:void(0)"}), make_roll(), "https://roll.example.com/list")


def test_a_roll_in_gbk(make_roll: Callable[..., Source]) -> None:
    body = json.dumps({"data": [GOOD | {"t": "流动性危机与泡沫"}]}, ensure_ascii=False).encode("gbk")
    (entry,) = parse_roll(body, make_roll(), "https://roll.example.com/list", charset="gb2312").entries
    assert entry.title == "流动性危机与泡沫"


def test_requests_carry_what_is_declared(make_roll: Callable[..., Source]) -> None:
    asked = make_roll(params={"page": 1, "q": "流动性"}, headers={"referer": "https://example.com/"})
    assert roll_address(asked) == "https://roll.example.com/list?a=1&page=1&q=%E6%B5%81%E5%8A%A8%E6%80%A7"
    assert (roll_request(asked).method, dict(roll_request(asked).headers)) == (
        "GET",
        {"referer": "https://example.com/"},
    )
    posted = make_roll(method="POST", params={"page": 1})
    assert roll_address(posted) == "https://roll.example.com/list?a=1"
    assert (roll_request(posted).method, roll_request(posted).body) == ("POST", b'{"page": 1}')


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"clock": "hours"}, "roll.clock = 'hours'"),
        ({"items": []}, "roll.items"),
        ({"items": "data"}, "roll.items = 'data'; expected tuple"),
        ({"wrapper": "html"}, "roll.markers"),
        ({"wrapper": "xml"}, "roll.wrapper"),
        ({"method": "PUT"}, "roll.method"),
        ({"headers": {"User-Agent": "Mozilla"}}, "roll.headers"),
        ({"optional": ["author"]}, "roll.optional"),
        ({"drop": [{"path": "x"}]}, "key 'values' is missing"),
        ({"ok": {"path": "x", "values": []}}, "roll.ok.values"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"title": [], "url": []}, "roll.title"),
    ],
)
def test_a_declaration_that_does_not_fit_is_named(
    make_roll: Callable[..., Source], keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        make_roll(**keys)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "wrapper", "value"),
    [
        ("\ufeff [1]", "json", [1]),
        ("/**/ jQuery1_2.cb ( {} ) ;\n", "jsonp", {}),
        ('<script id="D" type="application/json">{"a": "</b>"}</script>', "html", {"a": "</b>"}),
        ("var D = [1, 2]; var E = [3]", "html", [1, 2]),
    ],
)
def test_json_is_found_in_its_wrapper(text: str, wrapper: str, value: object) -> None:
    assert read_answer(text, wrapper, ["D"]) == value


@pytest.mark.parametrize(
    ("text", "wrapper"),
    [
        ("", "json"),
        ("[1] [2]", "json"),
        ("[" * 100_000, "json"),
        ("1" * 5000, "json"),
        ("cb({}); alert(1)", "jsonp"),
        ("{}", "jsonp"),
        ("var D = " + " " * 500 + "{}", "html"),
        ("var D = {", "html"),
    ],
)
def test_what_is_not_json_is_refused(text: str, wrapper: str) -> None:
    with pytest.raises(SourceError, match="expected"):
        read_answer(text, wrapper, ["D"])


@pytest.mark.parametrize("path", ["a.2", "a.x", "b.c", "s(json)", "a(json)", "n.x", "a.00000000000000000001"])
def test_a_path_that_leads_nowhere_is_named(path: str) -> None:
    with pytest.raises(SourceError, match="at '"):
        value_at({"a": [1, 2], "s": "no json", "n": None}, path)


@pytest.mark.parametrize("value", [True, [], {}])
def test_only_texts_and_numbers_are_scalars(value: object) -> None:
    with pytest.raises(SourceError, match="expected a text or a number"):
        scalar_at({"a": value}, "a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("tup") | st.text(max_size=3), inner),
    max_leaves=12,
)


@given(value=JSON, wrapper=st.sampled_from(sorted(WRAPPERS)))
def test_any_json_gives_entries_or_a_source_error(value: object, wrapper: str) -> None:
    table = {"items": ["data", "."], "title": ["t"], "url": ["u", "{p}"], "published": ["p"], "wrapper": wrapper}
    roll = roll_from_table(table | ({"markers": ["D="]} if wrapper == "html" else {}))
    source = Source(
        id="a",
        name="A",
        kind="roll",
        url="https://example.com/",
        lang="zh-Hans",
        zone="UTC",
        licence_note="x",
        roll=roll,
    )
    written = json.dumps(value)
    body = {"json": written, "jsonp": f"cb({written})", "html": f"D={written}"}[wrapper].encode()
    try:
        feed = parse_roll(body, source, source.url)
    except SourceError:
        return
    assert feed.entries or feed.problem is not None


@given(body=st.binary(max_size=200))
def test_any_bytes_give_a_source_error(body: bytes) -> None:
    with pytest.raises(SourceError):
        parse_roll(b"x" + body, PORTALS["sina-roll"], "https://example.com/")
