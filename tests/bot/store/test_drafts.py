"""Drafts and reasons of votes, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.store.feedback import FeedbackNote, Tally
from bot.store.store import Store
from bot.study.drafts.models import DROPPED_S, MEMBER_MOST, MEMBER_S, Draft
from bot.study.refusals import Refusal
from knowledge.bank.models import Lang

DRAFT = Draft("lora", 1, 11, "en", {"en": ("what is LoRA?",), "zh": ("LoRA 是什么",)}, "a note", "open", 5.0)


def another(question: str, **changes: object) -> Draft:
    return replace(DRAFT, asks={"en": (question,)}, **changes)


async def test_a_question_has_one_draft_a_server_whoever_asks_at_once(store: Store) -> None:
    begun = await asyncio.gather(*(store.drafts.begin(replace(DRAFT, owner_id=n)) for n in range(5)))
    assert [new for _, new in begun].count(True) == 1
    elsewhere, new = await store.drafts.begin(replace(DRAFT, guild_id=2))
    assert (elsewhere.slug, new) == ("lora-2", True)
    terminal, _ = await store.drafts.begin(replace(DRAFT, guild_id=None, owner_id=None), {"lora-3"}.__contains__)
    assert terminal.slug == "lora-4"
    assert (await store.drafts.begin(replace(DRAFT, guild_id=None, owner_id=None)))[1] is False
    assert await store.drafts.get("lora") == replace(begun[0][0], slug="lora")
    assert [draft.slug for draft in await store.drafts.of(2)] == ["lora-2"]
    assert {draft.slug for draft in await store.drafts.all()} == {"lora", "lora-2", "lora-4"}
    assert await store.drafts.get("gone") is None


async def test_a_member_begins_so_many_in_an_hour(store: Store) -> None:
    for number in range(MEMBER_MOST):
        await store.drafts.begin(another(f"model {number}", made=5.0 + number))
    with pytest.raises(Refusal) as refused:
        await store.drafts.begin(another("one more", made=10.0))
    assert refused.value.values["until"] == int(5.0 + MEMBER_S) + 1
    assert (await store.drafts.begin(another("one more", made=10.0, owner_id=None)))[1], "a host's gap is none of these"
    assert (await store.drafts.begin(another("later", made=5.0 + MEMBER_S)))[1]


async def test_a_draft_moves_once_however_many_press(store: Store) -> None:
    await store.drafts.begin(DRAFT)
    await store.drafts.posted("lora", 7, 8)
    moved = await asyncio.gather(*(store.drafts.move("lora", ("open",), "checking", 6.0) for _ in range(5)))
    assert moved.count(True) == 1
    assert not await store.drafts.move("lora", ("open",), "dropped", 6.0)
    assert await store.drafts.move("lora", ("checking",), "accepted", 7.0, patch="diff")
    kept = await store.drafts.get("lora")
    assert kept == replace(DRAFT, state="accepted", patch="diff", channel_id=7, message_id=8)
    assert (await store.drafts.begin(DRAFT))[0].slug == "lora-2", "one that is accepted is open no more"
    assert await store.drafts.move("lora", ("accepted",), "dropped", 8.0)
    assert await store.drafts.prune(8.0 + DROPPED_S) == []
    assert await store.drafts.prune(9.0 + DROPPED_S) == ["lora"]


async def test_a_draft_stays_without_the_member_who_is_forgotten(store: Store) -> None:
    await store.drafts.begin(DRAFT)
    (row,) = (await store.members.export(11))["drafts"]
    assert row["asks"]["zh"] == ["LoRA 是什么"]
    assert await store.members.forget(11) == 1
    assert await store.drafts.get("lora") == replace(DRAFT, owner_id=None)
    assert await store.members.export(11) == {}


async def test_why_a_vote_is_one_is_kept_with_it(store: Store) -> None:
    async def vote(member: int, good: bool, lang: Lang = "en") -> None:
        await store.feedback.vote(
            message_id=1, member_id=member, topic="gan", section="how", lang=lang, good=good, at=float(member)
        )

    explain = store.feedback.explain
    assert not await explain(message_id=1, member_id=1, reason="wrong", why="", guild_id=1), "nobody has voted"
    for member in (1, 2, 3):
        await vote(member, False)
    await vote(4, True)
    assert await explain(message_id=1, member_id=1, reason="wrong", why="no", guild_id=1)
    assert await explain(message_id=1, member_id=2, reason="wrong", why="nor this", guild_id=2)
    assert await explain(message_id=1, member_id=3, reason=None, why="", guild_id=1)
    assert not await explain(message_id=1, member_id=4, reason="old", why="x", guild_id=1), "it is a 👍"
    assert await store.feedback.tallies() == [Tally("gan", "how", "en", 1, 3, {"wrong": 2})]
    assert await store.feedback.said() == [
        FeedbackNote("gan", "how", "en", "nor this"),
        FeedbackNote("gan", "how", "en", "no"),
    ]
    assert await store.feedback.said(1) == [FeedbackNote("gan", "how", "en", "no")]
    await vote(1, True)
    assert await store.feedback.said(1) == []
    assert (await store.feedback.tallies())[0].reasons == {"wrong": 1}
