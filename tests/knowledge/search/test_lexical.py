import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search.lexical import Tfidf, char_grams, syllable_grams, tokens

TEXTS = ["what is overfitting", "过拟合咋办", "relu 和 sigmoid 区别", "gan", "gan 训练不稳定 gan", "交叉验证"]


def test_tokens_part_chinese_from_latin() -> None:
    assert tokens("lstm的三个门 vs gru") == ["lstm", "的三个门", "vs", "gru"]


def test_chinese_gives_every_gram_and_latin_words_keep_their_ends() -> None:
    assert char_grams("过拟合") == ["过", "拟", "合", "过拟", "拟合", "过拟合"]
    assert {" g", "gan", "n ", " gan"} <= set(char_grams("gan"))
    assert "g" not in char_grams("gan")


def test_homophones_share_their_syllables_and_other_words_do_not() -> None:
    assert syllable_grams("交叉验正") == syllable_grams("交叉验证")
    assert syllable_grams("交叉验正") != syllable_grams("交叉路口")


@pytest.mark.parametrize("analyzer", [char_grams, syllable_grams])
def test_scores_are_those_of_scikit_learn(analyzer: object) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    reference = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True)
    passages = reference.fit_transform(TEXTS)
    ours = Tfidf.fit(analyzer, TEXTS)  # type: ignore[arg-type]
    queries = [*TEXTS, "过拟合是什么", "gans and overfit", "验正", "unrelated zebra", "", "gan gan"]
    expected = (reference.transform(queries) @ passages.T).toarray()
    np.testing.assert_allclose(ours.scores(queries), expected, atol=1e-6)


def test_common_terms_and_rare_ones_are_added_up_alike() -> None:
    """The common ones go through a table, the rare ones through their postings; scikit-learn knows no difference."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    many = [f"{TEXTS[number % len(TEXTS)]} {number}号" for number in range(300)]
    reference = TfidfVectorizer(analyzer=char_grams, sublinear_tf=True)
    passages = reference.fit_transform(many)
    ours = Tfidf.fit(char_grams, many)
    queries = ["过拟合咋办 17号", "gan", "", "17 18 19", "no such thing", *many[:40]]
    expected = (reference.transform(queries) @ passages.T).toarray()
    np.testing.assert_allclose(ours.scores(queries), expected, atol=1e-6)
    in_table = ours._row_of >= 0
    assert 0 < in_table.sum() < len(in_table), "there are terms of both kinds"


@given(st.text(max_size=60))
def test_any_text_gets_cosines_between_zero_and_one(text: str) -> None:
    scores = Tfidf.fit(char_grams, TEXTS).scores([text])
    assert scores.shape == (1, len(TEXTS))
    assert np.all((scores >= 0) & (scores <= 1 + 1e-5))


def test_a_passage_finds_itself_first() -> None:
    index = Tfidf.fit(char_grams, TEXTS)
    assert index.scores(TEXTS).argmax(axis=1).tolist() == list(range(len(TEXTS)))


@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=20), max_size=40))
def test_a_text_scores_the_same_whatever_is_asked_beside_it(texts: list[str]) -> None:
    index = Tfidf.fit(char_grams, TEXTS)
    alone = [index.scores([text])[0] for text in texts]
    np.testing.assert_allclose(index.scores(texts), np.reshape(alone, (len(texts), len(TEXTS))), atol=1e-6)


def test_an_index_survives_its_arrays_and_needs_no_pickle() -> None:
    index = Tfidf.fit(char_grams, TEXTS)
    arrays = index.arrays("chars")
    assert all(array.dtype != object for array in arrays.values())
    again = Tfidf.restore(char_grams, "chars", arrays)
    np.testing.assert_array_equal(again.scores(TEXTS), index.scores(TEXTS))


@pytest.mark.parametrize("name", ["vocabulary", "idf", "starts", "passages", "weights", "size"])
def test_an_array_that_is_missing_or_cut_short_is_damage(name: str) -> None:
    arrays = Tfidf.fit(char_grams, TEXTS).arrays("chars")
    with pytest.raises(IndexCacheError):
        Tfidf.restore(char_grams, "chars", {key: value for key, value in arrays.items() if key != f"chars.{name}"})
    with pytest.raises(IndexCacheError):
        Tfidf.restore(char_grams, "chars", {**arrays, f"chars.{name}": arrays[f"chars.{name}"][:-1]})


def test_an_index_of_nothing_scores_nothing() -> None:
    assert Tfidf.fit(char_grams, []).scores(["gan"]).shape == (1, 0)
