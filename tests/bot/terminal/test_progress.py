from __future__ import annotations

import io
import logging
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.terminal.progress import SHARES, Whole, loading_progress, logged_progress
from knowledge.bank.models import LANGS, Lang

COLD = [
    ("model", 0, 1), *(("export", n, 4) for n in range(5)), ("model", 1, 1),
    *(("encode", n, 900) for n in range(16, 901, 16)), ("encode", 900, 900),
    *(("compare", n, 8) for n in range(9)), *(("fit", n, 10) for n in range(11)),
]  # fmt: skip


def test_a_first_start_is_one_bar_that_ends_when_it_ends() -> None:
    whole = Whole()
    seen = [whole.hear(*step) for step in COLD]
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert all(before < 1 for before in seen[:-1])


def test_a_log_has_a_line_for_each_stage_of_a_first_start_and_each_tenth_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    progress = logged_progress(logging.getLogger("bot.cli.serve"))
    with caplog.at_level(logging.INFO):
        for step in COLD:
            progress(*step)
    stages = [message.partition(": ")[2] for message in caplog.messages]
    assert len(dict.fromkeys(stages)) == 4, "export, encode, compare, fit"
    assert 8 <= len(stages) <= 14
    shares = [int(message.split()[3]) for message in caplog.messages]
    assert shares == sorted(shares)


def test_a_start_from_the_cache_logs_no_progress(caplog: pytest.LogCaptureFixture) -> None:
    progress = logged_progress(logging.getLogger("bot.cli.serve"))
    with caplog.at_level(logging.INFO):
        progress("model", 0, 1)
        progress("model", 1, 1)
    assert caplog.messages == []


STAGES = st.sampled_from(["model", "export", "encode", "graph", "compare", "fit", "other"])


@given(st.lists(st.tuples(STAGES, st.integers(0, 9)), max_size=30))
def test_it_never_goes_back_and_never_beyond_its_end(steps: list[tuple[str, int]]) -> None:
    whole = Whole()
    seen = [whole.hear(stage, done, 9) for stage, done in steps]
    assert seen == sorted(seen)
    assert all(0 <= value <= 1 for value in seen)


def shown(lang: Lang, *steps: tuple[str, int, int], wait_s: float = 0.0) -> list[str]:
    """Return what a terminal is sent for the bar, redraw by redraw."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system="truecolor", legacy_windows=False)
    with loading_progress(console, lang) as progress:
        for step in steps:
            progress(*step)
        before = len(file.getvalue())
        time.sleep(wait_s)
        waited = file.getvalue()[before:]
    return waited.split("\r") if wait_s else file.getvalue().split("\r")


def bars(redraws: list[str]) -> set[str]:
    """Return the bars alone, with their colours."""
    return {found[0] for each in redraws if (found := re.search(r"(\x1b\[[0-9;]+m[━╸╺]+(\x1b\[0m)?)+", each))}


@pytest.mark.parametrize("stage", ["model", "export", "compare", "fit"])
def test_the_bar_moves_while_nobody_knows_how_far_a_stage_is_and_else_shows_how_far(stage: str) -> None:
    assert len(bars(shown("en", (stage, 0, 4), wait_s=1.5))) > 3, "a light runs along it"
    assert len(bars(shown("en", (stage, 0, 4), (stage, 1, 4), wait_s=1.5))) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_each_stage_has_a_name_in_the_language_of_the_interface(lang: Lang) -> None:
    names = set()
    for stage in SHARES:
        last = [line for line in shown(lang, (stage, 1, 2)) if "%" in line][-1]
        names.add(re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", last).split("%")[1].split(maxsplit=1)[1].strip())
    assert len(names) == len(SHARES)
    assert all(bool(re.search("[\u4e00-\u9fff]", name)) == (lang == "zh") for name in names), names
