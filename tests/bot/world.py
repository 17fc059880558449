"""A small world for the Discord tests: a bank whose examples take no time, the real tutor over it, the real bot."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bot.app import EpochBot
from bot.settings import Settings
from bot.tutor import Tutor
from knowledge.models import Bank, Example, ExampleMeta, Text, Transcript
from knowledge.retriever import Retriever
from runners.local import LocalRunner
from runners.probe import Choice
from tests.knowledge.banks import small_bank

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIN = f"""\
import base64
for step in range(3):
    print(f"step {{step}}: loss {{1 / (step + 1):.2f}}")
open("loss.png", "wb").write(base64.b64decode({base64.b64encode(PNG).decode()!r}))
"""
SLOW = """\
import time
print("begun", flush=True)
time.sleep(60)
"""
LOUD = """\
for line in range(2000):
    print(f"line {line} of a long story")
"""
HOSTILE = r'''
print("```\n@everyone <@123> \x1b[31mred\x1b[0m \u202eevil \u0301" + "z" + "\u0301" * 200)
'''
BROKEN = """\
print("so far so good")
assert 1 > 2, "one is not more than two"
"""
EXAMPLES = {"main": MAIN, "slow": SLOW, "loud": LOUD, "hostile": HOSTILE, "broken": BROKEN}


def bank() -> Bank:
    """Four topics; `gan` has examples of every temper."""
    small = small_bank()
    examples = {}
    for name, source in EXAMPLES.items():
        title = Text(zh=f"示例 {name}", en=f"The {name} example")
        meta = ExampleMeta(title=title, counter="N=0", counter_why=Text(zh="零", en="zero"))
        file = "example.py" if name == "main" else f"example_{name}.py"
        bare = Example(name=name, file=file, source=source, meta=meta)
        examples[name] = bare.model_copy(update={"transcript": Transcript(sha256=bare.sha256, text="")})
    gan = small["gan"].model_copy(update={"examples": tuple(examples.values())})
    return Bank(topics={**small.topics, "gan": gan})


_RETRIEVER = {}


def make_tutor(wall: Choice = "auto") -> Tutor:
    """The real tutor, with the retriever that needs no encoder."""
    if not _RETRIEVER:
        _RETRIEVER["it"] = Retriever.open(bank(), cache_dir=None, encoder=False)
    return Tutor(bank(), _RETRIEVER["it"], LocalRunner(wall))


def make_settings(tmp_path: Path) -> Settings:
    """Settings of nobody's environment."""
    return Settings(_env_file=None, cache_dir=tmp_path / "cache", run_dir=tmp_path / "runs")  # type: ignore[call-arg]


def ids() -> Iterator[str]:
    """Ids that a test knows beforehand: 0001, 0002, …"""
    return (f"{number:04x}" for number in count(1))


def make_bot(tmp_path: Path, tutor: Tutor | None = None) -> EpochBot:
    """The real bot; ids of errors and runs are 0001, 0002, …"""
    return EpochBot(tutor or make_tutor(), make_settings(tmp_path), new_id=ids().__next__)
