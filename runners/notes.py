"""What a run may tell besides its output: the keys, and how the far side's words for them are read.

A program could forge every one of them, and would mislead nobody but its author: they are words, never decisions.
"""

from __future__ import annotations

from runners.models import Note

#: Files that did not come back, by the reason; the values are their names, after the number of what was allowed where
#: the reason is one (`left_large`: MiB of one file, `left_many`: how many, `left_pixels` and `left_frames`: millions of
#: pixels).
LEFT = frozenset({
    "left_kind", "left_large", "left_many", "left_hidden", "left_empty", "left_link", "left_deep", "left_picture",
    "left_pixels", "left_frames",
})  # fmt: skip
KEYS = LEFT | {
    "mended", "skipped", "notebook", "python2", "python2_name", "tabs", "missing", "missing_part", "no_input",
    "input_ended", "no_network", "no_file", "no_gpu", "processes", "workers",
}  # fmt: skip
#: Of these the values are a list, and two are one.
_LISTS = LEFT | {"mended", "skipped"}
SEPARATOR = "\x1f"
MOST, MOST_VALUES, LONGEST = 20, 20, 200


def read(line: str) -> Note | None:
    """Return the note in a guard's line `key␟value␟…`, None where it is none."""
    key, *values = line.split(SEPARATOR)
    if key not in KEYS:
        return None
    return Note(key, tuple(value[:LONGEST] for value in values[:MOST_VALUES]))


def merged(notes: list[Note]) -> tuple[Note, ...]:
    """Return the notes, each once, those that are lists put together by their key, in the order they came."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for note in notes[: 5 * MOST]:
        alike = (note.key,) if note.key in _LISTS else (note.key, *note.values)
        found.setdefault(alike, {}).update(dict.fromkeys(note.values))
    return tuple(Note(alike[0], tuple(values)) for alike, values in list(found.items())[:MOST])
