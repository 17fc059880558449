"""The text about a member's own version of an example: how it differs from the tested one, and whose output it is."""

from __future__ import annotations

import difflib

from bot.discord.ui.names import member_name
from bot.discord.ui.text import clip, neutralise
from bot.wording import say
from knowledge.bank.models import Example, Lang

#: Lines of a difference that a phone shows without much scrolling, and how much of each.
SHOWN_LINES = 10
_LINE = 72


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
    return "-# " + say("run.own.script" if script else "run.own.label", ui, name=member_name(name))


def broken_on_purpose(example: Example, ui: Lang) -> str:
    """Return what the counter changes and why the claim then fails."""
    change = neutralise(example.meta.counter).replace("`", "'")
    return f"{say('run.own.counter', ui, change=clip(change, _LINE))}\n{example.meta.counter_why[ui]}"
