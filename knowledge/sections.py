"""Which section of an explanation a question wants: cue phrases from `sections.toml`, the earliest one decides."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import cast

from knowledge.models import LANGS, SectionId
from knowledge.query import HAN


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, SectionId]]:
    """Return one pattern over all cues, longest first, and each cue's section."""
    data = tomllib.loads(files("knowledge").joinpath("sections.toml").read_text(encoding="utf-8"))
    cues = {cue: cast(SectionId, section) for section, texts in data.items() for lang in LANGS for cue in texts[lang]}
    longest_first = sorted(cues, key=lambda cue: (-len(cue), cue))
    parts = [re.escape(cue) if HAN.search(cue) else rf"(?<![\w-]){re.escape(cue)}(?![\w-])" for cue in longest_first]
    return re.compile("|".join(parts), re.ASCII), cues


def route(text: str) -> SectionId:
    """Return the section that normalised `text` asks for; `answer` when it has no cue."""
    pattern, cues = _cues()
    match = pattern.search(text)
    return cues[match.group()] if match else "answer"
