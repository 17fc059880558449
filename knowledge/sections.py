"""Which section of an explanation a question wants: cue phrases from `sections.toml`, longest match first."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import cast

from knowledge.models import LANGS, SectionId
from knowledge.query import HAN


@cache
def _cues() -> tuple[tuple[str, SectionId], ...]:
    data = tomllib.loads(files("knowledge").joinpath("sections.toml").read_text(encoding="utf-8"))
    cues = [(cue, cast(SectionId, section)) for section, texts in data.items() for lang in LANGS for cue in texts[lang]]
    return tuple(sorted(cues, key=lambda pair: (-len(pair[0]), pair[0])))


def route(text: str) -> SectionId:
    """Return the section that normalised `text` asks for; `answer` when it has no cue."""
    for cue, section in _cues():
        if (cue in text) if HAN.search(cue) else re.search(rf"\b{re.escape(cue)}\b", text):
            return section
    return "answer"
