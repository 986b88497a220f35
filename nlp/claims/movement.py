"""Words of movement, as alternatives of regular expressions: up and down, and what may stand before a number.

For folded text (`nlp.claims.name_patterns.fold_name`: small letters, simplified characters, spaces for hyphens), so
that one list serves both Chinese scripts. `nlp.claims.words_of_change` and `words_of_doubt` build patterns from them.
"""

from __future__ import annotations

__all__ = [
    "DOWN_EN",
    "DOWN_ZH",
    "SMALL_EN",
    "UP_EN",
    "UP_ZH",
    "longest_first",
]


def longest_first(words: str) -> str:
    """Alternatives in an order in which none hides a longer one."""
    return "|".join(sorted(words.split("|"), key=len, reverse=True))


UP_ZH = longest_first(
    "上涨|涨|上升|升|增|走高|走强|收高|攀|飙|反弹|拉升|跳升|跳涨|扩大|扩张|扩表|走阔|走扩|新高|回报|收红"
    "|大增|上调|上行|抬升|高开|多出|高出|弹升|弹|跃升|推升|上扬|加了|多了"
)
DOWN_ZH = longest_first(
    "下跌|跌|下降|降|减|走低|走弱|收低|下滑|下挫|重挫|回落|回调|回撤|跳水|收窄|收缩|缩|缩表|萎缩|缩水"
    "|蒸发|崩|暴跌|失血|流失|流出|下行|下调|低开|走软|收黑|收绿|倒退|消耗|少了|泻|瀉|插|抽走|挫|蚀|掉了|丢|失掉"
    "|重跌|滑落|打折"
)
UP_EN = (
    r"up|rose|rises?|risen|rising|gain(?:s|ed|ing)?|add(?:s|ed|ing)?|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?"
    r"|surg(?:e|es|ed|ing)|soar(?:s|ed|ing)?|rall(?:y|ies|ied|ying)|advanc(?:e|es|ed|ing)|grew|grows?"
    r"|grown|swell(?:s|ed)?"
    r"|swollen|expand(?:s|ed|ing)?|increas(?:e|es|ed|ing)|widen(?:s|ed|ing)?|rebound(?:s|ed|ing)?|spik(?:e|es|ed|ing)"
    r"|higher|returned|put on|balloon(?:s|ed)?|recover(?:s|ed|ing)?|leapt|leaps?|went up|goes up|shot up"
    r"|firmed|swelling|better|to the good|richer|dearer|heavier|fatter|bounc(?:e|es|ed|ing)"
)
DOWN_EN = (
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
SMALL_EN = (
    r"(?:an?|the|just|only|some|about|around|roughly|nearly|almost|more than|less than|over|under|as much as"
    r"|uh|um|er|as low as|as high as|a record|record|another|a further|further|a total of|total|all of|by|still|back"
    r"|a whopping|an estimated|approximately)"
)
