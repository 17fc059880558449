"""Exit statuses of the `epoch` command; 0 is done.

A command that does one thing and ends says only whether it worked. `epoch serve` runs for years under a service
manager, which has to tell what a restart mends from what only the host can: it ends with the statuses of sysexits.h
(`bot.endings` chooses). Of these, a restart helps with `UNAVAILABLE`, `NO_HOST` and `TRY_AGAIN`.
"""

from __future__ import annotations

#: The thing asked for failed.
FAILED = 1
#: It was asked for in a way that makes no sense.
USAGE = 2
#: Ctrl-C, as shells have it.
INTERRUPTED = 130

# What follows is said by `epoch serve` alone. Numbers, for `os` has their names on Unix only.
#: What is kept cannot be read: a damaged database, or one that a newer Epoch wrote (EX_DATAERR).
DATA = 65
#: A name cannot be resolved (EX_NOHOST).
NO_HOST = 68
#: Discord, the database or the cluster is away (EX_UNAVAILABLE).
UNAVAILABLE = 69
#: The system refused something else, such as memory or more open files (EX_OSERR).
SYSTEM = 71
#: A file that has to be there is not (EX_OSFILE).
MISSING = 72
#: Something cannot be written: no room, or a file system that is read only (EX_CANTCREAT).
UNWRITABLE = 73
#: Not now: another process holds it, or Discord wants to be left alone for a while (EX_TEMPFAIL).
TRY_AGAIN = 75
#: The other side cannot be trusted or understood: TLS (EX_PROTOCOL).
PROTOCOL = 76
#: The user that runs Epoch may not do it (EX_NOPERM).
DENIED = 77
#: A setting or the token is wrong (EX_CONFIG).
CONFIG = 78
