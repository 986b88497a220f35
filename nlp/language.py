"""Which language and script a text is in, and the one form of text that froth works on.

Han, kana, hangul and the other scripts are told apart by code points; Simplified and Traditional Chinese by characters
that only one of them uses; languages that share an alphabet by py3langid (naive Bayes over byte n-grams, after Lui and
Baldwin, "langid.py", ACL 2012), loaded on first use. Splitting into sentences is `nlp.text`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["TELLING_CHARACTERS", "Language", "Script", "detect_language", "normalise"]

Script = Literal["zh-Hans", "zh-Hant"]

_HEAD = 4_000
"""Code points that are looked at: enough to be sure, and a bound on the time for a long text."""

# Position by position the same character in both scripts: common in financial news, and never used by the other script
# (checked against the simplified and traditional forms of CC-CEDICT).
_HANS = (
    "国业资为会发来产个经现对场时这进长开动过价数实将关点机总续报计强们从涨间济当还调证据风两债预达标构员盘规华东银显应设线转领项较团险结统联变说议销权题货际导营认稳坚绩电战记学额种确响财问质监头历约复断网"
    "给带称购运单组观广态视处级样连润该门买积块币类龙选负让论维环费户备书护参责难尔极张欧见车节气灾马紧终压获术层宝号黄讲筹条红双远园话扩队钱趋热图贸轮担药宁沪卫测验铁评贵奋卖库楼阶罗边织围师损汇职缩离贯虽"
    "链状频础贷闻启编许亏独补识泽试满赚缓执够竞谈访审献择检飞输请顺胜纳声细签录庆觉贡挥违诉适简赢释陆拟错旧渐顾吗跃讨钢拥欢陈爱载县针须顶笔宽盖汉听厂软寻帮订轻逻镇驱码惊谁岁闭摆湾谢奖贝杂赛诚语隐馆遗恶败递"
)
_HANT = (
    "國業資為會發來產個經現對場時這進長開動過價數實將關點機總續報計強們從漲間濟當還調證據風兩債預達標構員盤規華東銀顯應設線轉領項較團險結統聯變說議銷權題貨際導營認穩堅績電戰記學額種確響財問質監頭歷約復斷網"
    "給帶稱購運單組觀廣態視處級樣連潤該門買積塊幣類龍選負讓論維環費戶備書護參責難爾極張歐見車節氣災馬緊終壓獲術層寶號黃講籌條紅雙遠園話擴隊錢趨熱圖貿輪擔藥寧滬衛測驗鐵評貴奮賣庫樓階羅邊織圍師損匯職縮離貫雖"
    "鏈狀頻礎貸聞啟編許虧獨補識澤試滿賺緩執夠競談訪審獻擇檢飛輸請順勝納聲細簽錄慶覺貢揮違訴適簡贏釋陸擬錯舊漸顧嗎躍討鋼擁歡陳愛載縣針須頂筆寬蓋漢聽廠軟尋幫訂輕邏鎮驅碼驚誰歲閉擺灣謝獎貝雜賽誠語隱館遺惡敗遞"
)
_JAPANESE_KANJI = "円売価続発対経済単択検験薬様桜駅転営関総図増込働歳"
"""Forms that only Japanese uses: they give a headline without kana away."""

TELLING_CHARACTERS: dict[str, str] = dict(zip(_HANT, _HANS, strict=True))
"""Simplified by traditional character, of those that tell the scripts apart."""

_ONLY_HANS = re.compile(f"[{_HANS}]")
_ONLY_HANT = re.compile(f"[{_HANT}]")
_ONLY_JAPANESE = re.compile(f"[{_JAPANESE_KANJI}]")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = r"\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d"
_HANGUL = r"\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_RUNS = [re.compile(f"[{block}]+") for block in (_HAN, _KANA, _HANGUL)]
_WORD = re.compile(rf"[^\W\d_{_HAN}{_KANA}{_HANGUL}]+")
"""A run of alphabetic letters; in 「AI泡沫」 it is the first two."""
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)[!-~]{1,64}@\S+")
_ENGLISH_GLUE = re.compile(r"\b(?:the|of|is|are|was|and|or|to|in|for|that|means?|with|on|by|an?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Language:
    """What a text is written in.

    Attributes:
        lang: ISO 639-1 code, `und` where it cannot be told.
        script: for Chinese, the script to which more of the telling characters belong; None where it is a draw.
    """

    lang: str
    script: Script | None = None


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """The languages expected of an alphabet; `usual` wins where a short text leaves it open."""

    usual: str
    expected: frozenset[str]


_LATIN_ALPHABET = _Alphabet("en", frozenset({"en", "de", "fr", "es", "pt", "it", "nl"}))
_CYRILLIC_ALPHABET = _Alphabet("ru", frozenset({"ru", "uk", "bg", "sr", "be", "mk", "kk"}))

_CLEAR_ODDS = 5.0
"""How much likelier than the usual language another must be. Without it one English headline in fifty is lost to its
company names; it costs one in fifty of the shortest headlines in the other languages."""

_MANY_WORDS, _PLAIN_SHARE = 60, 0.1
_PLAIN_WORDS = ("the", "of", "and", "to", "that", "for", "by", "with")
"""Where they are that share of so many words, the text is English: elsewhere they are only quoted."""

_LONG_LETTERS = 60
_FOREIGN_ODDS = 3.0
"""A text of `_LONG_LETTERS` letters may be in an unexpected language this much likelier than any expected one."""


def detect_language(text: str) -> Language:
    """The main language of `text`, judged by its first 4,000 code points; any string is accepted.

    Chinese that quotes English is Chinese and the reverse; kana make Japanese. A text without letters is `und`. The
    first call for an alphabetic text that is short, or not plainly English, loads a table (about a second); then such
    a call takes a millisecond at most.

    >>> detect_language("美联储缩表抽走流动性")
    Language(lang='zh', script='zh-Hans')
    >>> detect_language("聯準會縮表抽走流動性").script
    'zh-Hant'
    >>> detect_language("2024-01-02 8.5%").lang
    'und'
    """
    head = _ADDRESS.sub(" ", text[:_HEAD])
    n_han, n_kana, n_hangul = (sum(map(len, run.findall(head))) for run in _RUNS)
    words: list[str] = _WORD.findall(head)
    if not (n_han or n_kana or n_hangul):
        return Language(_alphabetic(words))
    if words and _is_quotation(n_han + n_kana + n_hangul, len(words), head):
        return Language(_alphabetic(words))
    if n_hangul > n_kana and n_hangul * 2 > n_han:
        return Language("ko")
    return _han_language(head, n_han, n_kana)


def _is_quotation(n_east_asian: int, n_words: int, head: str) -> bool:
    """Whether the East Asian characters are only quoted in a text of alphabetic words."""
    if n_east_asian < n_words:
        return True
    return n_east_asian < 2 * n_words and len(_ENGLISH_GLUE.findall(head)) * 5 >= n_words


def _han_language(head: str, n_han: int, n_kana: int) -> Language:
    n_hans, n_hant = len(_ONLY_HANS.findall(head)), len(_ONLY_HANT.findall(head))
    if n_kana * 10 > n_han:
        return Language("ja")
    if n_kana == 0 and len(_ONLY_JAPANESE.findall(head)) > max(n_hans, n_han // 20):
        return Language("ja")
    if n_hans == n_hant:
        return Language("zh")
    return Language("zh", "zh-Hans" if n_hans > n_hant else "zh-Hant")


def _alphabetic(words: list[str]) -> str:
    """The language of words in one alphabet, lower-cased: the table knows nothing of headlines in capitals."""
    if len(words) >= _MANY_WORDS and sum(map(words.count, _PLAIN_WORDS)) >= _PLAIN_SHARE * len(words):
        return "en"
    letters = "".join(words)
    n_letters = len(letters)
    if n_letters < 2:
        return "und"
    ranking: list[tuple[str, float]] = _identifier().rank(" ".join(words).lower())
    n_cyrillic = len(_CYRILLIC.findall(letters))
    n_ascii = sum(map(str.isascii, letters))
    if n_cyrillic * 2 > n_letters:
        alphabet = _CYRILLIC_ALPHABET
    elif n_ascii * 2 > n_letters:
        alphabet = _LATIN_ALPHABET
    else:
        return ranking[0][0]
    odds = dict(ranking)
    likeliest = next(lang for lang, _ in ranking if lang in alphabet.expected)
    if n_letters >= _LONG_LETTERS and ranking[0][1] > _FOREIGN_ODDS * odds[likeliest]:
        return ranking[0][0]
    return likeliest if odds[likeliest] > _CLEAR_ODDS * odds[alphabet.usual] else alphabet.usual


@functools.cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_REPLACED = re.compile(r"[\ud800-\udfff]")
_REFUSED = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]"  # controls: no meaning in text, and NUL ends strings in C and SQL
    r"|[\u00ad\u200b\u2060-\u2064\ufeff]"  # soft hyphen, zero-width space, joiners, byte order mark: split words unseen
    r"|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"  # direction marks: reorder what is shown, not what is said
    r"|[\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotations and tags: text that nobody sees
    r"|(?<![\u0600-\u109f\u1780-\u18af\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
"""What `normalise` drops. The last row: joiners, except after the scripts and emoji in which they are spelling."""

_MOST_MARKS = 30
_UNWORDED = re.compile(rf"[^\w\s!-~]{{{_MOST_MARKS + 1},}}")
"""Where more combining marks than that can stand in a row: none of them is a word character."""


def normalise(text: str) -> str:
    r"""The one form in which froth keeps text: NFC, lines ended by a line feed, nothing invisible. Idempotent.

    - Every line end (CR LF, CR, form feed, vertical tab, NEL, U+2028/9, separators) becomes a line feed.
    - A lone surrogate, which no file can hold, becomes U+FFFD.
    - Dropped: other controls except tab; byte order marks, zero-width spaces, word joiners and soft hyphens; direction
      marks; annotations and tags; joiners outside the scripts and emoji that need them; of combining marks in a row
      those after the 30th, as no script has so many (Unicode Standard Annex 15, section 13) and to put n of them in
      order takes n² steps.

    White space and everything visible stays as it is: full-width forms and quotation marks carry the writer's script.

    >>> normalise("\ufeffbub\u200bble\r\ncafe\u0301\x00")
    'bubble\ncafé'
    """
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return text
    text = _UNWORDED.sub(_few_marks, unicodedata.normalize("NFC", _UNWORDED.sub(_few_marks, text)))
    text = _REPLACED.sub("\ufffd", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _REFUSED.sub("", text))


def _few_marks(found: re.Match[str]) -> str:
    """The characters without the marks that follow `_MOST_MARKS` others; what is invisible parts no marks."""
    kept, n_marks = [], 0
    for char in found.group():
        if unicodedata.combining(char):
            n_marks += 1
        elif unicodedata.category(char) not in ("Cc", "Cf"):
            n_marks = 0
        if n_marks <= _MOST_MARKS or not unicodedata.combining(char):
            kept.append(char)
    return "".join(kept)
