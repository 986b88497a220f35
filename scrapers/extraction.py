"""Pages into articles: text by `scrapers.site_selectors` or `.agreement`, the rest by `.pagehead` and `.dating`.

Reader comments are left out everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement

from nlp.dates import ParsedDate, default_zone
from nlp.decoding import refuse_binary
from nlp.errors import ExtractionError, Failure, FrothError, InputError
from nlp.language import detect_language, normalise
from nlp.safety import encodable
from nlp.schema import Article
from scrapers.agreement import agreed_text
from scrapers.charsets import decode_html
from scrapers.dating import published_on
from scrapers.pagehead import site_name, stated_title, stated_url
from scrapers.site_selectors import selected_text, site_of
from scrapers.voters import parse_markup

__all__ = ["PageResult", "extract_file", "extract_page", "extract_pages", "not_later", "page_record"]

_HEAD_BYTES = 8192
_MOST_BYTES = 20_000_000
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_PAGE = 100
"""Han characters from which a page counts as Chinese; a page in another language has none or the name of an edition."""

_SHORTEST, _SHORT = 40, 300
"""Length of a text in characters, a Han character counting twice: a Chinese flash is whole with thirty."""

_NOTICE = re.compile(
    r"enable (?:javascript|cookies)|page (?:was |could )?not (?:be )?found|page you(?:'re| are) looking for"
    r"|log ?in to continue|checking your browser|redirect to your requested|access denied|verify (?:that )?you are"
    r"|页面不存在|頁面不存在|无法访问|安全验证|安全驗證|请登录|請登入|验证码",
    re.IGNORECASE,
)
_NO_ARTICLE = "no article was found in it; check that it is an article's page and not a list, a login or an error page"


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of one saved page: exactly one of `article` and `failure` is there."""

    file: str
    article: Article | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a page holds, before it is an article."""

    tree: HtmlElement
    text: str


def extract_page(
    html: bytes,
    *,
    url: str | None = None,
    zone: tzinfo | None = None,
    source: str = "",
    charset: str | None = None,
    seen_at: datetime | None = None,
) -> Article:
    """The article in a page; `first_seen` is left to the caller.

    Args:
        html: the page as it came, decompressed.
        url: its address; None for the one that the page states (canonical link, og:url).
        zone: the publisher's zone; None for the default of the text's language.
        source: what to name as the source; empty for the site's name that the page states.
        charset: the charset of the Content-Type header, if there was one.
        seen_at: when the page was fetched (aware), from which `3小时前` counts; None where nobody knows.

    Raises:
        ExtractionError: the bytes are not a page, or no article was found in it.
    """
    found = _find(html, charset, url)
    language = detect_language(found.text)
    url = url or stated_url(found.tree)
    zone = zone or default_zone(language.lang, language.script)
    date = not_later(published_on(found.tree, url, zone, base=seen_at), seen_at or datetime.now(UTC))
    return Article.create(
        title=normalise(stated_title(found.tree)),
        text=found.text,
        url=url,
        source=source or site_name(found.tree),
        lang=language.lang,
        script=language.script,
        published=date.moment if date else None,
        published_precision=date.precision if date else None,
    )


def not_later(date: ParsedDate | None, now: datetime) -> ParsedDate | None:
    """`date`, or None where it lies in the future (beyond a quarter of an hour of clock skew) and cannot be trusted."""
    return None if date is None or date.is_after(now) else date


def extract_file(path: Path, *, zone: tzinfo | None = None) -> Article:
    """The article in a saved page; `zone` is that of a date without one.

    Raises:
        InputError: the file cannot be read.
        ExtractionError: there is no article in it.
    """
    try:
        html = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    return extract_page(html, zone=zone)


def extract_pages(paths: Iterable[Path], *, zone: tzinfo | None = None) -> Iterator[PageResult]:
    """One result per saved page, in input order; a page that fails stops nothing."""
    n_by_name: Counter[str] = Counter()
    for path in paths:
        # Two folders may each hold an index.html: the later one is told by its path.
        name = encodable(path.name if not n_by_name[path.name] else str(path))
        n_by_name[path.name] += 1
        try:
            yield PageResult(name, extract_file(path, zone=zone), None)
        except FrothError as error:
            yield PageResult(name, None, Failure(str(path), "extract", str(error)))
        except Exception as error:  # the boundary of the batch: a hostile page may break a parser in any way
            yield PageResult(name, None, Failure(str(path), "extract", f"{type(error).__name__}: {error}"))


def page_record(result: PageResult) -> Mapping[str, str | None]:
    """The line of articles.jsonl for one page: its id is the file's name; without an article its text is empty."""
    article = result.article
    return {
        "id": result.file,
        "url": article.url if article else None,
        "source": article.source if article else "",
        "lang": article.lang if article else "und",
        "published": _written_date(article) if article else None,
        "title": article.title if article else "",
        "text": article.text if article else "",
        "file": result.file,
    }


def _written_date(article: Article) -> str | None:
    """The date as precisely as it is known, in a form that reads back to the same moment."""
    if article.published is None:
        return None
    if article.published_precision == "day":
        return article.published.astimezone(default_zone(article.lang, article.script)).date().isoformat()
    digits = "minutes" if article.published_precision == "minute" else "seconds"
    return article.published.isoformat(timespec=digits).replace("+00:00", "Z")


def _find(html: bytes, charset: str | None, url: str | None) -> _Found:
    try:
        refuse_binary(html[:_HEAD_BYTES])
    except InputError as error:
        raise ExtractionError(f"not a page: {error}") from error
    if len(html) > _MOST_BYTES:
        raise ExtractionError(f"a page of {len(html)} bytes; at most {_MOST_BYTES} are read")
    markup = decode_html(html, charset=charset)
    try:
        tree = parse_markup(markup)
        if tree is None:
            raise ExtractionError("not a page: there is no HTML in it")
        text = _main_text(tree, url or stated_url(tree), n_han=len(_HAN.findall(markup)))
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise ExtractionError(f"the page cannot be parsed: {error}") from error
    if tree.xpath("//meta[@name='generator'][@content='froth']") or not _is_article(text, tree):
        raise ExtractionError(_NO_ARTICLE)
    return _Found(tree, text)


def _main_text(tree: HtmlElement, url: str | None, *, n_han: int) -> str:
    """The article's text: where its site is known to keep it, else by vote; without the headline above it."""
    for element in tree.xpath("//*[contains(@style, 'visibility')]"):
        del element.attrib["style"]  # WeChat hides an article until a script shows it: extractors take it for clutter
    site = site_of(url)
    text = selected_text(tree, site) if site else ""
    if not _is_article(text, tree):
        text = agreed_text(tree, script="zh" if n_han >= _CHINESE_PAGE else "en")
    first, _, rest = text.partition("\n")
    return rest if rest and first == normalise(stated_title(tree)).strip() else text


def _is_article(text: str, tree: HtmlElement) -> bool:
    """Whether a text is more than a few words, a notice of an error or a gate, or a list of links."""
    weight = len(text) + len(_HAN.findall(text))
    if weight < _SHORTEST or (weight < _SHORT and _NOTICE.search(text)):
        return False
    links = {" ".join(link.text_content().split()) for link in tree.iter("a")}
    n_linked = sum(len(line) for line in text.split("\n") if line.lstrip("- ") in links)
    return n_linked <= len(text) / 2
