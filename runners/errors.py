"""Errors of the runner.

    RunnerError               base; `str()` is one plain line: what, why, what to do
    ├── WallRequired          this script may run only behind a wall, and none works here
    ├── WallUnavailable       a wall was asked for by name and does not work here
    └── ClusterUnavailable    no machine of the cluster can be reached that takes jobs

All come before any event: a run that has started always ends with `Finished`.
"""

from __future__ import annotations


class RunnerError(Exception):
    """Base of everything `runners` raises on purpose."""


class WallRequired(RunnerError):
    """This script may run only behind a wall, and none works here."""


class WallUnavailable(RunnerError):
    """A wall was asked for by name and does not work here."""


class ClusterUnavailable(RunnerError):
    """No machine of the cluster can be reached that takes jobs."""
