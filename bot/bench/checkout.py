"""What is measured only in a checkout of the repository, where `tests/bench` lies."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

_FOLDER = Path("tests", "bench")


class NoCheckout(RuntimeError):
    """The repository, or a package of its tests, is not here."""

    def __init__(self) -> None:
        super().__init__(
            "this needs a checkout of the repository with the tests' packages; pip install -e '.[test]' there"
        )


def module(name: str) -> ModuleType:
    """Return a module of `tests/bench`.

    Raises:
        NoCheckout: this is an installed package, or a package of the tests is missing.
    """
    root = Path(__file__).parents[2]
    if not (root / _FOLDER / f"{name}.py").is_file():
        raise NoCheckout
    if str(root) not in sys.path:  # an installed command knows the packages only
        sys.path.append(str(root))
    try:
        return importlib.import_module(".".join((*_FOLDER.parts, name)))
    except ImportError:
        raise NoCheckout from None
