"""How English sentences name times, as a table of regular expressions; `nlp.claims.time_words_en` says what they mean.

For folded text (`nlp.claims.folding`). A row of `_ROWS` is a form, its name that of its reader or of the role it has. A
digit behind the name of a group is no part of it: it keeps the names of one row apart. Groups: `y` or `rel_y` (year),
`mo d` (month, day), `q`, `h` (quarter, half-year), `part` (of a span), `n` with `unit` (so many), `rel` (this, last),
`wd` (weekday), `near` (today, yesterday).
"""

from __future__ import annotations

import re

__all__ = [
    "BEST_IN",
    "BEST_SINCE",
    "BEYOND",
    "DATELINE",
    "ENDS_OF_STRETCH",
    "HAS_OWN",
    "IS_DUE",
    "IS_YEAR",
    "NAMES",
    "OF_EXTREME",
    "OF_SOMETHING_ELSE",
    "PASSED",
    "SINCE",
    "SOURCE",
    "THROUGH",
    "TO",
    "WAS",
    "WORDS",
]

_N = (
    "[0-9]{1,3}|an?|one|two|three|four(?:teen)?|five|fifteen|six(?:teen)?|seven(?:teen)?|eight(?:een)?"
    "|nine(?:teen)?|ten"
    "|eleven|twelve|thirteen|twenty"
)
_MONTH = (
    r"jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?"
)
_WEEKDAY = "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_DAY = (
    "[0-3]?[0-9](?:st|nd|rd|th)?(?![0-9]|[.,][0-9]|%| (?:per(?: |cent)|bn|billion|bps?|basis|mn|million|tn"
    "|trillion|times|points?)(?![a-z]))"
)
_SPAN = "week|month|quarter|year"
_PART = "end|close|start|beginning|middle|late|early|mid"
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_OF_A_MONTH = "(?:{})".format("|".join(f"(?<={month}{belongs} )" for month in _MONTHS for belongs in ("", "'s")))
_MONEY_MARKET = (
    "money|cash|secured|unsecured|rate|lending|borrowing|repo|repurchase|index|funds?|facilit|loan|deposit|swap|reverse"
)


def _year(copy: int) -> str:
    return rf"(?:,? (?:of )?(?:(?P<y{copy}>(?:19|20)[0-9]{{2}})(?!,?[0-9])|(?P<rel_y{copy}>last|this|the) year))"


_ROWS = {
    "dated": rf"(?:(?:the )?(?P<part1>{_PART})[ -](?:of )?(?:the )?)?"
    rf"(?:(?P<mo1>{_MONTH})(?![a-z])(?: (?P<d1>{_DAY}))?{_year(1)}?"
    rf"|(?P<d2>{_DAY}) (?P<mo2>{_MONTH})(?![a-z]){_year(2)}?"
    rf"|(?:(?P<q1>first|second|third|fourth)[ -]quarter|q(?P<q2>[1-4])(?![a-z])){_year(3)}?"
    rf"|(?P<h>first|second) half(?! of)(?:{_year(4)})?"
    r"|(?<![0-9$,.])(?P<y5>(?:19|20)[0-9]{2})(?!,?[0-9]|'?s(?![a-z])|[%-]|\.[0-9]| (?:points?|level|target)))",
    "relative": rf"(?:(?:the )?(?P<part2>{_PART}|earlier|later)[ -](?:of )?)?(?P<rel>last|this|previous|prior"
    rf"|the current) "
    rf"(?:(?P<unit1>{_SPAN})|(?P<wd1>{_WEEKDAY})|(?P<mo3>{_MONTH}))(?![a-z])",
    "ends": rf"year[ -](?P<part3>end)(?!ed|ing)|(?P<part4>end|start|beginning) of the (?P<unit2>{_SPAN})",
    "weekday": rf"(?P<wd2>{_WEEKDAY})(?![a-z])",
    "near": rf"(?P<near>yesterday|last night|today|overnight(?! (?:[a-z-]+ )?(?:{_MONEY_MARKET}))|tonight"
    "|the previous (?:session|day))(?![a-z])",
    "same_day": "(?:(?:on|for) the|(?:the|that) same|(?:that|the)) (?:day|session)(?![a-z])(?! (?:end|to |after"
    "|before|earlier|when"
    "|that|of|traders?))|by then(?![a-z])",
    "n_days_before": rf"(?P<n_back>{_N})[ -](?:day|session)s? (?:before|earlier|prior)(?![a-z])",
    "year_began": "(?:beg[au]n|start(?:ed|s)?|open(?:ed|s)?|enter(?:ed|s)?) (?:the|this) year(?![a-z])"
    "|first (?:trading )?day of (?:the|this) year",
    "year_ended": "(?:end(?:ed|s)?|finish(?:ed|es)?|clos(?:ed|es)) (?:(?:the|last) year(?![a-z])"
    "|(?P<y6>(?:19|20)[0-9]{2})(?!,?[0-9]| (?:points?|level|target)|[%-]))",
    "ended": "(?:end|finish|clos)(?:ed|es) (?P<which>last|the) (?P<unit8>week|month|quarter)(?= (?:at|above|below"
    "|near) )",
    "next_day": "the (?:next|following) (?:day|session|morning)(?![a-z])|a (?:day|session) later(?![a-z])",
    "day_before": "(?:the|a) (?:session|day) (?:before|earlier)(?![a-z])",
    "like": "(?:over|in) the same (?:period|time|stretch)(?![a-z])",
    "count": rf"(?:(?<=in )(?:the space of )?|(?<=in the )|(?<=over )|(?<=over the ))(?:(?P<n_count1>an?"
    rf"|one) (?P<unit6>{_SPAN}|day|session)|(?P<n_count2>{_N})[ -](?P<unit7>{_SPAN}|day"
    rf"|session)s)(?![a-z])(?! (?:ago|time|of))",
    "counted": rf"(?:past|last|previous|preceding|trailing) (?:(?P<n1>{_N}|few|several)[ -])?"
    rf"(?P<unit3>{_SPAN}|day|session)s?(?![a-z])",
    "ago": rf"(?:(?P<n2>{_N})[ -]|(?=year))(?P<unit4>{_SPAN}|day)s?[ -](?:ago|earlier|before|prior)(?![a-z])",
    "to_date": "than (?:on|at) new year's(?: (?:day|eve))?(?![a-z])"
    "|year[ -]to[ -]date|ytd|so far (?:in [0-9]{4}|this year)|since (?:the )?(?:new year(?:'s (?:day"
    "|eve))?|year began"
    "|(?:start|beginning|turn) of the year)(?![a-z])|(?:when|since) the year began"
    "|where (?:it|they) (?:started|began|opened) (?:the|this) year"
    "|(?:for|on) the year(?![a-z])|(?:down|up) on (?:a|this) year(?! (?:ago|earlier|before))(?![a-z])",
    "on_period": rf"(?P<how>for|on|in|over) the (?P<unit5>{_SPAN})(?![a-z])(?! (?:end|to |after|before|when|that|of))",
    "on_year": "year[ -]o(?:n|ver)[ -]year|yoy(?![a-z])|y/y",
    "now": "now(?![a-z])|currently|at present|at the moment|presently|latest(?![a-z])",
    "peak": rf"(?:its|their|the|an?|at) (?:(?!(?:{_MONTH}) )[a-z-]+ )?(?:peak|height|zenith)(?![a-z])|peak(?:ed"
    rf"|ing)(?![a-z])|ever (?:been|held|had|hit|reached|seen|stood)(?![a-z])"
    "|(?:all[ -]time|record|year's|52-week) (?:intraday |closing )?(?:high|peak)s?(?![a-z])|(?:high|peak) of the year"
    rf"|(?=peak|high){_OF_A_MONTH}(?:peak|high)(?![a-z])",
    "trough": rf"(?:its|their|the|an?) (?:(?!(?:{_MONTH}) )[a-z-]+ )?(?:trough|nadir)(?![a-z])|troughed"
    rf"|bottomed(?: out)?"
    "|(?:all[ -]time|record|year's|52-week) (?:intraday |closing )?lows?(?![a-z])|low of the year"
    rf"|(?=trough|low){_OF_A_MONTH}(?:trough|low)(?![a-z])",
    "unknown": "(?:once|previously|formerly|at one point|at the time|in the past(?! (?:(?:[a-z]+|[0-9]+) )?(?:day"
    "|session|week|month|quarter|year)s?(?![a-z]))|a while (?:ago|back)|(?:some time|long) ago|back then"
    "|in (?:those|the old|my [a-z' ]{1,20}) (?:days?|regime|times?)|historically|tomorrow"
    rf"|month[ -]o(?:n|ver)[ -]month)(?![a-z])|next (?:{_SPAN})(?![a-z])|in recent [a-z]+|(?:[0-9]+|an?|one"
    rf"|two|three|four|five|six|several|a few) (?:week|month|quarter|year)s? later|(?:over|in|for"
    rf"|during) an? [a-z0-9]+[ -](?:day|session|week|month|year) (?:period|stretch|span|run)|(?:over|during"
    rf"|in|for) the (?:[a-z]+ing )?period"
    "|(?:on|by) the (?:day|morning|session|evening) (?:after|of|before|following) the(?: [a-z]+)?(?![a-z])"
    "|(?:several|few|many|some|of) (?:day|week|month|year|quarter)s(?: ago)?|(?:year|month|week)s ago"
    "|(?:over|in) the [a-z0-9]+ (?:day|session|week|month|year)s (?:before|prior|earlier)(?![a-z])"
    "|pre-pandemic|(?:financial |debt |banking |subprime )crisis|(?:19|20)[0-9]0s|decades?(?![a-z])",
}
WORDS = re.compile(
    "(?=[0-9a-z])(?<![a-z])(?:" + "|".join(f"(?P<row_{name}>{pattern})" for name, pattern in _ROWS.items()) + ")"
)
NAMES = ("mo1", "mo2", "mo3", "wd1", "wd2")
"""Groups that are written with a capital."""

BEST_IN = re.compile("(?<![a-z])(?:[a-z]+est|first|most|worst|best)(?![a-z])[^.;,]{0,40} (?:in|for|over)(?: the)? $")
"""Before a count that only says how long something is the highest: its biggest gain in three weeks."""

BEST_SINCE = re.compile(
    "(?<![a-z])(?:(?:high|low|bigg|larg|small|steep|sharp|strong|weak|long|fast|slow|deep|great|narrow|wid|tight)est"
    r"|first|most|worst|best|least|record)(?![a-z])[^.;,]{0,60} since(?: the| at least)? $"
)
"""Before a time that only says how long something is the highest."""

IS_DUE = re.compile("(?:matur(?:ing|es?)|due|expir(?:ing|es?))(?: in| on)? $")
IS_YEAR = re.compile(
    "(?:(?<![a-z])(?:in|of|about|since|from|during|by|until|till|through|to|throughout|between|and|for"
    "|late|early|mid|end"
    "|start"
    "|than|before|after|the|its|fiscal)[ -]|^|[(-])$"
)
OF_SOMETHING_ELSE = re.compile(
    "[ -](?:notes?|bonds?|bills?|contracts?|futures?|delivery|treasur|maturit|budget|model|estimates?|forecasts?"
    "|edition)"
)
"""Behind a time that dates something else than the figure: a bond, a forecast."""

_EXTREME = (
    "(?:the |its |their )?(?:[a-z]+ )?(?:high|low|peak|trough|bottom|record|close)s? (?:of|on|in|set on"
    "|set in) (?:the )?"
)
SINCE = re.compile(rf"since (?:the )?$|(?:since|from) {_EXTREME}$")
SOURCE = re.compile(
    r"(?:from|than|versus|vs\.?|against|compared (?:with|to)) (?:(?:late|early) )?(?:(?:on|in) )?(?:the "
    r"|its |their |a |(?:it|they) (?:was|were|stood|had been) (?:at )?)?$"
    r"|(?:^ *|[.;,?!] )since [a-z]+ (?:(?:[^,;]|,(?! )){0,60} )?$"
)
HAS_OWN = re.compile("'s (?!(?:[a-z]+ )?(?:clos|session|trad|finish|settle|open|level|end)|[0-9$])")
"""Behind a time that something belongs to: rebounding from last week's slide."""

OF_EXTREME = re.compile(" (?:closing |intraday |record )?(?:high|low|peak|top|trough|bottom)(?![a-z]| of| at)")
"""Behind a day that is only told of a high or low: from its May 22 high."""

BEYOND = re.compile("(?:before|after|until|till|by|through|pre-|post-) (?:the )?$")
"""Before a time that bounds the figure's without being it."""

DATELINE = re.compile(
    r"\W*[A-Z][A-Z/. ]+(?:/[A-Z. ]+)?, [A-Z][a-z]{2,8}\.? [0-9]{1,2} (?:\([A-Za-z ]+\) )?[-\u2013\u2014]"
)
"""Where and when a report was written, which is not what it is about."""

PASSED = re.compile("(?: (?:on|in|of|set) [a-z]+)?,? (?:before|and then)")
THROUGH = re.compile(
    "(?:(?:through|until|till) (?:the )?|(?:quarter|month|year|week|period)s? (?:ended|ending) (?:on )?)$"
)
"""Before a time that a change lasted up to, from when is not said."""

WAS = re.compile(
    "(?<![a-z])(?:peaked|topped out|bottomed|troughed|stood|was|were|closed|ended|finished|fell|rose)(?![a-z])"
    "[^,;]{0,40} on $"
)
"""Before a day without its year that has been: peaked at 2.55 trillion on December 30."""

TO = re.compile("-| (?:to|through|until|and) (?:(?:in|on) )?(?:the )?")
ENDS_OF_STRETCH = re.compile("(?:from|between) (?:the )?$")
