"""Labels kept without their texts or once per passage become labelled sentences again."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

from nlp.label_keys import LabelKey, text_hash, write_keys
from nlp.labelled import read_labelled
from scripts.restore_labels import restore_labels
from scripts.unfold_passages import unfold_passages
from scripts.write_paragraphs import FILES, write_paragraphs

PARAGRAPH = "房价又涨了。没有人再问租金。他去吃饭了。"


def test_judged_paragraphs_are_found_on_the_chinese_side_of_a_pair(tmp_path: Path) -> None:
    (tmp_path / "parallel").mkdir()
    english = "Homes rose again. Nobody asks about rent any more. He went to lunch."
    pairs = {
        "there": {"src_lang": "en", "tgt_lang": "zh", "src": english, "tgt": PARAGRAPH},
        "back": {"src_lang": "zh", "tgt_lang": "en", "src": PARAGRAPH, "tgt": english},
    }
    for name in FILES:
        with lzma.open(tmp_path / "parallel" / f"{name}.jsonl.xz", "wt", encoding="utf-8") as stream:
            stream.writelines(json.dumps({"id": f"{name}-{key}"} | pair) + "\n" for key, pair in pairs.items())
    start = PARAGRAPH.index("没有")
    text = "没有人再问租金。"
    keys = [
        LabelKey(
            file=f"zh/{FILES[0]}",
            article=f"{FILES[0]}-{key}",
            start=start,
            end=start + len(text),
            hash=text_hash(text),
            stratum="u3",
            labels={"bubble": 1},
        )
        for key in pairs
    ]
    write_keys(tmp_path / "keys.csv", keys)
    write_paragraphs(tmp_path, tmp_path / "texts")
    restore_labels(tmp_path / "keys.csv", tmp_path / "texts", tmp_path / "labelled.jsonl")
    rows = read_labelled([tmp_path / "labelled.jsonl"])
    assert [(row.before, row.text, row.after) for row in rows] == [("房价又涨了。", text, "他去吃饭了。")] * 2


def test_passages_unfold_into_labelled_sentences(tmp_path: Path) -> None:
    (tmp_path / "passages.csv").write_text("article,lang,text,bubble\na,zh,没人问租金。,1\na,zh,他走了。,0\n", "utf-8")
    unfold_passages([tmp_path / "passages.csv"], tmp_path / "labelled.jsonl")
    rows = read_labelled([tmp_path / "labelled.jsonl"])
    assert [(row.text, row.after, row.labels["bubble"]) for row in rows] == [
        ("没人问租金。", "他走了。", 1),
        ("他走了。", "", 0),
    ]
