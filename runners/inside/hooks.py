"""Callbacks for the first import of a module: a module that a program does not import costs it nothing."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Then = Callable[[ModuleType], None]


def when_imported(name: str, then: Then) -> None:
    """Call `then` with the module called `name`: now if it is there, else as soon as it was imported."""
    if module := sys.modules.get(name):
        then(module)
    else:
        _finder.awaited.setdefault(name, []).append(then)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)


class _Finder:
    """Finds nothing itself: it asks the others, and stands beside the loader they give."""

    def __init__(self) -> None:
        self.awaited: dict[str, list[Then]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        thens = self.awaited.pop(name, None)  # also keeps the question below from coming back here
        if not thens:
            return None
        from importlib.util import find_spec

        spec = find_spec(name)
        if spec is None or spec.loader is None:
            self.awaited[name] = thens
            return None
        spec.loader = _Loader(spec.loader, thens)  # type: ignore[assignment]  # its base class imports `typing`
        return spec


class _Loader:
    """Another's loader, and what is to be done after it."""

    def __init__(self, real: Any, thens: list[Then]) -> None:
        self._real, self._thens = real, thens

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._real.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        # The module is its loader's own again: some of them are asked for more than to load.
        module.__loader__ = self._real
        if module.__spec__:
            module.__spec__.loader = self._real
        self._real.exec_module(module)
        for then in self._thens:
            then(module)


_finder = _Finder()
