"""A pasted notebook: the code in its cells (https://nbformat.readthedocs.io, versions 3 and 4)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: What may head a cell of Python; any other `%%magic` makes it a cell of something else.
_STILL_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")


def cells(text: str) -> list[str] | None:
    """Return the source of each code cell, None where `text` is no notebook."""
    stripped = text.strip("\ufeff \t\r\n")
    if not stripped.startswith("{") or '"cells"' not in stripped:
        return None
    import json

    try:
        found = json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "nbformat" not in found:
        return None
    listed = found.get("cells") or [cell for sheet in found.get("worksheets", ()) for cell in sheet.get("cells", ())]
    return [_source(cell) for cell in listed if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    text = source if isinstance(source, str) else "".join(map(str, source))
    first = text.lstrip().split(None, 1)[0] if text.strip() else ""
    if first.startswith("%%") and first not in _STILL_PYTHON:
        return "\n".join(f"# {line}" for line in text.split("\n"))
    return text


def joined(sources: list[str]) -> tuple[str, list[int]]:
    """Return the cells as one source, each under its number, and the last line of each."""
    lines: list[str] = []
    ends = []
    for number, source in enumerate(sources, start=1):
        lines += [f"# In[{number}]", *source.split("\n"), ""]
        ends.append(len(lines))
    return "\n".join(lines), ends
