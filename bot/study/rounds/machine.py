"""One quiz round as a pure state machine: no Discord, no clock, no chance, no database.

    lobby → question → reveal → question → … → over

`step(state, event, now)` returns the next state, a reply to whoever caused the event, and what has to be shown. Presses
may arrive in any order and more than once. A member's earliest press is their answer; their earliest press of a
different one changes it, once. The result depends on the set of presses only, not on their order of arrival.

`now` is the host's clock and is only used for durations. Points and deadlines use Discord's clock on both sides: the
time of the press and the time of the question's message. A wrong host clock therefore changes no points, and a
question's time begins when its message exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.study.rounds.matching import fold, matches
from bot.study.rounds.scoring import points
from bot.study.rounds.state import Answer, Awaits, End, Phase, Player, Press, State

RoundReply = Literal[
    "joined", "joined_already", "too_late_to_join", "left", "left_with_points", "not_in",
    "counted", "changed", "same", "changed_already", "closed", "late", "paused_now", "no_option",
    "started", "started_already", "nobody_joined", "paused", "paused_already", "resumed", "not_paused", "skipped",
    "not_going_on", "stopped", "over", "not_allowed",
]  # fmt: skip

MAX_TYPED = 200


@dataclass(frozen=True, slots=True)
class Join:
    """*Join* was pressed, for a team where there are any."""

    member: int
    name: str
    team: int | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """*Leave* was pressed: a member does not play any more, and nobody waits for them."""

    member: int


@dataclass(frozen=True, slots=True)
class Start:
    """*Start* was pressed."""

    member: int
    moderator: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The question's message was posted. All times of events are on Discord's clock.

    Attributes:
        number: of the question.
        at: when the message came into being.
        message: its id.
        seen: what Discord's clock showed when this was learned, where that was later.
    """

    number: int
    at: float
    message: int = 0
    seen: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A member answered; a member who has not joined yet joins by it."""

    number: int
    member: int
    name: str
    press: Press


@dataclass(frozen=True, slots=True)
class RoundCommand:
    """Pause, resume, skip or stop; `at` is when it was asked for, by Discord's clock where that is known."""

    what: Literal["pause", "resume", "skip", "stop"]
    member: int
    moderator: bool = False
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The program was away, nobody knows for how long."""


@dataclass(frozen=True, slots=True)
class Forget:
    """A member had all that is stored about them deleted."""

    member: int


RoundEvent = Join | Leave | Start | Opened | Answered | RoundCommand | Tick | Restarted | Forget
#: What has to be shown when the new state is saved: the lobby, a question, its answer, the same message anew, the end.
Effect = Literal["lobby", "ask", "reveal", "redraw", "finish"]


@dataclass(frozen=True, slots=True)
class Step:
    """The result of an event: the next state, a reply, and what has to be shown."""

    state: State
    reply: RoundReply | None = None
    effects: tuple[Effect, ...] = ()


def step(state: State, event: RoundEvent, now: float) -> Step:
    """Return what one event leads to at the host's time `now`; every resulting state is valid, whatever the event."""
    at = now + state.ahead
    match event:
        case Answered():
            return _answered(state, event, at)
        case Tick():
            return Step(state) if state.due is None or now < state.due else _due(state, at)
        case Opened():
            return Step(_opened(state, event, now))
        case Join():
            return _join(state, event)
        case Leave():
            return _leave(state, event.member, at)
        case Start():
            return _start(state, event, at)
        case RoundCommand():
            return _control(state, event, at if event.at is None else event.at)
        case Restarted():
            return _restarted(state, at)
        case Forget():
            return _forget(state, event.member, at)


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


def _leave(state: State, member: int, at: float) -> Step:
    """Let a member go; the answers that they gave keep their points, and whoever answers again is back."""
    if state.phase == "over":
        return Step(state, "over")
    player = state.players.get(member)
    if player is None or player.away:
        return Step(state, "not_in")
    if any(theirs == member for _, theirs in state.answers):
        gone = replace(state, players={**state.players, member: replace(player, away=True)})
        return Step(_without(gone, at), "left_with_points")
    gone = replace(state, players={m: p for m, p in state.players.items() if m != member})
    return Step(_without(gone, at), "left", ("lobby",) if state.phase == "lobby" else ())


def _without(state: State, at: float) -> State:
    """Return the state after someone went: perhaps they were the last whom the question waited for."""
    if state.phase != "question" or state.hurry is not None or not _everyone(state) or not state.given(state.number):
        return state
    return replace(state, hurry=at + state.rules.hurry_s)


def _everyone(state: State) -> bool:
    return all((state.number, member) in state.answers for member in state.awaited())


def _start(state: State, event: Start, now: float) -> Step:
    if state.phase != "lobby":
        return Step(state, "over" if state.phase == "over" else "started_already")
    if not _may(state, event.member, moderator=event.moderator):
        return Step(state, "not_allowed")
    if not state.players:
        return Step(state, "nobody_joined")
    return Step(_next(state, now), "started", ("lobby", "ask"))


def _may(state: State, member: int, *, moderator: bool) -> bool:
    return moderator or member == state.owner


def _next(state: State, now: float) -> State:
    return replace(
        state, phase="question", number=state.number + 1, opened=now, message=None, awaits="post",
        until=now + state.rules.seconds, hurry=None, pauses=(), paused_at=None,
    )  # fmt: skip


def _opened(state: State, event: Opened, now: float) -> State:
    """Let the question's time run from when its message came into being; told again, this changes nothing."""
    if event.number != state.number or state.phase not in ("question", "reveal"):
        return state
    if state.phase == "reveal":  # skipped while it was being posted: its answer goes into the same message
        return replace(state, message=event.message) if state.message is None else state
    if state.awaits is None:
        return state
    rules, seen = state.rules, event.at if event.seen is None else event.seen
    known = state.awaits == "again" and state.message is not None
    opened, until = (state.opened, state.until) if known else (event.at, event.at + rules.seconds)
    if state.awaits == "again" and state.paused_at is None:
        until = min(max(until, seen + rules.restart_s), seen + max(rules.seconds, rules.restart_s))
    state = replace(
        state, opened=opened, until=until, message=event.message, ahead=seen - now, awaits=None,
        pauses=state.pauses if known else (),
    )  # fmt: skip
    if not known and state.paused_at is not None:
        return replace(state, paused_at=max(state.paused_at, opened))
    return state


def _answered(state: State, event: Answered, now: float) -> Step:
    if refused := _refusal(state, event):
        return Step(state, refused)
    key = (event.number, event.member)
    before = state.answers.get(key)
    after = Answer(event.press) if before is None else before.merged(event.press)
    players = state.players
    player = players.get(event.member, Player(event.name))
    if event.member not in players or player.away:
        players = {**players, event.member: replace(player, away=False)}
    if after == before:
        return Step(state, "same" if fold(event.press.text) == fold(before.final.text) else "changed_already")
    answers = {**state.answers, key: after}
    state = replace(state, players=players, answers=answers)
    # Anew with each who comes meanwhile.
    state = replace(state, hurry=now + state.rules.hurry_s if _everyone(state) else None)
    if after.final != event.press:
        return Step(state, "changed_already")
    return Step(state, "counted" if after.changed is None else "changed")


def _refusal(state: State, event: Answered) -> RoundReply | None:
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
    # What can be pressed while nobody knows since when the message is there was pressed in time.
    return "late" if at > state.until and state.awaits is None else None


def _due(state: State, now: float) -> Step:
    if state.paused_at is not None:
        return _over(state, "unattended")
    if state.phase == "lobby":
        return _over(state, "nobody")
    if state.phase == "question":
        return _over(state, "unposted") if state.awaits is not None else _close(state, now)
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
        until=now + state.reveal_s,
        hurry=None,
        awaits=None,
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


def _control(state: State, event: RoundCommand, now: float) -> Step:
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
    return Step(_resumed(state, now), "resumed", ("ask" if state.awaits is not None else "redraw",))


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
        after = _due(replace(state, paused_at=None, until=now), now)
        return replace(after, reply="skipped")
    return Step(state, "not_going_on")


def _over(state: State, end: End) -> Step:
    return Step(replace(state, phase="over", end=end, paused_at=None, hurry=None), None, ("finish",))


def _restarted(state: State, now: float) -> Step:
    """Go on where it was: the question stays open long enough to answer it, whatever was answered counts."""
    if state.phase == "over":
        return Step(state, None, ("finish",))
    rules = state.rules
    lasts = {"lobby": rules.lobby_s, "question": rules.seconds, "reveal": state.reveal_s if state.number else 0.0}
    effects: dict[Phase, Effect] = {"lobby": "lobby", "question": "ask", "reveal": "reveal"}
    awaits: Awaits | None = "again" if state.phase == "question" else None
    state = replace(state, awaits=awaits)
    if state.paused_at is not None:
        return Step(replace(state, paused_at=min(state.paused_at, now)), None, (effects[state.phase],))
    # The host's clock may have been set meanwhile: nothing lasts longer than it would have from the start.
    until = min(max(state.until, now + rules.restart_s), now + max(lasts[state.phase], rules.restart_s))
    return Step(replace(state, until=until, hurry=None), None, (effects[state.phase],))


def _forget(state: State, member: int, at: float) -> Step:
    players = {m: player for m, player in state.players.items() if m != member}
    answers = {key: answer for key, answer in state.answers.items() if key[1] != member}
    owner = None if state.owner == member else state.owner
    changed = (owner, len(players), len(answers)) != (state.owner, len(state.players), len(state.answers))
    state = _without(replace(state, owner=owner, players=players, answers=answers), at)
    return Step(state, "left", ("lobby",) if changed and state.phase == "lobby" else ())
