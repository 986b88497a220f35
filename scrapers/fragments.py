"""HTML fragments, as feeds carry them in titles and texts, reduced to text."""

from __future__ import annotations

import lxml.html
from lxml import etree

__all__ = ["fragment_text", "plain_lines"]

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section"),
        *("table", "td", "th", "tr", "ul"),
    )
)
# A character that markup hardly holds, because a line feed in the source of a fragment is only a space.
_BREAK = "\u2029"


def fragment_text(html: str) -> str:
    r"""The text of an HTML fragment: one line per block, white space collapsed, scripts and styles dropped.

    >>> fragment_text("<p>Yields <b>rose</b>.</p><p>Then&nbsp;fell.</p>")
    'Yields rose.\nThen fell.'
    """
    try:
        root = lxml.html.document_fromstring(f"<div>{html.replace(chr(0), '')}</div>")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(root, "script", "style", "template", etree.Comment, etree.PI, with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        parts.append(_BREAK if element.tag in _BLOCKS else "")
        parts.append((element.text if event == "start" else element.tail) or "")
    return plain_lines("".join(parts), _BREAK)


def plain_lines(text: str, separator: str = "\n") -> str:
    """The lines of a text that are not empty, white space collapsed.

    >>> plain_lines(" a  b ")
    'a b'
    """
    lines = (" ".join(line.split()) for line in text.split(separator))
    return "\n".join(line for line in lines if line)
