"""A round in a terminal whose clock the test sets."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from prompt_toolkit.completion import Completer
from rich.console import Console

from bot.store.store import Store
from bot.study.learning import TERMINAL, GivenAnswer, Learning
from bot.study.rounds.choosing import choose
from bot.study.rounds.questions import Question
from bot.study.schedule import AGAIN, GOOD, grade_of_choice
from bot.terminal.greeting import greeting
from bot.terminal.prompt import Lines, Prompt
from bot.terminal.quiz import TerminalRound, alone
from knowledge.bank.models import Lang
from tests.bot.world import make_tutor


class Slow(Lines):
    """Somebody who looks at the prompt at certain times, and then types."""

    def __init__(self, looks: list[float], typed: str) -> None:
        super().__init__(interactive=False)
        self.now = 1_000.0
        self.seen: list[str] = []
        self._looks = looks
        self._typed: str | None = typed

    async def read(self, prompt: Prompt, aside: Completer | None = None) -> str | None:
        assert callable(prompt)
        asked = self.now
        for later in self._looks:
            self.now = asked + later
            self.seen.append(prompt())
        line, self._typed = self._typed, None
        return line


async def prompts(looks: list[float], lang: Lang) -> tuple[list[str], str]:
    tutor, out, lines = make_tutor(), io.StringIO(), Slow(looks, "A")
    questions = choose(tutor.bank, lang, Random(0), count=1, topics=["gan"])
    played = TerminalRound(tutor, Console(file=out, width=100), lang, lambda: lines.now)
    await played.play(questions, alone(1, 60.0), lines)
    return lines.seen, out.getvalue()


async def test_the_prompt_counts_down_and_says_when_the_time_is_up() -> None:
    seen, said = await prompts([0.0, 0.4, 17.2, 59.5, 61.0], "en")
    letters = "A/B/C/D> "
    assert seen == [*(f"⏳ {left} s · {letters}" for left in (60, 60, 43, 1)), f"⌛ time is up · {letters}"]
    assert "Just too late" in said
    chinese, _ = await prompts([30.0], "zh")
    assert chinese == [f"⏳ 30 秒 · {letters}"]


class Letters(Lines):
    """Somebody who types one line after the other; None is the end of the input."""

    def __init__(self, *typed: str | None) -> None:
        super().__init__(interactive=False)
        self._typed = list(typed)

    async def read(self, prompt: Prompt, aside: Completer | None = None) -> str | None:
        return self._typed.pop(0) if self._typed else None


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
        yield opened


async def played(store: Store, lines: Lines, now: float) -> list[Question]:
    tutor = make_tutor()
    questions = choose(tutor.bank, "en", Random(0), count=2, topics=["gan"], kinds=["choice"])
    learning = Learning(store, tutor.bank, lambda: now)
    alone_ = TerminalRound(tutor, Console(file=io.StringIO(), width=100), "en", lambda: now, learning)
    await alone_.play(questions, alone(2, 60.0), lines)
    return list(questions)


async def test_answers_count_as_reviews_as_those_of_a_round_on_discord_do(store: Store) -> None:
    first, second = await played(store, Letters("A", "/skip"), 2_000.0)
    right = "A" in first.right[0]
    grade = GOOD if right else AGAIN
    assert await store.reviews.log(TERMINAL) == [(first.topic, first.item, grade, 2_000.0)], "what is skipped is none"
    discord = [GivenAnswer(9, first.topic, first.item, grade_of_choice(right), "round:1:1", 2_000.0)]
    (card,) = await Learning(store, make_tutor().bank, lambda: 2_000.0).record(discord)
    (mine,) = await store.reviews.cards(TERMINAL)
    assert (mine.state, mine.due) == (card.state, card.due)
    await played(store, Letters("A"), 3_000.0)
    assert len(await store.reviews.log(TERMINAL)) == 2, "another round is another answer"


async def test_an_answer_is_kept_before_it_is_told(store: Store) -> None:
    class Closed(io.StringIO):
        def write(self, text: str, /) -> int:
            if "❌" in text or "✅" in text:
                raise KeyboardInterrupt
            return super().write(text)

    tutor = make_tutor()
    questions = choose(tutor.bank, "en", Random(0), count=1, topics=["gan"], kinds=["choice"])
    learning = Learning(store, tutor.bank, lambda: 2_000.0)
    round_ = TerminalRound(tutor, Console(file=Closed(), width=100), "en", lambda: 2_000.0, learning)
    with pytest.raises(KeyboardInterrupt):
        await round_.play(questions, alone(1, 60.0), Letters("A"))
    assert len(await store.reviews.log(TERMINAL)) == 1


async def test_whoever_learned_here_before_is_greeted_with_what_is_due(store: Store) -> None:
    day = 86_400.0
    learning = Learning(store, make_tutor().bank, lambda: 100 * day)
    assert await greeting(learning, "en") == []
    await store.members.set_zone(TERMINAL, "UTC", 0.0)
    for ago in (2, 1):
        given = GivenAnswer(TERMINAL, "gan", ("first", "second")[ago - 1], AGAIN, f"review:{ago}", (100 - ago) * day)
        await learning.record([given])
    assert await greeting(learning, "en") == ["2 due, streak 2. /review begins."]
    assert await greeting(learning, "zh") == ["到期 2 题，连续 2 天。/review 开始复习。"]
    assert await greeting(Learning(store, make_tutor().bank, lambda: 100.5 * day), "en")
