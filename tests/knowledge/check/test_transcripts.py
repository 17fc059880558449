import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.check.transcripts import difference, tidy, trains


@pytest.mark.parametrize(
    ("accepted", "printed"),
    [
        ("took 1.23 s", "took 9 s"),
        ("took 12 ms, 3.4e-05 seconds", "took 450 ms, 1.2e-06 seconds"),
        ("epoch 1: 3s", "epoch 1: 12s"),
        ("12.5x faster", "8x faster"),
        ("accuracy 0.953", "accuracy 0.955"),
        ("accuracy 0.953", "accuracy 0.951"),
        ("loss 1.23e-04", "loss 1.25e-04"),
        ("largest difference 4.4e-16", "largest difference 0.0"),
        ("largest difference 4.4e-16", "largest difference -8.9e-16"),
        ("largest difference 0", "largest difference 1e-09"),
        ("a   b  1.00", "a b 1.01  "),
        ("x\n-----\ny", "x\n-------\ny"),
        ("0.5 ██████", "0.5 ███████"),
        ("same\n\n", "same"),
        ("mean -0.00", "mean 0.01"),
    ],
)
def test_what_varies_from_machine_to_machine_is_no_difference(accepted: str, printed: str) -> None:
    assert difference(accepted, printed) is None


@pytest.mark.parametrize(
    ("accepted", "printed"),
    [
        ("accuracy 0.953", "accuracy 0.956"),
        ("accuracy 0.953", "precision 0.953"),
        ("9 of 10 classes", "10 of 10 classes"),
        ("parameters: 12,345", "parameters: 12,346"),
        ("loss 1.23e-04", "loss 1.23e-03"),
        ("loss 0.5", "loss nan"),
        ("True", "False"),
        ("a\nb", "b\na"),
        ("a\nb", "a"),
        ("a", "a\nb"),
        ("conv2d_1", "conv2d_2"),
        ("mean 0.50", "mean -0.50"),
        ("error 1", "error 0.97"),
        ("took 3 s", "took 3 steps"),
    ],
)
def test_all_else_is(accepted: str, printed: str) -> None:
    assert difference(accepted, printed) is not None


def test_training_with_tensorflow_may_end_a_tenth_away() -> None:
    assert difference("loss 1.234, 57 right", "loss 1.301, 60 right", loose=True) is None
    assert difference("loss 1.234, 57 right", "loss 1.301, 60 right") is not None
    assert difference("loss 1.234", "loss 1.434", loose=True) is not None
    assert difference("57 right", "67 right", loose=True) is not None
    assert difference("loss 0.93", "loss 9.3", loose=True) is not None


@pytest.mark.parametrize(
    ("source", "expected"),
    [("import tensorflow as tf\n", True), ("import os\nfrom keras import layers\n", True), ("# tensorflow\n", False)],
)
def test_knows_which_scripts_train_with_tensorflow(source: str, expected: bool) -> None:
    assert trains(source) is expected


def test_says_where_the_difference_is() -> None:
    assert difference("a\nb 1\n", "a\nb 2\n") == "line 2 was 'b 1' and is now 'b 2'"
    assert difference("a\n", "a\nb\n") == "line 2 was '(nothing)' and is now 'b'"
    assert len(difference("a" * 500, "b" * 500) or "") < 200


@given(st.text())
def test_every_output_equals_itself_and_its_tidy_form(text: str) -> None:
    assert difference(text, text) is None
    assert difference(text, tidy(text)) is None
    assert tidy(tidy(text)) == tidy(text)
