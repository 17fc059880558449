"""What a run tells besides its output, in words: what was mended, what is not here, which files did not come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bot.wording import say
from knowledge.models import Lang
from runners.artifacts import MEDIA_TYPES
from runners.models import Finished, Note
from runners.notes import LEFT

Front = Literal["terminal", "discord"]
#: One message of Discord's has room for this much beside the output.
_ROOM = 1_000


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
    key = note.key
    first, second, *rest = (*note.values, "", "")
    names = ", ".join
    match key:
        case "mended":
            known = [f"run.mended.{kind}" for kind in note.values]
            return say("run.note.mended", ui, what=("、" if ui == "zh" else ", ").join(say(key, ui) for key in known))
        case "skipped":
            return say("run.note.skipped", ui, lines=clean(names(note.values)))
        case "python2_name":
            return say("run.note.python2_name", ui, old=clean(first), new=clean(second))
        case "python2" | "tabs":
            return say(f"run.note.{key}", ui, line=clean(first))
        case "missing" if second:
            return say("run.note.missing_near", ui, name=clean(first), near=clean(second))
        case "missing":
            return say("run.note.missing", ui, name=clean(first), here=clean(names(each for each in rest if each)))
        case "missing_part":
            return say("run.note.missing_part", ui, name=clean(first), top=clean(second))
        case "no_input" | "input_ended":
            return say(f"run.note.{key}", ui, how=say(f"run.how.{front}", ui))
        case "no_network" if note.values:
            return say("run.note.no_network", ui, sets=clean(names(note.values)))
        case "no_network":
            return say("run.note.no_network_bare", ui)
        case "left_large" | "left_many":
            return say(f"run.note.{key}", ui, most=clean(first), names=clean(names(note.values[1:])))
        case _ if key in LEFT:
            kinds = " ".join(kind.removeprefix(".") for kind in MEDIA_TYPES)
            return say(f"run.note.{key}", ui, names=clean(names(note.values)), kinds=kinds)
        case _:
            return say(f"run.note.{key}", ui, name=clean(first), count=clean(first))
