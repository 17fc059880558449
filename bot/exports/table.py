"""Quiz items as a table (CSV, RFC 4180), a row an item: for spreadsheets and programs that learn cards from one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from bot.exports.notebook import wrong_lines
from bot.study.rounds.questions import LETTERS
from bot.wording import say
from knowledge.bank.models import Item, Lang, Topic
from knowledge.bank.sheet import Sheet

#: The columns, in this order. The first two of a card are its front and its back.
COLUMNS = ("front", "back", "why", "topic", "kind", "item")
#: What a spreadsheet takes for a formula (OWASP, CSV injection): a bank of somebody else's may begin a text so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(topics: Sequence[Topic], lang: Lang) -> bytes:
    """Return the items of some topics as a CSV file in UTF-8 with its mark, by which spreadsheets know Chinese.

    Args:
        topics: their items, in this order.
        lang: of the texts.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for topic in topics:
        for item in topic.quiz:
            writer.writerow({name: _harmless(text) for name, text in row(topic, item, lang).items()})
    return out.getvalue().encode("utf-8-sig")


def row(topic: Topic, item: Item, lang: Lang) -> dict[str, str]:
    """Return what stands in the row of an item, as plain text, by the names of `COLUMNS`."""
    sheet, kind = item.sheet(topic, lang), item.about
    options = [f"{letter}. {text}" for letter, text in zip(LETTERS, sheet.options, strict=False)]
    front = [sheet.prompt, sheet.code or "", *options]
    return {
        "front": "\n".join(filter(None, front)),
        "back": "\n".join(_answer(sheet, lang)),
        "why": sheet.why or "",
        "topic": topic.title[lang],
        "kind": (kind.card or kind.name)[lang],
        "item": f"{topic.slug}/{item.id}",
    }


def _answer(sheet: Sheet, lang: Lang) -> Iterator[str]:
    if sheet.right is not None:
        yield f"{LETTERS[sheet.right]}. {sheet.options[sheet.right]}"
    if sheet.lines:
        yield wrong_lines(sheet.lines, lang)
    if sheet.fixed is not None:
        yield f"{say('export.anki.fixed', lang)}\n{sheet.fixed}"
    for point in sheet.points:
        yield f"• {point}"


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
