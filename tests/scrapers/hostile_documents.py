"""Hundreds of documents made to hang, to swell or to break whoever reads them; each is made when it is asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

__all__ = ["documents"]

Document = tuple[str, Callable[[], bytes]]
ARTICLE = (
    "<h1>Repo rates jump</h1><p class='date'>2024-03-05 14:30</p>"
    "<p>Funding markets were tight on Tuesday as banks hoarded cash before the quarter's end.</p>"
    "<p>Dealers said that the balance sheet runoff had drained reserves faster than expected.</p>"
)


def documents() -> Iterator[Document]:
    """Names and makers of the documents."""
    for family in (_attributes, _nesting, _many, _references, _characters, _unfinished, _data, _heads, _dates, _bytes):
        yield from family()
    yield from _mutants()


def _page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>Repo</title>{head}</head><body>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )


def _attributes() -> Iterator[Document]:
    forms = {
        "unique": lambda n: " ".join(f"a{i}='x'" for i in range(n)),
        "same": lambda n: "class='date' " * n,
        "bare": lambda n: " ".join(f"a{i}" for i in range(n)),
        "long": lambda n: f"class='{'date ' * n}'",
        "unquoted": lambda n: " ".join(f"a{i}=x" for i in range(n)),
    }
    for tag in ("p", "div", "a", "article", "body", "meta", "time", "img"):
        for form, make in forms.items():
            for n in (1000, 100_000):
                yield (
                    f"{n} {form} attributes of {tag}",
                    lambda tag=tag, make=make, n=n: _page(f"<{tag} {make(n)}>{ARTICLE}</{tag}>"),
                )

    runs = {
        "attributes without blanks": lambda n: "<p " + "".join(f"a{i}='1'" for i in range(n)) + ">",
        "attributes after slashes": lambda n: "<p/" + "/".join(f"a{i}" for i in range(n)) + ">",
        "attributes behind a less-than sign": lambda n: "<p x='<' " + " ".join(f"a{i}='1'" for i in range(n)) + ">",
        "letters of a tag without an end": lambda n: "<" + "a" * n,
    }
    for what, make in runs.items():
        for n in (1000, 100_000):
            yield f"{n} {what}", lambda make=make, n=n: _page(ARTICLE + make(n) + ARTICLE)


def _nesting() -> Iterator[Document]:
    tags = ("div", "b", "span", "article", "table><tr><td", "ul><li", "blockquote", "font", "section", "p", "em", "a")
    for tag in tags:
        for n in (300, 3000, 30_000):
            for inner in (ARTICLE, ""):
                close = "".join(f"</{one}>" for one in reversed(tag.split("><")))
                yield (
                    f"{n} {tag} within each other{'' if inner else ', empty'}",
                    lambda tag=tag, close=close, n=n, inner=inner: _page(f"<{tag}>" * n + inner + close * n),
                )
    for n in (300, 3000, 30_000):
        yield f"{n} bylines within each other", lambda n=n: _page("<div class='date'>" * n + ARTICLE)
        yield f"{n} texts at every depth", lambda n=n: _page("<div>text " * n + ARTICLE)
        yield f"{n} misnested", lambda n=n: _page("<b><i>" * n + ARTICLE + "</b></i>" * n)


def _many() -> Iterator[Document]:
    parts = {
        "paragraphs": "<p>Markets fell.</p>",
        "empty paragraphs": "<p></p>",
        "links": "<a href='/x'>more</a> ",
        "headings": "<h2>Repo</h2>",
        "line ends": "<br>",
        "cells": "<table><tr><td>1.15</td></tr></table>",
        "options": "<option>1",
        "images": "<img src='x.png'>",
        "frames": "<iframe src='x'></iframe>",
        "lists": "<ul><li>a<li>b</ul>",
        "unknown elements": "<x-y>z</x-y>",
        "articles": f"<article>{ARTICLE}</article>",
        "forms": "<form><input name=a></form>",
        "scripts": "<script>var a = 1;</script>",
        "styles": "<style>p { color: red }</style>",
        "comments": "<!-- c -->",
        "times": "<time datetime='2024-03-05'>March 5</time>",
        "base elements": "<base href='http://127.0.0.1/'>",
    }
    for what, part in parts.items():
        for n in (1000, 20_000):
            yield f"{n} {what}", lambda part=part, n=n: _page(ARTICLE + part * n)


def _references() -> Iterator[Document]:
    bomb = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 12))
    doctype = f"<!DOCTYPE html [<!ENTITY e0 'bubble'>{bomb}]>"
    yield "a bomb of entities", lambda: f"{doctype}<html><body><p>&e11;</p>{ARTICLE}</body></html>".encode()
    yield (
        "the same as XHTML",
        lambda: f"<?xml version='1.0'?>{doctype}<html><body>&e11;{ARTICLE}</body></html>".encode(),
    )
    yield (
        "a file as an entity",
        lambda: (
            f"<!DOCTYPE html [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><html><body><p>&f;</p>{ARTICLE}</body></html>".encode()
        ),
    )
    for reference in (
        "&amp;",
        "&#0;",
        "&#xD800;",
        "&#x10FFFF;",
        "&#99999999999;",
        "&nosuch;",
        "&",
        "&#",
        "&#x;",
        "&lt;",
    ):
        for n in (1000, 200_000):
            yield f"{n} {reference}", lambda reference=reference, n=n: _page(f"<p>{reference * n}</p>{ARTICLE}")


def _characters() -> Iterator[Document]:
    for name, character in {
        "NUL": "\0",
        "letters": "a",
        "Han characters": "泡",
        "combining marks": "a\u0301",
        "zero-width spaces": "\u200b",
        "direction marks": "\u202e",
        "surrogates": "\ud800",
        "spaces": " ",
        "tabs": "\t",
        "line ends": "\n",
        "points": ".",
        "hyphens": "-",
        "digits": "1",
        "quotation marks": '"',
        "less-than signs": "<",
        "greater-than signs": ">",
        "brackets": "【",
        "emoji": "😀",
        "replacement characters": "\ufffd",
        "private characters": "\ue000",
    }.items():
        for n in (10_000, 1_000_000):
            yield f"{n} {name}", lambda character=character, n=n: _page(f"<p>{character * n}</p>{ARTICLE}")
            yield (
                f"{n} {name} bare",
                lambda character=character, n=n: (character * n + ARTICLE).encode("utf-8", "surrogatepass"),
            )


def _unfinished() -> Iterator[Document]:
    for start in (
        "<!--",
        "<![CDATA[",
        "<script>",
        "<style>",
        "<textarea>",
        "<title>",
        "<p class='",
        "<",
        "<!DOCTYPE",
        "<?",
    ):
        for n in (1, 1000, 50_000):
            yield f"{n} times {start}, unfinished", lambda start=start, n=n: _page(ARTICLE + start * n)


def _data() -> Iterator[Document]:
    def ld(text: str) -> bytes:
        return _page(ARTICLE, f"<script type='application/ld+json'>{text}</script>")

    for n in (100, 10_000, 200_000):
        yield f"JSON-LD of {n} lists", lambda n=n: ld("[" * n + "]" * n)
        yield f"JSON-LD of {n} objects", lambda n=n: ld('{"a":' * n + "1" + "}" * n)
        yield f"JSON-LD of {n} dates", lambda n=n: ld(f'[{",".join(["""{"datePublished": "2024-03-05"}"""] * n)}]')
        yield f"JSON-LD with {n} digits", lambda n=n: ld(f'{{"datePublished": {"9" * n}}}')
    yield "JSON-LD of another kind", lambda: ld('{"datePublished": {"a": []}, "headline": 5, "author": [[[null]]]}')


def _heads() -> Iterator[Document]:
    for n in (100, 20_000):
        yield f"{n} titles", lambda n=n: _page(ARTICLE, "<title>x</title>" * n)
        yield f"{n} meta dates", lambda n=n: _page(ARTICLE, "<meta name='date' content='2024-03-05'>" * n)
        yield f"{n} charsets", lambda n=n: _page(ARTICLE, "<meta charset='utf-7'><meta charset='gb18030'>" * n)
        yield f"a title of {n} words", lambda n=n: _page(ARTICLE, f"<title>{'word ' * n}</title>")
        yield f"{n} canonical links", lambda n=n: _page(ARTICLE, "<link rel='canonical' href='http://a/'>" * n)


def _dates() -> Iterator[Document]:
    for text in (
        "2024-03-05 ",
        "1-1-1-",
        "March 5, ",
        "3小时前 ",
        "12:12:12 ",
        "2024年",
        "99999999999999999999 ",
        "5/5/5/",
    ):
        for n in (10, 1000, 20_000):
            yield (
                f"{n} times {text}in a byline",
                lambda text=text, n=n: _page(f"<p class='date'>{text * n}</p>{ARTICLE}"),
            )


def _bytes() -> Iterator[Document]:
    for seed in range(40):
        size = 10 ** (seed % 4 + 2)
        yield f"random bytes {seed}", lambda seed=seed, size=size: random.Random(seed).randbytes(size)
    for codec in (
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "utf-8-sig",
        "gb18030",
        "big5",
        "shift-jis",
        "euc-kr",
        "utf-7",
    ):
        text = ARTICLE + "<p>泡沫流动性</p>"
        for cut in (0, 1, 3):
            yield (
                f"{codec}, {cut} bytes short",
                lambda codec=codec, cut=cut, text=text: text.encode(codec, "ignore")[cut:],
            )


def _mutants() -> Iterator[Document]:
    whole = _page(ARTICLE + "<table><tr><td>79</td></tr></table><ul><li>a</ul>")

    def mutated(seed: int) -> bytes:
        rng, data = random.Random(seed), bytearray(whole)
        for _ in range(rng.randint(1, 30)):
            at, n = rng.randrange(len(data)), rng.randrange(1, 40)
            match rng.randrange(4):
                case 0:
                    del data[at : at + n]
                case 1:
                    data[at:at] = data[at : at + n] * rng.randrange(1, 50)
                case 2:
                    data[at : at + n] = rng.randbytes(n)
                case _:
                    data[at:at] = rng.choice((b"<", b">", b"</p", b"<!--", b"&#", b"\0", b"<table>", b"'"))
        return bytes(data)

    for seed in range(120):
        yield f"mutant {seed}", lambda seed=seed: mutated(seed)
