from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.guilds import GuildSettings
from bot.study.refusals import Refusal
from bot.study.runs import Gate, RunRequest, source_of, within
from bot.study.snippets import MOST_BYTES, blocks, script
from runners.models import Job, Limits
from tests.bot.world import make_tutor

ASKED = RunRequest("gan")
texts = st.text(max_size=80)


def admit(gate: Gate, member: int = 1, asked: RunRequest = ASKED, *, manages: bool = False, **rules: object) -> None:
    with gate.admitted(member, asked, GuildSettings.model_validate(rules), manages=manages):
        pass


def refusal(gate: Gate, member: int = 1, asked: RunRequest = ASKED, *, manages: bool = False, **rules: object) -> str:
    with pytest.raises(Refusal) as caught:
        admit(gate, member, asked, manages=manages, **rules)
    return caught.value.key.removeprefix("run.refused.")


def test_who_ran_just_now_waits_and_is_told_until_when() -> None:
    now = [1_000.0]
    gate = Gate(lambda: now[0])
    admit(gate)
    with pytest.raises(Refusal) as caught:
        admit(gate)
    assert (caught.value.key, caught.value.values) == ("run.refused.cooldown", {"at": 1_011})
    admit(gate, member=2)
    now[0] += 10
    admit(gate)


def test_a_refused_run_does_not_prolong_the_wait() -> None:
    now = [1_000.0]
    gate = Gate(lambda: now[0])
    admit(gate)
    now[0] += 9
    assert refusal(gate) == "cooldown"
    now[0] += 1
    admit(gate)


def test_so_many_runs_of_one_member_go_at_once_and_no_more() -> None:
    gate = Gate(lambda: 0.0)
    rules = GuildSettings(run_cooldown_s=0, runs_at_once=3)
    going = [gate.admitted(1, ASKED, rules, manages=False) for _ in range(3)]
    for one in going:
        one.__enter__()
    assert refusal(gate, run_cooldown_s=0, runs_at_once=3) == "busy"
    admit(gate, run_cooldown_s=0, runs_at_once=4)
    admit(gate, member=2, run_cooldown_s=0)
    going[0].__exit__(None, None, None)
    admit(gate, run_cooldown_s=0, runs_at_once=3)


def test_the_pause_of_one_server_is_not_cut_short_by_another() -> None:
    gate = Gate(lambda: 1_000.0)
    admit(gate, run_cooldown_s=60)
    admit(gate, member=2, run_cooldown_s=0)
    assert refusal(gate, run_cooldown_s=60) == "cooldown"


@pytest.mark.parametrize(("set_to", "limit"), [(None, 120.0), (30.0, 30.0), (600.0, 120.0)])
def test_the_host_gives_a_run_less_time_than_the_machine_and_never_more(set_to: float | None, limit: float) -> None:
    job = Job("print(1)", limits=Limits(wall_s=120.0, cpu_s=60.0))
    limits = within(job, GuildSettings(run_seconds=set_to)).limits
    assert (limits.wall_s, limits.cpu_s) == (limit, 60.0)


@pytest.mark.parametrize(
    ("allowed", "manages", "key"),
    [("nobody", True, "edited_nobody"), ("managers", False, "edited_managers"), ("managers", True, None),
     ("everyone", False, None)],
)  # fmt: skip
def test_the_host_says_who_runs_code_of_their_own(allowed: str, manages: bool, key: str | None) -> None:
    own = RunRequest("gan", code="print(1)")
    gate = Gate(lambda: 0.0)
    if key is None:
        admit(gate, asked=own, manages=manages, edited_code=allowed)
    else:
        assert refusal(gate, asked=own, manages=manages, edited_code=allowed) == key
    admit(gate, member=2, edited_code=allowed)
    assert refusal(gate, member=3, runs=False) == "off"


@given(st.builds(RunRequest, topic=texts, example=texts, changes=st.dictionaries(texts, texts, max_size=5),
                 counter=st.booleans(), code=st.none() | texts, stdin=st.none() | texts, origin=texts))  # fmt: skip
def test_what_was_asked_survives_the_store(asked: RunRequest) -> None:
    assert RunRequest.from_json({**json.loads(json.dumps(asked.as_json())), "from_the_future": 1}) == asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```py\na = 1\n```", ["a = 1\n"]),
        ("```\n\nb = 2\n```", ["b = 2\n"]),
        ("```print(3)```", ["print(3)\n"]),
        ("```Python3 \n  c\n```x```js\nno\n```", ["  c\n"]),
        ("```py\n   \n``` ``` ```", []),
        ("```py\nopen()", ["open()\n"]),
        ("`inline`", []),
    ],
)
def test_python_is_found_in_a_message(text: str, found: list[str]) -> None:
    assert [piece.code for piece in blocks([text])] == found


@given(st.text(alphabet="`py\n abc", max_size=200))
def test_no_message_is_too_odd_to_be_read(text: str) -> None:
    for piece in blocks([text]):
        assert piece.name
        assert "```" not in piece.code


def test_a_script_keeps_its_text_without_the_mark_at_its_beginning() -> None:
    assert script("a.py", b"\xef\xbb\xbfprint(1)\n").code == "print(1)\n"
    assert len(script("a.py", b"#" * MOST_BYTES).code) == MOST_BYTES
    for content, key in ((b"#" * (MOST_BYTES + 1), "too_long"), (b"\xff", "not_utf8"), (b"a\x00", "no_code")):
        with pytest.raises(Refusal) as caught:
            script("a.py", content)
        assert caught.value.key == f"run.refused.{key}"


def test_editing_under_a_broken_run_starts_from_the_broken_code() -> None:
    tutor = make_tutor()
    example = tutor.topic("gan").example("tuned")
    broken = source_of(tutor, RunRequest("gan", "tuned", counter=True))
    assert broken == tutor.plan("gan", "tuned", counter=True).job.script
    assert broken != example.source
