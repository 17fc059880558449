"""Engines that have a large package at hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from runners.errors import WallUnavailable
from runners.local import LocalRunner
from runners.models import Job, Started
from tests.runners.conftest import run, with_light_zygote

THERE = "import sys\nprint('torch' in sys.modules)"
TRAINS = """
import torch
model = torch.nn.Linear(300, 4)
torch.optim.SGD(model.parameters(), 0.1)
model(torch.ones(300, 300) @ torch.ones(300, 300)).sum().backward()
print(tuple(model.weight.grad.shape))
"""
WORKERS = """
import torch
from torch.utils.data import DataLoader
for batch in DataLoader(torch.arange(4), batch_size=2, num_workers=2):
    print(batch)
"""


@pytest.fixture
async def runner(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalRunner]:
    monkeypatch.setattr("runners.engine.CANARY", "print('canary: quick')")  # the engine of every job is not the matter
    made = with_light_zygote(LocalRunner("full", warm=True))
    try:
        assert await made.warm_up(), made.engine.why_broken
    except WallUnavailable as error:
        pytest.skip(str(error))
    yield made
    await made.close()


async def test_who_says_what_it_imports_finds_it_there_from_the_second_run_on(runner: LocalRunner) -> None:
    engine = runner.large["torch"]
    said = Job(THERE, name="__epoch_test__.py", imports=("torch",))
    first = await run(runner, said)
    assert first.text() == "False\n"
    assert engine.state != "idle"
    assert await asyncio.wrap_future(engine.start()), engine.why_broken
    second = await run(runner, said)
    assert second.text() == "True\n"
    assert isinstance(second.started, Started)
    assert second.started.warm
    other = await run(runner, Job(THERE, name="__epoch_test__.py"))
    assert other.text() == "False\n"


async def test_forks_of_it_compute_one_after_the_other_and_loaders_have_no_workers(runner: LocalRunner) -> None:
    engine = runner.large["torch"]
    assert await asyncio.wrap_future(engine.start()), engine.why_broken
    for _ in range(3):
        assert (await run(runner, TRAINS)).text() == "(4, 300)\n"
    assert (await run(runner, WORKERS)).text() == "tensor([0, 1])\ntensor([2, 3])\n"
    # Shown by the source alone, and so by nothing where only the text of a string says it.
    assert (await run(runner, f"{THERE}\nimport torch")).text() == "True\n"
    assert (await run(runner, f"{THERE}\nprint('import torch')")).text() == "False\nimport torch\n"


async def test_nobody_pays_for_it_who_never_asks(runner: LocalRunner) -> None:
    await run(runner, "print(1)")
    assert runner.large["torch"].state == "idle"
