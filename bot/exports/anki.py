"""The bank's quiz items as an Anki package: a deck a topic, a note an item.

    topics → notes → collection.anki2 → .apkg

Whoever imports a later package keeps what they have learned: model, decks and notes have ids that follow from language,
slug and item id alone, and Anki takes the texts of the newer package.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.exports.markup import as_code, as_html
from bot.exports.notebook import wrong_lines
from bot.study.rounds.questions import LETTERS
from bot.wording import say
from knowledge.bank.formerly import first_name, first_slug
from knowledge.bank.models import Item, Lang, Topic
from knowledge.bank.sheet import Sheet

if TYPE_CHECKING:
    from genanki import Deck, Model

#: What an item's note has, in this order. A change here needs new ids of the models: Anki merges notes by both.
FIELDS = ("Prompt", "Code", "Options", "Answer", "Why", "Topic", "Kind", "Item")
_MODELS: Final[dict[Lang, int]] = {"zh": 1_732_450_101, "en": 1_732_450_102}
_FRONT = """\
<div class="topic">{{Topic}} · {{Kind}}</div>
<div class="prompt">{{Prompt}}</div>
{{Code}}
{{Options}}"""
_BACK = """\
{{FrontSide}}
<hr id="answer">
<div class="answer">{{Answer}}</div>
<div class="why">{{Why}}</div>"""
_LOOK = """\
.card { font: 18px/1.5 system-ui, "Noto Sans", "PingFang SC", "Noto Sans CJK SC", sans-serif; text-align: left;
  max-width: 42em; margin: 0 auto; padding: 12px; color: #1f2328; background: #ffffff; }
.topic { color: #656d76; font-size: 14px; margin-bottom: 8px; }
.prompt { font-weight: 600; margin-bottom: 12px; }
.why { margin-top: 12px; }
ol.options { list-style: upper-alpha; padding-left: 1.6em; }
ol.options > li { margin: 6px 0; }
code { font: 15px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; background: #eff1f3;
  border-radius: 4px; padding: 1px 4px; }
pre { background: #f6f8fa; border: 1px solid #d1d9e0; border-radius: 6px; padding: 10px; margin: 8px 0;
  overflow-x: auto; }
pre code { background: none; padding: 0; font-size: 13px; }
pre .line { color: #8c959f; user-select: none; }
mark { background: #ccf0d2; color: inherit; }
.nightMode.card, .nightMode .card, .night_mode .card, .card.night_mode { color: #dbdee1; background: #1e1f22; }
.nightMode .topic, .night_mode .topic { color: #949ba4; }
.nightMode code, .night_mode code { background: #2b2d31; }
.nightMode pre, .night_mode pre { background: #2b2d31; border-color: #3f4147; }
.nightMode pre code, .night_mode pre code { background: none; }
.nightMode pre .line, .night_mode pre .line { color: #6d7178; }
.nightMode mark, .night_mode mark { background: #1f4d2b; }
"""


def package(topics: Sequence[Topic], lang: Lang, at: float) -> bytes:
    """Return the content of an .apkg file with the items of some topics.

    Args:
        topics: their items, a deck each.
        lang: of the cards. Packages of both languages live beside each other.
        at: Unix time of this version of the texts; on import the later one wins. The same time gives the same bytes.
    """
    import genanki

    model = _model(lang)
    whole = genanki.Package([_deck(topic, lang, model) for topic in topics if topic.quiz])
    # Not by its own write_to_file, which leaves its database behind in the folder for temporary files.
    with tempfile.TemporaryDirectory(prefix="epoch-anki-") as folder:
        database = Path(folder) / "collection.anki2"
        with closing(sqlite3.connect(database)) as connection:
            whole.write_to_db(connection.cursor(), at, itertools.count(int(at * 1000)))
            connection.commit()
        collection = database.read_bytes()
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in (("collection.anki2", collection), ("media", b"{}")):
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return out.getvalue()


def fields(topic: Topic, item: Item, lang: Lang) -> dict[str, str]:
    """Return what is on an item's card, as HTML, by the names of `FIELDS`."""
    sheet, kind = item.sheet(topic, lang), item.about
    shown = [as_code(option) if kind.code_options else as_html(option) for option in sheet.options]
    return {
        "Prompt": as_html(sheet.prompt),
        "Code": as_code(sheet.code, numbered=bool(sheet.lines)) if sheet.code is not None else "",
        "Options": _listed(shown) if shown else "",
        "Answer": "".join(_answer(sheet, shown, "" if kind.code_options else " · ", lang)),
        "Why": as_html(sheet.why) if sheet.why is not None else "",
        "Topic": as_html(topic.title[lang]),
        "Kind": (kind.card or kind.name)[lang],
        "Item": as_html(f"{topic.slug}/{item.id}"),
    }


def _answer(sheet: Sheet, shown: Sequence[str], between: str, lang: Lang) -> Iterator[str]:
    """Yield the parts of the answer; `between` stands before the right option as it is `shown`."""
    if sheet.right is not None:
        yield f"<b>{LETTERS[sheet.right]}</b>{between}{shown[sheet.right]}"
    if sheet.lines:
        yield f"<b>{wrong_lines(sheet.lines, lang)}</b><br>"
    if sheet.fixed is not None:
        yield say("export.anki.fixed", lang) + as_code(sheet.fixed, sheet.lines, numbered=True)
    if sheet.points:
        rows = "".join(f"<li>{as_html(point)}</li>" for point in sheet.points)
        yield f"{say('member.review.points', lang)}<ul>{rows}</ul>"


def _listed(shown: Sequence[str]) -> str:
    return '<ol class="options">' + "".join(f"<li>{text}</li>" for text in shown) + "</ol>"


def _deck(topic: Topic, lang: Lang, model: Model) -> Deck:
    import genanki

    # "::" in a name would make a deck of its own.
    name = f"{say('export.anki.deck', lang)}::{topic.title[lang].replace('::', ':')}"
    deck = genanki.Deck(_stable_id("deck", lang, first_slug(topic)), name, say("export.anki.about", lang))
    for item in topic.quiz:
        tags = [f"epoch::{topic.slug}", f"epoch::{item.kind}", f"epoch::{topic.meta.level}"]
        guid = genanki.guid_for("epoch", lang, *first_name(topic, item))
        deck.add_note(genanki.Note(model, list(fields(topic, item, lang).values()), guid=guid, tags=tags))
    return deck


def _model(lang: Lang) -> Model:
    import genanki

    names = [{"name": name} for name in FIELDS]
    template = {"name": "Card", "qfmt": _FRONT, "afmt": _BACK}
    return genanki.Model(_MODELS[lang], f"Epoch ({lang})", fields=names, templates=[template], css=_LOOK)


def _stable_id(*parts: str) -> int:
    """Return an id as Anki likes them, which follows from `parts` alone."""
    digest = hashlib.sha256(":".join(("epoch", *parts)).encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:4]) % (1 << 30)
