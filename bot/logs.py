"""The log of `epoch serve`: a line an event, as text or JSON, with the id of the request it was written for.

    2026-11-30 14:03:05,120 WARNING bot.discord.client [1f0c9a2e]: …
    {"time": "2026-11-30T14:03:05.120+00:00", "level": "WARNING", "logger": …, "request": "1f0c9a2e", "message": …}

A request is one interaction or message; whatever is logged on its behalf bears its id, whichever task does the work,
and the id that a member is shown when something goes wrong is the same.

Nothing that a member wrote, and nobody's name or id, goes into a line outside DEBUG; the tokens by which an interaction
is answered, at no level. Code that logs keeps to that by itself. What it cannot know is what a library's error says, so
a line is looked through once more here.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

#: In Discord's events: keys of what a member wrote or picked, and of what they are called.
_WRITTEN = frozenset({"content", "value"})
_NAMES = frozenset({"username", "global_name", "nick", "display_name"})
#: What is shorter is in every line, and tells nothing.
_LEAST = 3
_GONE = "‹…›"
_TOKENS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^\s/?'\"]+")
_IDS = re.compile(r"(/(?:members|users)/|<@[!&]?)\d+")
#: PostgreSQL and its driver put values of rows into their errors.
_VALUES = re.compile(r"(DETAIL: |query argument \$\d+: ).*")


class Request:
    """One interaction or message, as the log knows it.

    Args:
        event: as Discord sent it.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    @cached_property
    def id(self) -> str:
        """Eight hexadecimal digits, the same for the same event, however often it is delivered."""
        return hashlib.blake2s(str(self._event.get("id")).encode(), digest_size=4).hexdigest()

    @cached_property
    def private(self) -> re.Pattern[str] | None:
        """What matches the texts, names and ids of members in this request; None where there are none."""
        found = {form for text in _private(self._event) for form in _forms(text) if len(form) >= _LEAST}
        if not found:
            return None
        longest_first = sorted(found, key=len, reverse=True)
        # Whole words only: `in`, once picked from a list, would else go out of the middle of others.
        return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])")


#: The request on whose behalf the current task works.
request: ContextVar[Request | None] = ContextVar("epoch_request", default=None)


def in_a_request(take: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return what takes an event of Discord's as `take` does: whatever comes of it belongs to one request."""

    def taken(event: Mapping[str, Any]) -> None:
        copy_context().run(begun, event)

    def begun(event: Mapping[str, Any]) -> None:
        request.set(Request(event))
        take(event)

    return taken


def _private(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        if "username" in part:
            yield str(part.get("id"))
        for key, value in part.items():
            if isinstance(value, str) and key in _WRITTEN | _NAMES:
                yield value
            elif isinstance(value, Mapping | list):
                yield from _private(value)
    elif isinstance(part, list):
        for each in part:
            yield from _private(each)


def _forms(text: str) -> Iterator[str]:
    """Yield a text as it stands, as an error's `repr` shows it, and line by line."""
    yield text.strip()
    yield repr(text)[1:-1].strip()
    if "\n" in text:
        yield from map(str.strip, text.splitlines())


class OneLine(logging.Formatter):
    """Formats an event as one line.

    Args:
        shape: for people, or for a program that collects logs.
        private: whether what is a member's own is left out.
    """

    def __init__(self, shape: Literal["text", "json"] = "text", *, private: bool = True) -> None:
        super().__init__()
        self._shape = shape
        self._private = private

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        asked = request.get()
        parts = [record.getMessage()]
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        message, *trace = (self._clean(part, asked) for part in parts)
        if self._shape == "json":
            at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            line = {"time": at, "level": record.levelname, "logger": record.name}
            line |= {"request": asked.id} if asked else {}
            line |= {"message": message} | ({"trace": "\n".join(trace)} if trace else {})
            return json.dumps(line, ensure_ascii=False)
        of = f" [{asked.id}]" if asked else ""
        text = "\n".join((message, *trace))
        return _escaped(f"{self.formatTime(record)} {record.levelname} {record.name}{of}: {text}")

    def _clean(self, text: str, asked: Request | None) -> str:
        text = _TOKENS.sub(rf"\1{_GONE}", text)
        if not self._private:
            return text
        text = _VALUES.sub(rf"\1{_GONE}", _IDS.sub(rf"\1{_GONE}", text))
        pattern = asked.private if asked else None
        return text if pattern is None else pattern.sub(_GONE, text)


def _escaped(text: str) -> str:
    r"""Return a text on one line: a line end as `\n`, whatever else moves a terminal's cursor by its number."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def log_as_a_service(level: str, shape: Literal["text", "json"]) -> None:
    """Write the log of this process to stderr, a line an event; of libraries only warnings, for they are chatty.

    discord.py stays at INFO: below it writes every event it gets and sends, with the tokens and texts in it.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(shape, private=level != "DEBUG"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for package in ("bot", "knowledge", "runners"):
        logging.getLogger(package).setLevel(level)
    logging.getLogger("discord").setLevel("INFO" if level == "DEBUG" else level)
