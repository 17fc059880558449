"""Interviews that are over, for tests and galleries."""

from __future__ import annotations

from dataclasses import replace

from bot.study.loops import machine
from bot.study.loops.machine import Loop, Part
from knowledge.bank.models import Lang

NOW = 1_700_000_000.0


def loop(lang: Lang, number: int = 1, *, better: bool = False) -> Loop:
    """Return one that went so-so; `better`, one with more of its points made."""
    more = (2,) if better else ()
    parts = [
        (Part("open", "transformer", "a", points=(0, 1, 4)), 5.0),
        (Part("follow_up", "transformer"), 2.5),
        (Part("open", "rlhf-reward-model", "b", points=(0, 1, 3, 4)), 5.0),
        (Part("follow_up", "rlhf-reward-model"), 2.5),
        (Part("open", "data-tensor-pipeline-parallel", "c", points=(0, 3, 4)), 5.0),
        (Part("follow_up", "data-tensor-pipeline-parallel"), 2.5),
        (Part("bug", "word2vec", "d", question={"right": ["A"]}), 4.0),
        (Part("drill", "positional-encoding-rope", "drill-rope"), 15.0),
    ]
    found = replace(machine.begin(7, "llm", lang, 2_700.0, parts, NOW), id=number)
    following = Part("follow_up", "transformer", unit="why", points=(1, 4, 2))
    found = machine.typed(found, 0, "x", NOW + 250)
    found = machine.settled(found, 0, NOW + 250, made=[0], unsure=[1], follow_up=following)
    found = machine.typed(found, 1, "y", NOW + 420)
    found = machine.settled(found, 1, NOW + 420, made=[4, *more])
    found = machine.settled(found, 2, NOW + 980, made=[0, 1, 3, 4])
    found = machine.skip(found, 4, NOW + 1_030)
    found = machine.settled(found, 6, NOW + 1_200, passed=True)
    return machine.settled(found, 7, NOW + 2_400, passed=better, tries=3, hints=1)
