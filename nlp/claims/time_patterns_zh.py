"""How Chinese sentences name times, as a table of regular expressions; `nlp.claims.time_words_zh` says what they mean.

For folded text (`nlp.claims.folding`). A row of `_ROWS` is a form, its name that of its reader or of the role it has. A
digit behind the name of a group is no part of it: it keeps the names of one row apart. Groups: `y` or `ago_y` (year),
`mo d` (month, day), `q`, `h` (quarter, half-year), `part` (of a span), `n` with `unit` (so many), `rel` (this, last),
`wd` (weekday), `near` (days before).
"""

from __future__ import annotations

import re

__all__ = [
    "AGAINST",
    "AND",
    "BEFORE",
    "OF_SOMETHING_ELSE",
    "PASSED",
    "SINCE",
    "SINCE_RECORD",
    "SOURCE",
    "TO",
    "UP_TO",
    "WORDS",
]

_N = "[0-9]{1,3}|十[一二]?|[一二两三四五六七八九]"
_NUMERAL = "[零一二三四五六七八九]"
_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_SHORT_YEAR = rf"(?:(?<![0-9])[0-3][0-9]|二{_NUMERAL})(?=年(?:[底末初]|[0-9一二三四五六七八九十]{{1,2}}月))"
_YEAR = rf"(?P<y>(?:19|20)[0-9]{{2}}|(?:二零|一九){_NUMERAL}{{2}}|{_SHORT_YEAR})年|(?P<ago_y>[今去前明本上来后]年)"


def _within_year(copy: int) -> str:
    return (
        rf"(?:(?P<mo_from{copy}>{_MONTH})月?[-~到至])?(?P<mo{copy}>{_MONTH})月(?![均薪供嫂线])份?"
        rf"(?:(?P<d{copy}>[0-3]?[0-9])[日号]|(?P<part_m{copy}>[底末初中]旬?|[上下]旬))?"
        rf"|第?(?P<q{copy}>[一二三四1-4])季度?(?P<part_q{copy}>[末底初])?|q(?P<qq{copy}>[1-4])|(?P<h{copy}>[上下])半年"
        rf"|前(?:(?P<n_months{copy}>{_N})个?月|(?P<n_quarters{copy}>[二两三2-3])个?季度)(?!前)"
    )


_ROWS = {
    "to_date": "(?:今年|年初|开年|(?<![0-9一两二三四五六七八九十几数多半])年|(?<=指100)年|(?<=克100)年|(?<=普500)年"
    "|(?<=深300)年)(?:以来|至今|迄今|来|内|到现在|到目前|到今天)|今年(?=累计"
    "|已经?)",
    "dated": rf"(?:{_YEAR})(?:{_within_year(1)}|年?(?P<part_y1>[底末初]|中(?![国央美日期]))|全年)?",
    "undated": rf"(?:(?<![0-9.第])|(?=第))(?:{_within_year(2)})|年(?P<part_y2>[底末初])",
    "counted": rf"(?:过去|最近|近|过往|此前|前(?!{_N}个?(?:月|季度)))的?(?P<n>{_N})个?(?P<unit1>年|月|周|星期|天|日"
    rf"|季度|交易日)半?"
    "(?![前均初末底])",
    "ago": rf"(?P<n_ago>{_N})个?(?P<unit2>年|月|周|星期|天|季度|交易日)[多半]?(?:之?前|以前)",
    "relative": r"(?P<rel>本|这个?|上上|上一?个?|下个?|当(?=月))(?P<unit3>月|周|星期|季)度?"
    r"(?P<wd1>(?<=[周期])[一二三四五六日天](?![个直次些]))?(?P<part_r>[底末初]|[上中下]旬)?",
    "ends": "(?P<unit4>月|季)(?P<part_e>[底末初])",
    "weekday": "(?:周|星期|礼拜)(?P<wd2>[一二三四五六日天])(?![期年边围转])",
    "near": "(?P<near>[昨今前])[日天晚夜晨早](?![后生])|(?P<night>隔)夜(?!逆?回购|拆[借放]|利率|shibor|质押|指数|资金"
    "|贷款|融资|存款)|(?P<session>上一?个?|前一个?)交易日",
    "full": "(?P<iso>(?:19|20)[0-9]{2})[-/.](?P<mo_iso>[01]?[0-9])[-/.](?P<d_iso>[0-3]?[0-9])(?![0-9])",
    "day": "(?<![0-9./])(?P<d3>[0-3]?[0-9])日(?![均线元本内经])",
    "whole": "(?:全|这一|一?整)年",
    "same_day": "同一?[日天]|当[日天](?!冲)|单日|日内",
    "next_day": "次日|翌日|第二天|隔[日天]|[一1]天之?后",
    "day_before": "前一[日天]",
    "like": "同期(?!限)",
    "count": rf"(?<![0-9第指克数普深a-z])(?P<n_count>{_N})个?(?P<unit5>年|月|周|星期|天|日|季度"
    rf"|交易日)[多半]?(?:[之以]?内|来|间|里|累计?"
    r"|[合总]?共|(?=[了大暴狂累共已又再连急]{0,2}[涨跌升降缩增减泻瀉蒸弹挫扩回]))",
    "on_year": "同比|[较比]?(?:上年|去年)同期",
    "now": "目前|现在|当前|如今|眼下|现今|当下|时下|现阶段|此刻|最新|迄今",
    "peak": "高峰(?:时刻|时期|时|期)?|峰值|顶峰|巅峰|最高[峰时点]|(?:历史|[纪记]录)(?:新高|最高|高[点位])|新高|高点",
    "trough": "低谷|谷底|最低[时点]|(?:历史|[纪记]录)(?:新低|最低|低[点位])|新低|低点",
    "unknown": r"曾经?|此前|之前|当时|那时|彼时|以前|历史上|过去|疫情"
    "|金融危机|次贷危机|股灾"
    "|[0-9一二三四五六七八九]0?十?年代|世纪|未来|今后|将来|明[天日]|近年来?|[近数几]年|多年|不久前|前不久"
    rf"|(?:{_N}|[几数])个?(?:年|月|周|星期|天|日|季度|交易日)[多半]?(?:之?后|以后)|历时"
    "|随后|后来|环比|[几数]个?[月周天日](?:之?前|来|内)|当年|前些[年天]|有一阵",
}
_FIRST = (
    "0-9q零一二三四五六七八九十两几数多今去前明本上来后第下年过最近此这当月季周星礼昨隔开同较比目现如眼时迄高峰顶巅历纪记"
    "新低谷曾之那彼以疫金次股世未将不随翌环全整单有"
)
"""Characters that begin a row: every other place in a sentence is passed over at once."""

WORDS = re.compile(
    f"(?=[{_FIRST}])(?:" + "|".join(f"(?P<row_{name}>{pattern})" for name, pattern in _ROWS.items()) + ")"
)

OF_SOMETHING_ELSE = re.compile(
    "到期|年?报(?![价收告])|财年|年?度|年?预算|年?版|级|款|届|年?期(?![间货])"
    "|(?:以来|来)?的?(?:最(?![高低](?:[0-9近约逾超达报至到见为]|一度))|首次|新[高低]|第|单[日月周])|[^，。；]{0,8}以来[^，。；]{0,3}(?:最|首次|新[高低]|第)"
)
"""Behind a time that dates something else than the figure: a bond, a report, a record."""

SINCE_RECORD = re.compile("(?:以来|(?:(?<![0-9])[0-9]{1,2}|[一二三四五六七八九十几多])(?:年|个月|周|天))的?$")
"""Before a high that is only the highest since then: 十年新高."""

SINCE = re.compile("以来|至今|来(?![自源到])|起(?!到)|开始|之后")
TO = re.compile(" ?[到至~—-] ?")
UP_TO = re.compile("，?截[至止到]")
AND = re.compile("[和与及、]")
SOURCE = re.compile("[从自由]$")
AGAINST = re.compile("(?:较|比|相比|对比|相较于?|与|距离?)$")
BEFORE = re.compile("之?前|以前")
PASSED = re.compile("之?后|以后|回[落撤调升]|下[跌滑]|反弹|之前")
"""Behind a high that is over."""
