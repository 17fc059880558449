from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.progress import Whole

COLD = [("model", 0, 1), ("model", 1, 1), *(("encode", n, 900) for n in range(16, 901, 16)), ("encode", 900, 900),
        *(("fit", n, 10) for n in range(11))]  # fmt: skip


def test_a_first_start_is_one_bar_that_ends_when_it_ends() -> None:
    whole = Whole()
    seen = [whole.hear(*step) for step in COLD]
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert all(before < 1 for before in seen[:-1])


STAGES = st.sampled_from(["model", "encode", "graph", "fit", "other"])


@given(st.lists(st.tuples(STAGES, st.integers(0, 9)), max_size=30))
def test_it_never_goes_back_and_never_beyond_its_end(steps: list[tuple[str, int]]) -> None:
    whole = Whole()
    seen = [whole.hear(stage, done, 9) for stage, done in steps]
    assert seen == sorted(seen)
    assert all(0 <= value <= 1 for value in seen)
