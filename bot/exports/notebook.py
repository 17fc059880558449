"""A topic as a Jupyter notebook: read it, run its examples, break them, test yourself.

    explanation · for each example: parameters, the rest of it, what it draws, *Break it*
    for each drill: statement, folded hints, a start, a call that has it judged · quiz with folded answers

An example's two cells are, one after the other, the tested source byte for byte; what stands below them is what its
accepted run printed. The format is nbformat 4.5, which is plain JSON; the same topic always gives the same bytes.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Sequence

from bot.exports.cells import Cell, code_cell, folded, markdown_cell
from bot.exports.drills import drill_cells
from bot.exports.markup import fenced, for_jupyter, spanned
from bot.study.rounds.questions import LETTERS
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.replies import provenance
from knowledge.bank import parameters
from knowledge.bank.models import MAIN_EXAMPLE, SECTIONS, Example, Item, Lang, Topic
from knowledge.bank.sheet import Sheet

#: What is imported under another name than it is installed by.
_INSTALLED_AS = {"sklearn": "scikit-learn", "keras": "tensorflow"}


def notebook(topic: Topic, lang: Lang) -> bytes:
    """Return the notebook of a topic, as the content of an .ipynb file."""
    cells = [markdown_cell(_head(topic, lang))]
    for section in SECTIONS:
        text = for_jupyter(topic.sections[lang][section])
        cells.append(markdown_cell(f"## {SECTIONS[section][lang]}\n\n{text}"))
    for example in topic.examples:
        cells += _example(example, lang)
    if topic.drills:
        cells += drill_cells(topic, lang)
    if topic.quiz:
        cells.append(
            markdown_cell(f"## {say('export.notebook.quiz', lang)}\n\n{say('export.notebook.quiz_how', lang)}")
        )
        cells += [markdown_cell(_item(topic, number, item, lang)) for number, item in enumerate(topic.quiz, 1)]
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"{topic.slug[:40]}-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "title": topic.title[lang]}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def halves(source: str) -> tuple[str, str]:
    """Split an example behind the last value it offers for change; the first half is empty where it offers none."""
    offered = {parameter.line for parameter in parameters.parse(source)}
    last = max((node.end_lineno or 0 for node in ast.parse(source).body if node.lineno in offered), default=0)
    rows = source.splitlines(keepends=True)
    while last and last < len(rows) and not rows[last].strip():
        last += 1
    return "".join(rows[:last]), "".join(rows[last:])


def claims(source: str) -> list[str]:
    """Return what an example's assertions say when they fail, as Markdown; the condition where they say nothing."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    return [_claim(node) for node in sorted(found, key=lambda node: node.lineno)]


def _claim(node: ast.Assert) -> str:
    match node.msg:
        case ast.Constant(value=str(said)):
            return _said(said)
        case ast.JoinedStr(values=parts):
            return "".join(_said(p.value) if isinstance(p, ast.Constant) else _filled(p) for p in parts)
    return f"`{ast.unparse(node.test)}`"


def _said(text: object) -> str:
    return for_jupyter(re.sub(r"([\\`*_])", r"\\\1", str(text)))


def _filled(part: ast.expr) -> str:
    return f"`{ast.unparse(part.value)}`" if isinstance(part, ast.FormattedValue) else ""


def _head(topic: Topic, lang: Lang) -> str:
    needs = sorted({name for example in topic.examples for name in _needs(example.source)})
    lines = [f"# {for_jupyter(topic.title[lang])}", say("export.notebook.lead", lang)]
    if (bank := provenance(topic, lang, lambda text: for_jupyter(printable(text)))) is not None:
        lines.append(bank)
    if needs:
        lines.append(say("export.notebook.needs", lang, packages=" ".join(needs)))
    return "\n\n".join(lines)


def _needs(source: str) -> Iterator[str]:
    """Yield the packages that an example imports and Python does not bring."""
    for node in ast.walk(ast.parse(source)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        for name in (module.partition(".")[0] for module in modules):
            if name not in sys.stdlib_module_names:
                yield _INSTALLED_AS.get(name, name)


def _example(example: Example, lang: Lang) -> Iterator[Cell]:
    kind = "main" if example.name == MAIN_EXAMPLE else "further"
    title = say(f"export.notebook.{kind}", lang, title=for_jupyter(example.meta.title[lang]))
    held = "\n".join(f"- {claim}" for claim in claims(example.source))
    yield markdown_cell(f"## {title}\n\n{say('export.notebook.claims', lang)}\n\n{held}")
    head, body = halves(example.source)
    if head:
        yield code_cell(head, tags=["parameters"])
    accepted = example.transcript if example.transcript and example.transcript.sha256 == example.sha256 else None
    yield code_cell(body, printed=accepted.text if accepted else "")
    if pictures := _pictures(example.source):
        shown = ", ".join(f"Image({name!r})" for name in pictures)
        yield code_cell(f"from IPython.display import Image, display\ndisplay({shown})")
    if change := broken_by(example):
        yield markdown_cell(f"### {say('export.notebook.break', lang)}\n\n{say('export.notebook.break_how', lang)}")
        yield code_cell(change)
        yield markdown_cell(folded(say("export.notebook.break_why", lang), for_jupyter(example.meta.counter_why[lang])))


def broken_by(example: Example) -> str | None:
    """Return the assignment under which an example's claim fails; None where its counter names no value it offers."""
    name, typed = parameters.split(example.meta.counter)
    if name not in {parameter.name for parameter in parameters.parse(example.source)}:
        return None
    # A counter is written as learners type: a text without its quotation marks, for one.
    broken = parameters.parse(parameters.apply(example.source, {name: typed}, bounded=False))
    return next(f"{name} = {parameter.value!r}" for parameter in broken if parameter.name == name)


def _pictures(source: str) -> list[str]:
    """Return the names under which an example saves its figures."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "savefig":
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    found.append(name)
    return found


def _item(topic: Topic, number: int, item: Item, lang: Lang) -> str:
    sheet = item.sheet(topic, lang)
    asked = [f"**{number}.** {for_jupyter(sheet.prompt)}"]
    if sheet.code is not None:
        asked.append(fenced(sheet.code, "python"))
    if sheet.options:
        asked.append(_options(sheet.options, code=item.about.code_options))
    return "\n\n".join([*asked, folded(say("export.answer", lang), *_answer(sheet, lang))])


def _options(options: Sequence[str], *, code: bool) -> str:
    lettered = zip(LETTERS, options, strict=False)
    if not code:
        return "\n".join(f"- **{letter}** {for_jupyter(text)}" for letter, text in lettered)
    if any("\n" in text for text in options):
        return "\n\n".join(f"**{letter}**\n{fenced(text)}" for letter, text in lettered)
    return "\n\n".join(f"**{letter}** {spanned(text)}" for letter, text in lettered)


def _answer(sheet: Sheet, lang: Lang) -> Iterator[str]:
    """Yield what the fold hides."""
    if sheet.right is not None:
        yield f"**{LETTERS[sheet.right]}**"
    if sheet.lines:
        yield f"**{wrong_lines(sheet.lines, lang)}**"
    if sheet.fixed is not None:
        yield fenced(sheet.fixed, "python")
    if sheet.points:
        yield say("member.review.points", lang)
        yield "\n".join(f"- {for_jupyter(point)}" for point in sheet.points)
    if sheet.why is not None:
        yield for_jupyter(sheet.why)


def wrong_lines(lines: Sequence[int], lang: Lang) -> str:
    """Return which lines of a program are wrong, in words."""
    key = "line" if len(lines) == 1 else "lines"
    return say(f"export.{key}", lang, lines=say("member.progress.between", lang).join(map(str, lines)))
