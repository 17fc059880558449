"""What people paste, behind each wall: figures that are shown, Chinese, order, files, and what is said of a failure."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from runners.inside import explain, streams
from runners.local import LocalRunner
from runners.models import Job, Limits, Note, Output
from runners.notes import KEYS, merged, read
from tests.runners.conftest import TAG, Result, run, runner_behind


def pasted(script: str, out_dir: Path | None = None, stdin: str | None = None, **limits: float) -> Job:
    wanted = replace(Limits(wall_s=60.0), **limits)
    return Job(textwrap.dedent(script), name=f"{TAG}.py", stdin=stdin, pasted=True, out_dir=out_dir, limits=wanted)


def notes(result: Result) -> dict[str, tuple[str, ...]]:
    return {note.key: note.values for note in result.finished.notes}


@pytest.fixture(params=["full", "fallback"])
def warm(request: pytest.FixtureRequest) -> LocalRunner:
    return runner_behind(request.param)


async def test_mending_is_told_and_tracebacks_name_the_lines_that_were_pasted(walled: LocalRunner) -> None:
    result = await run(walled, pasted("!pip install x\n\nprint（“你好”）\n1 / 0\n"))
    assert result.text() == "你好\n"
    assert "line 4, in <module>\n    1 / 0\n" in result.text("stderr")
    assert notes(result) == {"skipped": ("1: !pip install x",), "mended": ("punctuation", "quotes")}


async def test_the_banks_own_code_runs_as_it_stands(walled: LocalRunner) -> None:
    result = await run(walled, replace(pasted("x = 7\nx"), pasted=False))
    assert (result.text(), result.finished.notes) == ("", ())
    assert (await run(walled, pasted("x = 7\nx"))).text() == "7\n"
    assert (await run(walled, replace(pasted("print（1）"), pasted=False))).ended == ("error", None)


async def test_figures_that_are_shown_come_back_once_each(warm: LocalRunner, tmp_path: Path) -> None:
    result = await run(
        warm,
        pasted(
            """
            import matplotlib
            matplotlib.use("TkAgg")
            import matplotlib.pyplot as plt
            plt.plot([1, 2]); plt.show()
            plt.plot([2, 1]); plt.savefig("loss.png"); plt.show()
            for i in range(3):
                plt.cla(); plt.plot([i]); plt.pause(0.01)
            plt.figure()
            plt.plot([3])
            """,
            tmp_path,
        ),
    )
    assert result.ended == ("ok", None)
    assert result.text("stderr") == ""
    assert result.text() == ""  # nobody wants to read what plot() gives back
    assert {each.name for each in result.artifacts} == {"figure_1.png", "loss.png", "figure_2.png", "figure_3.png"}
    assert all((tmp_path / each.name).stat().st_size > 5000 for each in result.artifacts)


async def test_an_image_of_pil_that_is_shown_comes_back(warm: LocalRunner) -> None:
    result = await run(warm, pasted("from PIL import Image\nImage.new('CMYK', (8, 8)).show()"))
    assert [each.name for each in result.artifacts] == ["figure_1.png"]


@pytest.mark.skipif(find_spec("mplfonts") is None, reason="the font comes with mplfonts")
@pytest.mark.parametrize(
    "how",
    [
        "",
        "plt.rcParams['font.sans-serif'] = ['SimHei', 'Microsoft YaHei']; plt.rcParams['axes.unicode_minus'] = False",
        "plt.rcParams['font.family'] = 'Arial Unicode MS'",
        r"from matplotlib import font_manager as m; fp = m.FontProperties(fname=r'C:\Windows\Fonts\simhei.ttf')",
    ],
)
async def test_chinese_is_drawn_without_a_word_on_fonts(how: str) -> None:
    script = f"""
    import matplotlib.pyplot as plt
    fp = None
    {how}
    plt.plot([-1, 1])
    plt.title("训练损失 $x^2$", fontproperties=fp); plt.xlabel("轮数"); plt.ylabel("−1")
    plt.savefig("损失曲线.png")
    """
    result = await run(runner_behind("full"), pasted(script))
    assert result.ended == ("ok", None)
    assert result.text("stderr") == ""
    assert [each.name for each in result.artifacts] == ["损失曲线.png"]


async def test_both_streams_come_in_the_order_in_which_they_were_written(walled: LocalRunner) -> None:
    script = "import sys\nfor i in range(50):\n    print(i)\n    print(i, file=sys.stderr)\n1 / 0"
    result = await run(walled, pasted(script))
    both = "".join(each.text for each in result.events if isinstance(each, Output))
    assert both.startswith("".join(f"{i}\n{i}\n" for i in range(50)) + "Traceback")


def test_a_reader_that_is_busy_holds_nobody_up_for_long() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    turn = streams.Turn(lambda fd: 1, lambda: now[0], sleep)
    for _ in range(1000):
        turn.take(1)
        turn.take(2)
    assert streams.ALTOGETHER_S <= now[0] < streams.ALTOGETHER_S + streams.AT_ONCE_S


@pytest.mark.parametrize("odd", ["", "x"])
async def test_output_that_is_cut_never_ends_in_half_a_character(walled: LocalRunner, odd: str) -> None:
    result = await run(walled, pasted(f"print('{odd}' + '损' * 5000)\nimport time; time.sleep(60)", output_bytes=1000))
    assert result.ended == ("output_limit", "output")
    assert result.text() == odd + "损" * ((1000 - len(odd)) // 3)
    assert result.finished.allowed == 1000


async def test_half_a_character_that_a_program_wrote_itself_is_shown_as_such(walled: LocalRunner) -> None:
    assert (await run(walled, pasted("import os\nos.write(1, '损'.encode()[:2])"))).text() == "\ufffd2\n"


async def test_the_scripts_own_folder_is_where_modules_are_looked_for(walled: LocalRunner) -> None:
    script = "open('helper.py', 'w').write('x = 5')\nimport helper, sys, os\n"
    script += "print(helper.x, sys.path[0] == os.getcwd())"
    assert (await run(walled, pasted(script))).text() == "5 True\n"


async def test_a_job_does_not_try_to_reach_a_hub(walled: LocalRunner) -> None:
    script = "import os\nprint(os.environ['HF_HUB_OFFLINE'], os.environ['TRANSFORMERS_OFFLINE'])"
    assert (await run(walled, pasted(script))).text() == "1 1\n"


async def test_files_that_do_not_come_back_are_named_with_the_reason(walled: LocalRunner, tmp_path: Path) -> None:
    script = """
    import os
    os.makedirs(".cache/deep"); os.makedirs("a/b/c/d/e")
    for name, size in {
        ".hidden.txt": 1, ".cache/deep/x.txt": 1, "a/b/c/d/e/x.txt": 1, "model.pkl": 1, "big.csv": 1 << 21,
        "empty.txt": 0, "1.txt": 1, "2.txt": 1, "3.txt": 1,
    }.items():
        open(name, "w").write("x" * size)
    os.symlink("1.txt", "link.txt")
    """
    result = await run(walled, pasted(script, tmp_path, artifacts=2, artifact_mb=1))
    assert notes(result) == {
        "left_hidden": (".hidden.txt", ".cache/"), "left_deep": ("a/b/c/d/e",), "left_kind": ("model.pkl",),
        "left_large": ("1", "big.csv"), "left_empty": ("empty.txt",), "left_link": ("link.txt",),
        "left_many": ("2", "3.txt"),
    }  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"1.txt", "2.txt"}


async def test_a_picture_that_is_none_is_named(walled: LocalRunner) -> None:
    result = await run(walled, pasted("open('fake.png', 'w').write('<html>')"))
    assert notes(result) == {"left_picture": ("fake.png",)}


#: Programs that fail for what is not here → what is told of it.
LACKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "import no_such_module": ("missing", ("no_such_module", "")),
    "import nunpy": ("missing", ("nunpy", "numpy")),
    "import sys; sys.modules['pandas'] = None\nfrom sklearn.datasets import load_iris\nload_iris(as_frame=True)": (
        "missing",
        ("pandas", ""),
    ),  # it is here where the intervals of reviews are fitted
    "import sklearn.cross_validation": ("missing_part", ("sklearn.cross_validation", "sklearn")),
    "import urllib2": ("python2_name", ("urllib2", "urllib.request")),
    "xrange(3)": ("python2_name", ("xrange", "range")),
    "{}.has_key(1)": ("python2_name", ("has_key", "in")),
    "print 'x'": ("python2", ("1",)),
    "try:\n    pass\nexcept A, b:\n    pass": ("python2", ("3",)),
    "input('name? ')": ("no_input", ()),
    "import urllib.request\nurllib.request.urlopen('https://a.example')": ("no_network", ("load_iris",)),
    "import socket\nsocket.socket()": ("no_network", ("load_iris",)),
    "exec(compile('raise PermissionError(13, 0, 1)', '/keras/src/datasets/mnist.py', 'exec'))": (
        "no_network",
        ("load_iris",),
    ),  # the first thing a loader does is to make its folder
    "open('数据.csv')": ("no_file", ("数据.csv",)),
    "raise AssertionError('Torch not compiled with CUDA enabled')": ("no_gpu", ()),
}


@pytest.mark.parametrize("script", LACKS)
async def test_what_a_program_lacked_is_told(script: str) -> None:
    key, values = LACKS[script]
    told = notes(await run(runner_behind("full"), pasted(script)))
    assert list(told) == [key]
    assert told[key][: len(values)] == values


async def test_input_that_is_too_short_is_told_apart_from_none(walled: LocalRunner) -> None:
    result = await run(walled, pasted("input()\ninput()", stdin="one\n"))
    assert list(notes(result)) == ["input_ended"]
    assert list(notes(await run(walled, pasted("input()")))) == ["no_input"]


async def test_a_pool_works_or_says_why_it_cannot(warm: LocalRunner) -> None:
    result = await run(warm, pasted("import multiprocessing\nprint(multiprocessing.Pool(2).map(abs, [-1, -2]))"))
    if warm.wall == "full":
        assert result.text() == "[1, 2]\n"
    else:
        assert list(notes(result)) == ["processes"]


@pytest.mark.skipif(find_spec("torch") is None, reason="no PyTorch here")
async def test_a_data_loader_with_workers_yields_its_batches_without_them(warm: LocalRunner) -> None:
    script = """
    import torch
    from torch.utils.data import DataLoader
    for batch in DataLoader(torch.arange(4), batch_size=2, num_workers=2, persistent_workers=True, prefetch_factor=4):
        print(batch)
    """
    result = await run(warm, pasted(script))
    assert result.text() == "tensor([0, 1])\ntensor([2, 3])\n"
    assert notes(result) == {"workers": ("2",)}


async def test_a_program_cannot_say_more_than_a_few_words_by_notes(walled: LocalRunner) -> None:
    script = """
    import os
    for fd in range(3, 30):
        try:
            os.set_blocking(fd, False)
            os.write(fd, ("no_file\\x1f" + "x" * 9000 + "\\nend 0 - 0 0\\nnonsense\\nfile 5 0 a.png\\n").encode() * 100)
        except OSError:
            pass
    """
    result = await run(walled, pasted(script))
    assert result.ended == ("ok", None)
    assert [note.key for note in result.finished.notes] in ([], ["no_file"])
    assert all(len(value) <= 200 for note in result.finished.notes for value in note.values)
    assert result.artifacts == []


def test_notes_of_one_key_are_put_together_where_they_are_lists() -> None:
    assert read("nonsense\x1fx") is None
    lines = ["left_kind\x1fa.pkl", "left_kind\x1fb.pkl\x1fa.pkl", "no_file\x1fx", "no_file\x1fy"]
    found = [read(line) for line in lines]
    assert merged([note for note in found if note]) == (
        Note("left_kind", ("a.pkl", "b.pkl")), Note("no_file", ("x",)), Note("no_file", ("y",)),
    )  # fmt: skip


def test_every_note_that_is_told_is_one_that_fronts_know() -> None:
    import re

    for file in Path(explain.__file__).parent.glob("*.py"):
        for key in re.findall(r'\btell\("(\w+)"', file.read_text(encoding="utf-8")):
            assert key in KEYS, file.name
