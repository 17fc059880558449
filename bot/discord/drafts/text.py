"""The texts of drafts; what members and reviewers wrote is escaped in them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.ui.split import pieces
from bot.discord.ui.text import MESSAGE_TEXT, ZERO_WIDTH, neutralise, one_line, width
from bot.study.drafts.models import Draft
from bot.wording import say
from bot.wording.translation import problem_in_lang
from knowledge.bank.models import LANGS, Lang, Problem

_ASK, _ASKS, _NOTE = 150, 3, 600
#: Of what is wrong: so many lines in the message, each so long; all of them are in the file.
PROBLEMS, _PROBLEM = 10, 230
#: Messages of one part; the rest is in the file.
_PIECES = 5
_SPARE = 300
#: Drafts of a list.
LISTED = 20


def heading(draft: Draft, lang: Lang) -> str:
    """Return what a draft is, what was asked, and what was added to it."""
    came = say("drafting.panel.gap" if draft.owner_id is None else "drafting.panel.member", lang)
    state = say(f"drafting.state.{draft.state}", lang)
    lines = [
        f"### 📝 {one_line(draft.question, _ASK)}",
        f"-# `{draft.slug}` · {state} · {came} · <t:{int(draft.made)}:R>",
    ]
    for each in LANGS:
        lines += [f"- {each}: {one_line(ask, _ASK)}" for ask in draft.asks.get(each, ())[:_ASKS]]
    if draft.note:
        lines += [say("drafting.panel.note", lang), f"> {one_line(draft.note, _NOTE)}"]
    return "\n".join(lines)


def problems(found: Sequence[Problem], lang: Lang) -> str:
    """Return what is wrong with a draft, a line each, the rest as a number."""
    lines = [f"**{say('drafting.check.problems', lang, count=len(found))}**"]
    lines += [f"- {one_line(problem_in_lang(each, lang), _PROBLEM)}" for each in found[:PROBLEMS]]
    if len(found) > PROBLEMS:
        lines.append(f"-# {say('drafting.check.more', lang, count=len(found) - PROBLEMS)}")
    return "\n".join(lines)


def problems_file(found: Sequence[Problem], lang: Lang) -> str:
    """Return all that is wrong as the text of a file."""
    return "".join(f"{problem_in_lang(each, lang)}\n" for each in found)


def part(slug: str, name: str, content: str) -> list[str]:
    """Return a file of a draft as code, in as many pieces as it takes, of a long one the first few."""
    head = f"### `{slug}/{name}`"
    # No blank line ends the block, and none of its own fences.
    shown = neutralise(content).rstrip() or ZERO_WIDTH
    info = {"md": "md", "toml": "toml", "py": "py"}[name.rpartition(".")[2]]
    cut = pieces(f"```{info}\n{shown}\n```", MESSAGE_TEXT - width(head) - _SPARE)
    first, *others = [each.shown.strip("\n") for each in cut[:_PIECES]]
    return [f"{head}\n{first}", *others]


def listing(drafts: Sequence[Draft], lang: Lang) -> str:
    """Return a line for each draft, the newest first."""
    lines = [f"### {say('drafting.list.title', lang)}"]
    lines += [
        f"- `{each.slug}` · {say(f'drafting.state.{each.state}', lang)} · {one_line(each.question, 80)}"
        for each in drafts[:LISTED]
    ]
    if not drafts:
        lines.append(say("drafting.list.none", lang))
    elif len(drafts) > LISTED:
        lines.append(f"-# {say('drafting.list.more', lang, count=len(drafts) - LISTED)}")
    return "\n".join(lines)
