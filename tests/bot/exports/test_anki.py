"""The Anki package, read back: archive, database, notes, cards, models, decks."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exports.anki import FIELDS, fields, package
from bot.exports.markup import as_code, as_html
from knowledge.bank.kinds import KINDS, Choice, FindBug, Open, Predict
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang, Text, Topic

BANK = load_bank()
TOPICS = list(BANK.topics.values())
AT = 1_760_000_000.0
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=y> [sound:e.mp3] [latex]\\input{x}[/latex] [$]x[/$] {{Answer}} "
    "{{c1::x}} \x1f \x00 \u202e `<b>` **<i>**"
)
TAGS = {"b", "br", "code", "li", "mark", "ol", "pre", "span", "ul"}


@contextmanager
def opened(topics: Sequence[Topic], lang: Lang = "en", at: float = AT) -> Iterator[sqlite3.Connection]:
    """The package's database."""
    with tempfile.TemporaryDirectory() as folder:
        with ZipFile(io.BytesIO(package(topics, lang, at))) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["collection.anki2", "media"]
            assert json.loads(archive.read("media")) == {}
            archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(Path(folder) / "collection.anki2")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            yield database


def notes(database: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """The fields of all notes by their guid."""
    rows = database.execute("SELECT guid, flds FROM notes").fetchall()
    return {guid: dict(zip(FIELDS, flds.split("\x1f"), strict=True)) for guid, flds in rows}


class Tags(HTMLParser):
    """Which tags a field has; every one that is opened must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert {name for name, _ in attrs} <= {"class"}
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("lang", LANGS)
def test_every_item_of_the_bank_is_one_note_with_one_card_in_its_topics_deck(lang: Lang) -> None:
    with opened(TOPICS, lang) as database:
        found = notes(database)
        assert len(found) == sum(len(topic.quiz) for topic in TOPICS)
        assert {each["Item"] for each in found.values()} == {f"{t.slug}/{i.id}" for t in TOPICS for i in t.quiz}
        cards = database.execute("SELECT nid, did, ord FROM cards").fetchall()
        assert len(cards) == len({nid for nid, _, _ in cards}) == len(found)
        decks = json.loads(database.execute("SELECT decks FROM col").fetchone()[0])
        by_note = {nid: decks[str(did)]["name"] for nid, did, _ in cards}
        titles = {topic.slug: topic.title[lang] for topic in TOPICS}
        for nid, item in database.execute("SELECT id, flds FROM notes"):
            slug = item.split("\x1f")[-1].partition("/")[0]
            assert by_note[nid].endswith(f"::{titles[slug]}")


def test_each_kind_has_on_its_card_what_it_asks_and_what_it_answers() -> None:
    seen = set()
    for topic in TOPICS:
        for item in topic.quiz:
            seen.add(item.kind)
            card = fields(topic, item, "en")
            front, answer = Tags(card["Code"] + card["Options"]).text, Tags(card["Answer"]).text
            match item:
                case Choice():
                    assert card["Options"].count("<li>") == 4
                    assert answer.startswith(f"{'ABCD'[item.answer]} · ")
                case Predict():
                    assert item.code.strip() in front
                    assert answer == "ABCD"[item.answer] + item.options[item.answer].strip("\n")
                case FindBug():
                    assert card["Answer"].count("<mark>") == len(item.answer_lines)
                    assert "<mark>" not in card["Code"], "the front does not point at the line"
                    assert all(str(line) in answer.split("Mended")[0] for line in item.answer_lines)
                case Open():
                    assert card["Answer"].count("<li>") == len(item.points)
    assert seen == {*KINDS}


def test_a_later_package_has_the_same_ids_and_a_later_time_so_that_anki_updates() -> None:
    topic = BANK["gan"]
    item = next(item for item in topic.quiz if isinstance(item, Choice))
    quiz = (*(i for i in topic.quiz if i is not item), item.model_copy(update={"prompt": Text(zh="新", en="new")}))
    with opened([topic]) as old, opened([topic.model_copy(update={"quiz": quiz})], at=AT + 60) as new:
        before, after = notes(old), notes(new)
        assert before.keys() == after.keys(), "in another order, with another text"
        assert [each["Prompt"] for each in after.values() if each["Item"] == f"gan/{item.id}"] == ["new"]
        for query in ("SELECT models FROM col", "SELECT decks FROM col"):
            ids = [set(json.loads(database.execute(query).fetchone()[0])) for database in (old, new)]
            assert ids[0] == ids[1]
        times = [database.execute("SELECT DISTINCT mod FROM notes").fetchall() for database in (old, new)]
        assert times == [[(AT,)], [(AT + 60,)]]


def test_both_languages_live_beside_each_other() -> None:
    with opened(TOPICS, "zh") as zh, opened(TOPICS, "en") as en:
        assert notes(zh).keys().isdisjoint(notes(en))
        models = [set(json.loads(each.execute("SELECT models FROM col").fetchone()[0])) for each in (zh, en)]
        assert models[0].isdisjoint(models[1])


def test_notes_are_tagged_by_topic_kind_and_level() -> None:
    with opened([BANK["gan"]]) as database:
        tags = {tag for (row,) in database.execute("SELECT tags FROM notes") for tag in row.split()}
        assert tags == {"epoch::gan", *(f"epoch::{item.kind}" for item in BANK["gan"].quiz), "epoch::intermediate"}


def test_the_look_has_a_dark_side() -> None:
    with opened([BANK["gan"]]) as database:
        (model,) = json.loads(database.execute("SELECT models FROM col").fetchone()[0]).values()
        assert [field["name"] for field in model["flds"]] == list(FIELDS)
        assert ".nightMode" in model["css"]
        assert ".night_mode" in model["css"]
        assert "{{Answer}}" not in model["tmpls"][0]["qfmt"]


def test_the_same_moment_gives_the_same_bytes() -> None:
    assert package([BANK["gan"]], "zh", AT) == package([BANK["gan"]], "zh", AT)


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    package([BANK["gan"]], "zh", AT)
    assert list(tmp_path.iterdir()) == []


def test_hostile_text_stays_text() -> None:
    said = Text(zh=HOSTILE, en=HOSTILE)
    topic = BANK["gan"]
    choice = next(item for item in topic.quiz if isinstance(item, Choice))
    bad = {"prompt": said, "why": said, "options": (said,) * 4}
    predict = next(item for item in topic.quiz if isinstance(item, Predict))
    programs = {"code": HOSTILE, "options": (HOSTILE, "```", "</pre>", "'\"")}
    quiz = (choice.model_copy(update=bad), predict.model_copy(update=programs))
    meta = topic.meta.model_copy(update={"title": Text(zh=f"a::b{HOSTILE}", en=f"a::b{HOSTILE}")})
    with opened([topic.model_copy(update={"quiz": quiz, "meta": meta})]) as database:
        for note in notes(database).values():
            for name, html in note.items():
                parsed = Tags(html)
                assert parsed.found <= TAGS
                assert not any(trigger in html for trigger in ("[sound:", "[latex]", "[/latex]", "[$]", "[/$]")), name
                assert not any(bad in html for bad in "\x00\x1f\u202e")
        decks = json.loads(database.execute("SELECT decks FROM col").fetchone()[0]).values()
        assert all(deck["name"].count("::") <= 2 for deck in decks), "one for the parent, one in the braces"


@settings(max_examples=200)
@given(st.text(alphabet="`*<>&\"'[]/b\nsound:$", max_size=60))
def test_whatever_is_written_only_known_tags_come_out(text: str) -> None:
    assert Tags(as_html(text)).found <= {"b", "br", "code"}
    assert Tags(as_code(text, (1,), numbered=True)).found <= {"pre", "code", "mark", "span"}
    assert Tags(as_code(text)).text == text.strip("\n")
