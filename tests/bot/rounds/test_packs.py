from __future__ import annotations

from pathlib import Path

import pytest

from bot.rounds.packs import read_pack
from bot.store.errors import PackError

GOOD = """\
AUTHOR: someone
CONFIG:
  max_score: 20
"Which function squashes to (0, 1)?":
- sigmoid
- logistic
How many axes has an RGB image?:
  - 3
  - three
Is ReLU differentiable at 0?: [no]
谁提出了反向传播的现代形式？:
  - Rumelhart
  - "鲁梅尔哈特"
"""


def written(tmp_path: Path, text: str | bytes, name: str = "ml-basics.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_pack_of_reds_is_read(tmp_path: Path) -> None:
    pack = read_pack(written(tmp_path, GOOD, "ML Basics.yaml"))
    assert (pack.name, pack.author) == ("ml-basics", "someone")
    assert dict(pack.questions) == {
        "Which function squashes to (0, 1)?": ("sigmoid", "logistic"),
        "How many axes has an RGB image?": ("3", "three"),
        "Is ReLU differentiable at 0?": ("no", "false"),
        "谁提出了反向传播的现代形式？": ("Rumelhart", "鲁梅尔哈特"),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no questions"),
        ("AUTHOR: me", "holds no questions"),
        ("- a\n- b", "holds no questions"),
        ("a: [b]\nq?: x", "line 2: 'q?' has no list of answers"),
        ("q?:", "line 1: 'q?' has no list of answers"),
        ("q?: []", "line 1: 'q?' has no list of answers"),
        ("q?:\n- a\n- [b]", "line 3: an answer to 'q?' is no text"),
        ("q?:\n- a\n-", "line 3: an answer to 'q?' is no text"),
        ("q?: [a]\nz: [b]\nq?: [c]", "line 3: 'q?' is there twice"),
        ("? [a]\n: [b]", "line 1: this is no question"),
        ("q?: [a", "line 1"),
        ("a: b: c", "line 1"),
        ("q?: [" + "x" * 201 + "]", "cut it to 200"),
        ("x" * 1001 + ": [a]", "line 1"),
        ("q?: [" + ", ".join(map(str, range(51))) + "]", "keep at most 50"),
        (b"\xff\xfeq", "not UTF-8"),
        (b"a" * 1_000_001, "split it"),
        ("\n".join(f"q{n}: [a]" for n in range(5_001)), "5001 questions"),
        ("q?: !!python/object/apply:os.system [x]\n", None),
    ],
)
def test_a_pack_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, text: str | bytes, says: str | None) -> None:
    path = written(tmp_path, text)
    if says is None:
        assert read_pack(path).questions == (("q?", ("x",)),), "a tag is no order"
        return
    with pytest.raises(PackError) as error:
        read_pack(path)
    assert says in str(error.value)
    assert str(error.value).startswith("ml-basics.yaml")
    assert "\n" not in str(error.value)
    assert "; " in str(error.value), "it says what to do"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="No such file"):
        read_pack(tmp_path / "none.yaml")
    with pytest.raises(PackError, match="its name is the pack's"):
        read_pack(written(tmp_path, GOOD, "数学.yaml"))
