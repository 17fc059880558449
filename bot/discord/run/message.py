"""The parts of a run's message: its heading, its pictures and files, and the controls under a run that has ended."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
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
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.rest import RestSelect, option
from bot.discord.ui.text import clip, neutralise, one_line
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.runs import Remedy, RunPlan
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.models import Lang
from runners.models import Artifact

#: Of a picture, for those who cannot see it: so much of the name that the program gave it.
_DESCRIPTION = 100
#: Room for the names of files that are called otherwise on Discord.
_NAMED = 300


def heading(planned: RunPlan, name: str, lang: Lang) -> tuple[str, str]:
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


def end_controls(
    planned: RunPlan, run_id: str, owner: int, lang: Lang, helps: Remedy | None = None
) -> list[ui.ActionRow[Any]]:
    """Return what stands under a run that is over: one row of buttons, and one select that holds the rest.

    What opens a form is a button: a form that was dismissed is opened again by the same press. Of them the one that
    `helps` after this run stands out.
    """
    asked, topic = planned.asked, planned.topic
    words = {name: say(f"run.row.{name}", lang) for name in ("again", "values", "edit", "input")}
    rest = {name: say(f"run.button.{name}", lang) for name in ("original", "break", "delete")}
    kept = run_id if planned.changed else None
    edit = EditButton(asked, kept, words["edit"], None)
    if topic is None:
        again = RunAgainButton(owner, run_id, words["again"], None)
        short = len(asked.code or "") <= CODE
        with_input = InputButton(asked, kept, words["input"], None)
        _stand_out({"input": with_input, "edit": edit} if short else {"input": with_input}, again, helps)
        return rows(again, with_input, *([edit] if short else []), DeleteButton(owner, run_id))
    assert planned.example is not None
    if planned.changed:
        first: Control[ui.Button[Any]] = RunAgainButton(owner, run_id, words["again"], None)
        other = option(RunButton(topic.slug, asked.example), rest["original"], "▶️")
    else:
        first = RunButton(topic.slug, asked.example, words["again"], None)
        why = planned.example.meta.counter
        other = option(BreakButton(asked), rest["break"], "💥", why)
    values: list[Control[ui.Button[Any]]] = [ValuesButton(asked, kept, words["values"], None)]
    if asked.code is not None or not parameters.parse(planned.example.source):
        values = []  # a rewritten example has no values of the bank's any more
    explain = option(TopicButton(topic.slug, lang), say("discord.run.explain", lang), "📖")
    delete = option(DeleteButton(owner, run_id), rest["delete"], "🗑️")
    which = "original" if planned.changed else "break"
    more: list[Control[ui.Button[Any]]] = []
    if helps == "input" and kept is not None:
        more.append(InputButton(asked, kept, words["input"], None))
    helpers: dict[Remedy, Control[ui.Button[Any]]] = {"edit": edit}
    if values:
        helpers["values"] = values[0]
    if more:
        helpers["input"] = more[0]
    _stand_out(helpers, first, helps)
    return rows(first, *values, edit, *more, RestSelect([other, explain, delete], say(f"run.row.rest_{which}", lang)))


def _stand_out(
    buttons: Mapping[Remedy, Control[ui.Button[Any]]], first: Control[ui.Button[Any]], helps: Remedy | None
) -> None:
    """Give the button that helps the colour that the first one has else."""
    if helps is not None and helps in buttons:
        first.item.style = discord.ButtonStyle.secondary
        buttons[helps].item.style = discord.ButtonStyle.primary


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
