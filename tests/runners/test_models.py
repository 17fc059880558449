import json
from dataclasses import replace

import pytest

from runners.models import Artifact, Event, Finished, Output, Started, event_json

CONTRACT: list[tuple[Event, dict[str, object]]] = [
    (Started("bubblewrap", False), {"event": "started", "wall": "bubblewrap", "warm": False}),
    (Output("stdout", "梯度\n"), {"event": "stdout", "text": "梯度\n"}),
    (Output("stderr", "x"), {"event": "stderr", "text": "x"}),
    (
        Artifact("a.png", "image/png", 9),
        {"event": "artifact", "name": "a.png", "media_type": "image/png", "bytes": 9},
    ),
    (
        Finished("timeout", "wall", -9, 1.23456, 0.5, 12.345, None),
        {
            "event": "finished",
            "outcome": "timeout",
            "limit": "wall",
            "exit_code": -9,
            "wall_s": 1.235,
            "cpu_s": 0.5,
            "peak_mb": 12.3,
            "first_output_s": None,
        },
    ),
]


@pytest.mark.parametrize(("event", "fields"), CONTRACT)
def test_each_event_is_one_compact_line_with_exactly_its_keys(event: Event, fields: dict[str, object]) -> None:
    line = event_json(event)
    assert json.loads(line) == fields
    assert list(json.loads(line)) == list(fields)
    assert "\n" not in line
    assert ": " not in line.replace("梯度", "")


def test_non_ascii_text_is_written_as_it_is() -> None:
    assert "梯度" in event_json(Output("stdout", "梯度"))


def test_a_lost_machine_shows_in_json_and_only_then() -> None:
    end = Finished("sandbox_failed", None, None, 1.0, None, None, None, lost=True)
    assert event_json(end).endswith('"lost":true}')
    assert "lost" not in event_json(replace(end, lost=False))
