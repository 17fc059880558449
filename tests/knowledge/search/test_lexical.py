import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search import lexical
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


MANY = [f"{TEXTS[number % len(TEXTS)]} {number}号" for number in range(300)]
ASKED = ["过拟合咋办 17号", "gan", "", "17 18 19", "no such thing", *MANY[:20]]


def test_many_texts_score_as_those_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    reference = TfidfVectorizer(analyzer=char_grams, sublinear_tf=True)
    passages = reference.fit_transform(MANY)
    expected = (reference.transform(ASKED) @ passages.T).toarray()
    np.testing.assert_allclose(Tfidf.fit(char_grams, MANY).scores(ASKED), expected, atol=1e-6)


def test_the_cosines_with_some_passages_are_those_with_all() -> None:
    index = Tfidf.fit(char_grams, MANY)
    ids = np.array([299, 0, 17, 5])
    for text, row in zip(ASKED, index.scores(ASKED), strict=True):
        np.testing.assert_allclose(index.at(index.weighted(text), ids), row[ids], atol=1e-6)
    assert index.at(index.weighted("gan"), np.zeros(0, np.int64)).shape == (0,)


def test_all_postings_of_a_text_come_to_its_cosines() -> None:
    index = Tfidf.fit(char_grams, MANY)
    for text, row in zip(ASKED, index.scores(ASKED), strict=True):
        passages, products = index.postings(index.weighted(text), 10**9)
        np.testing.assert_allclose(np.bincount(passages, products, len(MANY)), row, atol=1e-6)


def test_the_rarest_terms_come_first_and_no_more_than_wanted_but_one_at_least() -> None:
    index = Tfidf.fit(char_grams, MANY)
    asked = index.weighted("gan 训练不稳定 gan 17号")
    assert set(index.postings(asked, 10)[0].tolist()) == {17, 117, 217}, "17 is in three passages, gan in a hundred"
    assert 0 < len(index.postings(asked, 0)[0]) <= 2
    for most in (10, 100, 300):
        assert len(index.postings(asked, most)[0]) <= most
    assert len(index.postings(asked, 300)[0]) > 10


def test_a_product_of_sketches_is_about_the_cosine_and_long_lists_are_sketched_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = Tfidf.fit(char_grams, MANY)
    sketch = index.sketch(256, 0)
    apart = sketch @ sketch.T - index.scores(MANY)
    assert abs(apart.mean()) < 0.02
    assert apart.std() < 1 / np.sqrt(256)
    assert np.abs(sketch @ index.sketch(256, 1).T - index.scores(MANY)).mean() > 0.1, "another seed, another place"
    monkeypatch.setattr(lexical, "_BLOCK", 7)
    np.testing.assert_array_equal(index.sketch(256, 0), sketch)


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


@pytest.mark.parametrize("name", ["vocabulary", "idf", "bounds", "terms", "values", "starts", "passages", "weights"])
def test_an_array_that_is_missing_or_cut_short_is_damage(name: str) -> None:
    arrays = Tfidf.fit(char_grams, TEXTS).arrays("chars")
    with pytest.raises(IndexCacheError):
        Tfidf.restore(char_grams, "chars", {key: value for key, value in arrays.items() if key != f"chars.{name}"})
    with pytest.raises(IndexCacheError):
        Tfidf.restore(char_grams, "chars", {**arrays, f"chars.{name}": arrays[f"chars.{name}"][:-1]})


def test_an_index_of_nothing_scores_nothing() -> None:
    assert Tfidf.fit(char_grams, []).scores(["gan"]).shape == (1, 0)
