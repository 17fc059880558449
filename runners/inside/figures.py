"""Figures as a notebook keeps them: what is shown becomes a picture that is sent back.

`plt.show()`, `Figure.show()` and PIL's `Image.show()` open no window here: each saves `figure_1.png`, `figure_2.png`, …
in the work folder. A figure that the program has saved itself is not kept a second time.
"""

from __future__ import annotations

import os
import sys
from functools import wraps
from types import ModuleType
from weakref import WeakSet

from runners.inside.hooks import when_imported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Formats in which a saved figure comes back (`collect.PICTURES`); none is matplotlib's own choice, PNG.
_SEEN = ("", ".png", ".jpg", ".jpeg", ".gif")
#: Ways to draw that are there without a window.
_WITHOUT_WINDOW = frozenset({"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"})

_saved: WeakSet[Any] = WeakSet()


def keep_figures() -> None:
    """See that figures are kept, whenever the program imports what draws them."""
    when_imported("matplotlib", _ignore_windows)
    when_imported("matplotlib.figure", _watch_figures)
    when_imported("matplotlib.pyplot", _show_by_saving)
    when_imported("PIL.ImageShow", _keep_images)


def keep_open_figures() -> None:
    """Save what was drawn with pyplot and neither shown nor saved, as a notebook does at the end of a cell."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        _keep_all(pyplot)


def _ignore_windows(matplotlib: Any) -> None:
    use = matplotlib.use

    @wraps(use)
    def use_without_window(backend: str, *args: object, **kwargs: object) -> None:
        if _without_window(backend):
            use(backend, *args, **kwargs)

    matplotlib.use = use_without_window


def _without_window(backend: object) -> bool:
    return not isinstance(backend, str) or backend.lower() in _WITHOUT_WINDOW


def _watch_figures(module: Any) -> None:
    figure = module.Figure
    savefig = figure.savefig

    @wraps(savefig)
    def savefig_noted(self: Any, fname: Any, *args: Any, **kwargs: Any) -> Any:
        done = savefig(self, fname, *args, **kwargs)
        if isinstance(fname, str | os.PathLike):
            extension = os.path.splitext(os.fspath(fname))[1].lower()
            if extension in _SEEN and f".{kwargs.get('format') or 'png'}".lower() in _SEEN:
                _saved.add(self)
        return done

    @wraps(figure.show)
    def show(self: Any, warn: bool = True) -> None:
        if self not in _saved:
            _keep(self)

    figure.savefig, figure.show = savefig_noted, show


def _show_by_saving(pyplot: Any) -> None:
    switch = pyplot.switch_backend

    @wraps(pyplot.show)
    def show(*args: object, block: bool | None = None, **kwargs: object) -> None:
        # Without blocking, as `pause` asks in an animation, the figure goes on changing: it is kept at the end.
        if block is not False:
            _keep_all(pyplot)

    @wraps(switch)
    def switch_without_window(newbackend: str) -> None:
        if _without_window(newbackend):
            switch(newbackend)

    pyplot.show, pyplot.switch_backend = show, switch_without_window


def _keep_all(pyplot: ModuleType) -> None:
    """Save and close all figures: what is drawn next is a new one, as after a window that was closed."""
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        pyplot.close(figure)
        if figure not in _saved and (figure.axes or figure.texts or figure.images or figure.subfigs):
            _keep(figure)


def _keep(figure: Any) -> None:
    figure.savefig(_free_name())


def _free_name() -> str:
    number = 1
    while os.path.lexists(f"figure_{number}.png"):
        number += 1
    return f"figure_{number}.png"


def _keep_images(module: Any) -> None:
    class Keeper(module.Viewer):  # type: ignore[misc]
        """Shows an image by saving it."""

        def show(self, image: Any, **options: object) -> int:
            plain = image if image.mode in ("1", "L", "LA", "I", "P", "RGB", "RGBA") else image.convert("RGB")
            plain.save(_free_name())
            return 1

    module.register(Keeper, 0)
