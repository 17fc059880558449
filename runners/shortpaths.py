"""Where Python lies on the host is nobody's business: `/home/x/…/site-packages/numpy/core.py` → `numpy/core.py`.

Tracebacks and warnings name the files they pass through. Their module says all that a learner needs.
"""

from __future__ import annotations

import os
import re
import site
import sys
import sysconfig
from functools import cache

#: Prefixes of the system's own interpreter, which name nobody.
_PUBLIC = ("/usr", "/usr/local", "/")


@cache
def host_folders() -> tuple[str, ...]:
    """Return the folders of this interpreter and its packages, each with a slash at its end, the longest first."""
    packages = [entry for entry in sys.path if os.path.basename(entry) in ("site-packages", "dist-packages")]
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    prefixes = [p for p in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix) if p not in _PUBLIC]
    found = [*packages, site.getusersitepackages(), *libraries, *prefixes]
    named = {f"{path.rstrip('/')}/" for each in found for path in (each, os.path.realpath(each)) if path.strip("/")}
    return tuple(sorted(named, key=lambda path: (-len(path), path)))


class PathFilter:
    """Passes text on as it comes, less the host's folders before names of files. The start of one is held back.

    Args:
        folders: what is taken away, each with a slash at its end.
    """

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._pattern = re.compile("|".join(map(re.escape, folders)) or r"(?!)")
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what of `text`, and of what was held back, can be shown."""
        text = self._held + text
        start = self._begun(text)
        self._held = text[start:]
        return self._pattern.sub("", text[:start])

    def flush(self) -> str:
        """Return what is held back, and forget it."""
        text, self._held = self._held, ""
        return self._pattern.sub("", text)

    def _begun(self, text: str) -> int:
        """Return where a folder's name begins that the text may not hold to its end."""
        longest = len(self._folders[0]) if self._folders else 0
        whole = [match.span() for match in self._pattern.finditer(text)]
        for start in range(max(0, len(text) - longest), len(text)):
            rest = text[start:]
            if any(folder != rest and folder.startswith(rest) for folder in self._folders):
                return next((end for begin, end in whole if begin < start < end), start)
        return len(text)
