from __future__ import annotations

from collections import Counter

import pytest
import torch
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from models.first_vectors import TeacherVocabulary, first_vectors
from models.vocabulary import SPECIAL_TOKENS, DictionaryEntry, english_counts, folding_rules

TEACHER_PIECES = (*SPECIAL_TOKENS, "liquid", "##ity", "al", "##al", "bubble", "crisis", "the")


@pytest.fixture(scope="module")
def teacher() -> TeacherVocabulary:
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(TEACHER_PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]")
    vectors = torch.randn(len(TEACHER_PIECES), 8, generator=torch.Generator().manual_seed(0))
    return TeacherVocabulary(fast, vectors, Counter({"al": 1, "##al": 3}))


def vector_of(teacher: TeacherVocabulary, piece: str, counts: dict[str, float] | None = None) -> torch.Tensor:
    entries = [DictionaryEntry("泡沫", "泡沫", ("bubble",)), DictionaryEntry("危", "危", ("crisis",))]
    table = torch.zeros(1, len(TEACHER_PIECES))
    for word, count in (counts or {}).items():
        table[0, TEACHER_PIECES.index(word)] = count
    return first_vectors(
        {piece: 0},
        entries=entries,
        rules=folding_rules(entries),
        teacher=teacher,
        translations=csr_matrix(table.double().numpy()),
    )[0]


def of_teacher(teacher: TeacherVocabulary, piece: str) -> torch.Tensor:
    return teacher.vectors[TEACHER_PIECES.index(piece)]


@pytest.mark.parametrize(("piece", "own"), [("liquid", "liquid"), ("ity", "##ity"), ("[MASK]", "[MASK]")])
def test_a_piece_of_the_teachers_keeps_its_vector(teacher: TeacherVocabulary, piece: str, own: str) -> None:
    torch.testing.assert_close(vector_of(teacher, piece), of_teacher(teacher, own))


def test_a_piece_that_begins_and_ends_words_is_the_mean_by_frequency(teacher: TeacherVocabulary) -> None:
    expected = 0.25 * of_teacher(teacher, "al") + 0.75 * of_teacher(teacher, "##al")
    torch.testing.assert_close(vector_of(teacher, "al"), expected, atol=1e-3, rtol=1e-3)


def test_chinese_comes_from_the_dictionary_where_texts_say_nothing(teacher: TeacherVocabulary) -> None:
    torch.testing.assert_close(vector_of(teacher, "泡沫"), of_teacher(teacher, "bubble"))
    torch.testing.assert_close(vector_of(teacher, "危危"), of_teacher(teacher, "crisis"))


def test_chinese_comes_from_the_texts_where_it_is_frequent_there(teacher: TeacherVocabulary) -> None:
    vector = vector_of(teacher, "泡沫", {"crisis": 10_000.0, "the": 10.0})
    torch.testing.assert_close(vector, of_teacher(teacher, "crisis"), atol=0.01, rtol=0.01)


def test_english_counts_leave_out_marks_and_numbers(teacher: TeacherVocabulary) -> None:
    counts = english_counts(["The liquidity crisis", "the 7 zzz"], teacher.tokenizer)
    assert counts == {"the": 2, "liquid": 1, "##ity": 1, "crisis": 1}
