"""Names that hold a number (S&P 500, 沪深300, CAC 40): their numbers are no figures.

A table of what stands before the number and which numbers belong to the name, in the folded form
(`nlp.claims.folding`). Other names with digits (5G, 401(k), GPT-4, Q3, a 10-year note) need no table: letters touch
their digits, or no unit follows.
"""

from __future__ import annotations

import re

__all__ = ["is_part_of_name"]

_NUMBERS_BY_NAME = {
    r"s ?& ?p|s and p|spx|标准?普(?:尔)?|标普指数|(?:s&p/)?(?:asx|tsx)": "60|100|200|400|500|600|1500",
    r"沪深|中证|csi|国证|中证a": "50|100|200|300|500|800|1000|2000",
    r"上证|上交所|sse|科创|创业板|star|双创|创科|创业|北证|a": "50|100|180|200|300|380|580",
    r"深证|中小板": "100|200|300|1000",
    r"纳斯达克(?:综合)?|纳指|纳克|nasdaq|ndx": "100",
    r"罗素|russell|威尔希尔|wilshire": "200|1000|2000|3000|5000",
    r"日经|日经平均|nikkei": "225|400|500",
    r"富时(?:中国)?a?|ftse(?:urofirst)?|footsie": "50|100|250|300|350",
    r"cac|dax|mdax|tecdax|ibex|obx|omxs?|aex|bel|psi|(?:ftse )?mib|smi|atx": "20|25|30|35|40|50|60",
    r"道琼斯(?:工业)?|道指|dow(?: jones(?: industrials?)?)?": "30",
    r"(?:euro ?)?stoxx(?: europe)?|(?:欧洲)?斯托克": "50|600",
    r"kospi|topix|hsi|恒生(?:科技)?|nifty|bse|漂亮|a股": "30|50|100|200|500|1000",
    r"fortune|财富|世界|全球|global|民企|中国企业|中国": "100|500|1000|2000",
}
_LONGEST_NAME = 24
_NUMBERS = frozenset(number for numbers in _NUMBERS_BY_NAME.values() for number in numbers.split("|"))
_NAMED = re.compile(
    "|".join(
        rf"(?<![a-z])(?:{name})(?: index|指数)?[ .-]{{0,2}}\n(?:{numbers})\Z"
        for name, numbers in _NUMBERS_BY_NAME.items()
    )
)


def is_part_of_name(text: str, start: int, end: int) -> bool:
    """Whether the digits `text[start:end]` are part of a name rather than a figure.

    >>> is_part_of_name("s&p 500 fell", 4, 7), is_part_of_name("标普4500点", 2, 6)
    (True, False)
    """
    if text[start:end] not in _NUMBERS:
        return False
    before = text[max(0, start - _LONGEST_NAME) : start]
    return _NAMED.search(f"{before}\n{text[start:end]}") is not None
