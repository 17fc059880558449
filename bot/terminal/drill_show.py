"""Printing what is said of a drill: its statement, lines of a verdict, how a go counted, the solution."""

from __future__ import annotations

from collections.abc import Iterable

from bot.terminal.drill_record import Noted
from bot.terminal.drill_text import StyledLine, difference, foot_lines, head_lines
from bot.terminal.lines import Voice
from bot.terminal.markdown import BankMarkdown
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.reviews import span
from knowledge.bank.drills import Drill


def show_statement(voice: Voice, drill: Drill) -> None:
    """Print what is to be written."""
    put_lines(voice, head_lines(drill, voice.lang))
    voice.out.print()
    voice.out.print(BankMarkdown(printable(drill.meta.statement[voice.lang])))
    put_lines(voice, foot_lines(drill, voice.lang))


def put_lines(voice: Voice, lines: Iterable[StyledLine]) -> None:
    """Print lines of a drill as they are, each in its style."""
    for line in lines:
        voice.put(line.text, line.style)


def put_noted(voice: Voice, noted: Noted) -> None:
    """Say as what a go counted, and when the drill comes back."""
    grade = say(f"member.grade.{noted.grade}", voice.lang)
    voice.say("practice.session.noted", "dim", grade=grade, when=span(noted.within, voice.lang))


def put_solution(voice: Voice, own: str, solution: str) -> None:
    """Print the solution beside one's own as a whole, its lines marked where they differ."""
    rows = difference(own, solution)
    voice.say("practice.session.solution" if rows else "practice.session.same", "bold")
    put_lines(voice, rows)
