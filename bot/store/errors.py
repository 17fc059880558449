"""Errors of the store.

StoreError                 base; `str()` is one plain line: what, why, what to do
├── DatabaseUrlError       EPOCH_DATABASE_URL names no database that Epoch can use
├── DatabaseUnavailable    it cannot be opened, reached or written
│   ├── LeaseLost          another process may serve it by now, so this one must not write
│   └── DamagedDatabase    what lies in its file is no sound database any more
├── MigrationError         an old database could not be brought up to date; it is as it was
├── NewerDatabase          a newer Epoch wrote it
├── BackupError            a backup cannot be written, read or put in place; the database is as it was
└── RoundExists            a round is going on in that channel already
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class DatabaseUrlError(StoreError):
    """EPOCH_DATABASE_URL names no database that Epoch can use."""


class DatabaseUnavailable(StoreError):
    """The database cannot be opened, reached or written."""


class LeaseLost(DatabaseUnavailable):
    """Another process may serve the database by now, so this one must not write."""


class DamagedDatabase(DatabaseUnavailable):
    """What lies in the file is no sound database any more."""


class MigrationError(StoreError):
    """An old database could not be brought up to date; it is as it was."""


class NewerDatabase(StoreError):
    """A newer version of Epoch wrote the database."""


class BackupError(StoreError):
    """A backup cannot be written, read or put in place; the database is as it was."""


class RoundExists(StoreError):
    """A round is going on in that channel already."""
