"""Twenty characters of text must be read right in 995 of 1000 cases, whatever server and page say about them."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from scrapers.charsets import decode_html

N_CHARACTERS = 20
FLOOR = 0.995

SIMPLIFIED = (
    "周三早盘，沪深两市成交额再度突破两万亿元，机器人概念股集体涨停，而银行板块连续第四天走弱。",
    "分析师提醒，融资余额已经超过2015年的高点，一旦指数回调，强制平仓会让抛压成倍放大。",
    "央行今日开展1200亿元7天期逆回购操作，利率维持1.40%不变，当日有3000亿元到期。",
    "有人说这是新时代的开端，也有人把它叫做泡沫：估值早就离开了盈利，剩下的只有故事。",
    "美联储主席在听证会上拒绝谈论股价，只说准备金仍然“充裕”，隔夜利率的跳升属于技术因素。",
    "深圳一家做散热器的小公司，因为改名叫“算力科技”，三个星期里市值翻了两番还多。",
    "记者从多位交易员处获悉，周五下午货币市场一度有价无市，回购利率最高报到了百分之八。",
    "你若问楼下卖早点的老王，他会告诉你去年买的基金跌掉了一辆车，今年不敢再碰了。",
    "CPI同比上涨0.3%，PPI同比下降2.1%，市场对降准降息的预期升温，10年期国债收益率报1.71%。",
    "港交所数据显示，南向资金本周净买入逾400亿港元，阿里巴巴、腾讯控股和美团位列前三。",
)
TRADITIONAL = (
    "台股週三再創歷史新高，電子權值股領軍上攻，成交量放大到六千億元，外資卻連續五天賣超。",
    "分析師警告，融資餘額已逼近網路泡沫時期的水準，若指數回檔一成，斷頭賣壓恐怕一發不可收拾。",
    "聯準會主席在國會作證時表示，銀行準備金仍然充裕，隔夜利率飆升只是季底的技術性因素。",
    "香港金管局昨日再度入市買入美元沽盤，銀行體系總結餘降至450億港元，拆息應聲上揚。",
    "有人說這一次不一樣，也有人翻出2000年的走勢圖，說兩條線疊在一起幾乎看不出分別。",
    "央行總裁強調，房市的信用管制不會鬆綁，至於升息與否，要看通膨數據才能決定。",
    "記者查訪多家證券行，散戶開戶的隊伍排到了街角，櫃檯小姐說上個月每天都要加班。",
    "街市嘅阿嬸話，今年嘅利息貴咗好多，佢哋一家諗住將啲股票沽晒，唔再玩喇。",
    "恒生指數收市報24,318點，跌1.8%，科技股領跌，內房股逆市造好，大市成交2,360億元。",
    "日圓急升迫使套利交易平倉，避險基金一夜之間拋售美股與比特幣，流動性像潮水一樣退去。",
)
ENGLISH = (
    "The bank’s chief economist, Zoë Müller, called the rally “a naïve bet on cheap money” — and sold.",
    "Société Générale cut its forecast; Crédit Agricole’s traders weren’t so sure about the café chain’s IPO.",
    "São Paulo’s benchmark fell 3% while Bogotá and Medellín traders piled into dollar funds, José Peña said.",
    "Nestlé, L’Oréal and Hermès lost €40bn in a week; the Zürich exchange halted trading twice on Friday.",
    "It’s déjà vu for margin lenders: a £5bn hole, a résumé of excuses and a façade of calm at the top.",
    "Brokers in Malmö and Århus say the crash of 1987 looks quaint next to today’s leverage – “über-risky”.",
)
JAPANESE = (
    "東京株式市場で日経平均株価は続落し、終値は前日より八百円安い三万八千円台となった。",
    "日銀は金融政策決定会合で追加の利上げを見送ったが、円安が続けば年内にも動くとの見方が多い。",
    "バブルの再来ではないかという声もあり、個人投資家の信用買い残は過去最高を更新している。",
    "アナリストは「資金の流れが一気に逆転すれば、流動性は干上がる」と警戒を強めている。",
)
OTHERS = {
    "ru": ("Центральный банк вновь повысил ключевую ставку, и рынок облигаций рухнул за один день.", "windows-1251"),
    "ko": ("코스피가 사흘 연속 하락하며 외국인 투자자들의 매도세가 이어졌다고 거래소가 밝혔다.", "euc-kr"),
    "el": ("Το χρηματιστήριο έκλεισε με μεγάλες απώλειες για τρίτη συνεχόμενη ημέρα.", "iso-8859-7"),
}
WRITTEN_IN = (
    ("zh-Hans", SIMPLIFIED, ("gb18030", "gbk", "utf-8")),
    ("zh-Hant", TRADITIONAL, ("big5hkscs", "gb18030", "utf-8")),
    ("en", ENGLISH, ("cp1252", "utf-8")),
    ("ja", JAPANESE, ("cp932", "euc_jp", "utf-8")),
)
LABELS = {"gbk": "gb2312", "gb18030": "gb18030", "big5hkscs": "big5", "cp1252": "iso-8859-1", "cp932": "shift_jis"}
LIES = ("utf-8", "iso-8859-1", "gb2312", "big5", "shift_jis", "no-such-charset")


def slices(sentences: Iterable[str], codec: str) -> Iterator[str]:
    """Runs of twenty characters that the codec can write and that are not the same in ASCII."""
    for sentence in sentences:
        for start in range(max(1, len(sentence) - N_CHARACTERS + 1)):
            text = sentence[start : start + N_CHARACTERS]
            if not text.isascii() and text.encode(codec, "ignore").decode(codec) == text:
                yield text


def wrong(texts: Iterable[str], codec: str, declared: str | None) -> list[str]:
    """The texts that come back as something else: from a page, from a header, with that declaration or none."""
    mistaken = []
    for text in texts:
        head = f'<meta charset="{declared}">' if declared else ""
        page = f"{head}<p>{text}</p>"
        if decode_html(page.encode(codec)) != page or decode_html(text.encode(codec), charset=declared) != text:
            mistaken.append(text)
    return mistaken


@pytest.mark.parametrize(
    ("sentences", "codec"), [(texts, codec) for _, texts, codecs in WRITTEN_IN for codec in codecs],
    ids=[f"{lang}-{codec}" for lang, _, codecs in WRITTEN_IN for codec in codecs],
)  # fmt: skip
@pytest.mark.parametrize("declared", [None, "right", *LIES])
def test_twenty_characters_are_read_right(sentences: tuple[str, ...], codec: str, declared: str | None) -> None:
    texts = list(slices(sentences, codec))
    mistaken = wrong(texts, codec, LABELS.get(codec, codec) if declared == "right" else declared)
    assert len(texts) > 80
    assert len(mistaken) <= (1 - FLOOR) * len(texts), mistaken


@pytest.mark.parametrize(("text", "declared"), OTHERS.values(), ids=OTHERS)
def test_a_true_declaration_of_another_encoding_is_believed(text: str, declared: str) -> None:
    mistaken = wrong(slices((text,), declared), declared, declared)
    assert not mistaken


def test_a_long_page_of_ascii_before_the_text_hides_nothing() -> None:
    page = "<script>" + "var a = 1;\n" * 20_000 + f"</script><p>{SIMPLIFIED[0]}</p>"
    assert decode_html(page.encode("gbk"), charset="utf-8") == page


@pytest.mark.shared
@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_twenty_characters_of_real_sentences(shared: Path, codec: str) -> None:
    chance, n_texts, n_mistaken = random.Random(4), 0, 0
    for path in sorted((shared / "text" / "zh").glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line).get("text") or "" for line, _ in zip(lines, range(200), strict=False)]
        starts = [(text, chance.randrange(len(text) - N_CHARACTERS)) for text in texts if len(text) > 2 * N_CHARACTERS]
        drawn = [text[start : start + N_CHARACTERS] for text, start in starts]
        kept = [text for text in drawn if not text.isascii() and "\r" not in text]
        n_texts += len(kept)
        n_mistaken += len(wrong(kept, codec, None))
    assert n_texts > 1000
    assert n_mistaken <= (1 - FLOOR) * n_texts
