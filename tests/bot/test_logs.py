"""A line an event, with the id of its request, and nothing in it that is a member's own."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import copy_context
from typing import Any, Literal

import pytest

from bot.logs import OneLine, Request, in_a_request, request

EVENT: dict[str, Any] = {
    "id": "1100000000000000001",
    "token": "aW50ZXJhY3Rpb24",
    "member": {
        "user": {"id": "222222222222222222", "username": "kowalski", "global_name": "Kowalska 卡"},
        "nick": "Kow",
    },
    "data": {
        "name": "ask",
        "options": [{"name": "question", "value": "why is\nmy loss NaN"}, {"name": "n", "value": 3}],
    },
}


def line(
    message: str,
    *args: object,
    shape: Literal["text", "json"] = "text",
    private: bool = True,
    error: Exception | None = None,
) -> str:
    record = logging.LogRecord("bot.x", logging.ERROR, __file__, 1, message, args, error and (type(error), error, None))

    def inside() -> str:
        request.set(Request(EVENT))
        return OneLine(shape, private=private).format(record)

    return copy_context().run(inside)


def raised(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_line_is_one_line_whatever_the_message() -> None:
    assert line("a\nb\r\x1b[31m\u2028c").endswith(r" ERROR bot.x [" + Request(EVENT).id + r"]: a\nb\r\x1b[31m\u2028c")


def test_a_traceback_stands_on_the_line_too() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("bot.x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    for shape in ("text", "json"):
        said = OneLine(shape).format(record)  # type: ignore[arg-type]
        assert len(said.splitlines()) == 1
        assert "Traceback" in said
        assert "test_logs.py" in said


def test_a_line_in_json_has_its_parts() -> None:
    said = json.loads(line("%d of %s", 3, "four", shape="json"))
    assert said.pop("time").endswith("+00:00")
    assert said == {"level": "ERROR", "logger": "bot.x", "request": Request(EVENT).id, "message": "3 of four"}


def test_outside_a_request_there_is_no_id() -> None:
    record = logging.LogRecord("bot.x", logging.INFO, __file__, 1, "hello", (), None)
    assert " INFO bot.x: hello" in OneLine().format(record)
    assert "request" not in json.loads(OneLine("json").format(record))


@pytest.mark.parametrize(
    "own",
    [
        "222222222222222222",
        "kowalski",
        "Kowalska 卡",
        "Kow",
        "why is\nmy loss NaN",
        r"why is\nmy loss NaN",
        "my loss NaN",
    ],
)
def test_what_is_a_members_own_is_left_out_of_messages_and_tracebacks(own: str) -> None:
    said = line("bad: %s", own, error=raised(f"cannot read '{own}'"))
    for part in ("222222222222222222", "kowalski", "Kowalska", "loss NaN"):
        assert part not in said
    assert said.count("‹…›") >= 2
    assert own.splitlines()[-1] in line("bad: %s", own, private=False).replace("\\\\", "\\"), "the control"


def test_only_whole_words_are_left_out() -> None:
    assert "Kowloon" in line("in Kowloon, 9222222222222222222229")
    assert "9222222222222222222229" in line("in Kowloon, 9222222222222222222229")


@pytest.mark.parametrize("private", [True, False])
def test_the_token_of_an_interaction_is_in_no_line_at_any_level(private: bool) -> None:
    url = "https://discord.com/api/v10/webhooks/11/aW50ZXJhY3Rpb24/messages/@original"
    said = line("We are being rate limited. PATCH %s responded with 429", url, private=private)
    assert "aW50ZXJhY3Rpb24" not in said
    assert "/webhooks/11/‹…›/messages/@original" in said


@pytest.mark.parametrize(
    "said",
    ["GET /guilds/5/members/333333333333333333 responded", "hello <@!333333333333333333>",
     "duplicate key\nDETAIL:  Key (member_id)=(333333333333333333) already exists.".replace("  ", " "),
     "invalid input for query argument $2: '333333333333333333' (expected int)"],
)  # fmt: skip
def test_ids_of_other_members_that_libraries_tell_are_left_out(said: str) -> None:
    assert "333333333333333333" not in line(said)
    assert "333333333333333333" in line(said, private=False), "the control"


def test_an_event_and_all_that_it_starts_is_one_request_and_the_next_another() -> None:
    seen: list[str] = []

    def take(event: dict[str, Any]) -> None:
        asked = request.get()
        assert asked is not None
        seen.append(asked.id)

    taken = in_a_request(take)
    for event in (EVENT, {**EVENT, "id": "1100000000000000002"}, EVENT):
        taken(event)
    assert seen[0] == seen[2] != seen[1]
    assert request.get() is None
