"""Whether words between a name and a figure name no other subject: fillers, verbs, times, everything but things."""

from __future__ import annotations

import re

from nlp.claims.movement import DOWN_EN, DOWN_ZH, UP_EN, UP_ZH, longest_first

__all__ = ["is_bridge"]

_BRIDGE_ZH = re.compile(
    longest_first(
        f"{UP_ZH}|{DOWN_ZH}|"
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
        "看|维持|打转|盘旋|震荡|波动|下午|上午|早盘|午后|午盘|尾盘|拉|丢|丢掉|失去|算起|下来|回来|上来|没了|账上"
        "|账面|定格|里|着|内|之内|多|少|逆市|逆势|连阴|连阳|截至|截止"
    )
    + r"|[\d.,，%:：\s“”\"'‘’、()（）/+\-一二三四五六七八九十两零百千]"
)
_FILLERS_EN = """
a an the its it their this that which these of to at from by in on for with and or than as so but then up down
higher lower above below over under near nearly about around roughly just only still some more less most least
almost close closed closes closing end ended ending ends finish finished finishing settle settled settling trade
traded trades trading stand stands stood standing sit sits sat sitting hover hovers hovered hovering is was are
were be been being has had have having now currently today yesterday week weeks month months year years day days
session sessions quarter point points percent percentage basis since last past first second third time record
high highs low lows highest lowest level levels peak peaked peaking trough biggest largest worst best steepest
gain gains loss losses drop fall rise decline jump reaching reached reach hit hits hitting touch touched
touching pay pays paid paying yield yields yielded yielding hold holds held holding give gives gave offer offers
offered carry carries took take takes drew draws attracted nevertheless nonetheless somehow solid comfortable
mere measly modest lofty quoted found support counts counted gone come comes came shot got scarcely hardly
barely never not don't doesn't hasn't haven't isn't we you they he she i any all no much many also too very
quite rather next lately way far cry long short deep deepest started starting begun began reads read shows
showed stuck wound count figures moved lies lying rests leaving taking bringing pushing sending putting compared
versus vs against after before during earlier later when while monday tuesday wednesday thursday friday january
february march april may june july august september october november december mid early late year-to-date all-
time alltime multi fresh new back well even off reading readings figure balance total totals totalling value
worth recently latest recent ago previous prior same equal equivalent respectively another further cent bps bp
eight nine ten two three four five six seven average term into out through between pace monthly weekly daily
annual market close's late-day afternoon morning intraday one there it's
"""
_BRIDGE_EN = frozenset(_FILLERS_EN.split())
_WORD_EN = re.compile(r"[a-z][a-z']*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WEIGHT = 3
"""A Latin word in a Chinese sentence is a name more often than not."""

_MOVES_EN = re.compile(rf"(?:{UP_EN}|{DOWN_EN})")


def is_bridge(folded: str, slack: int = 0) -> bool:
    """Whether words between a name and a figure name no other subject; at most `slack` unknown words or characters.

    >>> is_bridge("随后大幅回落至"), is_bridge("英伟达跌"), is_bridge("closing at a record "), is_bridge("nvidia fell ")
    (True, False, True, False)
    """
    left_zh = len(_HAN.findall(_BRIDGE_ZH.sub("", folded)))
    words = _WORD_EN.findall(folded)
    left_en = sum(word.removesuffix("'s") not in _BRIDGE_EN and not _MOVES_EN.fullmatch(word) for word in words)
    return left_zh + (_LATIN_WEIGHT if _HAN.search(folded) else 1) * left_en <= slack
