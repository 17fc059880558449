"""A Ray cluster of several machines that are all this one, for benchmarks and tests; it listens on 127.0.0.1 alone."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MiB = 1024 * 1024
#: Ray notices a machine that is gone by its broken connection or by this; its own default takes many seconds.
_HEALTH = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 10_000,
    "health_check_failure_threshold": 4,
}


class LocalCluster:
    """A head that runs nothing, and machines that may be lost."""

    def __init__(self, cluster: Any) -> None:  # noqa: ANN401 - Ray's, which has no types
        self._cluster = cluster

    @property
    def address(self) -> str:
        """What `EPOCH_RUNNER` takes."""
        return f"ray://{self._cluster.address}"

    def add(self) -> Any:  # noqa: ANN401
        """Start one more machine and return it."""
        return self._cluster.add_node(
            num_cpus=1, object_store_memory=80 * MiB, node_ip_address="127.0.0.1", include_dashboard=False
        )

    def lose(self, machine: Any) -> None:  # noqa: ANN401
        """Have a machine go away without a word, and all that runs on it."""
        self._cluster.remove_node(machine, allow_graceful=False)


@contextmanager
def local_cluster() -> Iterator[LocalCluster]:
    """Start the head of a cluster, and end it with all its machines.

    Raises:
        ImportError: Ray is not installed.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray._private import ray_constants
    from ray.cluster_utils import Cluster

    # As on macOS; elsewhere Ray puts the address of a network card in the place of 127.0.0.1.
    ray_constants.ENABLE_RAY_CLUSTER = False
    logging.getLogger("ray").setLevel(logging.ERROR)
    with contextlib.ExitStack() as stack:
        cluster = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 0,
                "object_store_memory": 80 * MiB,
                "node_ip_address": "127.0.0.1",
                "include_dashboard": False,
                "_system_config": _HEALTH,
            },
        )
        stack.callback(cluster.shutdown)
        yield LocalCluster(cluster)
