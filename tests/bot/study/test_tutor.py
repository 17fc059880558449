"""Questions through the tutor: together where they wait, each with its own answer, error and language."""

import asyncio
from collections.abc import Sequence
from threading import Event, current_thread

import pytest

from bot.study import tutor as tutors
from bot.study.tutor import Tutor
from knowledge.bank.errors import KnowledgeError, QueryError
from knowledge.bank.models import LANGS, Lang
from knowledge.search.retriever import Candidate, Reply
from knowledge.search.terms import UnitRef
from runners.local import LocalRunner
from tests.knowledge.banks import small_bank


class Slow:
    """A retriever that keeps its batches, and answers the first one only when told."""

    def __init__(self) -> None:
        self.go = Event()
        self.batches: list[list[str]] = []
        self.fail: Exception | None = None

    def ask(self, question: str, lang: Lang | None = None, about: str | None = None) -> Reply:
        return self.ask_many([question], [lang])[0]

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
        topics: frozenset[str] | None = None,
    ) -> list[Reply]:
        assert self.go.wait(30)
        self.batches.append(list(questions))
        if self.fail:
            raise self.fail
        spoken = langs or [None] * len(questions)
        pairs = zip(questions, spoken, strict=True)
        return [Reply("decline", None, None, 0.0, lang or "en", (Candidate(text, 1.0),)) for text, lang in pairs]

    def rest(self) -> None:
        pass

    def unit_within(self, texts: Sequence[str], topic: str) -> UnitRef | None:
        return None


async def started(slow: Slow, count: int) -> tuple[Tutor, list[asyncio.Task[Reply]]]:
    tutor = Tutor(small_bank(), slow, LocalRunner())
    asked = [asyncio.create_task(tutor.ask(f"q{i}", "zh" if i % 2 else None)) for i in range(count)]
    await asyncio.sleep(0)
    return tutor, asked


async def test_questions_that_wait_are_asked_together_and_each_gets_its_own_answer() -> None:
    slow = Slow()
    tutor, asked = await started(slow, 100)
    slow.go.set()
    replies = await asyncio.gather(*asked)
    assert [reply.candidates[0].topic for reply in replies] == [f"q{i}" for i in range(100)]
    assert [reply.lang for reply in replies] == ["zh" if i % 2 else "en" for i in range(100)]
    assert len(slow.batches) < 5
    assert sum(map(len, slow.batches)) == 100
    await tutor.close()


async def test_the_address_of_a_place_is_answered_with_it_and_not_looked_up() -> None:
    slow = Slow()
    slow.fail = KnowledgeError("looked up")
    slow.go.set()
    bank = small_bank()
    topic = next(iter(bank.topics.values()))
    tutor = Tutor(bank, slow, LocalRunner())
    for lang in LANGS:
        reply = await tutor.ask(f" {topic.slug.upper()}#How ", interface=lang)
        assert (reply.outcome, reply.topic, reply.section, reply.lang) == ("answer", topic.slug, "how", lang)
        assert [candidate.topic for candidate in reply.candidates][0] == topic.slug
        assert len({candidate.topic for candidate in reply.candidates}) == min(3, len(bank))
    assert (await tutor.ask(f"{topic.slug}#how", "zh", interface="en")).lang == "zh"
    unknown = await tutor.ask(f"{topic.slug}#nowhere", interface="zh")
    assert (unknown.topic, unknown.section, unknown.lang) == (topic.slug, "answer", "zh"), "the topic is there"
    for text in ("no-such#how", f"{topic.slug}#how why"):
        with pytest.raises(KnowledgeError, match="looked up"):
            await tutor.ask(text)
    await tutor.close()


async def test_a_question_that_cannot_be_looked_up_spoils_no_batch() -> None:
    slow = Slow()
    tutor, asked = await started(slow, 3)
    with pytest.raises(QueryError):
        await tutor.ask("？！")
    slow.go.set()
    assert len(await asyncio.gather(*asked)) == 3
    await tutor.close()


async def test_an_error_reaches_everybody_who_asked_and_nobody_after() -> None:
    slow = Slow()
    slow.fail = KnowledgeError("no bank")
    tutor, asked = await started(slow, 3)
    slow.go.set()
    assert [str(error) for error in await asyncio.gather(*asked, return_exceptions=True)] == ["no bank"] * 3
    slow.fail = None
    assert (await tutor.ask("again")).candidates[0].topic == "again"
    await tutor.close()


async def test_who_stops_waiting_is_left_out_and_the_others_are_answered() -> None:
    slow = Slow()
    tutor, asked = await started(slow, 2)
    late = asyncio.create_task(tutor.ask("late"))
    kept = asyncio.create_task(tutor.ask("kept"))
    await asyncio.sleep(0.05)  # the first batch is with the retriever, these two wait
    late.cancel()
    asked[0].cancel()
    await asyncio.sleep(0)
    slow.go.set()
    assert (await kept).candidates[0].topic == "kept"
    assert (await asked[1]).candidates[0].topic == "q1"
    assert "late" not in [text for batch in slow.batches for text in batch]
    await tutor.close()


def test_a_tutor_outlives_its_event_loop() -> None:
    slow = Slow()
    slow.go.set()
    tutor = Tutor(small_bank(), slow, LocalRunner())
    for text in ("one", "two"):
        assert asyncio.run(tutor.ask(text)).candidates[0].topic == text


async def test_memory_goes_back_after_so_many_questions_in_the_thread_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back: list[str] = []
    monkeypatch.setattr(tutors, "give_back", lambda: given_back.append(current_thread().name))
    monkeypatch.setattr(tutors, "_GIVE_BACK_EVERY", 3)
    slow = Slow()
    slow.go.set()
    tutor = Tutor(small_bank(), slow, LocalRunner())
    for number in range(8):
        await tutor.ask(f"q{number}")
    await tutor.close()
    assert len(given_back) == 2
    assert all(name.startswith("epoch-retriever") for name in given_back)
