"""PyTorch's data loaders without worker processes, which hand tensors over by sockets that no wall lets them make.

With workers a loader would wait for ever. Without, it yields the same batches, in the same order.
"""

from __future__ import annotations

from functools import wraps

from runners.inside.hooks import when_imported
from runners.inside.tell import tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load_without_workers() -> None:
    """See that loaders do their own work, as soon as the program imports them."""
    when_imported("torch.utils.data.dataloader", _patch)


def _patch(module: Any) -> None:
    loader = module.DataLoader
    make = loader.__init__

    @wraps(make)
    def make_without(self: Any, *args: Any, **kwargs: Any) -> None:
        # The sixth argument after the data set, where it is given by its place.
        wanted = args[_PLACE] if len(args) > _PLACE else kwargs.get("num_workers", 0)
        if isinstance(wanted, int) and wanted > 0:
            tell("workers", str(wanted))
            args = tuple(0 if place == _PLACE else value for place, value in enumerate(args))
            kwargs = {name: value for name, value in kwargs.items() if name not in _WORKERS_ONLY}
            if len(args) <= _PLACE:
                kwargs["num_workers"] = 0
        make(self, *args, **kwargs)

    loader.__init__ = make_without


#: Of `DataLoader(dataset, batch_size, shuffle, sampler, batch_sampler, num_workers, …)`.
_PLACE = 5
#: What a loader without workers refuses.
_WORKERS_ONLY = frozenset({
    "num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn",
})  # fmt: skip
