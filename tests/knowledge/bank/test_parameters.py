import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import ParameterError
from knowledge.bank.parameters import apply, parse, split

SOURCE = '''\
"""Ein Beispiel: größer, 更大."""
import os

os.environ.setdefault("X", "1")
ÜBER = "ü"; EPOCHS = 5  # training epochs, 1..20
RATE: float = 1e-3  # step size: 1e-5..1.0
SHIFT = (-2)  # how far, -5..5
NESTEROV = False  # look ahead
OPTIMIZER = "adam"  # update rule: one of sgd, adam, rmsprop
HIDDEN = (64, 32)  # units per layer, 1..256
NOTE = "plain"
lower = 3
A, B = 1, 2
TWICE = 1
TWICE = 2
COMPUTED = 3 * 4


def main():
    pass


LATE = 7
'''


def value_of(source: str, name: str) -> object:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == name and node.value:
                return ast.literal_eval(node.value)
    raise AssertionError(name)


def test_finds_the_literals_at_the_top_and_nothing_else() -> None:
    assert [p.name for p in parse(SOURCE)] == ["EPOCHS", "RATE", "SHIFT", "NESTEROV", "OPTIMIZER", "HIDDEN", "NOTE"]


def test_reads_text_range_and_choices_from_the_comment() -> None:
    by_name = {p.name: p for p in parse(SOURCE)}
    epochs = by_name["EPOCHS"]
    assert (epochs.value, epochs.text, epochs.low, epochs.high, epochs.line) == (5, "training epochs", 1, 20, 5)
    assert (by_name["RATE"].low, by_name["RATE"].high, by_name["RATE"].text) == (1e-5, 1.0, "step size")
    assert by_name["OPTIMIZER"].choices == ("sgd", "adam", "rmsprop")
    assert by_name["OPTIMIZER"].text == "update rule"
    assert by_name["SHIFT"].value == -2
    assert by_name["HIDDEN"].value == (64, 32)
    assert by_name["NOTE"].text == ""


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("EPOCHS", "2", 2),
        ("EPOCHS", " +7 ", 7),
        ("EPOCHS", "１２", 12),
        ("epochs", "3", 3),
        ("RATE", "1", 1.0),
        ("RATE", "1e-4", 0.0001),
        ("RATE", ".5", 0.5),
        ("SHIFT", "-3", -3),
        ("SHIFT", "－3", -3),
        ("SHIFT", "−3", -3),
        ("NESTEROV", "true", True),
        ("OPTIMIZER", "sgd", "sgd"),
        ("OPTIMIZER", '"sgd"', "sgd"),
        ("OPTIMIZER", "'sgd'", "sgd"),
        ("HIDDEN", "(8, 4)", (8, 4)),
        ("HIDDEN", "8，4", (8, 4)),
        ("HIDDEN", "[8,4,]", (8, 4)),
    ],
)
def test_replaces_exactly_the_literal(name: str, typed: str, value: object) -> None:
    changed = apply(SOURCE, {name: typed})
    assert value_of(changed, name.upper()) == value
    assert type(value_of(changed, name.upper())) is type(value)
    before, after = SOURCE.split("\n"), changed.split("\n")
    differing = [old for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) == 1
    assert f"{name.upper()}" in differing[0]


def test_keeps_everything_else_byte_for_byte() -> None:
    changed = apply(SOURCE, {"EPOCHS": "12", "HIDDEN": "1, 2", "RATE": "0.5"})
    undone = changed.replace("EPOCHS = 12", "EPOCHS = 5").replace("(1, 2)", "(64, 32)").replace("= 0.5", "= 1e-3")
    assert undone == SOURCE


@pytest.mark.parametrize("typed", ["0.001", "1e-3", "1E-3", " .001"])
def test_an_equal_value_leaves_the_tested_original(typed: str) -> None:
    assert apply(SOURCE, {"RATE": typed}) == SOURCE


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("EPOCHS", "21", "give a whole number in 1..20"),
        ("EPOCHS", "0", "give a whole number in 1..20"),
        ("EPOCHS", "2.0", "give a whole number"),
        ("EPOCHS", "True", "give a whole number"),
        ("EPOCHS", "", "give a whole number"),
        ("EPOCHS", "9" * 5000, "give a whole number"),
        ("RATE", "nan", "give a number in 1e-05..1.0"),
        ("RATE", "inf", "give a number"),
        ("RATE", "-Infinity", "give a number"),
        ("RATE", "1e999", "give a number"),
        ("RATE", "2", "give a number"),
        ("NESTEROV", "1", "give True or False"),
        ("OPTIMIZER", "lion", "give one of sgd, adam, rmsprop"),
        ("HIDDEN", "8", "give 2 whole numbers each in 1..256"),
        ("HIDDEN", "8, 999", "give 2 whole numbers each in 1..256"),
        ("HIDDEN", "8, 4.5", "give 2 whole numbers"),
        ("NOTE", "x" * 201, "at most 200 characters"),
        ("LATE", "8", "this example offers: EPOCHS, RATE"),
        ("TWICE", "8", "this example offers"),
    ],
)
def test_refuses_what_does_not_fit_and_says_what_does(name: str, typed: str, said: str) -> None:
    with pytest.raises(ParameterError, match=".") as caught:
        apply(SOURCE, {name: typed})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_unbounded_lifts_the_range_and_never_the_type() -> None:
    assert value_of(apply(SOURCE, {"EPOCHS": "1000"}, bounded=False), "EPOCHS") == 1000
    assert value_of(apply(SOURCE, {"OPTIMIZER": "none"}, bounded=False), "OPTIMIZER") == "none"
    for typed in ("nan", "1.5", "x"):
        with pytest.raises(ParameterError):
            apply(SOURCE, {"EPOCHS": typed}, bounded=False)
    with pytest.raises(ParameterError):
        apply(SOURCE, {"RATE": "nan"}, bounded=False)


HOSTILE = [
    "1; import os",
    "1\nimport os",
    "__import__('os').system('id')",
    '"; import os; "',
    "'''; import os; '''",
    "x\\",
    "x\\'",
    'a" + open("/etc/passwd").read() + "',
    "{__import__}",
    "\ud800",
    "\x00",
    "\u2028import os",
    "\rimport os",
    "# -*- coding: utf-7 -*-",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_no_value_brings_code_with_it(typed: str) -> None:
    for name in ("EPOCHS", "RATE", "NESTEROV", "HIDDEN", "SHIFT"):
        with pytest.raises(ParameterError):
            apply(SOURCE, {name: typed}, bounded=False)
    changed = apply(SOURCE, {"NOTE": typed}, bounded=False)
    assert isinstance(value_of(changed, "NOTE"), str)
    assert _shape(changed) == _shape(SOURCE)


def _shape(source: str) -> str:
    """The syntax tree with NOTE's text taken out."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NOTE":
            node.value = ast.Constant(value="")
    return ast.dump(tree)


@given(st.text())
def test_any_text_at_all_stays_a_text(typed: str) -> None:
    changed = apply(SOURCE, {"NOTE": typed}, bounded=False)
    assert _shape(changed) == _shape(SOURCE)
    bare = typed.strip()
    if not (bare[:1] in ("'", '"') and bare[:1] == bare[-1:]):
        assert value_of(changed, "NOTE") == bare


@given(st.integers(-(10**30), 10**30))
def test_whole_numbers_come_back_as_they_went_in(number: int) -> None:
    assert value_of(apply(SOURCE, {"EPOCHS": str(number)}, bounded=False), "EPOCHS") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_real_numbers_come_back_as_they_went_in(number: float) -> None:
    assert value_of(apply(SOURCE, {"RATE": repr(number)}, bounded=False), "RATE") == number


@given(st.tuples(st.integers(1, 256), st.integers(1, 256)))
def test_tuples_come_back_as_they_went_in(numbers: tuple[int, int]) -> None:
    assert value_of(apply(SOURCE, {"HIDDEN": str(numbers)}), "HIDDEN") == numbers


@given(st.text(alphabet="äé梯🙂 \"'#=\\", max_size=12), st.integers(1, 20))
def test_columns_count_in_bytes_whatever_stands_before_the_literal(before: str, epochs: int) -> None:
    source = f"NOTE = {before!r}; EPOCHS = 5  # {before.strip()}, 1..20\n"
    assert apply(source, {"EPOCHS": str(epochs)}) == source.replace("EPOCHS = 5", f"EPOCHS = {epochs}")


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n\x0c"])
def test_other_line_ends_do_not_shift_the_literal(ends: str) -> None:
    source = ends.join(["import os", "A = 'é'", "EPOCHS = 5", "B = 2", ""])
    assert apply(source, {"EPOCHS": "9"}) == source.replace("5", "9")


def test_a_source_that_is_not_python_is_one_plain_line() -> None:
    with pytest.raises(ParameterError, match="is not Python"):
        parse("def (:\n")
    with pytest.raises(ParameterError, match="is not Python"):
        parse("A = 1\x00")


def test_splits_a_change_and_refuses_what_is_none() -> None:
    assert split("EPOCHS=2") == ("EPOCHS", "2")
    assert split(' NOTE = "a=b"') == ("NOTE", '"a=b"')
    for text in ("EPOCHS", "=2", ""):
        with pytest.raises(ParameterError, match="write NAME=VALUE"):
            split(text)
