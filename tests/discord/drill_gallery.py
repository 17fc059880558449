"""The messages of drills, drawn from their real views: shown, failed, passed, given up, hinted, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.discord.drill.controls import CodeForm, UploadForm
from bot.discord.drill.duel_message import duel_view
from bot.discord.drill.message import (
    Message,
    check_view,
    drill_view,
    hint_view,
    list_view,
    solution_message,
    sure_view,
    verdict_message,
)
from bot.store.duels import StoredDuel
from bot.study.drills.attempts import Attempt, typed
from bot.study.drills.duels import Duellist, accept, ask, give_up, handed, judged, tick
from bot.study.snippets import Snippet
from bot.wording import say
from knowledge.bank.models import Bank, Lang
from tests.bot.study.drills.doubles import BROKEN, PASSED, WRONG
from tests.bot.study.drills.samples import DRILL, START, WRONG_AXIS
from tests.discord.picture import Shown

NAMES = ("drill", "drill-form", "drill-failed", "drill-passed", "drill-given-up", "drill-hint", "drill-list",
         "drill-duel")  # fmt: skip
GO = typed(Attempt(7, DRILL.topic, DRILL.item, 1_790_000_000.0, tries=2), "numpy", WRONG_AXIS)


def duels(lang: Lang) -> list[StoredDuel]:
    """Return a duel that was asked for, one that goes on, and how duels end."""
    asked = ask(DRILL, Duellist(1, "lin"), Duellist(2, "小明"), 1_790_000_000.0)
    going = handed(
        judged(accept(asked, 2, 1_790_000_010.0), 1, 1_790_000_050.0, 2, 1_790_000_060.0), 2, 1_790_000_070.0
    )
    won = judged(going, 2, 1_790_000_070.0, 3, 1_790_000_080.0)
    every = [asked, going, won, give_up(going, 1, 1_790_000_090.0), tick(going, 1_800_000_000.0)]
    return [StoredDuel(1, 2, 3, lang, duel, 4) for duel in every]


def messages(bank: Bank, lang: Lang) -> Mapping[str, Sequence[Shown]]:
    """Return what each of `NAMES` shows."""
    counted = say("drilling.end.counted", lang, grade=say("member.grade.good", lang), when="3 d")
    pieces = [Snippet("def softmax(x):", WRONG_AXIS)]
    drawn: dict[str, Sequence[Message]] = {
        "drill": [
            Message(drill_view(DRILL, bank["gan"].title[lang], "numpy", lang, None)),
            Message(drill_view(DRILL, bank["gan"].title[lang], "numpy", lang, replace(GO, passed=1_790_000_000.0))),
        ],
        "drill-failed": [verdict_message(DRILL, each, GO, lang) for each in (WRONG, BROKEN)],
        "drill-passed": [verdict_message(DRILL, PASSED, GO, lang, counted)],
        "drill-given-up": [
            Message(sure_view(DRILL, "numpy", lang)),
            solution_message(DRILL, typed(GO, "numpy", START), "numpy", lang, counted),
        ],
        "drill-hint": [Message(hint_view(DRILL, hints, "numpy", lang)) for hints in (1, 2)],
        "drill-list": [
            Message(list_view(bank, [DRILL], {("gan", DRILL.item): GO}, lang)),
            Message(check_view("00ff", [(0, DRILL)], pieces, lang)),
        ],
    }
    found = {name: [Shown({"components": each.view.to_components()}, private=True) for each in every]
             for name, every in drawn.items()}  # fmt: skip
    found["drill-duel"] = [Shown({"components": duel_view(each, DRILL).to_components()}) for each in duels(lang)]
    forms = CodeForm.made(DRILL, "numpy", START, lang), UploadForm.made(DRILL, "numpy", lang)
    return {**found, "drill-form": [Shown(form.to_dict()) for form in forms]}
