"""The drills of a topic in a notebook: a start to write on, and a call that has it judged.

Neither judge nor solution is in the notebook. The call hands the cell that defines the function to `epoch drill`, which
runs it in its sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.exports.cells import Cell, code_cell, folded, markdown_cell
from bot.exports.markup import for_jupyter
from bot.wording import say
from bot.wording.foreign import printable
from knowledge.bank.drills import Drill
from knowledge.bank.models import Lang, Topic

#: What the tags of cells say that belong to drills.
TAG = "drill"
#: Hands code over. `In` has every cell that was run; the environment's `epoch` is preferred to the one on the path,
#: for a kernel need not have the path of a shell.
_JUDGE = """\
# {about}
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def judge(*drill):
    begins = " ".join(["# drill", *drill])
    cell = next((each for each in reversed(In) if each.split("\\n")[0].rstrip() == begins), None)
    if cell is None:
        print({undefined!r}.format(begins=begins))
        return
    beside = pathlib.Path(sys.executable).with_name("epoch")
    epoch = str(beside) if beside.exists() else shutil.which("epoch")
    if epoch is None:
        print({missing!r})
        return
    with tempfile.TemporaryDirectory() as folder:
        answer = pathlib.Path(folder, "answer.py")
        answer.write_text(cell, encoding="utf-8")
        spoken = {{**os.environ, "EPOCH_LANG": {lang!r}, "PYTHONIOENCODING": "utf-8"}}
        done = subprocess.run(
            [epoch, "drill", *drill, "--file", str(answer)], capture_output=True, encoding="utf-8", env=spoken
        )
    print(done.stdout + done.stderr)
"""


def drill_cells(topic: Topic, lang: Lang) -> Iterator[Cell]:
    """Yield the cells of a topic's drills."""
    yield markdown_cell(f"## {say('practice.notebook.drills', lang)}\n\n{say('practice.notebook.how', lang)}")
    texts = {name: say(f"practice.notebook.{name}", lang, begins="{begins}") for name in ("undefined", "missing")}
    yield code_cell(_JUDGE.format(about=say("practice.notebook.judge", lang), lang=lang, **texts), tags=[TAG])
    for drill in topic.drills:
        yield from _cells(drill, lang)


def _cells(drill: Drill, lang: Lang) -> Iterator[Cell]:
    meta = drill.meta
    about = say(
        "practice.head.line", lang, level=say(f"practice.level.{meta.level}", lang), minutes=meta.minutes,
        function=f"`{meta.function}`",
    )  # fmt: skip
    hints = [
        folded(say("practice.notebook.hint", lang, number=number), for_jupyter(printable(hint[lang])))
        for number, hint in enumerate(meta.hints, 1)
    ]
    statement = for_jupyter(printable(meta.statement[lang]).strip())
    title = for_jupyter(printable(meta.title[lang]))
    yield markdown_cell("\n\n".join([f"### {title}", about, statement, *hints]))
    for variant, sources in drill.variants.items():
        if variant != "numpy":
            yield markdown_cell(say("practice.notebook.torch", lang))
        named = [drill.id] if variant == "numpy" else [drill.id, f"--{variant}"]
        yield code_cell(f"# drill {' '.join(named)}\n{sources.start.rstrip()}", tags=[TAG])
        yield code_cell(f"judge({', '.join(map(json.dumps, named))})", tags=[TAG])
