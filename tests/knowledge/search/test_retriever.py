import logging
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bank.errors import KnowledgeError, QueryError
from knowledge.bank.models import LANGS, Bank
from knowledge.search import cache, retriever
from knowledge.search.calibration import TAUGHT
from knowledge.search.encoder import Encoder
from knowledge.search.glossary import Glossary
from knowledge.search.retriever import Reply, Retriever
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder

QUESTIONS = ["what is a GAN?", "过拟合咋办", "CNN 是干嘛的", "how to bake bread", "卷积神精网络讲解", "dead neurons"]


def opened(folder: Path | None, bank: Bank | None = None, **changes: object) -> tuple[Retriever, WordEncoder]:
    encoder = WordEncoder(**changes)  # type: ignore[arg-type]
    found = Retriever.over(
        bank or small_bank(), encoder, cache_dir=folder, negatives=NEGATIVES, glossary=Glossary.packaged()
    )
    return found, encoder


def answers(found: Retriever) -> list[Reply]:
    return found.ask_many(QUESTIONS)


def test_what_confidence_is_made_from_does_not_depend_on_the_company(small: Retriever) -> None:
    together = small.signals(QUESTIONS)
    assert together.shape == (len(QUESTIONS), len(TAUGHT))
    np.testing.assert_allclose(together, np.concatenate([small.signals([each]) for each in QUESTIONS]), atol=1e-4)
    first, outside = together[:, 0], together[:, 1]
    bread = QUESTIONS.index("how to bake bread")
    assert first.argmin() == outside.argmax() == bread


class TestAnswers:
    @pytest.mark.parametrize(
        ("question", "topic", "lang"),
        [
            ("什么是生成对抗网络？", "gan", "zh"),
            ("what is a GAN?", "gan", "en"),
            ("一个负责造假一个负责打假的那种生成模型", "gan", "zh"),
            ("模型见过的题全会，没见过的全不会，是不是死记硬背了", "overfitting", "zh"),
            ("great accuracy on training data, bad on test data", "overfitting", "en"),
            ("CNN 是干嘛的", "cnn", "zh"),
            ("卷积神精网络讲解", "cnn", "zh"),
            ("what is 过拟合", "overfitting", "en"),
            ("relu 和 tanh 怎么选", "activation-functions", "zh"),
            ("why do networks need nonlinear functions", "activation-functions", "en"),
        ],
    )
    def test_a_question_of_the_bank_is_answered(self, small: Retriever, question: str, topic: str, lang: str) -> None:
        reply = small.ask(question)
        assert (reply.outcome, reply.topic, reply.lang) == ("answer", topic, lang)
        assert reply.candidates[0].topic == topic
        assert reply.section is not None

    @pytest.mark.parametrize(
        "question",
        [
            "今天天气怎么样",
            "what should I cook tonight",
            "how do I merge two git branches",
            "什么是逻辑回归",
            "bagging vs boosting",
            "how deep should a swimming pool be",
            "'; DROP TABLE users; --",
            "SELECT * FROM topics WHERE 1=1",
            "ls -la && rm -rf /",
            "asdf qwer zxcv",
            "1234567890",
            "a",
        ],
    )
    def test_a_question_outside_the_bank_is_not_answered_and_gets_the_nearest_topics(
        self, small: Retriever, question: str
    ) -> None:
        reply = small.ask(question)
        assert reply.outcome != "answer"
        assert (reply.topic, reply.section) == (None, None)
        assert len(reply.candidates) >= 3

    def test_the_section_that_was_asked_for_is_opened(self, small: Retriever) -> None:
        assert small.ask("GAN 训练容易在哪里出错").section == "pitfalls"
        assert small.ask("overfitting in practice").section == "practice"
        assert small.ask("什么是过拟合").section == "answer"

    def test_the_language_can_be_asked_for(self, small: Retriever) -> None:
        assert small.ask("what is a GAN?", "zh").lang == "zh"

    def test_without_encoder_named_topics_are_still_found(self, lexical: Retriever) -> None:
        replies = lexical.ask_many(["过拟合咋办", "what is a gan", "神经元死了", "receptive field"])
        found = [reply.candidates[0].topic for reply in replies]
        assert found == ["overfitting", "gan", "activation-functions", "cnn"]
        assert lexical.ask("红烧肉的做法").outcome != "answer"

    @pytest.mark.parametrize(("question", "reason"), [("", "empty"), ("🎉", "symbols"), ("x" * 10_000, "too_long")])
    def test_what_cannot_be_looked_up_raises(self, lexical: Retriever, question: str, reason: str) -> None:
        with pytest.raises(QueryError) as caught:
            lexical.ask(question)
        assert caught.value.reason == reason

    def test_no_questions_get_no_replies(self, lexical: Retriever) -> None:
        assert lexical.ask_many([]) == []

    @settings(max_examples=30)
    @given(st.text(min_size=1, max_size=80))
    def test_any_text_gets_a_sound_reply_or_a_query_error(self, lexical: Retriever, question: str) -> None:
        try:
            reply = lexical.ask(question)
        except QueryError:
            return
        scores = [candidate.score for candidate in reply.candidates]
        assert 0 <= reply.confidence <= 1
        assert scores == sorted(scores, reverse=True)
        assert len({candidate.topic for candidate in reply.candidates}) == len(scores) >= 3
        assert (reply.outcome == "answer") == (reply.topic is not None) == (reply.section is not None)


def test_matrix_products_take_one_thread_while_a_question_is_answered_and_as_many_as_before_after(
    lexical: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads() -> set[int]:
        # NumPy's own: another library, as SciPy's, may have been loaded by a test after the first question.
        return {pool["num_threads"] for pool in threadpool_info() if "numpy" in Path(pool["filepath"]).parent.name}

    looked_up, seen = lexical._looked_up, []

    def watched(*args: object) -> list[Reply]:
        seen.append(threads())
        return looked_up(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(lexical, "_looked_up", watched)
    with threadpool_limits(limits=2, user_api="blas"):
        lexical.ask("what is a gan")
        assert seen == [{1}]
        assert threads() == {2}


class TestFollowUps:
    @pytest.mark.parametrize(
        ("question", "section"),
        [
            ("那怎么解决呢", None), ("为什么", "how"), ("它的缺点呢", "pitfalls"), ("面试会怎么问", "interview"),
            ("and its drawbacks?", "pitfalls"), ("show me the code", "practice"), ("derive it", "how"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("about", ["gan", "overfitting"])
    def test_a_question_without_a_subject_stays_with_the_topic(
        self, lexical: Retriever, about: str, question: str, section: str | None
    ) -> None:
        reply = lexical.ask(question, about=about)
        assert (reply.outcome, reply.topic) == ("answer", about)
        assert reply.candidates[0].topic == about
        assert len({candidate.topic for candidate in reply.candidates}) == len(reply.candidates)
        assert section is None or reply.section == section

    @pytest.mark.parametrize(
        "question", ["what is a GAN?", "卷积神经网络是什么", "今天天气怎么样", "what about relu", "thanks"]
    )
    def test_a_question_with_a_subject_is_looked_up_as_ever(self, lexical: Retriever, question: str) -> None:
        assert lexical.ask(question, about="overfitting") == lexical.ask(question)

    def test_without_a_topic_under_discussion_there_is_nothing_to_stay_with(self, lexical: Retriever) -> None:
        assert lexical.ask("那怎么解决呢").outcome != "answer"
        assert lexical.ask("那怎么解决呢", about="no-such-topic") == lexical.ask("那怎么解决呢")


class TestSameEverywhere:
    def test_two_builds_reply_alike(self) -> None:
        assert answers(opened(None)[0]) == answers(opened(None)[0])

    def test_a_batch_replies_as_one_at_a_time(self) -> None:
        found = opened(None)[0]
        for together, alone in zip(answers(found), map(found.ask, QUESTIONS), strict=True):
            assert together.outcome == alone.outcome
            assert together.confidence == pytest.approx(alone.confidence, abs=1e-4)

    def test_the_order_of_the_folders_does_not_matter(self) -> None:
        turned = Bank(topics=dict(reversed(small_bank().topics.items())))
        assert answers(opened(None, turned)[0]) == answers(opened(None)[0])

    @pytest.mark.parametrize("slugs", [("gan",), ("gan", "cnn")])
    def test_a_bank_of_one_or_two_topics_works(self, slugs: tuple[str, ...], encoder: Encoder) -> None:
        found = Retriever.over(small_bank(*slugs), encoder, negatives=NEGATIVES)
        assert found.ask("what is a gan").topic == "gan"
        assert {candidate.topic for candidate in found.ask("what is a gan").candidates} == set(slugs)

    def test_a_bank_without_topics_is_an_error_that_says_what_to_do(self) -> None:
        with pytest.raises(KnowledgeError, match="epoch check"):
            Retriever.open(Bank(topics={}), cache_dir=None, encoder=False)


class TestCache:
    def test_a_warm_start_encodes_nothing_and_replies_alike(self, tmp_path: Path) -> None:
        cold, first = opened(tmp_path)
        assert first.encoded > 100
        warm, second = opened(tmp_path)
        assert second.encoded == 0
        assert answers(warm) == answers(cold)

    def test_changed_content_model_or_code_is_built_anew(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        opened(tmp_path)
        # The router and the calibration encode in any case; what the old index has vectors of is not encoded again.
        assert opened(tmp_path, small_bank("gan", "cnn", "overfitting"))[1].encoded > 0
        assert opened(tmp_path, small_bank("gan", "cnn", "overfitting"))[1].encoded == 0
        assert opened(tmp_path, small_bank("gan", "cnn", "overfitting"), identity="words@2")[1].encoded > 0
        monkeypatch.setattr(retriever, "CODE_VERSION", retriever.CODE_VERSION + 1)
        assert opened(tmp_path, small_bank("gan", "cnn", "overfitting"))[1].encoded > 0

    def test_models_and_the_lexical_index_lie_side_by_side(self, tmp_path: Path) -> None:
        opened(tmp_path)
        opened(tmp_path, identity="../../words@2")
        Retriever.over(small_bank(), None, cache_dir=tmp_path, negatives=NEGATIVES)
        assert sorted(p.name for p in tmp_path.iterdir()) == [
            "index--words.bin",
            "index-lexical.bin",
            "index-words.bin",
        ]
        assert opened(tmp_path)[1].encoded == 0

    @pytest.mark.parametrize("damage", ["truncated", "bit", "empty", "garbage"])
    def test_a_damaged_index_is_built_anew_with_a_warning_and_mended_on_disk(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
    ) -> None:
        before = answers(opened(tmp_path)[0])
        path = tmp_path / "index-words.bin"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 4
        wrong = {"truncated": data[: len(data) // 3], "bit": data, "empty": b"", "garbage": b"\x80\x04K\x01." * 99}
        path.write_bytes(wrong[damage])
        with caplog.at_level(logging.WARNING):
            again, encoder = opened(tmp_path)
        assert encoder.encoded > 0
        assert answers(again) == before
        assert "damaged" in caplog.text
        assert len(caplog.records) == 1
        assert opened(tmp_path)[1].encoded == 0

    @pytest.mark.parametrize(
        "name",
        [
            "dense.vectors",
            "passages.sketch",
            "passages.units",
            "calibration.weights",
            "chars.weights",
            "words.idf",
            "sections.dual",
        ],
    )
    def test_well_signed_arrays_of_the_wrong_shape_are_not_trusted(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
    ) -> None:
        before = answers(opened(tmp_path)[0])
        path = tmp_path / "index-words.bin"
        mark = cache.json.loads(path.read_bytes().split(b"\n")[0])["fingerprint"]
        arrays = cache.read(path, mark)
        assert arrays is not None
        cache.write(path, mark, {**arrays, name: arrays[name][:-1]})
        again, encoder = opened(tmp_path)
        assert encoder.encoded > 0
        assert "damaged" in caplog.text
        assert answers(again) == before

    def test_a_folder_that_takes_no_file_costs_one_warning(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "cache").write_text("a file where the folder should be")
        found, _ = opened(tmp_path / "cache")
        assert answers(found) == answers(opened(None)[0])
        assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
        assert "works from memory" in caplog.text

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
    def test_a_read_only_folder_costs_one_warning(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        found, _ = opened(tmp_path)
        assert found.ask("what is a gan").topic == "gan"
        assert len(caplog.records) == 1

    def test_progress_names_its_stages_and_ends_each(self, tmp_path: Path, encoder: Encoder) -> None:
        steps: list[tuple[str, int, int]] = []
        Retriever.over(
            small_bank(), encoder, cache_dir=tmp_path, negatives=NEGATIVES, progress=lambda *step: steps.append(step)
        )
        ends = {stage for stage, done, total in steps if done == total}
        assert ends == {stage for stage, _, _ in steps} == {"encode", "compare", "fit"}
        told = list(dict.fromkeys(stage for stage, _, _ in steps))
        assert told == ["encode", "compare", "fit"], "one after the other"
        for stage in told:
            done = [each for name, each, _ in steps if name == stage]
            assert done == sorted(done)
        assert sum(stage == "compare" for stage, _, _ in steps) >= 2, "begun, and at least once on the way"


def test_shuffled_paraphrases_teach_nothing() -> None:
    """The evaluation can fail: banks whose asks belong to random topics are found no better than by chance."""
    honest, *nonsense = (opened(None, bank)[0].fitted.top1 for bank in (small_bank(), *map(shuffled, range(3, 6))))
    # Titles and aliases, a fifth of what the head learns from, keep their topics, and so do a quarter of the asks.
    assert np.mean(nonsense) < 0.2 + 0.8 * 0.35 < 0.65 < honest


def shuffled(seed: int) -> Bank:
    topics = list(small_bank().topics.values())
    asks = [(lang, text) for topic in topics for lang in LANGS for text in topic.meta.asks[lang]]
    chance = np.random.default_rng(seed)
    dealt = {each: chance.permutation([text for lang, text in asks if lang == each]).tolist() for each in LANGS}
    mixed = {}
    for place, topic in enumerate(topics):
        own = {lang: tuple(dealt[lang][place :: len(topics)]) for lang in LANGS}
        meta = topic.meta.model_copy(update={"asks": topic.meta.asks.model_copy(update=own)})
        mixed[topic.slug] = topic.model_copy(update={"meta": meta})
    return Bank(topics=mixed)
