"""The state of a round: frozen values, and how they are saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

from bot.study.rounds.matching import fold
from bot.study.rounds.questions import Question
from bot.study.rounds.scoring import Standing, TeamStanding, standings, team_standings

RoundPhase = Literal["lobby", "question", "reveal", "over"]
RoundEnd = Literal["done", "stopped", "unattended", "nobody", "unposted"]
#: What an open question waits for before its time runs: to be posted, or to be taken up again after a restart.
Awaits = Literal["post", "again"]
#: What brings the next question: the time for reading the answer, or whoever leads the round.
RoundPace = Literal["clock", "host"]

MAX_TEAMS = 4
#: Fields that are saved as they are; those in the second line may be missing where an older version saved.
_OWN = ("phase", "number", "opened", "message", "until", "hurry", "paused_at", "silent", "end")
_NEWER = ("ahead", "awaits", "planned")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the host chose, and the times that are the same for all.

    Attributes:
        seconds: how long a question of the plainest kind is open; see `Question.time`.
        scale: the server's own factor for that.
        teams: how many there are; 0 for everyone alone.
        lobby_s: how long the lobby waits for *Start*.
        grace_s: after a question's end, how long a press that was in time may take to arrive.
        hurry_s: when everyone has answered, how long they may still change their minds.
        paused_s: how long a pause may last.
        unattended: after so many questions in a row without any answer the round stops.
        absent: who missed so many in a row is not waited for any more, until they answer again.
        reveal_s: how long an answer is shown; None for long enough to read why.
        restart_s: what a restart leaves of a question at least.
        unposted_s: how long it is tried to show what Discord does not take.
        pace: what brings the next question; a host has `paused_s` for it.
        until_right: whether what was missed comes again at the end.
        showings: how often a question is asked at most, however often it is missed.
        count: how many questions were wished for; 0 where an older version did not keep it, nor what follows.
        topics: of which; with none and no packs, of all.
        packs: the names of those that were wished for, too.
        kinds: of which kinds; of all with none.
    """

    seconds: float = 30.0
    teams: int = 0
    lobby_s: float = 600.0
    grace_s: float = 1.5
    hurry_s: float = 5.0
    paused_s: float = 1800.0
    unattended: int = 2
    absent: int = 2
    reveal_s: float | None = None
    restart_s: float = 15.0
    unposted_s: float = 1800.0
    scale: float = 1.0
    pace: RoundPace = "clock"
    until_right: bool = False
    showings: int = 3
    count: int = 0
    topics: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Player:
    """A member who takes part. `team` is None before teams are made; `away`: left, but the answers given stay."""

    name: str
    team: int | None = None
    away: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Press:
    """One answer given: `id` is unique and rises with time, `at` is that time (of the press, not of its arrival)."""

    id: int
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class MemberAnswer:
    """A member's answer to one question: the presses that count, and the points when the question is closed."""

    first: Press
    changed: Press | None = None
    correct: bool | None = None
    points: int | None = None

    @classmethod
    def of(cls, first: Press, final: Press, correct: bool | None = None, points: int | None = None) -> Self:
        """Return an answer from its first press and the one that counts, which may be the same."""
        return cls(first, final if final.id != first.id else None, correct, points)

    @property
    def final(self) -> Press:
        """The press that counts."""
        return self.changed or self.first

    def merged(self, press: Press) -> MemberAnswer:
        """Return the answer with one more press taken in: the earliest two that say different things are kept."""
        earliest = {fold(self.first.text): self.first}
        if self.changed is not None:
            earliest[fold(self.changed.text)] = self.changed
        said = fold(press.text)
        earliest[said] = min(earliest.get(said, press), press)
        first, *others = sorted(earliest.values())
        return replace(self, first=first, changed=others[0] if others else None)


@dataclass(frozen=True, slots=True)
class State:
    """The whole state of a round. All times are Discord's clock, which members see and presses carry.

    Attributes:
        rules: what the host chose.
        questions: all of them, from the start; what was missed is added when it comes again.
        owner: who started it; None once they had themselves forgotten.
        phase: where it is.
        number: of the question, from 1; 0 in the lobby.
        ahead: how many seconds Discord's clock is ahead of the host's; the host's is used for durations only.
        awaits: what the open question waits for; None while its time runs.
        planned: how many questions there were before missed ones came again; 0 while none has.
        opened: when the question was posted; until that is known, when it was about to be.
        message: what the question was posted as; None while that is not known.
        until: when the phase ends by itself, which members are told.
        hurry: an earlier end, set when everyone has answered.
        pauses: begin and end of the pauses of this question.
        paused_at: since when it is paused; None when it goes on.
        silent: questions in a row without any answer.
        skipped: numbers of questions that count for nobody.
        end: why it is over.
        players: by member.
        answers: by question number and member.
    """

    rules: Rules
    questions: tuple[Question, ...]
    owner: int | None
    until: float
    phase: RoundPhase = "lobby"
    number: int = 0
    ahead: float = 0.0
    awaits: Awaits | None = None
    planned: int = 0
    opened: float = 0.0
    message: int | None = None
    hurry: float | None = None
    pauses: tuple[tuple[float, float], ...] = ()
    paused_at: float | None = None
    silent: int = 0
    skipped: tuple[int, ...] = ()
    end: RoundEnd | None = None
    players: Mapping[int, Player] = field(default_factory=dict)
    answers: Mapping[tuple[int, int], MemberAnswer] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """The question that is open or was closed last."""
        return self.questions[self.number - 1]

    @property
    def due(self) -> float | None:
        """When to send the next `Tick`, by the host's clock; None when nothing comes by itself any more."""
        if self.phase == "over":
            return None
        if self.paused_at is not None:
            return self.paused_at + self.rules.paused_s - self.ahead
        if self.phase != "question":
            return self.until - self.ahead
        if self.awaits is not None:
            return self.until + self.rules.unposted_s - self.ahead
        return min(self.until, self.hurry or self.until) + self.rules.grace_s - self.ahead

    @property
    def question_s(self) -> float:
        """Seconds that the question is open."""
        return self.rules.seconds * self.rules.scale * self.question.time

    @property
    def reveal_s(self) -> float:
        """Seconds that it takes to read the answer to the question."""
        return self.rules.reveal_s or self.question.reveal_s

    @property
    def shown_s(self) -> float:
        """Seconds until something happens by itself after the answer was shown."""
        return self.rules.paused_s if self.rules.pace == "host" else self.reveal_s

    @property
    def last(self) -> bool:
        """Whether the results come after this question."""
        return self.number == len(self.questions) and not self.coming_again()

    def coming_again(self) -> tuple[Question, ...]:
        """Return the missed questions that come after the last one, as they will be asked, in the order of before.

        Missed is what somebody had wrong, or nobody answered, when it was asked last.
        """
        if not self.rules.until_right or self.number != len(self.questions):
            return ()
        asked: dict[tuple[str, str], list[int]] = {}
        for number, question in enumerate(self.questions, 1):
            asked.setdefault((question.topic, question.item), []).append(number)
        return tuple(
            self.questions[numbers[-1] - 1].turned(len(numbers))
            for numbers in asked.values()
            if len(numbers) < self.rules.showings and self._missed(numbers[-1])
        )

    def _missed(self, number: int) -> bool:
        given = self.given(number)
        return number not in self.skipped and not (given and all(answer.correct for answer in given.values()))

    def awaited(self) -> frozenset[int]:
        """Return the players whom the open question waits for: neither gone nor silent for too long."""
        counted = [number for number in range(1, self.number) if number not in self.skipped]
        lately = counted[-self.rules.absent :]
        return frozenset(
            member
            for member, player in self.players.items()
            if not player.away
            and ((self.number, member) in self.answers or len(lately) < self.rules.absent
                 or any((number, member) in self.answers for number in lately))
        )  # fmt: skip

    def given(self, number: int) -> dict[int, MemberAnswer]:
        """Return the answers to one question, by member."""
        return {member: answer for (n, member), answer in self.answers.items() if n == number}

    def totals(self) -> dict[int, tuple[int, int]]:
        """Return each player's (points, right answers) so far."""
        totals = dict.fromkeys(self.players, (0, 0))
        for (_, member), answer in self.answers.items():
            if member in totals and answer.points is not None:
                total, right = totals[member]
                totals[member] = (total + answer.points, right + bool(answer.correct))
        return totals

    def standings(self) -> tuple[Standing, ...]:
        """Return the table of players so far."""
        return standings(self.totals())

    def team_standings(self) -> tuple[TeamStanding, ...]:
        """Return the table of teams so far; empty without teams."""
        totals = self.totals()
        return team_standings(
            (player.team, totals[member][0]) for member, player in self.players.items() if player.team is not None
        )


def begin(rules: Rules, questions: tuple[Question, ...], owner: int, now: float, ahead: float = 0.0) -> State:
    """Return a round in its lobby; `now` is the host's time, and Discord's is `ahead` of it.

    Raises:
        ValueError: no questions, or more teams than there may be.
    """
    if not questions or rules.teams not in (0, *range(2, MAX_TEAMS + 1)):
        raise ValueError(f"{len(questions)} questions, {rules.teams} teams")
    return State(rules, questions, owner, until=now + ahead + rules.lobby_s, ahead=ahead)


def dump(state: State) -> dict[str, Any]:
    """Return the state as JSON, without questions and without anything about members: they are kept in rows."""
    values = {name: getattr(state.rules, name) for name in Rules.__dataclass_fields__}
    rules = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    lists = {"pauses": [list(pause) for pause in state.pauses], "skipped": list(state.skipped)}
    return {"rules": rules, **lists, **{name: getattr(state, name) for name in (*_OWN, *_NEWER)}}


def load(
    saved: Mapping[str, Any],
    questions: tuple[Question, ...],
    owner: int | None,
    players: Mapping[int, Player],
    answers: Mapping[tuple[int, int], MemberAnswer],
) -> State:
    """Return the state that `dump` made into `saved`.

    Raises:
        ValueError: something else was saved, perhaps by another version.
    """
    try:
        if saved["phase"] not in get_args(RoundPhase) or not 0 <= saved["number"] <= len(questions):
            raise ValueError("no such phase or question")
        given: dict[str, Any] = dict(saved["rules"])
        rules: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        own = {name: saved[name] for name in _OWN} | {name: saved[name] for name in _NEWER if name in saved}
        return State(
            Rules(**rules), questions, owner, skipped=tuple(saved["skipped"]),
            pauses=tuple((since, to) for since, to in saved["pauses"]), players=players, answers=answers, **own,
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no saved round: {error!r}") from None
