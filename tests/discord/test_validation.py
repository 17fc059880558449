"""Every limit from both sides: what is just inside passes, what is just outside is refused by name."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.discord.command_limits import LOCALES, valid_name
from tests.discord.limits import FILE_BYTES, IS_COMPONENTS_V2, Upload
from tests.discord.reduce_schema import REDUCED, packed, reduce_description
from tests.discord.validation import Refused, validate
from tests.discord.wire import Json, Payload

SEND = ("POST", "/channels/1/messages")
EDIT = ("PATCH", "/webhooks/1/token/messages/@original")
CALLBACK = ("POST", "/interactions/1/token/callback")
COMMANDS = ("PUT", "/applications/1/commands")
FULL_DESCRIPTION = Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"


def message(**fields: Json) -> Payload:
    return {"allowed_mentions": {"parse": []}, **fields}


def v2(*components: Payload) -> Payload:
    return message(flags=IS_COMPONENTS_V2, components=list(components))


def button(custom_id: str, **fields: Json) -> Payload:
    return {"type": 2, "style": 2, "label": "Run", "custom_id": custom_id, **fields}


def row(*components: Payload) -> Payload:
    return {"type": 1, "components": list(components)}


def rows(count: int, per_row: int = 1) -> list[Payload]:
    return [row(*(button(f"{r}.{c}") for c in range(per_row))) for r in range(count)]


def select(options: int = 2, **fields: Json) -> Payload:
    listed = [{"label": f"{i}", "value": f"{i}"} for i in range(options)]
    return {"type": 3, "custom_id": "pick", "options": listed, **fields}


def text(content: str) -> Payload:
    return {"type": 10, "content": content}


def embeds(*descriptions: int) -> list[Payload]:
    return [{"description": "d" * size} for size in descriptions]


def embed_with_all_parts(field_value: int) -> list[Payload]:
    fields = [{"name": "n" * 100, "value": "v" * field_value}]
    parts = {"footer": {"text": "f" * 700}, "author": {"name": "a" * 100}, "fields": fields, "title": "t" * 100}
    return [{"description": "d" * 4_000, **parts}]


MESSAGES: list[tuple[str, Payload, Payload, str]] = [
    ("content", message(content="c" * 2_000), message(content="c" * 2_001), "content: 2001"),
    ("Chinese counts characters, not bytes", message(content="梯" * 2_000), message(content="梯" * 2_001), "2001"),
    ("embed description", message(embeds=embeds(4_096)), message(embeds=embeds(4_097)), "embeds[0].description"),
    ("embeds' text", message(embeds=embeds(4_000, 2_000)), message(embeds=embeds(4_000, 2_001)), "6001"),
    ("all embed parts count", message(embeds=embed_with_all_parts(1_000)), message(embeds=embed_with_all_parts(1_001)),
     "6001"),
    ("embeds", message(embeds=embeds(*[1] * 10)), message(embeds=embeds(*[1] * 11)), "embeds: 11 long"),
    ("rows", message(components=rows(5, 5)), message(components=rows(6)), "6 rows"),
    ("buttons a row", message(components=rows(1, 5)), message(components=rows(1, 6)), "components: 6 long"),
    ("button label", message(components=[row(button("x", label="l" * 80))]),
     message(components=[row(button("x", label="l" * 81))]), "label: 81 long"),
    ("custom_id", message(components=[row(button("i" * 100))]), message(components=[row(button("i" * 101))]),
     "custom_id: 101 long"),
    ("unique custom ids", message(components=[row(button("a")), row(button("b"))]),
     message(components=[row(button("a")), row(button("a"))]), "'a': used 2 times"),
    ("unique custom ids in a V2 tree", v2({"type": 17, "components": [row(button("a"))]}, row(button("b"))),
     v2({"type": 17, "components": [row(button("a"))]}, row(button("a"))), "used 2 times"),
    ("button with a way to act", message(components=[row(button("x"))]),
     message(components=[row({"type": 2, "style": 2, "label": "Run"})]), "needs a custom_id"),
    ("link button", message(components=[row({"type": 2, "style": 5, "label": "go", "url": "https://example.com"})]),
     message(components=[row({"type": 2, "style": 5, "label": "go", "custom_id": "x"})]), "a link has a url"),
    ("button face", message(components=[row(button("x", label=None, emoji={"name": "🎲"}))]),
     message(components=[row(button("x", label=None))]), "neither label nor emoji"),
    ("button style", message(components=[row(button("x", style=4))]), message(components=[row(button("x", style=9))]),
     "none of the values allowed"),
    ("select options", message(components=[row(select(25))]), message(components=[row(select(26))]), "26 long"),
    ("select options, none", message(components=[row(select(1))]), message(components=[row(select(0))]), "options"),
    ("a select has its row alone", message(components=[row(select()), row(button("x"))]),
     message(components=[row(select(), button("x"))]), "shares its row"),
    ("unique option values", message(components=[row(select())]),
     message(components=[row(select(options=0) | {"options": [{"label": "a", "value": "v"}] * 2})]), "2 options have"),
    ("select count", message(components=[row(select(2, max_values=2))]),
     message(components=[row(select(2, max_values=3))]), "of 2 options"),
    ("V2 components in all", v2({"type": 17, "components": [text("t")] * 39}), v2(
        {"type": 17, "components": [text("t")] * 39}, text("t")), "41 in all"),
    ("V2 text in all", v2(text("a" * 2_000), text("b" * 2_000)), v2(text("a" * 2_000), text("b" * 2_001)), "4001"),
    ("V2 text in sections counts",
     v2({"type": 9, "components": [text("a" * 3_999)], "accessory": button("x")}, text("b")),
     v2({"type": 9, "components": [text("a" * 3_999)], "accessory": button("x")}, text("bb")), "4001"),
    ("V2 has no content", v2(text("a")), v2(text("a")) | {"content": "c"}, "content: not allowed"),
    ("V2 components need the flag", v2(text("a")), message(components=[text("a")]), "IS_COMPONENTS_V2"),
    ("something to show", message(content="c"), message(content=""), "empty message"),
    ("mentions are off", message(content="c"), {"content": "c"}, "allowed_mentions: missing"),
    ("mentions are not on", message(content="c"), {"content": "c", "allowed_mentions": {"parse": ["users"]}}, "ping"),
    ("nobody is named", message(content="c"), {"content": "c", "allowed_mentions": {"parse": [], "users": ["1"]}},
     "ping"),
    ("no reply ping", message(content="c"), {"content": "c", "allowed_mentions": {"parse": [], "replied_user": True}},
     "ping"),
    ("field types", message(content="c"), message(content=5), "content: 5 is not of type"),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "outside", "named"), [c[1:] for c in MESSAGES], ids=[c[0] for c in MESSAGES])
@pytest.mark.parametrize("request_", [SEND, EDIT], ids=["send", "edit"])
def test_message_limit(request_: tuple[str, str], inside: Payload, outside: Payload, named: str) -> None:
    validate(*request_, inside)
    with pytest.raises(Refused) as refused:
        validate(*request_, outside)
    assert named in str(refused.value)


@pytest.mark.parametrize("kind", [4, 7], ids=["reply", "update"])
def test_what_an_interaction_answers_with_is_checked_like_a_message(kind: int) -> None:
    validate(*CALLBACK, {"type": kind, "data": message(content="c" * 2_000)})
    with pytest.raises(Refused, match="2001 long"):
        validate(*CALLBACK, {"type": kind, "data": message(content="c" * 2_001)})
    with pytest.raises(Refused, match="allowed_mentions: missing"):
        validate(*CALLBACK, {"type": kind, "data": {"content": "c"}})


def test_deferring_needs_no_mentions() -> None:
    validate(*CALLBACK, {"type": 5, "data": {"flags": 64}})
    validate(*CALLBACK, {"type": 5})
    validate(*CALLBACK, {"type": 6})
    with pytest.raises(Refused, match="type"):
        validate(*CALLBACK, {"type": 3})


def uploads(count: int, size: int = 1) -> list[Upload]:
    return [Upload(i, f"{i}.png", b"x" * size) for i in range(count)]


def test_ten_files_pass_and_eleven_do_not() -> None:
    validate(*SEND, message(), uploads(10))
    with pytest.raises(Refused, match="files: 11"):
        validate(*SEND, message(), uploads(11))


def test_a_file_may_be_ten_mebibytes_and_not_a_byte_more() -> None:
    validate(*SEND, message(), uploads(1, FILE_BYTES))
    with pytest.raises(Refused, match=f"{FILE_BYTES + 1} bytes"):
        validate(*SEND, message(), uploads(1, FILE_BYTES + 1))


def test_files_that_an_edit_keeps_count_with_those_it_adds() -> None:
    existing = {"attachments": [{"id": str(900 + i), "filename": f"old{i}.png"} for i in range(9)]}
    validate(*EDIT, message(), uploads(1), existing)
    with pytest.raises(Refused, match="files: 11"):
        validate(*EDIT, message(), uploads(2), existing)
    validate(*EDIT, message(attachments=[{"id": 0}, {"id": 1}]), uploads(2), existing)  # all the old ones go


def test_a_listed_attachment_must_exist() -> None:
    validate(*SEND, message(attachments=[{"id": 0}]), uploads(1))
    with pytest.raises(Refused, match="id 1 is neither"):
        validate(*SEND, message(attachments=[{"id": 1}]), uploads(1))


def test_a_picture_shown_must_be_on_the_message() -> None:
    shown = message(embeds=[{"image": {"url": "attachment://0.png"}}])
    validate(*SEND, shown, uploads(1))
    with pytest.raises(Refused, match=r"attachment://0.png: no such file"):
        validate(*SEND, shown)
    existing = {"attachments": [{"id": "900", "filename": "0.png"}]}
    validate(*EDIT, shown, existing=existing)
    with pytest.raises(Refused, match="no such file"):
        validate(*EDIT, shown | {"attachments": []}, existing=existing)


def test_an_edit_may_not_empty_a_message_nor_put_content_on_a_v2_one() -> None:
    validate(*EDIT, message(content=""), existing={"embeds": [{"title": "t"}]})
    with pytest.raises(Refused, match="empty message"):
        validate(*EDIT, message(content=""), existing={"content": "c"})
    with pytest.raises(Refused, match="content: not allowed"):
        validate(*EDIT, message(content="c"), existing={"flags": IS_COMPONENTS_V2})


def choices(count: int = 1, name: int = 1, value: int = 1) -> Payload:
    return {"type": 8, "data": {"choices": [{"name": "n" * name, "value": "v" * value}] * count}}


@pytest.mark.parametrize(
    ("inside", "outside", "named"),
    [
        (choices(25), choices(26), "26 long"),
        (choices(name=100), choices(name=101), "name: 101 long"),
        (choices(value=100), choices(value=101), "value: 101 characters"),
    ],
)
def test_autocompletion(inside: Payload, outside: Payload, named: str) -> None:
    validate(*CALLBACK, inside)
    with pytest.raises(Refused, match=named):
        validate(*CALLBACK, outside)


def modal(fields: int = 1, title: int = 5, same_id: bool = False, **field: Json) -> Payload:
    ids = ["f"] * fields if same_id else [f"f{i}" for i in range(fields)]
    components = [row({"type": 4, "style": 1, "label": "Epochs", "custom_id": i, **field}) for i in ids]
    return {"type": 9, "data": {"custom_id": "m", "title": "t" * title, "components": components}}


@pytest.mark.parametrize(
    ("inside", "outside", "named"),
    [
        (modal(5), modal(6), "6 rows in a modal"),
        (modal(title=45), modal(title=46), "title: 46 long"),
        (modal(2), modal(2, same_id=True), "used 2 times"),
        (modal(label="l" * 45), modal(label="l" * 46), "label: 46 long"),
        (modal(value="v" * 4_000), modal(value="v" * 4_001), "value: 4001 long"),
        (modal(min_length=5, max_length=5), modal(min_length=6, max_length=5), "min_length above"),
    ],
)
def test_modal(inside: Payload, outside: Payload, named: str) -> None:
    validate(*CALLBACK, inside)
    with pytest.raises(Refused, match=named):
        validate(*CALLBACK, outside)


def command(**fields: Json) -> Payload:
    return {"name": "ask", "description": "Ask a question", "type": 1, **fields}


def option(**fields: Json) -> Payload:
    return {"type": 3, "name": "question", "description": "What to ask", **fields}


def many(count: int, kind: int = 1) -> list[Payload]:
    return [{"name": f"c{i}", "description": "d" if kind == 1 else "", "type": kind} for i in range(count)]


def wordy(last: int) -> Payload:
    """A command of 7,900 characters and `last` more."""
    listed = [option(name=f"o{i:02}", description="d" * 97, choices=[]) for i in range(25)]
    for index, item in enumerate(listed[:9]):
        item["choices"] = [{"name": f"{index}.{c:02}".ljust(100, "n"), "value": "v" * 100} for c in range(3)]
    return command(name="a" * 32, description="d" * last, options=listed)


COMMAND_CASES: list[tuple[str, Json, Json, str]] = [
    ("commands", many(100), many(101), "101 commands of type 1"),
    ("context menus", many(15, 3), many(16, 3), "16 commands of type 3"),
    ("distinct names", many(2), [command(), command()], "/ask: 2 commands"),
    ("name length", [command(name="a" * 32)], [command(name="a" * 33)], "name: 33 long"),
    ("name pattern", [command(name="forget-me")], [command(name="forget me")], "name 'forget me'"),
    ("lower case", [command(name="ask")], [command(name="Ask")], "name 'Ask'"),
    ("description", [command(description="d" * 100)], [command(description="d" * 101)], "description: 101 long"),
    ("a description at all", [command()], [command(description="")], "/ask: no description"),
    ("localised name", [command(name_localizations={"zh-CN": "提问"})],
     [command(name_localizations={"zh-CN": "提 问"})], "name '提 问'"),
    ("localised name length", [command(name_localizations={"zh-CN": "问" * 32})],
     [command(name_localizations={"zh-CN": "问" * 33})], "33 long"),
    ("localised description length", [command(description_localizations={"zh-CN": "问" * 100})],
     [command(description_localizations={"zh-CN": "问" * 101})], "101 long"),
    ("locale", [command(description_localizations={"zh-TW": "問"})],
     [command(description_localizations={"zh": "问"})], "no locale of Discord's"),
    ("options", [command(options=[option(name=f"o{i}") for i in range(25)])],
     [command(options=[option(name=f"o{i}") for i in range(26)])], "options: 26 long"),
    ("option names", [command(options=[option(name="a"), option(name="b")])],
     [command(options=[option(name="a"), option(name="a")])], "2 options named 'a'"),
    ("required first", [command(options=[option(name="a", required=True), option(name="b")])],
     [command(options=[option(name="a"), option(name="b", required=True)])], "after an optional one"),
    ("choices", [command(options=[option(choices=[{"name": f"{i}", "value": "v"} for i in range(25)])])],
     [command(options=[option(choices=[{"name": f"{i}", "value": "v"} for i in range(26)])])], "choices: 26 long"),
    ("choice value", [command(options=[option(choices=[{"name": "n", "value": "v" * 100}])])],
     [command(options=[option(choices=[{"name": "n", "value": "v" * 101}])])], "101 characters"),
    ("choices or autocomplete", [command(options=[option(autocomplete=True)])],
     [command(options=[option(autocomplete=True, choices=[{"name": "n", "value": "v"}])])], "exclude each other"),
    ("subcommands", [command(options=[option(type=1, name="start")])],
     [command(options=[option(type=1, name="start"), option()])], "side by side"),
    ("context menu", [{"name": "Ask Epoch", "type": 3}],
     [{"name": "Ask Epoch", "type": 3, "description": "d"}], "neither description nor options"),
    ("text of a command", [wordy(68)], [wordy(69)], "8001 characters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("inside", "outside", "named"), [c[1:] for c in COMMAND_CASES], ids=[c[0] for c in COMMAND_CASES]
)
def test_command_limit(inside: Json, outside: Json, named: str) -> None:
    validate(*COMMANDS, inside)
    with pytest.raises(Refused) as refused:
        validate(*COMMANDS, outside)
    assert named in str(refused.value)


def test_one_command_alone_is_checked_too() -> None:
    validate("POST", "/applications/1/commands", command())
    with pytest.raises(Refused, match="name 'Ask'"):
        validate("POST", "/applications/1/commands", command(name="Ask"))


def test_names_in_other_scripts_pass_and_marks_without_one_do_not() -> None:
    assert all(map(valid_name, ["提问", "forget-me", "ถาม", "पूछें", "l'eau", "a_1"]))
    assert not any(map(valid_name, ["", "a b", "a.b", "é" + "\u0301", "a" * 33, "ÄB", "🎲"]))


def test_discord_has_34_locales() -> None:
    assert len(LOCALES) == 34  # what `maxProperties` of the API description says too
    assert {"zh-CN", "zh-TW", "en-US", "en-GB"} <= LOCALES


def test_a_request_that_epoch_is_not_known_to_send_is_refused() -> None:
    validate("GET", "/users/@me")
    for method, path in [("DELETE", "/guilds/1"), ("PATCH", "/users/@me"), ("GET", "/users/@me/"), ("GET", "/")]:
        with pytest.raises(Refused, match="no request"):
            validate(method, path)


def test_a_body_where_none_belongs_is_refused() -> None:
    validate("POST", "/channels/1/typing")
    with pytest.raises(Refused, match="takes none"):
        validate("POST", "/channels/1/typing", {})


def test_ids_may_be_numbers_as_discord_py_sends_them_but_not_words() -> None:
    validate("POST", "/users/@me/channels", {"recipient_id": 123})
    validate("POST", "/users/@me/channels", {"recipient_id": "123"})
    with pytest.raises(Refused, match="recipient_id"):
        validate("POST", "/users/@me/channels", {"recipient_id": "alice"})


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        validate(*SEND, {"content": "c" * 2_001, "embeds": embeds(4_000, 3_000), "components": rows(6)})
    for part in ("content: 2001", "embeds: 7000", "6 rows", "allowed_mentions"):
        assert part in str(refused.value)


@pytest.mark.skipif(not FULL_DESCRIPTION.exists(), reason="Discord's full API description is not at hand")
def test_the_reduced_description_is_what_the_script_makes_of_the_full_one() -> None:
    full = json.loads(FULL_DESCRIPTION.read_text(encoding="utf-8"))
    assert gzip.decompress(packed(reduce_description(full))) == gzip.decompress(REDUCED.read_bytes())


def test_reducing_keeps_what_is_referred_to_and_nothing_else() -> None:
    reduced = json.loads(gzip.decompress(REDUCED.read_bytes()))
    names = set(reduced["components"]["schemas"])
    referred = {part.split('"')[0] for part in json.dumps(reduced).split("#/components/schemas/")[1:]}
    assert names == referred
