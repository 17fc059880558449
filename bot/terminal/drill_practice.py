"""Practising a drill in a terminal: puts the file, the editor, the judge and the record together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.study.drills.models import AnswerJudge
from bot.study.learning import Learning
from bot.study.tutor import Tutor
from bot.terminal.drill_editor import editor_command
from bot.terminal.drill_files import Desk
from bot.terminal.drill_record import Record
from bot.terminal.drill_session import DrillSession
from bot.terminal.lines import Voice
from knowledge.bank.drills import Drill, Variant

if TYPE_CHECKING:
    from bot.store.store import Store


def judge_of(tutor: Tutor) -> AnswerJudge:
    """Return what judges answers, by what runs a tutor's programs; nothing is started yet."""
    from bot.study.drills.judging import DrillJudge

    return DrillJudge(tutor, tutor.bank)


async def practise(
    drill: Drill, tutor: Tutor, store: Store, voice: Voice, err: Console, *,
    root: Path, to: Path | None = None, variant: Variant | None = None, clock: Callable[[], float] = time.time,
) -> bool:  # fmt: skip
    """Let whoever sits at this terminal write a drill; return whether this go is over: passed, or given up.

    Args:
        drill: which.
        tutor: runs the answers.
        store: keeps tries and reviews.
        voice: says what there is to say.
        err: where the spinner turns.
        root: folder of the files that are written.
        to: a file of the learner's own instead.
        variant: with what it is solved; None for what it was tried with last.
        clock: Unix time.

    Raises:
        See `DrillSession.run`.
    """
    judge = judge_of(tutor)
    record = Record(store, Learning(store, tutor.bank, clock), drill, clock)
    chosen = variant or "numpy" if to is not None else variant  # a file of one's own is for what one asks for
    desk = Desk(root, drill, to, chosen or "numpy")
    session = DrillSession(drill, judge, record, desk, voice, err, editor=editor_command(), variant=chosen, clock=clock)
    # What keeps the engine from being warm by the first save keeps an answer from being judged, too, which tells of it.
    warming = asyncio.ensure_future(tutor.runner.warm_up())
    try:
        await session.run()
        return session.over
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        await judge.close()
