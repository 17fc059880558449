"""A round in a terminal whose clock the test sets."""

from __future__ import annotations

import io
from random import Random

from prompt_toolkit.completion import Completer
from rich.console import Console

from bot.study.rounds.choosing import choose
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
