"""Holding a whole interview, for both fronts.

an answer → kept → judged → counted as a review → the part is settled, the next one begins

A process that is killed in between has kept the answer: it is judged when the interview is taken up again, and counts
once, by its source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING, Protocol

from bot.study.drills.attempts import Attempt
from bot.study.interviews import InterviewQuestion, grade_of, of_item
from bot.study.learning import GivenAnswer, Learning
from bot.study.loops import machine
from bot.study.loops.choosing import follow_up, parts_of_role
from bot.study.loops.machine import Loop, LoopStep, Part
from bot.study.loops.report import Report, report
from bot.study.loops.roles import Role
from bot.study.refusals import Refusal
from bot.study.rounds.questions import Question
from bot.study.schedule import grade_of_choice
from knowledge.bank.drills import Drill
from knowledge.bank.errors import QueryError
from knowledge.bank.formerly import find_drill, find_item, find_topic
from knowledge.bank.models import LANGS, Bank, InWords, Lang, Topic
from knowledge.search.terms import UnitRef

if TYPE_CHECKING:
    from bot.study.tutor import Tutor


class _Loops(Protocol):
    async def begin(self, loop: Loop, /) -> Loop: ...

    async def live(self, member_id: int, /) -> Loop | None: ...

    async def get(self, loop_id: int, member_id: int, /) -> Loop | None: ...

    async def last(self, member_id: int, *, role: str | None = None, before: int | None = None) -> Loop | None: ...

    async def move(self, loop_id: int, member_id: int, step: LoopStep, /) -> Loop | None: ...


class _Drills(Protocol):
    async def get(self, member_id: int, topic: str, item: str, /) -> Attempt | None: ...

    async def all(self, member_id: int, /) -> Mapping[tuple[str, str], Attempt]: ...


class ConductStore(Protocol):
    """Where interviews and the work at drills are kept."""

    @property
    def loops(self) -> _Loops:
        """The interviews of all members."""

    @property
    def drills(self) -> _Drills:
        """What members did at drills."""


class Conduct:
    """Whole interviews of all members.

    Args:
        tutor: grades answers.
        learning: counts them as reviews.
        store: keeps the interviews.
        roles: by name.
        clock: Unix time.
        chance: draws what is asked.
    """

    def __init__(
        self,
        tutor: Tutor,
        learning: Learning,
        store: ConductStore,
        roles: Mapping[str, Role],
        clock: Callable[[], float],
        chance: Random,
    ) -> None:
        self._tutor = tutor
        self._learning = learning
        self._store = store
        self.roles = roles
        self._clock = clock
        self._chance = chance

    async def begin(self, member_id: int, role: Role, minutes: int, lang: Lang, bank: Bank | None = None) -> Loop:
        """Begin an interview, or return the one that goes on.

        Args:
            member_id: whose.
            role: which topics it is about.
            minutes: its clock.
            lang: of its questions.
            bank: what may be asked; all there is without it.

        Raises:
            Refusal: the bank has nothing to ask of this role.
        """
        bank = self._tutor.bank if bank is None else bank
        mastery = await self._learning.mastery(member_id)
        done = await self._store.drills.all(member_id)
        parts = parts_of_role(
            role, bank, lang, self._chance,
            limit_s=minutes * 60.0,
            recalled={each.topic.slug: each.recalled for each in mastery},
            passed={key for key, attempt in done.items() if attempt.passed is not None},
            last=await self._store.loops.last(member_id),
        )  # fmt: skip
        if not parts:
            raise Refusal("loop.refused.nothing")
        made = machine.begin(member_id, role.name, lang, minutes * 60.0, parts, self._clock())
        return await self._store.loops.begin(made)

    async def live(self, member_id: int) -> Loop | None:
        """Return the interview that a member has going on."""
        return await self._store.loops.live(member_id)

    async def last(self, member_id: int) -> Loop | None:
        """Return the member's latest interview that is over."""
        return await self._store.loops.last(member_id)

    async def get(self, loop_id: int, member_id: int) -> Loop | None:
        """Return an interview of the member's own; None where it is not there any more."""
        return await self._store.loops.get(loop_id, member_id)

    async def back(self, loop: Loop, guild_id: int | None = None) -> Loop | None:
        """Take an interview up again: an answer that was kept is judged now, else the clock runs on."""
        now = self._clock()
        loop_now = await self._move(loop, lambda before: machine.back(before, now))
        if loop_now is not None and loop_now.part is not None and loop_now.part.answer is not None:
            try:
                return await self.judged(loop_now, loop_now.at, guild_id)
            except QueryError:  # said when it was given; whoever comes back is asked anew
                return await self._store.loops.get(loop.id, loop.member_id)
        if loop_now is not None and loop_now.part is not None and not self.there(loop_now.part):
            number = loop_now.at
            loop_now = await self._move(loop_now, lambda before: machine.skip(before, number, now, "gone"))
            return None if loop_now is None else await self.back(loop_now, guild_id)
        return loop_now

    async def pause(self, loop: Loop, number: int) -> Loop | None:
        """Stop the clock."""
        now = self._clock()
        return await self._move(loop, lambda before: machine.pause(before, number, now))

    async def skip(self, loop: Loop, number: int) -> Loop | None:
        """Leave a part out."""
        now = self._clock()
        return await self._move(loop, lambda before: machine.skip(before, number, now))

    async def finish(self, loop: Loop) -> Loop | None:
        """End it."""
        now = self._clock()
        return await self._move(loop, lambda before: machine.finish(before, now))

    async def answer(self, loop: Loop, number: int, text: str, guild_id: int | None = None) -> Loop | None:
        """Keep an answer to an open question, a follow-up or a bug, then judge it; the next part begins.

        Args:
            loop: the interview.
            number: of the part that is answered.
            text: what was typed, or the letter.
            guild_id: the server it was given in.

        Raises:
            knowledge.bank.errors.QueryError: there is nothing in it to judge; the part is still asked.
            bot.store.errors.StoreError: it could not be kept.
        """
        now = self._clock()
        kept = await self._move(loop, lambda before: machine.typed(before, number, text, now))
        if kept is None or kept.at != number or kept.part is None:
            return kept
        return await self.judged(kept, number, guild_id)

    async def judged(self, loop: Loop, number: int, guild_id: int | None = None) -> Loop | None:
        """Judge the answer that is kept of a part; see `answer`."""
        part = loop.parts[number]
        now, text = self._clock(), part.answer or ""
        source = f"loop:{loop.id}:{number}"
        if part.kind == "bug":
            passed = text in Question.from_json(dict(part.question or {})).right
            grade = grade_of_choice(passed)
            given = GivenAnswer(loop.member_id, part.topic, part.item, grade, source, now, guild_id)
            await self._learning.record([given])
            return await self._move(loop, lambda before: machine.settled(before, number, now, passed=passed))
        asked = self.question(part, loop.lang)
        if asked is None:
            return await self._move(loop, lambda before: machine.skip(before, number, now, "gone"))
        try:
            return await self._in_words(loop, number, asked, text, source, guild_id)
        except QueryError:
            await self._move(loop, lambda before: machine.untyped(before, number, self._clock()))
            raise

    async def _in_words(
        self, loop: Loop, number: int, asked: InterviewQuestion, text: str, source: str, guild_id: int | None
    ) -> Loop | None:
        part, now = loop.parts[number], self._clock()
        every = await self._tutor.grade(asked.topic, text)
        grades = [every[point] for point in part.points if point < len(every)]
        if part.item and grades:
            grade = grade_of(grades)
            given = GivenAnswer(loop.member_id, asked.topic.slug, part.item, grade, source, now, guild_id)
            await self._learning.record([given])
        made = [grade.index for grade in grades if grade.covered and not grade.unsure]
        unsure = [grade.index for grade in grades if grade.unsure]
        following = None
        if part.kind == "open":
            covered = {grade.index for grade in every if grade.covered and not grade.unsure}
            units = await self._holding(asked.topic, [point for point in range(len(every)) if point not in covered])
            following = follow_up(asked.topic, loop.lang, part, covered, units)
        return await self._move(
            loop,
            lambda before: machine.settled(
                before, number, self._clock(), made=made, unsure=unsure, follow_up=following
            ),
        )

    async def _holding(self, topic: Topic, points: list[int]) -> dict[int, UnitRef]:
        found = [(point, await self._tutor.holding(topic, [point])) for point in points]
        return {point: places[0] for point, places in found if places}

    async def drill_done(self, loop: Loop, number: int) -> Loop | None:
        """Go on from the drill: it has passed if it did so since it was asked."""
        now, part = self._clock(), loop.parts[number]
        attempt = await self._store.drills.get(loop.member_id, part.topic, part.item)
        opened = part.opened or 0.0
        tried = attempt is not None and max(attempt.began, attempt.ended or 0.0) >= opened
        passed = attempt is not None and attempt.end == "passed" and (attempt.ended or 0.0) >= opened
        tries, hints = (attempt.tries, attempt.hints) if tried and attempt is not None else (0, 0)
        return await self._move(
            loop, lambda before: machine.settled(before, number, now, passed=passed, tries=tries, hints=hints)
        )

    async def report(self, loop: Loop) -> Report:
        """Return what came of an interview that is over, beside the one of this role before it."""
        before = await self._store.loops.last(loop.member_id, role=loop.role, before=loop.id)
        return report(loop, before)

    def question(self, part: Part, lang: Lang) -> InterviewQuestion | None:
        """Return the question of a part that is answered in words; None where it has left the bank."""
        if part.unit:
            topic = find_topic(self._tutor.bank, part.topic)
            unit = next((each for each in topic.units[lang] if each.id == part.unit), None) if topic else None
            if topic is None or unit is None:
                return None
            answer = unit.text.removeprefix("- ").removeprefix(f"**{unit.lead}**").strip()
            return InterviewQuestion(topic, f"unit-{unit.id}", unit.lead, answer)
        found = find_item(self._tutor.bank, part.topic, part.item)
        if found is None or not isinstance(found[1], InWords):
            return None
        return of_item(found[0], found[1], lang)

    def drill(self, part: Part) -> Drill | None:
        """Return the drill of a part; None where it has left the bank."""
        return find_drill(self._tutor.bank, part.topic, part.item)

    def there(self, part: Part) -> bool:
        """Tell whether what a part asks is still in the bank."""
        if part.kind == "bug":
            return True
        return (self.drill(part) if part.kind == "drill" else self.question(part, LANGS[0])) is not None

    async def _move(self, loop: Loop, step: LoopStep) -> Loop | None:
        return await self._store.loops.move(loop.id, loop.member_id, step)
