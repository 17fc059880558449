"""A verdict in lines: what is told, in which order, and that nothing of a program's reaches the terminal raw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.drills.models import CheckResult, Counterexample, Verdict
from bot.terminal.drill_text import difference, foot_lines, head_lines, list_lines, span, verdict_lines
from knowledge.bank.models import LANGS, Lang
from tests.bot.study.drills.doubles import BROKEN, PASSED, WRONG
from tests.bot.study.drills.samples import DRILL, SOLUTION, WRONG_AXIS

RAISED = Counterexample(arguments="logits = [1.]", error="line 3: ValueError: no")


def texts(verdict: Verdict, lang: Lang = "en") -> list[str]:
    return [line.text for line in verdict_lines(verdict, DRILL, lang)]


def test_a_verdict_tells_checks_counterexample_mistake_prints_sum_and_times_in_this_order() -> None:
    assert texts(WRONG) == [
        "✓ The shape stays",
        "✗ The values are right",
        "    input     array([[0.1, 0.2, 0.3],",
        "                     [0.4, 0.5, 0.6]])",
        "    got       shape (1, 3)",
        "              array([[0.4, 0.4, 0.4]])",
        "    expected  shape (2, 3)",
        "              array([[0.3, 0.33, 0.37],",
        "                     [0.3, 0.33, 0.37]])",
        "✗ Large logits do not overflow",
        "→ You normalise over axis 0.",
        "Your program printed:",
        "    here I am",
        "1 of 3 passed",
        "Took 1.2 s; the reference takes 0.5 ms",
    ]


def test_labels_stand_below_each_other_in_chinese_too() -> None:
    rows = texts(WRONG, "zh")
    assert rows[2].startswith("    输入  array(")
    assert rows[4] == "    得到  形状 (1, 3)"
    assert rows[-2] == "通过 1/3"


def test_a_passed_answer_is_ticks_and_times() -> None:
    assert texts(PASSED)[-2:] == ["All checks passed (3 of 3)", "Took 0.8 ms; the reference takes 0.5 ms"]
    assert all(line.style == "green" for line in verdict_lines(PASSED, DRILL, "en")[:3])


def test_an_error_is_told_in_full_once() -> None:
    names = list(DRILL.meta.checks)
    rows = texts(Verdict(False, tuple(CheckResult(name, False, RAISED) for name in names), seconds=0.0, seed=3))
    assert sum("ValueError" in row for row in rows) == 1
    assert sum(row.endswith("the same error") for row in rows) == 2
    assert not any(row.startswith("Took") for row in rows), "an answer that raised is no fast one"


def test_two_errors_are_told_both() -> None:
    other = Counterexample(arguments="logits = [2.]", error="line 9: TypeError: yes")
    rows = texts(Verdict(False, (CheckResult("shape", False, RAISED), CheckResult("values", False, other))))
    assert sum("line 3: ValueError" in row for row in rows) == 1
    assert sum("line 9: TypeError" in row for row in rows) == 1


def test_a_property_says_that_it_does_not_hold() -> None:
    failed = Counterexample(arguments="logits = [1. 2.]", given="[0. 0.]")
    rows = texts(Verdict(False, (CheckResult("shape", False, failed),)))
    assert "    expected  this does not hold" in rows


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("refusal", ["syntax", "forbidden", "missing", "limit", "ended", "unreadable"])
def test_where_there_is_nothing_to_judge_one_line_says_why(refusal: str, lang: Lang) -> None:
    (line,) = verdict_lines(Verdict(False, refusal=refusal, reason="why\nit is so"), DRILL, lang)  # type: ignore[arg-type]
    assert line.text.startswith("✗ ")
    assert "why it is so" in line.text or "softmax" in line.text
    assert texts(BROKEN)[0].startswith("✗ It does not compile: ")


def test_the_seed_is_told_where_it_can_be_given() -> None:
    assert "--seed 1" in verdict_lines(WRONG, DRILL, "en", seed=True)[-1].text
    assert "seed" not in "".join(texts(WRONG))
    assert "seed" not in "".join(line.text for line in verdict_lines(PASSED, DRILL, "en", seed=True))


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\x1b\r\u202e[2J"), max_size=80))
def test_nothing_of_a_program_moves_the_cursor(text: str) -> None:
    example = Counterexample(text, text, text, text, text[:5] + "x")
    told = verdict_lines(Verdict(False, (CheckResult("shape", False, example),), printed=text), DRILL, "en")
    told += verdict_lines(Verdict(False, refusal="syntax", reason=text), DRILL, "en")
    told += verdict_lines(Verdict(False, (CheckResult("x", False, Counterexample(text, error=text)),)), DRILL, "zh")
    told += difference(text, SOLUTION)
    for line in told:
        assert not {"\x1b", "\r", "\n", "\u202e", "\x07", "\x00"} & set(line.text)


def test_a_difference_has_all_of_both_and_none_where_there_is_none() -> None:
    assert difference(SOLUTION + "\n\n", SOLUTION.replace("\n", "  \n")) == []
    rows = difference(WRONG_AXIS, SOLUTION)
    assert [row.text[2:] for row in rows if row.text[:1] != "+"] == WRONG_AXIS.rstrip().split("\n")
    assert [row.text[2:] for row in rows if row.text[:1] != "-"] == SOLUTION.rstrip().split("\n")
    assert {row.style for row in rows} == {"", "red", "green"}


def test_a_long_value_and_much_print_are_cut() -> None:
    long = "\n".join(map(str, range(100)))
    example = Counterexample(long, long, long)
    rows = texts(Verdict(False, (CheckResult("shape", False, example),), printed=long))
    assert len(rows) < 60
    assert sum(row.strip() == "…" for row in rows) == 4


def test_a_statement_says_what_is_written_and_what_is_checked() -> None:
    assert "gan/stable-softmax" in head_lines(DRILL, "zh")[0].text
    assert "NumPy 或 PyTorch" in head_lines(DRILL, "zh")[1].text
    assert [line.text for line in foot_lines(DRILL, "en")] == [
        "Checked: The shape stays · The values are right · Large logits do not overflow",
        "Not to be taken from a library: softmax",
    ]  # fmt: skip


def test_a_list_ticks_what_has_passed() -> None:
    from bot.study.drills.attempts import Attempt

    key = (DRILL.topic, DRILL.item)
    assert list_lines([DRILL], "en", {})[0].text.startswith("  gan/stable-softmax")
    tried = Attempt(0, *key, began=1.0)
    assert list_lines([DRILL], "en", {key: tried})[0].text.startswith("  ")
    passed = Attempt(0, *key, began=1.0, passed=2.0)
    assert list_lines([DRILL], "en", {key: passed})[0].text.startswith("✓ gan/stable-softmax")


def test_times_have_the_unit_that_suits_them() -> None:
    assert [span(each) for each in (0.0004, 0.0234, 1.26)] == ["0.4 ms", "23 ms", "1.3 s"]
