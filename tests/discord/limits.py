"""Limits on messages, autocompletion and modals that Discord's API description does not state.

Sources: Discord's developer documentation, pages "Message", "Component Reference", "Receiving and Responding" and
"Uploading Files". Each function yields one line for each thing wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.discord.wire import Json, JsonObject

CONTENT = 2_000
EMBEDS_TEXT = 6_000
ROWS = 5
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
V2_COMPONENTS = 40
V2_TEXT = 4_000
CHOICES = 25
CHOICE_VALUE = 100
MODAL_ROWS = 5

IS_COMPONENTS_V2 = 1 << 15

ROW, BUTTON, SELECT, TEXT_INPUT, TEXT_DISPLAY = 1, 2, 3, 4, 10
SELECTS = frozenset({3, 5, 6, 7, 8})
FILE_UPLOAD = 19
#: What a member fills in, in a modal.
FIELDS = SELECTS | {TEXT_INPUT, FILE_UPLOAD}
LINK, PREMIUM = 5, 6


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request, part `files[index]` of its form."""

    index: int
    filename: str
    data: bytes


def message(body: JsonObject, files: Sequence[Upload] = (), existing: JsonObject | None = None) -> Iterator[str]:
    """Check a message as sent, or an edit of the message `existing`."""
    old = existing or {}
    v2 = bool(((body.get("flags") or 0) | old.get("flags", 0)) & IS_COMPONENTS_V2)
    yield from _text(body)
    yield from _mentions(body)
    yield from _uploads(body, files, old)
    yield from _components_v2(body) if v2 else _components_v1(body)
    yield from _custom_ids(body.get("components") or ())
    yield from _references(body, files, old)
    merged = {**old, **body}
    if not files and not any(merged.get(key) for key in ("content", "embeds", "components", "attachments", "poll")):
        yield "empty message: no content, embed, component, file or poll"


def autocomplete(data: JsonObject) -> Iterator[str]:
    """Check the choices offered while a member types."""
    choices = data.get("choices") or []
    if len(choices) > CHOICES:
        yield f"choices: {len(choices)}, at most {CHOICES}"
    for index, choice in enumerate(choices):
        if isinstance(choice["value"], str) and len(choice["value"]) > CHOICE_VALUE:
            yield f"choices[{index}].value: {len(choice['value'])} characters, at most {CHOICE_VALUE}"


def modal(data: JsonObject) -> Iterator[str]:
    """Check a modal: at most five rows, ids that tell its fields apart."""
    if len(data["components"]) > MODAL_ROWS:
        yield f"components: {len(data['components'])} rows in a modal, at most {MODAL_ROWS}"
    yield from _custom_ids(data["components"])
    for field in walk(data["components"]):
        if field["type"] == TEXT_INPUT and (field.get("min_length") or 0) > (field.get("max_length") or 4_000):
            yield f"text input {field['custom_id']!r}: min_length above max_length"


def walk(components: Sequence[Json]) -> Iterator[JsonObject]:
    """Yield all components in a tree of them, parents first: rows, containers, sections and labels have children."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        yield from walk([component[key] for key in ("accessory", "component") if component.get(key)])


def _text(body: JsonObject) -> Iterator[str]:
    content = body.get("content") or ""
    if len(content) > CONTENT:
        yield f"content: {len(content)} characters, at most {CONTENT}"
    total = sum(map(_embed_text, body.get("embeds") or ()))
    if total > EMBEDS_TEXT:
        yield f"embeds: {total} characters over all of them, at most {EMBEDS_TEXT}"


def _embed_text(embed: JsonObject) -> int:
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get(key) or {}).get(name) for key, name in (("footer", "text"), ("author", "name"))]
    parts += [field[key] for field in embed.get("fields") or () for key in ("name", "value")]
    return sum(len(part or "") for part in parts)


def _mentions(body: JsonObject) -> Iterator[str]:
    """Nothing Epoch posts may ping: Discord's default, without `allowed_mentions`, is that everything does.

    One role that the text names is the exception, for a member who calls a helper.
    """
    allowed = body.get("allowed_mentions")
    if allowed is None:
        yield "allowed_mentions: missing, so whatever the text mentions is pinged"
        return
    roles = allowed.get("roles") or []
    texts = [body.get("content") or "", *(part.get("content") or "" for part in walk(body.get("components") or ()))]
    named = len(roles) == 1 and any(f"<@&{roles[0]}>" in text for text in texts)
    if allowed.get("parse") != [] or any(allowed.get(key) for key in ("users", "replied_user")) or roles and not named:
        yield f"allowed_mentions: {dict(allowed)} lets the message ping; it must be {{'parse': []}}"


def _uploads(body: JsonObject, files: Sequence[Upload], old: JsonObject) -> Iterator[str]:
    listed = body.get("attachments")
    kept = listed if listed is not None else old.get("attachments", [])
    count = len(files) + sum(1 for item in kept if int(item["id"]) not in {file.index for file in files})
    if count > FILES:
        yield f"files: {count} on one message, at most {FILES}"
    for file in files:
        if len(file.data) > FILE_BYTES:
            yield f"file {file.filename!r}: {len(file.data)} bytes, at most {FILE_BYTES}"
    known = {file.index for file in files} | {int(item["id"]) for item in old.get("attachments", [])}
    for item in listed or ():
        if int(item["id"]) not in known:
            yield f"attachments: id {item['id']} is neither a file of this request nor one the message has"


def _components_v1(body: JsonObject) -> Iterator[str]:
    rows = body.get("components") or []
    if len(rows) > ROWS:
        yield f"components: {len(rows)} rows, at most {ROWS}"
    for index, row in enumerate(rows):
        if row["type"] != ROW:
            yield f"components[{index}]: type {row['type']} needs the flag IS_COMPONENTS_V2"
    yield from _controls(rows)


def _components_v2(body: JsonObject) -> Iterator[str]:
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(key):
            yield f"{key}: not allowed together with the flag IS_COMPONENTS_V2"
    everything = list(walk(body.get("components") or ()))
    if len(everything) > V2_COMPONENTS:
        yield f"components: {len(everything)} in all, at most {V2_COMPONENTS}"
    text = sum(len(component["content"]) for component in everything if component["type"] == TEXT_DISPLAY)
    if text > V2_TEXT:
        yield f"components: {text} characters of text in all, at most {V2_TEXT}"
    yield from _controls(body.get("components") or ())


def _controls(components: Sequence[Json]) -> Iterator[str]:
    for component in walk(components):
        if component["type"] == ROW:
            selects = sum(child["type"] in SELECTS for child in component["components"])
            if selects and len(component["components"]) > 1:
                yield "action row: a select shares its row with something; it fills one alone"
        elif component["type"] == BUTTON:
            yield from _button(component)
        elif component["type"] == SELECT:
            yield from _select(component)


def _button(button: JsonObject) -> Iterator[str]:
    name = button.get("label") or button.get("custom_id")
    if button["style"] == LINK and (button.get("custom_id") or not button.get("url")):
        yield f"button {name!r}: a link has a url and no custom_id"
    if button["style"] not in (LINK, PREMIUM) and (not button.get("custom_id") or button.get("url")):
        yield f"button {name!r}: needs a custom_id and no url"
    if button["style"] != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield f"button {name!r}: neither label nor emoji"


def _select(select: JsonObject) -> Iterator[str]:
    values = Counter(option["value"] for option in select["options"])
    for value, times in values.items():
        if times > 1:
            yield f"select {select['custom_id']!r}: {times} options have the value {value!r}"
    least, most = select.get("min_values"), select.get("max_values")
    if (least if least is not None else 1) > (most or 1) or (most or 1) > len(select["options"]):
        yield f"select {select['custom_id']!r}: wants {least}..{most} of {len(select['options'])} options"


def _custom_ids(components: Sequence[Json]) -> Iterator[str]:
    counted = Counter(c["custom_id"] for c in walk(components) if c.get("custom_id") is not None)
    for custom_id, times in counted.items():
        if times > 1:
            yield f"custom_id {custom_id!r}: used {times} times in one message"


def _references(body: JsonObject, files: Sequence[Upload], old: JsonObject) -> Iterator[str]:
    """An `attachment://name` shows only when a file of that name is on the message."""
    listed = body.get("attachments")
    kept = {int(item["id"]) for item in listed} if listed is not None else None
    names = {file.filename for file in files}
    names |= {item["filename"] for item in old.get("attachments", []) if kept is None or int(item["id"]) in kept}
    for url in _urls([body.get("embeds") or [], body.get("components") or []]):
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
            yield f"{url}: no such file on the message"


def _urls(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("url"), str):
            yield value["url"]
        value = list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _urls(item)
