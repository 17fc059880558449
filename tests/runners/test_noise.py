import pytest

from runners.noise import NoiseFilter

BANNER = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
INFO = "I0000 00:00:1795474333.700658       2 port.cc:153] oneDNN custom operations are on.\n"


def filtered(text: str, step: int) -> str:
    noise = NoiseFilter()
    shown = [noise.feed(text[at : at + step]) for at in range(0, len(text), step)]
    return "".join(shown) + noise.flush()


@pytest.mark.parametrize("step", [1, 3, 7, 1000])
def test_tensorflow_noise_goes_and_everything_else_stays(step: int) -> None:
    kept = "one\nImportant I0000\nI am\nWARNING: mine\nE0000 00:00:1.1 2 a.cc:1] bad\nlast"
    assert filtered(BANNER + INFO + kept, step) == kept
    assert filtered("one\n" + INFO + "two\n" + BANNER + "three", step) == "one\ntwo\nthree"


def test_an_unfinished_line_that_cannot_be_noise_comes_at_once() -> None:
    noise = NoiseFilter()
    assert noise.feed("loss: 0.") == "loss: 0."
    assert noise.feed("5\n") == "5\n"


def test_a_held_start_comes_out_at_the_end() -> None:
    noise = NoiseFilter()
    assert noise.feed("I00") == ""
    assert noise.flush() == "I00"
