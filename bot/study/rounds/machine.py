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
from bot.study.rounds.state import Awaits, MemberAnswer, Player, Press, RoundEnd, RoundPhase, State

RoundReply = Literal[
    "joined", "joined_already", "too_late_to_join", "left", "left_with_points", "not_in",
    "counted", "changed", "same", "changed_already", "closed", "late", "paused_now", "no_option",
    "started", "started_already", "nobody_joined", "paused", "paused_already", "resumed", "not_paused", "skipped",
    "next", "still_open", "gone_on", "not_going_on", "stopped", "over", "not_allowed",
]  # fmt: skip

MAX_TYPED = 200
Command = Literal["pause", "resume", "skip", "next", "stop"]


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
    """Pause, resume, skip the question, go on to the next, or stop.

    Attributes:
        what: which of them.
        member: who asked for it.
        moderator: whether they may control a round that another started.
        at: when, by Discord's clock where that is known.
        number: of the question under which a button was pressed: once the round has gone on, it does nothing. A skip is
            then of the open question only. None for a typed command.
    """

    what: Command
    member: int
    moderator: bool = False
    at: float | None = None
    number: int | None = None


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
#: What has to be shown when the new state is saved: the lobby, a question, how many have answered it, its answer, the
#: same message anew, the end.
Effect = Literal["lobby", "ask", "tally", "reveal", "redraw", "finish"]


@dataclass(frozen=True, slots=True)
class Transition:
    """The result of an event: the next state, a reply, and what has to be shown."""

    state: State
    reply: RoundReply | None = None
    effects: tuple[Effect, ...] = ()


def step(state: State, event: RoundEvent, now: float) -> Transition:
    """Return what one event leads to at the host's time `now`; every resulting state is valid, whatever the event."""
    at = now + state.ahead
    match event:
        case Answered():
            return _answered(state, event, at)
        case Tick():
            return Transition(state) if state.due is None or now < state.due else _due(state, at)
        case Opened():
            return Transition(_opened(state, event, now))
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


def _join(state: State, event: Join) -> Transition:
    if state.phase == "over":
        return Transition(state, "over")
    if state.phase != "lobby":
        return Transition(state, "too_late_to_join")
    team = event.team if event.team in range(1, state.rules.teams + 1) else None
    player = Player(event.name, team)
    if state.players.get(event.member) == player:
        return Transition(state, "joined_already")
    return Transition(replace(state, players={**state.players, event.member: player}), "joined", ("lobby",))


def _leave(state: State, member: int, at: float) -> Transition:
    """Let a member go; the answers that they gave keep their points, and whoever answers again is back."""
    if state.phase == "over":
        return Transition(state, "over")
    player = state.players.get(member)
    if player is None or player.away:
        return Transition(state, "not_in")
    if any(theirs == member for _, theirs in state.answers):
        gone = replace(state, players={**state.players, member: replace(player, away=True)})
        return Transition(_without(gone, at), "left_with_points")
    gone = replace(state, players={m: p for m, p in state.players.items() if m != member})
    return Transition(_without(gone, at), "left", ("lobby",) if state.phase == "lobby" else ())


def _without(state: State, at: float) -> State:
    """Return the state after someone went: perhaps they were the last whom the question waited for."""
    if state.phase != "question" or state.hurry is not None or not _everyone(state) or not state.given(state.number):
        return state
    return replace(state, hurry=at + state.rules.hurry_s)


def _everyone(state: State) -> bool:
    return all((state.number, member) in state.answers for member in state.awaited())


def _start(state: State, event: Start, now: float) -> Transition:
    if state.phase != "lobby":
        return Transition(state, "over" if state.phase == "over" else "started_already")
    if not may_lead(state, event.member, moderator=event.moderator):
        return Transition(state, "not_allowed")
    if not state.players:
        return Transition(state, "nobody_joined")
    return Transition(_next(state, now), "started", ("lobby", "ask"))


def may_lead(state: State, member: int, *, moderator: bool) -> bool:
    """Whether a member may start, pause, skip, go on and stop: who opened the round, and moderators."""
    return moderator or member == state.owner


def _next(state: State, now: float) -> State:
    asked = replace(
        state, phase="question", number=state.number + 1, opened=now, message=None, awaits="post", hurry=None,
        pauses=(), paused_at=None,
    )  # fmt: skip
    return replace(asked, until=now + asked.question_s)


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
    opened, until = (state.opened, state.until) if known else (event.at, event.at + state.question_s)
    if state.awaits == "again" and state.paused_at is None:
        until = min(max(until, seen + rules.restart_s), seen + max(state.question_s, rules.restart_s))
    state = replace(
        state, opened=opened, until=until, message=event.message, ahead=seen - now, awaits=None,
        pauses=state.pauses if known else (),
    )  # fmt: skip
    if not known and state.paused_at is not None:
        return replace(state, paused_at=max(state.paused_at, opened))
    return state


def _answered(state: State, event: Answered, now: float) -> Transition:
    if refused := _refusal(state, event):
        return Transition(state, refused)
    key = (event.number, event.member)
    before = state.answers.get(key)
    after = MemberAnswer(event.press) if before is None else before.merged(event.press)
    players = state.players
    player = players.get(event.member, Player(event.name))
    if event.member not in players or player.away:
        players = {**players, event.member: replace(player, away=False)}
    if after == before:
        return Transition(state, "same" if fold(event.press.text) == fold(before.final.text) else "changed_already")
    answers = {**state.answers, key: after}
    state = replace(state, players=players, answers=answers)
    # Anew with each who comes meanwhile.
    state = replace(state, hurry=now + state.rules.hurry_s if _everyone(state) else None)
    effects: tuple[Effect, ...] = ("tally",) if before is None else ()
    if after.final != event.press:
        return Transition(state, "changed_already", effects)
    return Transition(state, "counted" if after.changed is None else "changed", effects)


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


def _due(state: State, now: float) -> Transition:
    if state.paused_at is not None:
        return _over(state, "unattended")
    if state.phase == "lobby":
        return _over(state, "nobody")
    if state.phase == "question":
        return _over(state, "unposted") if state.awaits is not None else _close(state, now)
    if not state.last and (state.silent >= state.rules.unattended or state.rules.pace == "host"):
        return _over(state, "unattended")
    return _onward(state, now)


def _onward(state: State, now: float) -> Transition:
    """Ask the next question, or one that was missed again, or show the results."""
    if again := state.coming_again():
        planned = state.planned or len(state.questions)
        state = replace(state, questions=(*state.questions, *again), planned=planned)
    if state.number == len(state.questions):
        return _over(state, "done")
    return Transition(_next(state, now), None, ("ask",))


def _close(state: State, now: float, *, skipped: bool = False) -> Transition:
    """End the question: every answer to it becomes right or wrong, and points."""
    given = state.given(state.number)
    marked = {} if skipped else {(state.number, m): _mark(state, m, answer) for m, answer in given.items()}
    state = replace(
        state,
        phase="reveal",
        until=now + state.shown_s,
        hurry=None,
        awaits=None,
        paused_at=None,
        silent=state.silent + 1 if not given and not skipped else 0,
        skipped=(*state.skipped, state.number) if skipped else state.skipped,
        answers={**state.answers, **marked},
        players=_all_in_teams(state),
    )
    return Transition(state, "skipped" if skipped else None, ("reveal",))


def _mark(state: State, member: int, answer: MemberAnswer) -> MemberAnswer:
    question, press = state.question, answer.final
    correct = press.text in question.right
    if not question.options:
        correct = matches(press.text, question.right, question.rivals)
    paused = sum(max(0.0, min(to, press.at) - since) for since, to in state.pauses)
    won = points(
        correct=correct,
        elapsed=press.at - state.opened - paused,
        read_s=question.read_s,
        seconds=state.question_s,
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


def _control(state: State, event: RoundCommand, now: float) -> Transition:
    if state.phase == "over":
        return Transition(state, "over")
    if not may_lead(state, event.member, moderator=event.moderator):
        return Transition(state, "not_allowed")
    if event.what == "stop":
        over = _over(state, "stopped")
        return replace(over, reply="stopped")
    if event.number is not None and event.number != state.number:
        return Transition(state, "gone_on")
    if event.what in ("skip", "next"):
        return _skip(state, event, now)
    if event.what == "pause":
        if state.phase == "lobby":
            return Transition(state, "not_going_on")
        if state.paused_at is not None:
            return Transition(state, "paused_already")
        return Transition(replace(state, paused_at=now), "paused", ("redraw",))
    if state.paused_at is None:
        return Transition(state, "not_paused")
    return Transition(_resumed(state, now), "resumed", ("ask" if state.awaits is not None else "redraw",))


def _resumed(state: State, now: float) -> State:
    assert state.paused_at is not None
    length = max(0.0, now - state.paused_at)
    hurry = None if state.hurry is None else state.hurry + length
    pauses = (*state.pauses, (state.paused_at, now))
    return replace(state, until=state.until + length, hurry=hurry, pauses=pauses, paused_at=None)


def _skip(state: State, event: RoundCommand, now: float) -> Transition:
    """End the question, which counts for nobody, or the reading of its answer."""
    if state.phase == "lobby":
        return Transition(state, "not_going_on")
    if state.phase == "question":
        return Transition(state, "still_open") if event.what == "next" else _close(state, now, skipped=True)
    if event.what == "skip" and event.number is not None:  # it ended just before the button was pressed
        return Transition(state, "gone_on")
    after = _onward(replace(state, paused_at=None, until=now), now)
    return replace(after, reply="next" if event.what == "next" else "skipped")


def _over(state: State, end: RoundEnd) -> Transition:
    return Transition(replace(state, phase="over", end=end, paused_at=None, hurry=None), None, ("finish",))


def _restarted(state: State, now: float) -> Transition:
    """Go on where it was: the question stays open long enough to answer it, whatever was answered counts."""
    if state.phase == "over":
        return Transition(state, None, ("finish",))
    rules = state.rules
    lasts = {"lobby": rules.lobby_s}
    if state.number:
        lasts |= {"question": state.question_s, "reveal": state.shown_s}
    effects: dict[RoundPhase, Effect] = {"lobby": "lobby", "question": "ask", "reveal": "reveal"}
    awaits: Awaits | None = "again" if state.phase == "question" else None
    state = replace(state, awaits=awaits)
    if state.paused_at is not None:
        return Transition(replace(state, paused_at=min(state.paused_at, now)), None, (effects[state.phase],))
    # The host's clock may have been set meanwhile: nothing lasts longer than it would have from the start.
    until = min(max(state.until, now + rules.restart_s), now + max(lasts[state.phase], rules.restart_s))
    return Transition(replace(state, until=until, hurry=None), None, (effects[state.phase],))


def _forget(state: State, member: int, at: float) -> Transition:
    players = {m: player for m, player in state.players.items() if m != member}
    answers = {key: answer for key, answer in state.answers.items() if key[1] != member}
    owner = None if state.owner == member else state.owner
    changed = (owner, len(players), len(answers)) != (state.owner, len(state.players), len(state.answers))
    state = _without(replace(state, owner=owner, players=players, answers=answers), at)
    return Transition(state, "left", ("lobby",) if changed and state.phase == "lobby" else ())
