"""Make `api_schema/openapi.json.gz` from Discord's full API description.

    python -m tests.discord.reduce_schema PATH/TO/openapi.json

The full file (discord/discord-api-spec, MIT, `specs/openapi.json`) is over a megabyte. Kept are the requests that Epoch
may make, each with the schema of its JSON body and all that schema refers to; texts for people are dropped. A request
that isn't listed here fails validation, so a new one is added on purpose.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.discord.wire import Json

REDUCED = Path(__file__).parent / "api_schema" / "openapi.json.gz"

#: Path → methods, as the API description spells them.
KEPT: dict[str, tuple[str, ...]] = {
    "/gateway/bot": ("get",),
    "/applications/@me": ("get",),
    "/oauth2/applications/@me": ("get",),
    "/users/@me": ("get",),
    "/users/@me/channels": ("post",),
    "/users/{user_id}": ("get",),
    "/applications/{application_id}/commands": ("get", "post", "put"),
    "/applications/{application_id}/commands/{command_id}": ("delete",),
    "/applications/{application_id}/guilds/{guild_id}/commands": ("get", "put"),
    "/guilds/{guild_id}": ("get",),
    "/channels/{channel_id}": ("get",),
    "/channels/{channel_id}/typing": ("post",),
    "/channels/{channel_id}/messages": ("get", "post"),
    "/channels/{channel_id}/messages/{message_id}": ("get", "patch", "delete"),
    "/channels/{channel_id}/messages/{message_id}/threads": ("post",),
    "/guilds/{guild_id}/members/{user_id}/roles/{role_id}": ("put", "delete"),
    "/interactions/{interaction_id}/{interaction_token}/callback": ("post",),
    "/webhooks/{webhook_id}/{webhook_token}": ("post",),
    "/webhooks/{webhook_id}/{webhook_token}/messages/@original": ("get", "patch", "delete"),
    "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": ("get", "patch", "delete"),
}

_FOR_PEOPLE = frozenset({"description", "title", "x-discord-union"})
_REF = "#/components/schemas/"


def reduce_description(full: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the API description that covers `KEPT`; `KeyError` where the full one lacks a request."""
    paths = {
        path: {method: _body_schema(full["paths"][path][method]) for method in methods}
        for path, methods in KEPT.items()
    }
    schemas: dict[str, Any] = {}
    waiting = list(_references(paths))
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = _stripped(full["components"]["schemas"][name])
            waiting += _references(schemas[name])
    info = {key: full["info"][key] for key in ("version", "license")}
    return {"openapi": full["openapi"], "info": info, "paths": paths, "components": {"schemas": schemas}}


def _body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of the operation's JSON body, None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    return _stripped(content["application/json"]["schema"]) if "application/json" in content else None


def _stripped(schema: Json) -> Json:
    """Drop annotations, but no property that happens to be called `description`."""
    if isinstance(schema, list):
        return [_stripped(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _stripped(item) for name, item in value.items()} if key == "properties" else _stripped(value)
        for key, value in schema.items()
        if key not in _FOR_PEOPLE
    }


def _references(schema: Json) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from _references(item)
    elif isinstance(schema, dict):
        if isinstance(ref := schema.get("$ref"), str):
            yield ref.removeprefix(_REF)
        for value in schema.values():
            yield from _references(value)


def packed(description: dict[str, Any]) -> bytes:
    """Return the description as gzipped JSON, the same bytes for the same content."""
    text = json.dumps(description, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the full description, write the reduced one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("full", type=Path, help="Discord's openapi.json")
    full = json.loads(parser.parse_args(arguments).full.read_text(encoding="utf-8"))
    REDUCED.write_bytes(packed(reduce_description(full)))


if __name__ == "__main__":
    main()
