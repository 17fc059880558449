"""What a run tells besides its output, in words: what was mended, what is not here, which files did not come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bot.wording import entries, languages, say
from knowledge.bank.models import Lang
from runners.artifacts import MEDIA_TYPES
from runners.models import Finished, Note

Front = Literal["terminal", "discord"]
#: One message of Discord's has room for this much beside the output.
_ROOM = 700

#: Notes whose values have a name each.
_FIELDS = {
    "notebook": ("count",), "workers": ("count",), "python2": ("line",), "tabs": ("line",), "no_file": ("name",),
    "python2_name": ("old", "new"), "missing_part": ("name", "top"),
}  # fmt: skip


def told(end: Finished, ui: Lang, front: Front, clean: Callable[[str], str]) -> list[str]:
    """Return what the notes of a run say, a line each, no more than a message has room for.

    Args:
        end: has the notes, whose values may be anything.
        ui: language of the interface.
        front: where it is shown.
        clean: makes foreign text harmless there.
    """
    lines: list[str] = []
    for note in end.notes:
        line = _words(note, ui, front, clean)
        if sum(map(len, lines)) + len(line) <= _ROOM:
            lines.append(line)
    return lines


def _words(note: Note, ui: Lang, front: Front, clean: Callable[[str], str]) -> str:
    key, values = note.key, [clean(value) for value in note.values]
    listed = clean(", ".join(note.values))
    match key:
        case "mended":
            what = languages.listed((say(f"run.mended.{kind}", ui) for kind in _known_kinds(note)), ui)
            return say("run.note.mended", ui, what=what)
        case "missing":
            name, near, *here = (*note.values, "", "")
            if near:
                return say("run.note.missing_near", ui, name=clean(name), near=clean(near))
            return say("run.note.missing", ui, name=clean(name), here=clean(", ".join(filter(None, here))))
        case "no_input" | "input_ended":
            return say(f"run.note.{key}", ui, how=say(f"run.how.{front}", ui))
        case "no_network":
            return say("run.note.no_network" if values else "run.note.no_network_bare", ui, sets=listed)
        case "left_large" | "left_many" | "left_pixels" | "left_frames":
            # A note is the program's own word, which may lack what it should have.
            return say(f"run.note.{key}", ui, most="".join(values[:1]), names=clean(", ".join(note.values[1:])))
    kinds = " ".join(kind.removeprefix(".") for kind in MEDIA_TYPES)
    named = dict(zip(_FIELDS.get(key, ()), [*values, "", ""], strict=False))
    return say(f"run.note.{key}", ui, names=listed, lines=listed, kinds=kinds, **named)


def _known_kinds(note: Note) -> list[str]:
    """Return what was mended, as far as there are words for it: the words come from the program's own side."""
    return [kind for kind in note.values if f"run.mended.{kind}" in entries()]
