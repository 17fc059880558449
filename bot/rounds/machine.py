"""One quiz round as a pure state machine: no Discord, no clock, no chance, no database.

    lobby → question → reveal → question → … → over

`step(state, event, now)` returns the next state, a reply to whoever caused the event, and what has to be shown. Presses
may arrive in any order and more than once: the earliest press of a member counts, and their earliest press of anything
else changes it, once. That is a function of the set of presses, so nobody gains or loses by how they travelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.rounds.matching import fold, matches
from bot.rounds.scoring import points
from bot.rounds.state import Answer, End, Phase, Player, Press, State

Reply = Literal[
    "joined", "joined_already", "too_late_to_join", "left",
    "counted", "changed", "same", "changed_already", "closed", "late", "paused_now", "no_option",
    "started", "nobody_joined", "paused", "paused_already", "resumed", "not_paused", "skipped", "not_going_on",
    "stopped", "over", "not_allowed",
]  # fmt: skip

MAX_TYPED = 200


@dataclass(frozen=True, slots=True)
class Join:
    """*Join* was pressed, for a team where there are any."""

    member: int
    name: str
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """*Start* was pressed."""

    member: int
    moderator: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The question was posted, as a message of that id."""

    number: int
    at: float
    message: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """A member answered; whoever has not joined yet does so by this."""

    number: int
    member: int
    name: str
    press: Press


@dataclass(frozen=True, slots=True)
class Control:
    """Pause, resume, skip or stop."""

    what: Literal["pause", "resume", "skip", "stop"]
    member: int
    moderator: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The program was away, nobody knows for how long."""


@dataclass(frozen=True, slots=True)
class Forget:
    """A member wants all that is known of them gone."""

    member: int


Event = Join | Start | Opened | Answered | Control | Tick | Restarted | Forget
#: What has to be shown when the new state is saved: the lobby, a question, its answer, the same message anew, the end.
Effect = Literal["lobby", "ask", "reveal", "redraw", "finish"]


@dataclass(frozen=True, slots=True)
class Step:
    """What came of an event."""

    state: State
    reply: Reply | None = None
    effects: tuple[Effect, ...] = ()


def step(state: State, event: Event, now: float) -> Step:
    """Take in one event at the time `now`; whatever the event, the result is a state one can go on from."""
    match event:
        case Answered():
            return _answered(state, event, now)
        case Tick():
            return _tick(state, now)
        case Opened():
            if state.phase == "question" and event.number == state.number:
                return Step(replace(state, opened=event.at, message=event.message))
            return Step(state)
        case Join():
            return _join(state, event)
        case Start():
            return _start(state, event, now)
        case Control():
            return _control(state, event, now)
        case Restarted():
            return _restarted(state, now)
        case Forget():
            return _forget(state, event.member)


def _join(state: State, event: Join) -> Step:
    if state.phase == "over":
        return Step(state, "over")
    if state.phase != "lobby":
        return Step(state, "too_late_to_join")
    team = event.team if event.team in range(1, state.rules.teams + 1) else None
    player = Player(event.name, team)
    if state.players.get(event.member) == player:
        return Step(state, "joined_already")
    return Step(replace(state, players={**state.players, event.member: player}), "joined", ("lobby",))


def _start(state: State, event: Start, now: float) -> Step:
    if state.phase != "lobby":
        return Step(state, "over" if state.phase == "over" else "closed")
    if not _may(state, event.member, moderator=event.moderator):
        return Step(state, "not_allowed")
    if not state.players:
        return Step(state, "nobody_joined")
    return Step(_next(state, now), "started", ("lobby", "ask"))


def _may(state: State, member: int, *, moderator: bool) -> bool:
    return moderator or member == state.owner


def _next(state: State, now: float) -> State:
    return replace(
        state, phase="question", number=state.number + 1, opened=now, message=None,
        until=now + state.rules.seconds, hurry=None, pauses=(), paused_at=None,
    )  # fmt: skip


def _answered(state: State, event: Answered, now: float) -> Step:
    if refused := _refusal(state, event):
        return Step(state, refused)
    key = (event.number, event.member)
    before = state.answers.get(key)
    after = Answer(event.press) if before is None else before.merged(event.press)
    players = state.players
    if event.member not in players:
        players = {**players, event.member: Player(event.name)}
    if after == before:
        return Step(state, "same" if fold(event.press.text) == fold(before.final.text) else "changed_already")
    answers = {**state.answers, key: after}
    everyone = all((event.number, member) in answers for member in players)
    hurry = now + state.rules.hurry_s if everyone else None  # anew with each who comes meanwhile
    state = replace(state, players=players, answers=answers, hurry=hurry)
    if after.final != event.press:
        return Step(state, "changed_already")
    return Step(state, "counted" if after.changed is None else "changed")


def _refusal(state: State, event: Answered) -> Reply | None:
    if state.phase == "over":
        return "over"
    if state.phase != "question" or event.number != state.number:
        return "closed"
    if state.question.options and event.press.text not in tuple(state.question.letters):
        return "no_option"
    if not fold(event.press.text) or len(event.press.text) > MAX_TYPED:
        return "no_option"
    at = event.press.at
    if state.paused_at is not None and at >= state.paused_at:
        return "paused_now"
    if any(since <= at < to for since, to in state.pauses):
        return "paused_now"
    return "late" if at > state.until else None


def _tick(state: State, now: float) -> Step:
    if state.due is None or now < state.due:
        return Step(state)
    if state.paused_at is not None:
        return _over(state, "unattended")
    if state.phase == "lobby":
        return _over(state, "nobody")
    if state.phase == "question":
        return _close(state, now)
    if state.number == len(state.questions):
        return _over(state, "done")
    if state.silent >= state.rules.unattended:
        return _over(state, "unattended")
    return Step(_next(state, now), None, ("ask",))


def _close(state: State, now: float, *, skipped: bool = False) -> Step:
    """End the question: every answer to it becomes right or wrong, and points."""
    given = state.given(state.number)
    marked = {} if skipped else {(state.number, m): _mark(state, m, answer) for m, answer in given.items()}
    state = replace(
        state,
        phase="reveal",
        until=now + (state.rules.reveal_s or state.question.reveal_s),
        hurry=None,
        paused_at=None,
        silent=state.silent + 1 if not given and not skipped else 0,
        skipped=(*state.skipped, state.number) if skipped else state.skipped,
        answers={**state.answers, **marked},
        players=_all_in_teams(state),
    )
    return Step(state, "skipped" if skipped else None, ("reveal",))


def _mark(state: State, member: int, answer: Answer) -> Answer:
    question, press = state.question, answer.final
    correct = press.text in question.right
    if not question.options:
        correct = matches(press.text, question.right, question.rivals)
    paused = sum(max(0.0, min(to, press.at) - since) for since, to in state.pauses)
    won = points(
        correct=correct,
        elapsed=press.at - state.opened - paused,
        read_s=question.read_s,
        seconds=state.rules.seconds,
        streak=1 + _streak(state, member) if correct else 0,
    )
    return replace(answer, correct=correct, points=won)


def _streak(state: State, member: int) -> int:
    """Return how many questions in a row before this one a member had right; one that was skipped breaks nothing."""
    streak = 0
    for number in range(state.number - 1, 0, -1):
        if number in state.skipped:
            continue
        answer = state.answers.get((number, member))
        if answer is None or not answer.correct:
            break
        streak += 1
    return streak


def _all_in_teams(state: State) -> dict[int, Player]:
    """Give who is in no team one, the smallest first; the earliest press chooses, not the first to arrive."""
    players = dict(state.players)
    if not state.rules.teams:
        return players
    sizes = {team: sum(p.team == team for p in players.values()) for team in range(1, state.rules.teams + 1)}
    first = {member: answer.first.id for (_, member), answer in sorted(state.answers.items(), reverse=True)}
    for member in sorted((m for m, p in players.items() if p.team is None), key=lambda m: (first.get(m, 0), m)):
        team = min(sizes, key=lambda team: (sizes[team], team))
        players[member] = replace(players[member], team=team)
        sizes[team] += 1
    return players


def _control(state: State, event: Control, now: float) -> Step:
    if state.phase == "over":
        return Step(state, "over")
    if not _may(state, event.member, moderator=event.moderator):
        return Step(state, "not_allowed")
    if event.what == "stop":
        over = _over(state, "stopped")
        return replace(over, reply="stopped")
    if event.what == "skip":
        return _skip(state, now)
    if event.what == "pause":
        if state.phase == "lobby":
            return Step(state, "not_going_on")
        if state.paused_at is not None:
            return Step(state, "paused_already")
        return Step(replace(state, paused_at=now), "paused", ("redraw",))
    if state.paused_at is None:
        return Step(state, "not_paused")
    return Step(_resumed(state, now), "resumed", ("redraw",))


def _resumed(state: State, now: float) -> State:
    assert state.paused_at is not None
    length = max(0.0, now - state.paused_at)
    hurry = None if state.hurry is None else state.hurry + length
    pauses = (*state.pauses, (state.paused_at, now))
    return replace(state, until=state.until + length, hurry=hurry, pauses=pauses, paused_at=None)


def _skip(state: State, now: float) -> Step:
    if state.phase == "question":
        return _close(state, now, skipped=True)
    if state.phase == "reveal":
        after = _tick(replace(state, paused_at=None, until=now), now)
        return replace(after, reply="skipped")
    return Step(state, "not_going_on")


def _over(state: State, end: End) -> Step:
    return Step(replace(state, phase="over", end=end, paused_at=None, hurry=None), None, ("finish",))


def _restarted(state: State, now: float) -> Step:
    """Go on where it was: the question stays open long enough to answer it, whatever was answered counts."""
    if state.phase == "over":
        return Step(state, None, ("finish",))
    if state.paused_at is not None:
        return Step(state, None, ("redraw",))
    state = replace(state, until=max(state.until, now + state.rules.restart_s), hurry=None)
    effects: dict[Phase, Effect] = {"lobby": "lobby", "question": "ask", "reveal": "reveal"}
    return Step(state, None, (effects[state.phase],))


def _forget(state: State, member: int) -> Step:
    players = {m: player for m, player in state.players.items() if m != member}
    answers = {key: answer for key, answer in state.answers.items() if key[1] != member}
    owner = None if state.owner == member else state.owner
    changed = (owner, len(players), len(answers)) != (state.owner, len(state.players), len(state.answers))
    state = replace(state, owner=owner, players=players, answers=answers)
    return Step(state, "left", ("lobby",) if changed and state.phase == "lobby" else ())
