"""Discord's own API description as a check: which requests exist, and what their JSON bodies may hold."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.discord.reduce_schema import REDUCED
from tests.discord.wire import Json

_BASE = "https://discord.com/api/v10/openapi.json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of the API: its path template and the check of its body (None: it takes no body)."""

    method: str
    template: str
    body: Draft202012Validator | None

    def problems(self, body: Json) -> Iterator[str]:
        """Yield what the API description has against `body`, one line each."""
        if self.body is None:
            if body is not None:
                yield "a body where the request takes none"
            return
        for error in self.body.iter_errors(body):
            yield from _explained(error)


def find(method: str, path: str) -> Operation | None:
    """Return the operation that a request to `path` (below /api/v10) is, None if Epoch isn't known to send it."""
    for pattern, operation in _operations():
        if operation.method == method.lower() and pattern.fullmatch(path):
            return operation
    return None


@cache
def _operations() -> tuple[tuple[re.Pattern[str], Operation], ...]:
    description = json.loads(gzip.decompress(REDUCED.read_bytes()))
    # The real API takes snowflakes as numbers too, and discord.py sends them so; the description has strings only.
    description["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    registry: Registry[Any] = Registry().with_resource(_BASE, DRAFT202012.create_resource(description))
    # Literal segments before parameters: @original and @me are no ids.
    paths = sorted(description["paths"].items(), key=lambda item: item[0].count("{"))
    return tuple(
        (_pattern(template), Operation(method, template, _validator(schema, template, method, registry)))
        for template, methods in paths
        for method, schema in methods.items()
    )


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)))


def _validator(schema: Json, template: str, method: str, registry: Registry[Any]) -> Draft202012Validator | None:
    if schema is None:
        return None
    pointer = template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    return Draft202012Validator({"$ref": f"{_BASE}#/paths/{pointer}/{method}"}, registry=registry)


def _explained(error: ValidationError) -> Iterator[str]:
    """Walk into alternatives, so that the line names the field at fault instead of "not valid under any"."""
    if error.validator not in ("oneOf", "anyOf") or not error.context:
        yield f"{error.json_path.removeprefix('$.')}: {_said(error)}"
        return
    if all(inner.validator == "const" for inner in error.context):
        yield f"{error.json_path.removeprefix('$.')}: {error.instance!r} is none of the values allowed"
        return
    branches: dict[int, list[ValidationError]] = defaultdict(list)
    for inner in error.context:
        branches[int(inner.relative_schema_path[0])].append(inner)
    # The branch meant is the one whose `type` fits; among those, the one with least against it.
    meant = min(branches.values(), key=lambda inner: (any(map(_wrong_kind, inner)), len(inner)))
    for inner in meant:
        yield from _explained(inner)


def _wrong_kind(error: ValidationError) -> bool:
    """Whether the branch was never meant: another `type` number, or another JSON type altogether."""
    path = list(error.relative_path)
    return path == ["type"] or (not path and error.validator == "type")


def _said(error: ValidationError) -> str:
    """Say what is wrong without quoting thousands of characters."""
    if error.validator in ("maxLength", "maxItems"):
        return f"{len(error.instance)} long, at most {error.validator_value}"
    if error.validator in ("const", "enum", "pattern"):
        return f"{error.instance!r} is not {error.validator} {error.validator_value!r}"
    return error.message if len(error.message) <= 300 else f"{error.message[:100]} … {error.message[-180:]}"
