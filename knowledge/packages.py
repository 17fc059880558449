"""The version of an installed package, as its own files tell it."""

from __future__ import annotations

from importlib.metadata import distribution


def version(package: str) -> str:
    """Return the version of an installed package, as `importlib.metadata.version` does.

    That one parses all that a package tells about itself, its page-long description too, and a start asks for ten.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    found = distribution(package)
    for line in (found.read_text("METADATA") or "").splitlines():
        if not line:
            break  # what follows is the description
        if line.startswith("Version:"):
            return line.removeprefix("Version:").strip()
    return found.version
