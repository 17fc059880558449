"""The runner stands on its own: nothing of the bank or the fronts, and next to nothing on the far side of the wall."""

import subprocess
import sys


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_runner_imports_nothing_of_the_bank_or_the_fronts() -> None:
    outside = loaded_by("import runners.local") - set(sys.stdlib_module_names) - {"runners"}
    assert not {name for name in outside if not name.startswith("_")}


def test_the_guard_imports_little_because_every_import_delays_the_first_line() -> None:
    loaded = loaded_by("import runners.inside.guard")
    assert not loaded & {"dataclasses", "typing", "json", "asyncio", "subprocess", "socket", "ctypes", "logging"}
