"""Cells of a notebook in nbformat 4.5; their ids are assigned when all cells are there."""

from __future__ import annotations

from typing import Any

Cell = dict[str, Any]


def folded(summary: str, *hidden: str) -> str:
    """Return Markdown that shows `summary`, and the rest where that is clicked."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *hidden, "</details>"])


def markdown_cell(text: str) -> Cell:
    """Return a cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code_cell(source: str, *, tags: list[str] | None = None, printed: str = "") -> Cell:
    """Return a cell of code, with what it printed below it."""
    output = {"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": tags} if tags else {},
        "outputs": [output] if printed else [],
        "source": source.splitlines(keepends=True),
    }
