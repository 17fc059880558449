"""Every kind of message a run has, for the gallery: built by the real views from events that look real."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import discord
from discord import ui

from bot.discord.run.controls import StopButton
from bot.discord.run.edit_controls import ValuesButton, ValuesForm, pieces_view
from bot.discord.run.message import end_controls, heading, run_view
from bot.discord.run.text import RunText, final, live
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import GREY
from bot.discord.ui.error_text import refused_value
from bot.study.run_log import RunLog
from bot.study.runs import RunPlan, RunRequest, remedy
from bot.study.snippets import Snippet
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.models import Bank, Lang
from runners.local import LocalRunner
from runners.models import Finished, Job, Note, Outcome, Output, Started
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.picture import Shown

NAMES = ("run-going", "run-done", "run-values", "run-broken", "run-limit", "run-script", "run-helped", "run-cut-off",
         "run-forms", "run-refused")  # fmt: skip
FIGURE = Path(__file__).parents[2] / "docs" / "gan.png"
NAME: Mapping[Lang, str] = {"zh": "小林", "en": "Lin"}
OWNER = 12


def plan_of(bank: Bank, asked: RunRequest) -> RunPlan:
    """Return the plan of a topic's run."""
    tutor = Tutor(bank, Scripted(RuntimeError()), LocalRunner())
    made = tutor.plan(asked.topic, asked.example, changes=asked.changes, counter=asked.counter, edited=asked.code)
    return RunPlan(asked, made.job, made.topic, made.example, made.changed)


def going(planned: RunPlan, log: RunLog, lang: Lang) -> Shown:
    """Return a run under way."""
    title, change = heading(planned, NAME[lang], lang)
    view = run_view(live(log, title, lang), *rows(StopButton("00ff", say("discord.run.stop", lang))), change=change)
    return Shown({"components": view.to_components()})


def ended(planned: RunPlan, log: RunLog, end: Finished, lang: Lang, figure: bytes = b"") -> Shown:
    """Return a run that is over."""
    log.broken = planned.asked.counter
    log.add(end, 1_700_000_004.0)
    title, change = heading(planned, NAME[lang], lang)
    files = [discord.File(io.BytesIO(figure), "gan.png")] if figure else []
    helps = None if log.broke else remedy(planned, end)
    below = end_controls(planned, "00ff", OWNER, lang, helps)
    view = run_view(final(log, title, lang, helps=helps), *below, change=change, pictures=files)
    return Shown({"components": view.to_components()}, {"gan.png": figure})


def log_of(output: str = "") -> RunLog:
    """Return what is known of a run that printed `output`."""
    log = RunLog()
    log.add(Started("full", warm=True), 1_700_000_000.0)
    if output:
        log.add(Output("stdout", output), 1_700_000_001.0)
    return log


def messages(bank: Bank, lang: Lang) -> Mapping[str, Sequence[Shown]]:
    """Return every kind of message of a run by name."""
    topic = bank["gan"]
    main = topic.example()
    original = plan_of(bank, RunRequest("gan"))
    printed = main.transcript.text if main.transcript else ""
    queued = RunLog()
    queued.told(3)
    values = plan_of(bank, RunRequest("gan", changes={parameters.parse(main.source)[0].name: "600"}))
    broken = plan_of(bank, RunRequest("gan", counter=True))
    failed = printed.rstrip() + '\nTraceback (most recent call last):\n  File "example.py", line 48, in <module>\n'
    script = RunPlan(
        RunRequest(code="print(6 * 7)\n", origin="https://discord.com/channels/1/2/3"), Job("print(6 * 7)\n")
    )
    ok = Finished("ok", None, 0, 4.31, 6.0, 612.0, 0.2)
    bad = parameters.parse(main.source)[0]
    cut = RunText(f"### {topic.title[lang]}", "", say("run.cut_off.text", lang), GREY)
    refusals = [say(f"run.refused.{key}", lang, **given) for key, given in (
        ("busy", {"count": 2}), ("cooldown", {"at": 1_700_000_000}), ("edited_managers", {}), ("no_code", {}),
        ("not_yours", {}),
    )]  # fmt: skip
    correct = ValuesButton(RunRequest("gan"), "00ff", say("run.button.correct", lang), "✏️")
    return {
        "run-going": [going(original, queued, lang), going(original, log_of(printed[:60]), lang)],
        "run-done": [ended(original, log_of(printed), ok, lang, FIGURE.read_bytes())],
        "run-values": [ended(values, log_of(printed), ok, lang)],
        "run-broken": [
            ended(broken, log_of(f"{failed}AssertionError"), Finished("error", None, 1, 3.2, 3.0, 580.0, 0.2), lang)
        ],
        "run-limit": [ended(values, log_of(printed), Finished("timeout", "cpu", None, 61.0, 60.0, 612.0, 0.2), lang)],
        "run-script": [ended(script, log_of("42\n"), ok, lang)],
        "run-helped": [
            ended(script, log_of("Traceback…\nNameError: name 'x' is not defined\n"), one("error", 1), lang),
            ended(script, log_of("What is your name? "), one("error", 1, Note("no_input", ())), lang),
            ended(script, log_of(), one("error", -11), lang),
        ],
        "run-cut-off": [Shown({"components": run_view(cut).to_components()})],
        "run-forms": [
            Shown(ValuesForm.made(RunRequest("gan"), parameters.parse(main.source), lang).to_dict()),
            private(layout(refused_value(bad, "9e9", lang), *rows(correct), colour=0xF0B232)),
            private(pieces_view("00ff", [Snippet("import numpy as np", ""), Snippet("print('hi')", "")], lang)),
        ],
        "run-refused": [Shown({"content": text}, private=True) for text in refusals],
    }


def one(outcome: Outcome, status: int, *notes: Note) -> Finished:
    """Return the end of a short run."""
    return Finished(outcome, None, status, 0.4, 0.3, 41.0, 0.1, notes=notes)


def private(view: ui.LayoutView) -> Shown:
    """Return a message that one member sees."""
    return Shown({"components": view.to_components()}, private=True)
