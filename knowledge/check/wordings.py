"""Rules about `points.toml` that need no grading: a wording is long enough to tell its point from the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.bank.models import Problem, Topic
from knowledge.bank.rules import key
from knowledge.check.texts import problem

#: Fewer words, or Chinese characters, are a term that any answer to the topic may hold ("range test").
_WORDS, _HAN = 3, 5
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff][\w'’-]*")


def wordings(topic: Topic) -> Iterator[Problem]:
    """Check what people are taken to say of each key point."""
    path, owners = f"{topic.slug}/points.toml", dict[str, int]()
    for index, point in enumerate(topic.wordings):
        for said in point.said:
            words, han = len(_WORD.findall(said)), len(re.findall(r"[\u3400-\u9fff]", said))
            if words + han / _HAN * _WORDS < _WORDS:
                fix = "say the point itself: a bare term is no claim"
                yield problem(path, f"point {index}: '{said}' is too short to make the point", fix)
            if (before := owners.setdefault(key(said), index)) != index:
                fix = "leave it where it tells that point from the others"
                yield problem(path, f"point {index}: '{said}' stands under point {before}, too", fix)
        for wrong in point.wrong:
            if owners.get(key(wrong)) is not None:
                what = f"point {index}: '{wrong}' is under wrong here and under said at point {owners[key(wrong)]}"
                yield problem(path, what, "leave it in one of the two")
