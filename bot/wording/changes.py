"""A member's own version of an example: what differs from the tested one, what a value may be, whose output it is."""

from __future__ import annotations

import difflib

from bot.discord.ui.text import clip, neutralise, one_line
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.models import Example, Lang
from knowledge.bank.parameter import Parameter

#: Lines of a difference that a phone shows without much scrolling, and how much of each.
SHOWN_LINES = 10
_LINE = 72
_NAME = 40
_TYPED = 60


def difference(tested: str, own: str, ui: Lang) -> str:
    """Return the lines that differ as a block in colours, the first few of them; empty if none does."""
    rows = list(difflib.unified_diff(tested.splitlines(), own.splitlines(), lineterm="", n=0))[2:]
    changed = _bare([row for row in rows if not row.startswith("@@")])
    if not changed:
        return ""
    shown = [clip(neutralise(row).replace("\n", " "), _LINE) for row in changed[:SHOWN_LINES]]
    block = "```diff\n" + "\n".join(shown) + "\n```"
    left = len(changed) - len(shown)
    return block + (f"\n-# {say('run.own.more', ui, count=left)}" if left else "")


def _bare(changed: list[str]) -> list[str]:
    """Drop comments at the ends of lines that a change left as they were: a phone's line is short."""
    before, after = ({_comment(row) for row in changed if row[0] == sign} for sign in "-+")
    same = (before & after) - {""}
    return [row.removesuffix(_comment(row)) if _comment(row) in same else row for row in changed]


def _comment(row: str) -> str:
    code, mark, comment = row.partition("  # ")
    return f"{mark}{comment}" if code[1:].strip() else ""


def whose(name: str, ui: Lang, *, script: bool = False) -> str:
    """Return the line that tells a member's own output from the bank's."""
    return "-# " + say("run.own.script" if script else "run.own.label", ui, name=one_line(name, _NAME))


def broken_on_purpose(example: Example, ui: Lang) -> str:
    """Return what the counter changes and why the claim then fails."""
    change = neutralise(example.meta.counter).replace("`", "'")
    return f"{say('run.own.counter', ui, change=clip(change, _LINE))}\n{example.meta.counter_why[ui]}"


def counter_change(example: Example, ui: Lang) -> str:
    """Return what the counter changes, as it then stands in the source: `STEPS = 1 (was 1000)`."""
    name, typed = parameters.split(example.meta.counter)
    was = {each.name: each.value for each in parameters.parse(example.source)}
    now = {
        each.name: each.value
        for each in parameters.parse(parameters.apply(example.source, {name: typed}, bounded=False))
    }
    return say("run.own.was", ui, name=name, value=repr(now[name]), was=repr(was[name]))


def allowed(parameter: Parameter, ui: Lang) -> str:
    """Return in words what a parameter may be set to."""
    if parameter.choices:
        return say("run.allowed.choices", ui, choices=("、" if ui == "zh" else ", ").join(map(str, parameter.choices)))
    inside = "" if parameter.low is None else say("run.allowed.inside", ui, low=parameter.low, high=parameter.high)
    match parameter.value:
        case bool():
            return say("run.allowed.truth", ui)
        case int():
            return say("run.allowed.whole", ui, inside=inside)
        case float():
            return say("run.allowed.number", ui, inside=inside)
        case tuple():
            key = "numbers" if any(isinstance(part, float) for part in parameter.value) else "wholes"
            return say(f"run.allowed.{key}", ui, count=len(parameter.value), inside=inside)
    return say("run.allowed.text", ui)


def refused(parameter: Parameter, typed: str, ui: Lang) -> str:
    """Return why a value cannot be taken, and what can."""
    return say(
        "run.allowed.refused", ui, name=parameter.name, typed=one_line(typed, _TYPED) or "∅",
        allowed=allowed(parameter, ui),
    )  # fmt: skip
