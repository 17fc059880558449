"""A peer of the benchmark: `multiprocessing`'s forkserver with everything preloaded, and no wall.

`forkserver.py MODULE…`; a line with a folder in, whose `example.py` is run; a line with the seconds to the first
output, to the end, and of CPU out.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import runpy
import sys
import time
from typing import Any


def play(folder: str, out: int) -> None:
    """Run the folder's script with its output going to a descriptor."""
    os.dup2(out, 1)
    os.chdir(folder)
    runpy.run_path("example.py", run_name="__main__")
    sys.stdout.flush()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with open("cpu", "w", encoding="ascii") as file:
        file.write(str(usage.ru_utime + usage.ru_stime))


def send(folder: str, connection: Any) -> None:  # noqa: ANN401 - multiprocessing does not name its type
    """Take the descriptor that comes over the connection, then play."""
    from multiprocessing import reduction

    play(folder, reduction.recv_handle(connection))


def main() -> None:
    """Serve folders until standard input ends."""
    from multiprocessing import reduction

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(sys.argv[1:])
    warm = context.Process(target=time.monotonic)
    warm.start()
    warm.join()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        folder = line.strip()
        read, write = os.pipe()
        began = time.perf_counter()
        ours, theirs = context.Pipe()
        process = context.Process(target=send, args=(folder, theirs))
        process.start()
        reduction.send_handle(ours, write, process.pid)
        os.close(write)
        os.read(read, 1)
        first = time.perf_counter() - began
        while os.read(read, 65536):
            pass
        process.join()
        total = time.perf_counter() - began
        os.close(read)
        with open(os.path.join(folder, "cpu"), encoding="ascii") as file:
            sys.stdout.write(f"{first} {total} {file.read()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
