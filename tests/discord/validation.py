"""One question about a request: would Discord take it? `validate` answers by raising or not.

method, path, body, files → API description (schema) → limits it doesn't state → Refused, or nothing
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.discord import command_limits, limits, schema
from tests.discord.limits import Upload
from tests.discord.wire import Json, JsonObject

MESSAGE_REPLY, DEFERRED_REPLY, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9

_SENDS = {
    ("post", "/channels/{channel_id}/messages"),
    ("post", "/webhooks/{webhook_id}/{webhook_token}"),
}
_EDITS = {
    ("patch", "/channels/{channel_id}/messages/{message_id}"),
    ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    ("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
}
_COMMANDS = re.compile(r"/applications/\{application_id\}(/guilds/\{guild_id\})?/commands")


class Refused(AssertionError):
    """Discord would not take this request; the text names everything wrong with it."""


def validate(
    method: str,
    path: str,
    body: Json = None,
    files: Sequence[Upload] = (),
    existing: JsonObject | None = None,
) -> None:
    """Raise `Refused` unless Discord would take the request.

    Args:
        method: HTTP method, any case.
        path: below /api/v10, without query.
        body: its JSON, None for none; with files, the form's `payload_json`.
        files: what the form carries beside it.
        existing: the message as it is, where the request edits one.
    """
    operation = schema.find(method, path)
    if operation is None:
        raise Refused(f"{method.upper()} {path}: no request that Epoch is known to send (see reduce_schema.KEPT)")
    problems = list(operation.problems(body))
    if not problems:  # the limits may rely on the shape
        problems = list(_limits(operation, body, files, existing))
    if problems:
        listed = "\n  ".join(problems)
        raise Refused(f"{method.upper()} {path}: Discord refuses this body\n  {listed}")


def _limits(
    operation: schema.Operation, body: Json, files: Sequence[Upload], existing: JsonObject | None
) -> Iterator[str]:
    key = (operation.method, operation.template)
    if key in _SENDS or key in _EDITS:
        yield from limits.message(body, files, existing)
    elif operation.template.endswith("/callback"):
        yield from _callback(body, files, existing)
    elif _COMMANDS.fullmatch(operation.template) and operation.method == "put":
        yield from command_limits.commands(body)
    elif _COMMANDS.match(operation.template) and operation.method == "post":
        yield from command_limits.command(body)


def _callback(body: Json, files: Sequence[Upload], existing: JsonObject | None) -> Iterator[str]:
    data = body.get("data") or {}
    if body["type"] == MESSAGE_REPLY:
        yield from limits.message(data, files)
    elif body["type"] == UPDATE:
        yield from limits.message(data, files, existing)
    elif body["type"] == AUTOCOMPLETE:
        yield from limits.autocomplete(data)
    elif body["type"] == MODAL:
        yield from limits.modal(data)
