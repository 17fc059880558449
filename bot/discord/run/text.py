"""The text of a run's message, while it is going on and when it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.discord.ui.colours import AMBER, BLUE, GREEN, GREY, RED
from bot.discord.ui.text import FILE_BYTES, FILES, REQUEST_BYTES, code_block, neutralise, one_line, tail, width
from bot.study.run_log import RunLog
from bot.study.runs import Remedy
from bot.wording import say
from bot.wording.phrases.runs import advice, exit_words
from bot.wording.run_notes import told
from knowledge.bank.models import Lang
from runners.models import Artifact, Finished

#: What a phone shows of a program's output without much scrolling.
SHOWN = 1_800
SHOWN_LINES = 40
#: Raw text looked at for a live view: more than it shows, however much markup the program prints.
_RECENT = 20_000
OUTPUT_FILE = "output.txt"
_NAMES = 300
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class RunText:
    """The text of a run's message.

    Attributes:
        title: first line.
        output: the program's output as a code block.
        status: place in the queue, time, or outcome; one line or a few.
        colour: of the bar beside it.
        full_output: all output, to be attached, when `output` does not show all of it.
    """

    title: str
    output: str
    status: str
    colour: int
    full_output: str | None = None


def live(log: RunLog, title: str, ui: Lang) -> RunText:
    """Return the message of a run that has not ended."""
    text = neutralise(log.output[-_RECENT:]).strip("\n")
    shown, hidden = tail(text, SHOWN, SHOWN_LINES)
    status = _progress(log, ui)
    if hidden:
        status += f"\n-# {say('discord.run.hidden', ui, count=hidden)}"
    return RunText(title, code_block(shown) if text else "", status, BLUE)


def _progress(log: RunLog, ui: Lang) -> str:
    if log.started_at is None:
        return say("discord.run.place", ui, place=log.place) if log.place else say("discord.run.queued", ui)
    running = say("discord.run.running", ui, since=int(log.started_at))
    return f"{running}\n-# {say('run.cut_off.anew', ui)}" if log.restarted else running


def final(
    log: RunLog,
    title: str,
    ui: Lang,
    left_out: Sequence[str] = (),
    *,
    refused: bool = False,
    closing: bool = False,
    helps: Remedy | None = None,
) -> RunText:
    """Return the message of a run that has ended.

    Args:
        log: with `finished` set.
        title: first line.
        ui: language of the interface.
        left_out: names of files too large to attach.
        refused: whether it was Discord that did not take them, and the whole output with them.
        closing: whether it was the end of the bot that stopped it.
        helps: the button that stands out below, which a program that failed is told about.
    """
    end = log.finished
    if end is None:
        raise ValueError("the run has not ended")
    text = neutralise(log.output).strip("\n")
    notes = told(end, ui, "discord", lambda text: one_line(text, _NAMES))
    shown, hidden = tail(text, SHOWN - sum(width(line) + 1 for line in notes), SHOWN_LINES)
    lines = [f"**{_outcome(log, end, ui)}** · {_figures(log, end, ui)}"]
    hint = say("run.cut_off.closing", ui) if closing and end.outcome == "stopped" else advice(end, ui)
    if hint:
        lines.append(hint)
    if log.surprise is not None:
        lines.append(say(f"run.hint.{log.surprise}", ui))
    elif end.outcome == "error" and not log.broke and helps is not None and not notes:
        crashed = end.exit_code is not None and end.exit_code < 0
        lines.append(say(f"run.remedy.{'crash' if crashed else helps}", ui))
    if log.restarted:
        lines.append("-# " + say("run.cut_off.anew", ui))
    lines += notes
    whole = shown == text
    if not whole and not refused:
        lines.append("-# " + say("discord.run.cut", ui, file=OUTPUT_FILE))
    if left_out or refused:
        key = "discord.run.refused" if refused else "discord.run.left_out"
        lines.append("-# " + say(key, ui, names=one_line(", ".join(left_out), _NAMES)))
    body = code_block(shown) if text else f"-# {say('discord.run.no_output', ui)}"
    return RunText(title, body, "\n".join(lines), _colour(log, end), None if whole else text)


def _outcome(log: RunLog, end: Finished, ui: Lang) -> str:
    if log.broke:
        return f"💥 {say('run.outcome.broken', ui)}"
    mark = {"ok": "✅", "stopped": "⏹️"}.get(end.outcome, "❌")
    words = say(f"run.outcome.{end.outcome}", ui)
    if end.outcome == "error" and end.exit_code is not None:
        words = say("run.ended.how", ui, outcome=words, how=exit_words(end.exit_code, ui))
    return f"{mark} {words}"


def _figures(log: RunLog, end: Finished, ui: Lang) -> str:
    figures = [f"{end.wall_s:.1f} s"]
    if end.peak_mb is not None:
        figures.append(f"{end.peak_mb:.0f} MB")
    if log.wall is not None:
        figures.append(say(f"run.wall.{log.wall}", ui))
    return " · ".join(figures)


def _colour(log: RunLog, end: Finished) -> int:
    if log.broke:
        return AMBER
    return {"ok": GREEN, "stopped": GREY}.get(end.outcome, RED)


def fitting(artifacts: Sequence[Artifact], reserved: int = 0) -> tuple[list[Artifact], list[Artifact]]:
    """Return the artefacts that fit one message, and those that do not.

    Args:
        artifacts: in the order they were collected.
        reserved: bytes taken by the output file, which is then one file more.
    """
    room, places = REQUEST_BYTES - reserved, FILES - (1 if reserved else 0)
    kept: list[Artifact] = []
    left: list[Artifact] = []
    for artifact in artifacts:
        if artifact.path is not None and artifact.size <= min(FILE_BYTES, room) and len(kept) < places:
            kept.append(artifact)
            room -= artifact.size
        else:
            left.append(artifact)
    return kept, left


def is_picture(artifact: Artifact) -> bool:
    """Whether Discord shows it inline."""
    return artifact.media_type in _PICTURES
