from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.run.text import OUTPUT_FILE, final, fitting, live
from bot.discord.ui.text import FILES, MESSAGE_TEXT, REQUEST_BYTES, width
from bot.study.run_log import RunLog
from bot.wording import entries
from bot.wording.phrases.runs import advice
from bot.wording.run_notes import Front, told
from knowledge.bank.models import LANGS, Lang
from runners.models import Artifact, Finished, LimitName, MiB, Note, Outcome, Output, Started
from runners.notes import KEYS
from runners.walls.table import Wall

OUTCOMES = get_args(Outcome)
HINTED = ("timeout", "memory", "output_limit", "disk_limit", "sandbox_failed")


def log_of(*output: str, outcome: Outcome = "ok", wall: Wall = "bubblewrap") -> RunLog:
    log = RunLog()
    log.add(Started(wall, warm=False), 1_700_000_000.4)
    for text in output:
        log.add(Output("stdout", text), 1_700_000_001)
    log.add(Finished(outcome, None, 1 if outcome == "error" else 0, 3.14159, 2.0, 211.7, 0.2), 1_700_000_004)
    return log


def total(*parts: str) -> int:
    return sum(map(width, parts))


@settings(max_examples=60)
@given(st.lists(st.text(max_size=3000), max_size=8), st.sampled_from(OUTCOMES), st.sampled_from(LANGS))
def test_whatever_a_program_prints_its_message_is_within_limits(output: list[str], outcome: Outcome, ui: Lang) -> None:
    log = log_of(*output, outcome=outcome)
    end = final(log, "### title", ui, left_out=["x" * 80] * 300, refused=outcome == "ok")
    assert total(end.title, end.output, end.status) <= MESSAGE_TEXT
    assert end.output.count("```") in (0, 2)
    log.finished = None
    going = live(log, "### title", ui)
    assert total(going.title, going.output, going.status) <= MESSAGE_TEXT


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("ui", LANGS)
def test_every_outcome_is_said_in_words(outcome: Outcome, ui: Lang) -> None:
    status = final(log_of("text", outcome=outcome), "t", ui).status
    assert entries()[f"run.outcome.{outcome}"][ui] in status
    assert "3.1 s · 212 MB" in status
    assert entries()["run.wall.bubblewrap"][ui] in status
    if outcome in HINTED:
        assert entries()[f"run.hint.{outcome}"][ui] in status


@pytest.mark.parametrize("wall", get_args(Wall))
def test_every_wall_is_said_in_words(wall: Wall) -> None:
    assert entries()[f"run.wall.{wall}"]["zh"] in final(log_of("text", wall=wall), "t", "zh").status


def test_short_output_is_shown_whole_and_not_attached() -> None:
    text = final(log_of("one\n", "two\n"), "t", "en")
    assert text.output == "```\none\ntwo\n```"
    assert text.full_output is None
    assert OUTPUT_FILE not in text.status


def test_long_output_is_attached_whole() -> None:
    text = final(log_of("".join(f"{n}\n" for n in range(100))), "t", "en")
    assert text.full_output is not None
    assert text.full_output.startswith("0\n1\n")
    assert "```\n60\n" in text.output
    assert OUTPUT_FILE in text.status


def test_a_silent_program_is_said_to_be_silent() -> None:
    assert "(no output)" in final(log_of(), "t", "en").output


def test_a_run_that_has_not_begun_waits_and_one_that_has_says_since_when() -> None:
    log = RunLog()
    assert "About to run" in live(log, "t", "en").status
    log.told(3)
    assert "number 3 in line" in live(log, "t", "en").status
    log.told(0)
    log.add(Started("full", warm=True), 1_700_000_000.9)
    assert "<t:1700000000:R>" in live(log, "t", "en").status


def test_a_run_that_goes_on_has_no_end_to_show() -> None:
    with pytest.raises(ValueError, match="not ended"):
        final(RunLog(), "t", "en")


@given(st.lists(st.integers(0, 12 * MiB), max_size=20), st.sampled_from([0, 1, 250_000]))
def test_attached_files_fit_one_message_and_the_rest_is_named(sizes: list[int], reserved: int) -> None:
    artifacts = [Artifact(f"{n}.png", "image/png", size, Path(str(n))) for n, size in enumerate(sizes)]
    kept, left = fitting(artifacts, reserved)
    assert len(kept) + bool(reserved) <= FILES
    assert sum(a.size for a in kept) + reserved <= REQUEST_BYTES
    assert all(a.size <= 10_000_000 for a in kept)
    assert sorted(a.name for a in kept + left) == sorted(a.name for a in artifacts)


@pytest.mark.parametrize("ui", LANGS)
def test_a_run_that_began_anew_shows_nothing_twice_and_says_so(ui: Lang) -> None:
    log = RunLog()
    anew = entries()["run.cut_off.anew"][ui]
    for times in range(2):
        log.add(Started("full", warm=True), 1_700_000_000 + times)
        log.add(Output("stdout", "epoch 1\n"), 1_700_000_001 + times)
        log.add(Artifact("plot.png", "image/png", 10), 1_700_000_002)
        assert (anew in live(log, "t", ui).status) == (times == 1)
    assert log.output == "epoch 1\n"
    assert len(log.artifacts) == 1
    log.add(Finished("sandbox_failed", None, None, 3.0, None, None, None, lost=True), 1_700_000_004)
    status = final(log, "t", ui).status
    assert anew in status
    assert entries()["run.hint.lost"][ui] in status
    assert entries()["run.hint.sandbox_failed"][ui] not in status


@pytest.mark.parametrize(
    ("broken", "output", "outcome", "said"),
    [
        (True, "Traceback\nAssertionError: no\n", "error", "💥 The claim fails"),
        (True, "Traceback\nImportError: no\n", "error", "❌ The program failed"),
        (True, "fine\n", "ok", "✅ Finished"),
        (False, "Traceback\nAssertionError: no\n", "error", "❌ The program failed"),
    ],
)
def test_a_claim_that_was_to_fail_and_did_is_no_failure(broken: bool, output: str, outcome: str, said: str) -> None:
    log = RunLog(broken=broken)
    log.add(Output("stderr", output), 1.0)
    log.add(Finished(outcome, None, 1, 1.0, 1.0, 1.0, 0.1), 2.0)  # type: ignore[arg-type]
    assert said in final(log, "t", "en").status


@pytest.mark.parametrize("ui", LANGS)
@pytest.mark.parametrize("front", ["terminal", "discord"])
def test_every_note_is_said_in_words_in_both_languages_and_on_both_fronts(ui: Lang, front: Front) -> None:
    for key in sorted(KEYS):
        [line] = told(ended((Note(key, ("quotes", "2")),)), ui, front, str)
        assert "{" not in line
        assert len(line) > 10
    [bare] = told(ended((Note("no_network"),)), ui, front, str)
    assert "sklearn" not in bare
    for key in sorted(KEYS):
        assert len(told(ended((Note(key),)), ui, front, str)) == 1


def test_a_picture_that_is_too_large_is_told_with_the_number_that_it_may_have() -> None:
    notes = (Note("left_pixels", ("25", "a.png")), Note("left_frames", ("125", "b.gif")))
    picture, animation = told(ended(notes), "en", "terminal", str)
    assert picture == "Pictures that do not come back (one may have 25 million pixels; draw it smaller): a.png"
    assert "(all frames together may have 125 million pixels; take fewer or smaller ones): b.gif" in animation
    picture, animation = told(ended(notes), "zh", "discord", str)
    assert "25 百万像素" in picture
    assert "125 百万像素" in animation


def test_notes_from_a_hostile_program_neither_ping_nor_fill_the_message() -> None:
    notes = tuple(Note(key, ("@everyone ```", *["\x1b[31m<@1> " + "长" * 200] * 20)) for key in sorted(KEYS))
    log = log_of("x\n" * 3_000)
    log.finished = ended(notes)
    text = final(log, "title", "zh")
    assert total(text.title, text.output, text.status) <= 2_400
    assert "@everyone" not in text.status
    assert "\x1b" not in text.status
    assert "<@1>" not in text.status
    assert "```" not in text.status


@pytest.mark.parametrize(
    ("limit", "allowed", "said"),
    [("cpu", 60.0, "60 CPU seconds"), ("output", 262_144, "256 KiB of output"), ("memory", 2048, "2048 MB")],
)
def test_a_limit_says_its_number(limit: LimitName, allowed: float, said: str) -> None:
    assert said in str(advice(Finished("timeout", limit, 1, 1.0, None, None, None, allowed=allowed), "en"))


def ended(notes: tuple[Note, ...]) -> Finished:
    return Finished("ok", None, 0, 1.0, None, None, None, notes=notes)
