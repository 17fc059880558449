"""The parts of a run's message: its heading, its pictures and files, and the controls under a run that has ended."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.discord.run.edit_controls import (
    CODE,
    BreakButton,
    DeleteButton,
    EditButton,
    InputButton,
    RunAgainButton,
    ValuesButton,
)
from bot.discord.run.own_text import broken_on_purpose, difference, whose
from bot.discord.run.text import OUTPUT_FILE, RunText, is_picture
from bot.discord.ui.base import layout, rows
from bot.discord.ui.text import clip, neutralise, one_line
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.runs import Plan
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.models import Lang
from runners.models import Artifact

#: Of a picture, for those who cannot see it: so much of the name that the program gave it.
_DESCRIPTION = 100
#: Room for the names of files that are called otherwise on Discord.
_NAMED = 300


def heading(planned: Plan, name: str, lang: Lang) -> tuple[str, str]:
    """Return the title of a run, and what makes it other than the tested example (empty for that one)."""
    asked, topic, example = planned.asked, planned.topic, planned.example
    if topic is None or example is None:
        title = say("run.own.title", lang)
        title = f"### [{title}]({asked.origin})" if asked.origin else f"### {say('run.own.edited_title', lang)}"
        with_input = f"\n-# {say('run.own.with_input', lang)}" if asked.stdin else ""
        return f"{title}{with_input}\n{whose(name, lang, script=True)}", ""
    title = f"### {topic.title[lang]}\n-# {example.meta.title[lang]} · {example.file}"
    if not planned.changed:
        return title, ""
    change = difference(example.source, planned.job.script, lang)
    if asked.counter:
        change = f"{broken_on_purpose(example, lang)}\n{change}"
    return f"{title}\n{whose(name, lang)}", change


def end_controls(planned: Plan, run_id: str, owner: int, lang: Lang) -> list[ui.ActionRow[Any]]:
    """Return what stands under a run that is over."""
    asked, topic = planned.asked, planned.topic
    again: ui.Item[Any]
    words = {name: say(f"run.button.{name}", lang) for name in ("again", "values", "edit", "break", "input", "delete")}
    kept = run_id if planned.changed else None
    delete = DeleteButton(owner, run_id, words["delete"])
    edit = EditButton(asked, kept, words["edit"])
    if topic is None:
        again = RunAgainButton(owner, run_id, words["again"])
        short = len(asked.code or "") <= CODE
        return rows(again, InputButton(asked, kept, words["input"]), *([edit] if short else []), delete)
    assert planned.example is not None
    if planned.changed:
        again = RunAgainButton(owner, run_id, words["again"])
        original = say("run.button.original", lang)
        other: ui.Item[Any] = RunButton(topic.slug, asked.example, original, first=False)
    else:
        again = RunButton(topic.slug, asked.example, words["again"], "🔁")
        other = BreakButton(asked, words["break"])
    values = [ValuesButton(asked, kept, words["values"])]
    if asked.code is not None or not parameters.parse(planned.example.source):
        values = []  # a rewritten example has no values of the bank's any more
    explain = TopicButton(topic.slug, lang, say("discord.run.explain", lang))
    # Two in a row is what a phone shows beside each other.
    return [*rows(again, *values), *rows(edit, other), *rows(explain, delete)]


def run_view(
    text: RunText,
    *below: ui.Item[Any],
    change: str = "",
    pictures: Sequence[discord.File] = (),
    others: Sequence[discord.File] = (),
) -> ui.LayoutView:
    """Return the message of a run: what it is, its output, its pictures, its files, how it stands, what to press."""
    blocks: list[str | ui.Item[Any]] = [text.title]
    if change:
        blocks.append(change)
    if text.output:
        blocks.append(text.output)
    if pictures:
        items = [discord.MediaGalleryItem(file.uri, description=file.description or file.filename) for file in pictures]
        blocks.append(ui.MediaGallery(*items))
    blocks += [ui.File(file.uri) for file in others]
    return layout(*blocks, text.status, *below, colour=text.colour)


def load(artifacts: Sequence[Artifact], output: bytes) -> list[discord.File]:
    """Read what is attached, pictures and files first, then the whole output."""
    files, names = [], {OUTPUT_FILE}
    for artifact in artifacts:
        assert artifact.path is not None
        name = _unique(_uploaded(artifact), names)
        called = clip(" ".join(neutralise(artifact.name).split()), _DESCRIPTION)
        files.append(discord.File(io.BytesIO(artifact.path.read_bytes()), filename=name, description=called))
    if output:
        files.append(discord.File(io.BytesIO(output), filename=OUTPUT_FILE))
    return files


def named(files: Sequence[discord.File], lang: Lang) -> str:
    """Return a line on the files that had to be uploaded under another name than the program gave them; or nothing."""
    said = [
        say("run.note.named", lang, file=file.filename, name=file.description)
        for file in files if file.description not in (None, file.filename)
    ]  # fmt: skip
    return f"\n-# {one_line(', '.join(said), _NAMED)}" if said else ""


def _uploaded(artifact: Artifact) -> str:
    """Return a name that Discord keeps as it is: ASCII letters, digits, `.`, `-` and `_`, the first of the former two.

    From any other it drops characters, and `attachment://` then finds no file: no picture is shown.
    """
    name = neutralise(artifact.name)
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-")
    extension = re.sub(r"[^A-Za-z0-9]+", "", extension)
    return (plain or ("figure" if is_picture(artifact) else "file")) + (dot if extension else "") + extension


def _unique(name: str, taken: set[str]) -> str:
    """Return `name`, numbered when it is taken: `attachment://name` must mean one file."""
    stem, dot, suffix = name[-80:].rpartition(".")
    found, number = name[-80:], 1
    while found in taken:
        number += 1
        found = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
    taken.add(found)
    return found
