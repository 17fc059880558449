"""A question that is answered in one's own words, as in an interview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from knowledge.bank.models import InWords, Kind, Lang, Text, Topic
from knowledge.bank.programs import Wrong
from knowledge.bank.sheet import Sheet

_DRAFT = """\
id = "first-open"
kind = "open"
prompt = { zh = "TODO 用自己的话说说。", en = "TODO say it in your own words." }
points = [0]  # TODO indices into key_points
"""


class Open(InWords):
    """Answered in words; graded by which of the topic's key points it covers."""

    about: ClassVar[Kind] = Kind(name=Text(zh="用自己的话回答", en="In your own words"), least=1, draft=_DRAFT)
    kind: Literal["open"]

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        """Return the item as it stands on paper."""
        points = tuple(topic.meta.key_points[index][lang] for index in self.points)
        return Sheet(self.prompt[lang], points=points, why=self.why[lang] if self.why is not None else None)

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        """Want points that the topic has, each once."""
        missing = sorted(point for point in set(self.points) if point >= len(topic.meta.key_points))
        if missing:
            yield f"points names {missing}", f"topic.toml has key_points 0 to {len(topic.meta.key_points) - 1}"
        if len(set(self.points)) < len(self.points):
            yield "points names a key point twice", "name each once"
