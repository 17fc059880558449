"""Learning what the zygote should import: run scripts cold, see what they load, keep what is not loaded along with it.

    python -m runners.learn knowledge/topics/*/example*.py

writes `runners/inside/preload.txt` anew. To be done when examples begin to use something new, and when a library moves.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import aclosing
from pathlib import Path

from runners.inside.preload import LIST
from runners.local import LocalRunner
from runners.models import Finished, Job

log = logging.getLogger(__name__)
_NOTE = "# What examples load; learned by `python -m runners.learn knowledge/topics/*/example*.py`, not for editing.\n"
_SPY = (
    "import atexit, json, sys; "
    "atexit.register(lambda: open('modules.json', 'w').write(json.dumps(list(sys.modules))));\n"
)
#: Imports the names it is given one by one, and prints those that were not there yet.
_REDUCE = """
import importlib, sys
for name in sys.stdin.read().split():
    if name not in sys.modules:
        try:
            importlib.import_module(name)
        except Exception:
            continue
        sys.stdout.write(name + "\\n")
"""


async def modules_of(scripts: list[Path]) -> list[str]:
    """Return the modules that at least one of the scripts loads, those of most scripts first."""
    runner = LocalRunner(warm=False)
    seen: Counter[str] = Counter()
    slots = asyncio.Semaphore(2)

    async def watch(script: Path) -> None:
        async with slots:
            with tempfile.TemporaryDirectory(prefix="epoch-") as folder:
                job = Job(_SPY + script.read_text(encoding="utf-8"), name=script.name, out_dir=Path(folder))
                async with aclosing(runner.run(job)) as events:
                    async for event in events:
                        if isinstance(event, Finished):
                            log.info("%s: %s", script, event.outcome)
                for found in Path(folder).glob("modules.json"):
                    seen.update(dict.fromkeys(json.loads(found.read_text()), 1))

    async with asyncio.TaskGroup() as group:
        for script in scripts:
            group.create_task(watch(script))
    return [name for name, _ in seen.most_common()]


def reduced(names: list[str]) -> list[str]:
    """Return those of `names` that importing the others before them does not bring along."""
    outside = [name for name in names if name != "__main__" and name.split(".")[0] != "runners"]
    # Packages before their parts, and the standard library last: nearly all of it comes along.
    outside.sort(key=lambda name: (name.split(".")[0] in sys.stdlib_module_names, name.count(".")))
    command = [sys.executable, "-I", "-c", _REDUCE]
    done = subprocess.run(command, input="\n".join(outside), capture_output=True, text=True, check=True)
    return done.stdout.split()


def main() -> None:
    """Write the list from the scripts named on the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    scripts = [Path(name) for name in sys.argv[1:]]
    names = reduced(asyncio.run(modules_of(scripts)))
    LIST.write_text(_NOTE + "\n".join(names) + "\n", encoding="utf-8")
    log.info("%d modules from %d scripts: %s", len(names), len(scripts), LIST)


if __name__ == "__main__":
    main()
