"""A foreign bank's code needs a wall, always; and who chose some banks knows no other."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from bot.study.tutor import Tutor
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.models import PACKAGED_BANK, Bank
from knowledge.search.retriever import Retriever
from runners.errors import WallRequired
from runners.local import LocalRunner
from runners.models import Event, Finished, Job, Output, Started
from tests.knowledge.banks import NEGATIVES
from tests.knowledge.second_bank import both_banks


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return both_banks(tmp_path_factory.mktemp("banks") / "basics")


@pytest.fixture(scope="module")
def retriever(both: Bank) -> Retriever:
    return Retriever.over(both, None, negatives=NEGATIVES)


def packaged(bank: Bank) -> Bank:
    """The same topics, as if they had come with the package."""
    return Bank(topics={slug: topic.model_copy(update={"origin": None}) for slug, topic in bank.topics.items()})


async def ran(tutor: Tutor, job: Job) -> list[Event]:
    return [event async for event in tutor.run(job)]


async def test_an_unmodified_example_of_a_foreign_bank_never_runs_without_a_wall(
    both: Bank, retriever: Retriever
) -> None:
    unwalled = LocalRunner("trusted")
    tutor = Tutor(both, retriever, unwalled)
    planned = tutor.plan("hash-tables")
    kept = planned.example.transcript
    assert kept is not None
    assert kept.sha256 == hashlib.sha256(planned.job.script.encode()).hexdigest(), "it is just what was accepted"
    with pytest.raises(WallRequired):
        await ran(tutor, planned.job)
    own = Tutor(packaged(both), retriever, unwalled)
    events = await ran(own, own.plan("hash-tables").job)
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome == "ok", "so it was the bank, and nothing else, that was refused"
    await unwalled.close()


async def test_behind_a_wall_it_runs(both: Bank, retriever: Retriever, needs_wall: None) -> None:
    tutor = Tutor(both, retriever, LocalRunner(warm=False))
    events = await ran(tutor, tutor.plan("sql-joins").job)
    assert isinstance(events[0], Started)
    assert events[0].wall != "trusted"
    assert "Bo   None" in "".join(event.text for event in events if isinstance(event, Output))
    await tutor.close()


async def test_who_chose_some_banks_knows_no_other_by_any_name(both: Bank, retriever: Retriever) -> None:
    tutor = Tutor(both, retriever, LocalRunner())
    basics, own = tutor.within(["basics"]), tutor.within([PACKAGED_BANK])
    assert own is tutor.within((PACKAGED_BANK, "gone")) is tutor.within(["gone"]), "what has gone is no choice"
    assert tutor.within(None) is tutor is tutor.within([PACKAGED_BANK, "basics"])
    question = "left join vs inner join"
    assert (await tutor.ask(question)).topic == (await basics.ask(question)).topic == "sql-joins"
    assert (await own.ask(question)).topic is None
    assert (await basics.ask("what is mode collapse")).topic is None
    assert tutor.topic("哈希表") == basics.topic("哈希表")
    for name in ("sql-joins", "哈希表", "join"):
        with pytest.raises(UnknownTopic) as caught:
            own.topic(name)
        assert not set(caught.value.nearest) - set(own.bank.topics)
    assert [topic.slug for topic in own.complete("ha", "en")] == []
    assert [topic.slug for topic in basics.complete("ha", "en")] == ["hash-tables"]
    await tutor.close()


async def test_questions_of_unlike_choices_that_wait_together_get_their_own(both: Bank, retriever: Retriever) -> None:
    tutor = Tutor(both, retriever, LocalRunner())
    choices = tutor, tutor.within([PACKAGED_BANK]), tutor.within(["basics"])
    asked = [each.ask("hash collision") for each in choices * 3]
    found = [reply.topic for reply in await asyncio.gather(*asked)]
    assert found == ["hash-tables", None, "hash-tables"] * 3
    await tutor.close()
