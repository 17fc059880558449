"""Throughput of a Ray cluster against its number of nodes, all of them on this machine."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from runners.cluster import ClusterRunner
from runners.cluster_local import local_cluster
from runners.errors import ClusterUnavailable
from runners.models import Finished, Job

#: One that waits, as for a disk or a network: it shows what placing and streaming cost. One that computes on one core.
SCRIPTS = {
    "waiting": "import time; print('on'); time.sleep(1); print('off')",
    "computing": "print('on'); print(sum(i * i for i in range(10_000_000)))",
}
NODES = (1, 2, 3)


def note() -> str:
    """Return what a reader of the figures has to know."""
    return (
        f"all nodes share this machine's {os.cpu_count()} cores: a program that waits gains by every node, one that "
        "computes by no more than the cores"
    )


async def measure(jobs: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Run `jobs` of each kind on 1, 2 and 3 nodes with one slot each; return a row for each.

    Raises:
        runners.errors.ClusterUnavailable: Ray is not installed.
    """
    rows: list[dict[str, Any]] = []
    alone: dict[str, float] = {}
    try:
        with local_cluster() as cluster:
            for nodes in NODES:
                cluster.add()  # on the main thread: Ray sets a signal handler
                runner = ClusterRunner(cluster.address, slots=1)
                say(f"{nodes} nodes: warming up")
                try:
                    warm = await runner.warm_up()
                    for name, script in SCRIPTS.items():
                        began = time.perf_counter()
                        await asyncio.gather(*(_run(runner, script) for _ in range(jobs)))
                        rate = jobs / (time.perf_counter() - began)
                        alone.setdefault(name, rate)
                        rows.append({"program": name, "nodes": nodes, "jobs_per_s": round(rate, 2),
                                     "times": round(rate / alone[name], 2), "warm": warm})  # fmt: skip
                finally:
                    await runner.close()
    except ImportError:
        raise ClusterUnavailable("Ray is not installed; pip install -e '.[ray]'") from None
    return rows


async def _run(runner: ClusterRunner, script: str) -> None:
    end: Finished | None = None
    async with aclosing(runner.run(Job(script))) as events:
        async for event in events:
            end = event if isinstance(event, Finished) else None
    if end is None or end.outcome != "ok":
        raise RuntimeError(f"a program of the benchmark did not run to its end: {end}")
