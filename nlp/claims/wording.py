"""The words around a figure that tell what it is: a level or a change, up or down, a forecast, a value of the day.

Every pattern is searched in folded text (`nlp.claims.name_patterns.fold_name`: small letters, simplified
characters, hyphens as spaces), so one list serves both Chinese scripts. What follows from a word is decided in
`nlp.claims.readings` and `nlp.claims.doubts`.
"""

from __future__ import annotations

import re

__all__ = [
    "ABOVE_SOMETHING",
    "AGAINST",
    "APPOSED",
    "AS_A_MARK",
    "BELOW_SOMETHING",
    "BEYOND",
    "BY_BEFORE",
    "CAP",
    "CHANGE_AFTER",
    "CHANGE_BEFORE",
    "CONDITION",
    "DIFFERENCE_NAME",
    "DISTANCE",
    "DOWN",
    "EACH_ITS_OWN",
    "EXPECTED",
    "FORECAST",
    "FORECAST_OPENING",
    "FROM_BEFORE",
    "GONE_AFTER",
    "INVERTED",
    "LATELY",
    "LEVEL_BEFORE",
    "LEVEL_WORD",
    "MEAN",
    "NEGATION",
    "OF_WHICH",
    "ON_TOP_BEFORE",
    "PART_OF",
    "PAST_TOLD",
    "QUESTION",
    "RAISING_NAME",
    "RANGE_WORD",
    "SHRINKING_NAME",
    "STATED_PRESENT",
    "TARGET_AFTER",
    "TO_BEFORE",
    "UP",
    "WHEN_PAST",
    "WITHIN_DAY",
    "WOULD_AFTER",
    "is_bridge",
]


def _longest_first(words: str) -> str:
    """Alternatives in an order in which none hides a longer one."""
    return "|".join(sorted(words.split("|"), key=len, reverse=True))


_UP_ZH = _longest_first(
    "上涨|涨|上升|升|增|走高|走强|收高|攀|飙|反弹|拉升|跳升|跳涨|扩大|扩张|扩表|走阔|走扩|新高|回报|收红"
    "|大增|上调|上行|抬升|高开|多出|高出|弹升|弹|跃升|推升|上扬"
)
_DOWN_ZH = _longest_first(
    "下跌|跌|下降|降|减|走低|走弱|收低|下滑|下挫|重挫|回落|回调|回撤|跳水|收窄|收缩|缩|缩表|萎缩|缩水"
    "|蒸发|崩|暴跌|失血|流失|流出|下行|下调|低开|走软|收黑|收绿|倒退|消耗|少了|泻|瀉|插|抽走|挫|蚀|掉了"
    "|重跌|滑落|打折"
)
_UP_EN = (
    r"up|rose|rises?|risen|rising|gain(?:s|ed|ing)?|add(?:s|ed|ing)?|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?"
    r"|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|rall(?:y|ies|ied|ying)|advanc(?:e|es|ed|ing)|grew|grows?"
    r"|grown|swell(?:s|ed)?"
    r"|swollen|expand(?:s|ed|ing)?|increas(?:e|es|ed|ing)|widen(?:s|ed|ing)?|rebound(?:s|ed|ing)?|spik(?:e|es|ed|ing)"
    r"|higher|returned|put on|balloon(?:s|ed)?|recover(?:s|ed|ing)?|leapt|leaps?|went up|goes up|shot up"
    r"|firmed|swelling|better|to the good|richer|dearer|heavier|fatter|bounc(?:e|es|ed|ing)"
)
_DOWN_EN = (
    r"down|fell|falls?|fallen|falling|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|los(?:e|es|t|ing)|loss|losses"
    r"|slid(?:e|es)?|sliding|slump(?:s|ed|ing)?|tumbl(?:e|es|ed|ing)|plung(?:e|es|ed|ing)|sank|sinks?|sunk"
    r"|shed(?:s|ding)?"
    r"|dip(?:s|ped|ping)?|shr(?:ank|unk|ink|inks|inking)|reduc(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)"
    r"|retreat(?:s|ed|ing)?"
    r"|eas(?:e|es|ed|ing)|narrow(?:s|ed|ing)?|tighten(?:s|ed|ing)?|lower|weaker|off|crash(?:es|ed|ing)?"
    r"|drain(?:s|ed|ing)?"
    r"|contract(?:s|ed|ing)?|roll(?:s|ed|ing)? off|runoff|run off|ran off|cut|cuts|gone|vanished"
    r"|evaporated|mislaid|surrendered|slipp?(?:s|ed|ing)?|correction|pullback"
    r"|drawdown|rout|slash(?:ed)?|pared|tank(?:s|ed)?|collaps(?:e|es|ed|ing)|erased|wiped|subtracted"
    r"|costs?|poorer|cheaper|lighter|thinner|t(?:ake|akes|aken|ook|aking) out|withdr(?:aw|ew|awn)|melted"
    r"|worse"
)
UP = re.compile(rf"{_UP_ZH}|(?<![a-z])(?:{_UP_EN})(?![a-z])")
DIFFERENCE_NAME = re.compile(r"利差|息差|倒挂|曲线|spread|gap|curve|inversion|premium|oas|difference")
"""Names of differences of rates."""

DOWN = re.compile(rf"{_DOWN_ZH}|(?<![a-z])(?:{_DOWN_EN})(?![a-z])")

_SMALL_EN = (
    r"(?:an?|the|just|only|some|about|around|roughly|nearly|almost|more than|less than|over|under|as much as"
    r"|as low as|as high as|a record|record|another|a further|further|a total of|total|all of|by|still|back"
    r"|a whopping|an estimated|approximately)"
)
LEVEL_BEFORE = re.compile(
    r"(?:至|到|为|报|于|在|处|达|触|破|上|穿|失守|守住|逼近|接近|重返|收复|仅|只有|只剩|剩|仅剩|有|是|录得"
    r"|来到|站稳|站上|徘徊|水平|点位|关口|读数|指数|余额|总额|规模|[:：=])"
    r"(?:了|过|出)?[“\"'\s(（]*$"
    rf"|\b(?:to|at|is|was|are|were|be|been|near|nears|above|below|past|through|topped|tops|crossed|cross"
    rf"|broke|breached|hit|hits|hitting|reach(?:es|ed|ing)?"
    rf"|touch(?:es|ed|ing)?|read|reads|reading of|level of|yield(?:s|ed|ing)?|total(?:s|led|ed|ling|ing)?"
    rf"|stands|stood|held|holds?|holding|of|exceed(?:s|ed|ing)?|with"
    rf"|peaked at|averag(?:es|ed|ing)|between|approach(?:es|ed|ing)?|remains?|remained|or)[\s:,(]*(?:{_SMALL_EN}\s+)*$"
)
"""A level follows: to, at, of …"""

CHANGE_BEFORE = re.compile(
    rf"(?:{_UP_ZH}|{_DOWN_ZH})(?:了|幅|幅度|幅为|幅达|幅约|幅超|幅超过|幅度达|幅度为|幅扩大至|幅收窄至|规模"
    rf"|掉|去|约|近|逾|超|超过|出|将近|有|大概|大约)*[\s(（]*$"
    r"|[涨跌降升增]幅度?(?:已经?|也)?(?:达到?|到|至|扩大[至到]|收窄[至到])了?[约近逾超]?$"
    r"|(?:涨幅|跌幅|降幅|升幅|增幅|振幅|涨跌幅|回撤|累计|回报率?|缩减|缩表"
    r"|扩表)(?:[^0-9一二三四五六七八九十百千万亿，,。至到]{0,6})$"
    rf"|\b(?:{_UP_EN}|{_DOWN_EN})\s+(?:of\s+)?(?:{_SMALL_EN}\s+)*$"
    rf"|\bby\s+(?:{_SMALL_EN}\s+)*$"
)
"""A change follows: fell, by, 下跌 …"""

CHANGE_AFTER = re.compile(
    r"\s*(?:的)?(?:涨幅|跌幅|降幅|升幅|增幅|回调|回撤|下跌|上涨|反弹|缩表|回撤|跌势|涨势)"
    rf"|\s*(?:[a-z]+ )?(?:{_UP_EN}|{_DOWN_EN}|reduction|shrinkage|contraction|swing|move)(?![a-z])"
    r"|\s*(?:below|under|short of|shy of|less than)(?= (?:the|its|their|that|where|on|last|in)\b(?!.{0,30}average))"
    r"|\s*above(?= (?:the|its|their|that|where|last)\b(?!.{0,30}average))"
)
"""A change was told: a 3% fall, 2% higher."""

BY_BEFORE = re.compile(rf"\b(?:by|of)\s+(?:{_SMALL_EN}\s+)*$")
BELOW_SOMETHING = re.compile(r"\s*(?:below|under|short|shy|less)\b")
AGAINST = re.compile(
    r"\s*(?:below|above|under|off|lower than|higher than|more than|less than) (?:the|its|their|that|where|last|on|in)\b"
)

BEYOND = re.compile(r"\s*(?:over|above|below|under|more|less|higher|lower|wider|tighter)\b")
"""A rate told against another one, not its own level."""

ABOVE_SOMETHING = re.compile(r"\s*above\b")

EACH_ITS_OWN = re.compile(r"分别|依次|各自|\brespectively\b")
FROM_BEFORE = re.compile(
    rf"(?:从|由|自)(?:[^，,。0-9]{{0,10}})$|\bfrom\s+(?:[a-z' ]{{0,24}})$|\bthan (?:the|its|their) (?:{_SMALL_EN} )*$"
)
"""The figure is where something came from."""

OF_WHICH = re.compile(
    r"(?:占|占到|占据|相当于|约等于)(?:[^，,。]{0,16})$|\b(?:account(?:s|ed|ing)? for|makes? up|made up"
    r"|represent(?:s|ed|ing)?|compris(?:e|es|ed|ing))\b[^,.]{0,40}$"
)
"""The figure is a share of the indicator, not its change."""

ON_TOP_BEFORE = re.compile(r"(?:加上?|\+)\s*$|\bplus\s+$")
"""A figure that is put on top of a rate: SOFR加上4.25%."""

TO_BEFORE = re.compile(rf"[至到]了?[约近逾超]*$|\bto\s+(?:{_SMALL_EN}\s+)*$")

PART_OF = re.compile(r"\s*of\b|\s*的(?![涨跌升降增减回反])")
"""Behind a percentage that is a part of something: 30% of the S&P 500."""

INVERTED = re.compile(r"倒挂|负值|\binver(?:ted|sion|ts?)\b|\bnegative\b|\bminus\b")
RANGE_WORD = re.compile("幅度?|区间|\\brange\\b")
RAISING_NAME = re.compile(r"加息|升息|扩表|\bhikes?\b|\bincreases?\b")
LATELY = re.compile(r"最近|近来|近期|\b(?:lately|recently|of late|currently|now)\b")
LEVEL_WORD = re.compile(r"(?:below|beneath|under|above|past)\b")
"""How a figure begins that is a level whatever moved before it: fell *below 20*."""

SHRINKING_NAME = re.compile(
    r"缩表|量化紧缩|缩减|降息|减息|runoff|run off|shrinkage|\bcuts?\b|\bqt\b|quantitative tightening"
)
CAP = re.compile(r"上限|最多|封顶|计划|目标|\bcap(?:s|ped)?\b|\bceiling\b|\bup to\b|\blimit\b|\bplan(?:s|ned)?\b")

FORECAST = re.compile(
    r"将(?!近|军)|可能|或将|或会|或(?=[再进跌涨升降达至突跳重])|恐(?!慌|惧)|预计|(?<![过于超逊合及如])预期"
    r"|预测|预估|料|有望|看(?=[高低涨跌][至到])|计划|拟|打算|有机会|必(?=[将回到会涨跌升站破])|必然|势必"
    r"|应该会|理应"
    r"|(?<![机协大年开晚聚议委学社基商才准联])会(?![议员计所谈晤长场见])|认为|共识|能(?=[再]?(?:跌|涨|升"
    r"|降|达|到|突|站))|目标|支撑位|阻力位|压力位|风险|情景|假设|模拟|估计|推动|指望|希望|才能|想象"
    r"|[上下]限|原本|均值|中位数"
    r"|\b(?:could|would|might|will|should|shall|forecasts?|forecasting|forecasted|predict(?:s|ed|ion"
    r"|ions)?|project(?:s|ed|ion|ions)?|expect(?:s|ed|ation|ations|ing)?"
    r"|likely|targets?|targeted|targeting|set to|poised|on track|heading (?:to|for)|headed (?:to|for)"
    r"|risk(?:s|ing)?|aims?|plans?|planned|scenario|estimates?|estimated|anticipat(?:e|es|ed|ing)"
    r"|fair value|averaged|average of|floor|ceiling|median|polls?|polled|survey(?:ed)?|can"
    r"|see(?:s|n|ing)? (?:the |it )|potential(?:ly)?|(?<!found )support|resistance|possib(?:le|ly|ility)|'ll|'d)\b"
)
"""In the clause of a figure and before it: what has not happened."""

FORECAST_OPENING = re.compile(
    r"(?:预计|(?<![过于超逊合及如])预期|预测|认为|共识|料|展望)[^，,]{0,4}[，,:：\s]*$|\b(?:expects?"
    r"|forecasts?|predicts?|predicted|targets?)\b[^,]{0,30},?\s*$"
)
EXPECTED = re.compile(
    r"\b(?:i|we) (?:forecast|expect|predict|look for|have the|see the|would|think)\b|\b(?:futures|traders"
    r"|markets|investors) (?:now )?(?:imply|implied|price|priced|bet|see)\b"
)
"""Anywhere before a figure in its sentence: what the writer expects."""

WHEN_PAST = re.compile(r"\bwhen\b[^,.;]{0,40}\b(?:was|were|stood|had|hit)\b[^,.;]{0,12}$")
WOULD_AFTER = re.compile(r"\s+[^,.;]{0,28}\b(?:would|could|might)\b")

CONDITION = re.compile(
    r"如果|等到|直到|若(?!干)|假如|假设|假定|一旦|倘若|倘|要是|万一|即便|即使|除非|只要|大不了|每(?=下?跌"
    r"|上?涨)|能否|会否|会不会|是否|(?<![相应正适])当(?![时前天日周月年局地中代下然])|\b(?:if|whenever"
    r"|unless|suppose|assuming|should the|were the|whether|until|in case|what if|even if)\b"
)
"""Anywhere before a figure in its sentence: an if."""

QUESTION = re.compile(r"[^，,。]{0,12}吗|[^，,。；;.!！]{0,12}[?？]")
STATED_PRESENT = re.compile(r"(?:目前|当前|现在|现有)的?$|\b(?:current|currently|now|today's)\s*$")
"""Right before a figure: a fact, whatever the sentence makes of it (如果SOFR从目前的4.55%降到…)."""

PAST_TOLD = re.compile(
    r"(?<![0-9与和跟比较自])(?<!since )(?<!than )((?:19|20)[0-9]{2})(?: ?年(?!期|(?:[0-9]{1,2}月)?(?:以来"
    r"|来))|(?=[ ,.)，]))|(当时|那时|那年|当年|彼时|back then|at the time|in those days)"
)
"""A year, or a word that takes a story back to one."""

APPOSED = re.compile(r"^\s*(?:now |currently |still )?at\s*$")
"""All of a clause before a figure that states it beside the point: whether the Hang Seng, at 22,045, is cheap."""

GONE_AFTER = re.compile(r"\b(?:has|have|had|was|were|been|be) (?:gone|lost|wiped|erased|vanished|evaporated|shed)\b")

TARGET_AFTER = re.compile(
    r"[^，,。]{0,6}(?:时|的时候|之后|以后)?[，,]?(?:我会|就会|就要|就不|就别|就没|那么|则)"
    r"|[^。]{0,20}?我会|[^。，,]{0,10}[，,]才(?:能|会|代表|算|叫|有|是)|[^，,。]{0,6}的时候|意味着"
    r"|[^，,。]{0,4}(?:那天|那时|之时)|[点%左右大关关口整数的]{0,6}(?:目标|心理|支撑|阻力|压力|预期|预测"
    r"|门槛|整数关)|[a-z]{0,8}\s*(?:price )?(?:targets?|forecasts?|estimates?|(?<!found )support"
    r"|resistance|mark by|by (?:year end|the end of|next|mid|december))\b"
)
AS_A_MARK = re.compile("点?(?:这个)?(?:点位|位置)?[，,]?(?:正|恰好?|刚好|也|就)?是(?![因不])")
"""Behind a figure that opens its sentence: it is spoken of as a number, not told."""

MEAN = re.compile(
    r"平均(?!指|工|线|[成市]|价)|\baverag(?:e|es|ed|ing)(?= (?:an? |of |gain|loss|rise|fall|drop|decline"
    r"|return|move)|[,;]?$| )"
)
"""Before a change that is one of many, put together."""

DISTANCE = re.compile("距离?[^，,。0-9]{0,6}$")
"""Before a level that is only a mark."""

NEGATION = re.compile(
    r"(?:没有|并未|未(?!来)|从未|尚未|不曾|并非|不是|不会|不再|远未|无法|难以|没能|未能|没)[^，,。]{0,8}$"
    r"|(?:\b(?:not|never|no longer|nowhere near|fail(?:s|ed|ing)? to|yet to|rather than|instead of|without"
    r"|neither|nor|hardly|short of)\b|n't\b)(?! only)[^,.;]{0,36}$"
)
WITHIN_DAY = re.compile(
    r"盘中|期货|夜盘|上午|下午|中午|下探|上探|最[高低](?![点峰时位])|高开|低开|开高|开低|一度|日内|早盘"
    r"|午盘|盘初|尾盘|开盘|盘前|盘后|最高(?:触|报|至|到|见)|最低(?:触|报|至|到|见)|触及"
    r"|曾(?=[跌涨升触达见])|\bintraday\b|\bat one point\b|\bas (?:high|low|much) as\b|\btouch(?:es|ed"
    r"|ing)?\b"
    r"|\bsession (?:high|low)\b|\bduring the session\b|\bat the open\b|\bopen(?:s|ed) (?:at|up|down|higher"
    r"|lower|with)\b|\bopening bell\b|\bbriefly\b|\bearl(?:y|ier) (?:on|trad|deal|in the|today)"
    r"|\b(?:midday|afternoon|morning) (?:trad|deal|session)|\b\w+day (?:morning|afternoon)\b"
    r"|\bat the lows?\b|\bfutures\b|\bpremarket\b"
)

_BRIDGE_ZH = re.compile(
    _longest_first(
        f"{_UP_ZH}|{_DOWN_ZH}|"
        "涨幅|跌幅|降幅|升幅|增幅|旬|上旬|中旬|下旬|距离|距|平均|未|没有|没|不|难|重上|重返|重|目标价"
        "|目标|所谓|上限|下限|翻倍|过去|中间|首次|毕竟|好歹|依旧|依然|眼下|刚刚|勉强|几乎|更是|整整|足足"
        "|保住|守住|守在|至多|至少|居然|竟|倒|刚|才|微|略|小|急|"
        "劲|狂|猛|齐|同|连|累|那|起|掉|去|回|反|躺|停|剩|季|盘中|最高|最低|最新|触及|来到|站上|站稳|跌破"
        "|突破|失守|逼近|重返|收复|徘徊|点位|关口|收报|收于|报收|收盘|收|报|"
        "至|到|于|在|达|逾|超|过|破|创下|创|历史|新低|高点|低点|高位|低位|峰值|高峰|时刻|顶峰|累计|累积"
        "|合计|约|近|大约|左右|仅|只有|只|剩下|有|还|仍然|仍|已经|已|曾经|曾|"
        "一度|水平|位于|处于|录得|显示|意味|以来|今年|去年|前年|年初|年底|年末|年内|年中|本周|上周|本月"
        "|上月|上个月|这个月|月初|月底|月末|周末|昨日|昨天|今日|今天|当日|当天|目前|"
        "现在|当前|如今|当时|此后|随后|其后|之后|之前|此前|前一|后|前|较|比|与|同期|同比|环比|相比|对比"
        "|自|从|由|的|地|得|又|再度|再|继续|连续|持续|进一步|大幅|小幅|急剧|"
        "迅速|快速|明显|显著|并且|并|而|但|也|均|都|则|其中|期间|单日|全天|全周|全月|交易日|星期|季度"
        "|数字|规模|余额|读数|指数|指标|幅度|数值|水位|数据|其|它|该|这一|这个|即|"
        "也就是|相当于|第|次|位|处|达成|区间|单周|月度|每月|每个|每|以|个|年|月|日|周|天|时|点|末|底|初"
        "|上|下|中|为|了|是|和|及|至今|最|大|高|低|深|强|弱|终|盘|逐步|"
        "逐渐|将|预计|可能|会|或|一路|甚至|尤其|直接|最终|总共|一共|总计|美元|亿|万|仅为|就|却|周一|周二"
        "|周三|周四|周五|周六|周日|开盘|收市|全年|年来|开始|此时|当月|当周|当年|"
        "单季|季末|同日|昨|今|明|整|再次|首度|分钟|小时|市场|一口气|大概|恐怕|据说|也许|其实|果然|竟然"
        "|终于|重新|计|称|曾见|见|挤|摸|碰|冲|杀|探|踏|踩|越|翻|砸|躲|换|打|"
        "看|维持|打转|盘旋|震荡|波动"
    )
    + r"|[\d.,，%:：\s“”\"'‘’、()（）/+\-一二三四五六七八九十两零百千]"
)
_WORDS_OF_BRIDGE_EN = """
a an the its it their this that which these of to at from by in on for with and or than as so but then up down
higher lower above below over under near nearly about around roughly just only still some more less most least
almost close closed closes closing end ended ending ends finish finished finishing settle settled settling
trade traded trades trading stand stands stood standing sit sits sat sitting hover hovers hovered hovering is
was are were be been being has had have having now currently today yesterday week weeks month months year
years day days session sessions quarter point points percent percentage basis since last this past first
second third time record high highs low lows highest lowest level levels peak peaked peaking trough biggest
largest worst best steepest gain gains loss losses drop fall rise decline jump reaching reached reach hit hits
hitting touch touched touching pay pays paid paying yield yields yielded yielding hold holds held holding give
gives gave offer offers offered carry carries took take takes drew draws attracted nevertheless nonetheless
somehow solid comfortable mere measly modest lofty quoted found support counts counted gone come comes came
shot got scarcely hardly barely never not don't doesn't hasn't haven't isn't we you they he she i some any all
no much many both also too very quite rather first next lately way far cry long short deep deepest started
starting begun began reads read shows showed stuck still worst wound up count figures moved lies lying rests
leaving taking bringing pushing sending putting compared versus vs against after before during earlier later
when while monday tuesday wednesday thursday friday january february march april may june july august
september october november december mid early late year-to-date far all-time alltime multi fresh new back well
even off reading readings figure balance total totals totalling value worth recently latest recent ago
previous prior same equal equivalent respectively another further cent bps bp eight nine ten two three four
five six seven average long short term into out through between pace monthly weekly daily annual market
close's late-day afternoon morning intraday one there it's
"""
_BRIDGE_EN = frozenset(_WORDS_OF_BRIDGE_EN.split())
_WORD_EN = re.compile(r"[a-z][a-z']*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WEIGHT = 3
"""A Latin word in a Chinese sentence is a name more often than not."""

_MOVES_EN = re.compile(rf"(?:{_UP_EN}|{_DOWN_EN})")


def is_bridge(folded: str, slack: int = 0) -> bool:
    """Whether words between a name and a figure name no other subject; at most `slack` unknown words or characters.

    >>> is_bridge("随后大幅回落至"), is_bridge("英伟达跌"), is_bridge("closing at a record "), is_bridge("nvidia fell ")
    (True, False, True, False)
    """
    left_zh = len(_HAN.findall(_BRIDGE_ZH.sub("", folded)))
    words = _WORD_EN.findall(folded)
    left_en = sum(word.removesuffix("'s") not in _BRIDGE_EN and not _MOVES_EN.fullmatch(word) for word in words)
    return left_zh + (_LATIN_WEIGHT if _HAN.search(folded) else 1) * left_en <= slack
