"""The words around a figure that take the fact out of it: a forecast, a condition, a negation, a value of the day.

For folded text, as in `nlp.claims.movement`; what follows from a word is decided in `nlp.claims.doubts`.
"""

from __future__ import annotations

import re

from nlp.claims.movement import SMALL_EN

__all__ = [
    "APPOSED",
    "AS_A_MARK",
    "A_YIELD",
    "BEST_OF",
    "CAP",
    "CONDITION",
    "CORRECTED",
    "DISTANCE",
    "EXPECTED",
    "FORECAST",
    "FORECAST_OPENING",
    "FROM_BEFORE",
    "IS_SO",
    "MEAN",
    "NEGATION",
    "PAST_TOLD",
    "QUESTION",
    "STATED_PRESENT",
    "TARGET_AFTER",
    "WHEN_PAST",
    "WITHIN_DAY",
    "WOULD_AFTER",
    "YIELD_AFTER",
]

FORECAST = re.compile(
    r"将(?!近|军)|可能|或将|或会|或(?=[再进跌涨升降达至突跳重])|恐(?!慌|惧)|预计|(?<![过于超逊合及如])预期"
    r"|预测|预估|料|有望|看(?=[高低涨跌][至到])|计划|拟|打算|有机会|必(?=[将回到会涨跌升站破])|必然|势必"
    r"|应该会|理应"
    r"|(?<![机协大年开晚聚议委学社基商才准联])会(?![议员计所谈晤长场见])|认为|共识|能(?=[再]?(?:跌|涨|升"
    r"|降|达|到|突|站))|目标|支撑位|阻力位|压力位|风险|情景|假设|模拟|估计|推动|指望|希望|才能|想象"
    r"|[上下]限|原本|均值|中位数"
    r"|\b(?:could|would|might|will|should|shall|forecasts?|forecasting|forecasted|predict(?:s|ed|ion"
    r"|ions)?|project(?:s|ed|ion|ions)?|expect(?:s|ed|ation|ations|ing)?"
    r"|likely|targets?|targeted|targeting|set to|going to|poised|on track|heading (?:to|for)|headed (?:to|for)"
    r"|risk(?:s|ing)?|aims?|plans?|planned|scenario|estimates?|estimated|anticipat(?:e|es|ed|ing)"
    r"|fair value|averaged|average of|floor|ceiling|median|polls?|polled|survey(?:ed)?|can(?!'t)"
    r"|see(?:s|n|ing)? (?:the |it )|potential(?:ly)?|(?<!found )support|resistance|possib(?:le|ly|ility)|'ll|'d)\b"
)
"""In the clause of a figure and before it: what has not happened."""

A_YIELD = re.compile(r"\ban? $")
YIELD_AFTER = re.compile(r" (?:yield|rate)\b")
"""Around a yield that is spoken of as one that may be: a 4 percent yield for tens is rational."""

FORECAST_OPENING = re.compile(
    r"(?:预计|(?<![过于超逊合及如])预期|预测|认为|共识|料|展望)[^，,]{0,4}[，,:：\s]*$|\b(?:expects?"
    r"|forecasts?|predicts?|predicted|targets?)\b[^,]{0,30},?\s*$|\brisks?:\s*$"
)
EXPECTED = re.compile(
    r"\b(?:base|bull|bear|central|worst|best) case\b|\bmy (?:guess|bet|hunch)\b"
    r"|\b(?:i|we) (?:forecast|expect|predict|look for|have the|see the|would|think)\b|\b(?:futures|traders"
    r"|markets|investors) (?:now )?(?:imply|implied|price|priced|bet|see)\b"
)
"""Anywhere before a figure in its sentence: what the writer expects."""

WOULD_AFTER = re.compile(r"\s+[^,.;]{0,28}\b(?:would|could|might)\b")
TARGET_AFTER = re.compile(
    r"[^，,。]{0,6}(?:时|的时候|之后|以后)?[，,]?(?:我会|就会|就要|就不|就别|就没|那么|则)"
    r"|[^。]{0,20}?我会|[^。，,]{0,10}[，,]才(?:能|会|代表|算|叫|有|是)|[^，,。]{0,6}的时候|意味着"
    r"| (?:left )?to (?:climb|rise|fall|go|drop|gain|lose|recover)\b"
    r"|,? (?:where|when) (?:it|they) (?:peaked|topped|bottomed)\b"
    r"|[^，,。]{0,4}(?:那天|那时|之时)|[点%左右大关关口整数的]{0,6}(?:目标|心理|支撑|阻力|压力|预期|预测"
    r"|门槛|整数关)|[a-z]{0,8}\s*(?:price )?(?:targets?|forecasts?|estimates?|(?<!found )support"
    r"|resistance|mark by|by (?:year end|the end of|next|mid|december))\b"
)
CONDITION = re.compile(
    r"如果|等到|直到|若(?!干)|假如|假设|假定|一旦|倘若|倘|要是|万一|即便|即使|除非|只要|大不了|每(?=下?跌"
    r"|上?涨)|能否|会否|会不会|是否|(?<![相应正适])当(?![时前天日周月年局地中代下然])|\b(?:if|whenever"
    r"|unless|suppose|assuming|should the|were the|whether|until|in case|what if|even if)\b"
)
"""Anywhere before a figure in its sentence: an if."""

CORRECTED = re.compile('点?[”"」』]?，?(?:应为|应是|实为|其实是|有误|系误|是错的|并不对)|点?(?:或其他|之类|什么的)')
"""Right behind a figure: it is taken back, or was not meant as one."""

QUESTION = re.compile(r"[^，,。]{0,12}吗|[^，,。；;.!！]{0,12}[?？]")
STATED_PRESENT = re.compile(r"(?:目前|当前|现在|现有)的?$|\b(?:current|currently|now|today's)\s*$")
"""Right before a figure: a fact, whatever the sentence makes of it (如果SOFR从目前的4.55%降到…)."""

APPOSED = re.compile(r"^\s*(?:now |currently |still )?at\s*$")
"""All of a clause before a figure that states it beside the point: whether the Hang Seng, at 22,045, is cheap."""

NEGATION = re.compile(
    r"(?:没有|并未|未(?!来)|从未|尚未|不曾|并非|不是|不会|不再|远未|无法|难以|没能|未能|没)[^，,。]{0,8}$"
    r"|(?:\b(?:not|never|no longer|nowhere near|fail(?:s|ed|ing)? to|yet to|rather than|instead of|without"
    r"|neither|nor|hardly|short of)\b|n't\b)(?! only)[^,.;]{0,36}$"
)
FROM_BEFORE = re.compile(
    rf"(?:从|由|自)(?:[^，,。0-9]{{0,10}})$"
    rf"|\bfrom\s+(?!(?:[a-z]+ )?(?:twos?|tens?|two|ten)\b)(?:[a-z' ]{{0,24}})$"
    rf"|\bthan (?:the|its|their) (?:{SMALL_EN} )*$"
)
"""The figure is where something came from."""

WHEN_PAST = re.compile(r"\bwhen\b[^,.;]{0,40}\b(?:was|were|stood|had|hit)\b[^,.;]{0,12}$")
IS_SO = re.compile(r"\b(?:is|are|stands?|yields?|pays?|sits?|reads?|shows?)(?! (?:called|said))\b[^,.;]{0,24}$")
"""Before a level: the present, whatever was told before."""

PAST_TOLD = re.compile(
    r"(?<![0-9与和跟比较自])(?<!since )(?<!than )(?<!russell )((?:19|20)[0-9]{2})(?: ?年(?!期|(?:[0-9]{1,2}月)?(?:以来"
    r"|来))|(?=[ ,.)，]))|(当时|那时|那年|当年|彼时|back then|at the time|in those days)"
)
"""A year, or a word that takes a story back to one."""

BEST_OF = re.compile(r"[,;]? (?:its|the|their) (?:lowest|highest|strongest|weakest)\b")
"""Behind a level that was the lowest or highest for long: it may be that of a moment."""

AS_A_MARK = re.compile("点?(?:这个)?(?:点位|位置)?[，,]?(?:正|恰好?|刚好|也|就)?是(?![因不])")
"""Behind a figure that opens its sentence: it is spoken of as a number, not told."""

DISTANCE = re.compile(
    r"距离?[^，,。0-9]{0,6}$"
    r"|\b(?:approach(?:ed|es|ing)?|near(?:s|ed|ing)|short of|away from|close to)\b[^,.;0-9]{0,16}$"
)
"""Before a level that is only a mark."""

MEAN = re.compile(
    r"平均(?!指|工|线|[成市]|价)"
    r"|(?<!industrial )(?<!stock )(?<!nikkei )(?<!225 )\baverag(?:e|es|ed|ing)(?= (?:an? |of |gain|loss|rise|fall|drop"
    r"|decline|return|move)|[,;]?$| )"
)
"""Before a change that is one of many, put together."""

CAP = re.compile(r"上限|最多|封顶|计划|目标|\bcap(?:s|ped)?\b|\bceiling\b|\bup to\b|\blimit\b|\bplan(?:s|ned)?\b")
WITHIN_DAY = re.compile(
    r"盘中|期货|夜盘|上午|下午|中午|下探|上探|最[高低](?![点峰时位])|高开|低开|开高|开低|一度|日内|早盘"
    r"|午盘|盘初|尾盘|开盘|盘前|盘后|最高(?:触|报|至|到|见)|最低(?:触|报|至|到|见)|触及"
    r"|曾(?=[跌涨升触达见])|\bintraday\b|\bat one point\b|\bpeaking at\b|\bhigh in the\b"
    r"|\bas (?:high|low|much) as\b|\btouch(?:es|ed"
    r"|ing)?\b"
    r"|\bsession (?:high|low)\b|\bduring the session\b|\bat the open\b|\bopen(?:s|ed) (?:at|up|down|higher"
    r"|lower|with)\b|\bopening bell\b|\bbriefly\b|\bearl(?:y|ier) (?:on|trad|deal|in the|today)"
    r"|\bat (?:the|its|their) (?:worst|best|most|extreme)\b|\btraded (?:at|as|down to|up to|through)\b"
    r"|\b(?:midday|afternoon|morning) (?:trad|deal|session)|\b\w+day (?:morning|afternoon)\b"
    r"|\bat the lows?\b|\bfutures\b|\bpremarket\b"
)
