"""Rules about `points.toml` and `pairs.tsv` that need no grading: a wording tells its point, and is right or wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.bank.loader import PAIRS_FILE
from knowledge.bank.models import Problem, Topic
from knowledge.bank.rules import key
from knowledge.check.texts import problem
from knowledge.grading import pairs

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


def turned_pairs(topic: Topic) -> Iterator[Problem]:
    """Check the claims and their reversals: each is about a point that there is, and is right or wrong, not both."""
    path, points = f"{topic.slug}/{PAIRS_FILE}", len(topic.meta.key_points)
    found, strange = pairs.of(topic)
    for line in strange:
        fix = "write the number of the key point, the right claim and the wrong one, with a tab between them"
        yield problem(path, f"line {line} is no pair", fix)
    sides = [{key(pair.right): pair.line for pair in found}, {key(pair.wrong): pair.line for pair in found}]
    for pair in found:
        if pair.point >= points:
            yield problem(path, f"line {pair.line} is about point {pair.point}", f"name one of 0 to {points - 1}")
        if (other := sides[1].get(key(pair.right))) is not None:
            what = f"line {pair.line}: '{pair.right}' is right here and wrong in line {other}"
            yield problem(path, what, "leave it on one side")
        if sides[0][key(pair.right)] != pair.line or sides[1][key(pair.wrong)] != pair.line:
            yield problem(path, f"line {pair.line} says what a later line says", "leave out one of the two")
