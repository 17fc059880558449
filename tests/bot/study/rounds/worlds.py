"""Small rounds for the tests, and the events that may befall them."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.study.rounds.machine import (
    Answered,
    Forget,
    Join,
    Leave,
    Opened,
    Restarted,
    RoundCommand,
    RoundEvent,
    Start,
    Tick,
    step,
)
from bot.study.rounds.questions import Question
from bot.study.rounds.state import Press, Rules, State, begin

OWNER, ALICE, BOB, CARLA = 1, 2, 3, 4
MEMBERS = (OWNER, ALICE, BOB, CARLA)
BEGIN = 1_000.0


def question(number: int, right: str | tuple[str, ...] = "B", **changes: object) -> Question:
    given: dict[str, object] = {
        "topic": "gan", "item": f"item-{number}", "kind": "choice", "prompt": f"Question {number}?",
        "options": ("one", "two", "three", "four"), "why": "Because.",
        "right": (right,) if isinstance(right, str) else right,
    }  # fmt: skip
    return Question(**{**given, **changes})  # type: ignore[arg-type]


QUESTIONS = (question(1, "B"), question(2, "D"), question(3, "A"))
TYPED = question(1, kind="trivia", options=(), right=("Hinton", "Geoffrey Hinton"), why=None)


def lobby(rules: Rules = Rules(), questions: tuple[Question, ...] = QUESTIONS) -> State:  # noqa: B008 - frozen
    state = begin(rules, questions, OWNER, BEGIN)
    return step(state, Join(OWNER, "owner"), BEGIN).state


def asking(rules: Rules = Rules(), questions: tuple[Question, ...] = QUESTIONS) -> State:  # noqa: B008 - frozen
    """A round at its first question, posted at `BEGIN`."""
    state = step(lobby(rules, questions), Start(OWNER), BEGIN).state
    return step(state, Opened(1, BEGIN), BEGIN).state


def press(member: int, text: str, at: float, *, number: int = 1, press_id: int | None = None) -> Answered:
    """An answer given `at` seconds after `BEGIN`; its id follows from the time, as an interaction's does."""
    made = press_id if press_id is not None else int(at * 1000) * 100 + member
    return Answered(number, member, f"member {member}", Press(made, BEGIN + at, text))


def after(state: State, *events: RoundEvent, now: float = BEGIN) -> State:
    for event in events:
        state = step(state, event, now).state
    return state


def posted(state: State) -> State:
    """The state when the message of a question to be asked is there, as soon as it could be."""
    if state.phase == "question" and state.awaits is not None:
        return step(state, Opened(state.number, state.opened), state.opened - state.ahead).state
    return state


def closed(state: State) -> State:
    """The state when the open question has ended; one that is to be asked is posted first."""
    state = posted(state)
    assert state.due is not None
    return step(state, Tick(), state.due).state


@st.composite
def events(draw: st.DrawFn) -> tuple[RoundEvent, float]:
    """Anything that may happen, and the seconds until it does."""
    member, number = draw(st.sampled_from(MEMBERS)), draw(st.integers(0, 4))
    at, moderator = draw(st.floats(0, 300)), draw(st.booleans())
    event = draw(
        st.one_of(
            st.builds(Join, st.just(member), st.just("x"), st.sampled_from([None, 0, 1, 2, 9])),
            st.just(Start(member, moderator)),
            st.builds(Opened, st.just(number), st.floats(BEGIN, BEGIN + 300), st.just(9),
                      st.none() | st.floats(BEGIN, BEGIN + 300)),
            st.just(Leave(member)),
            st.builds(press, st.just(member), st.sampled_from("ABCDE "), st.just(at), number=st.just(number),
                      press_id=st.integers(0, 40)),
            st.builds(RoundCommand, st.sampled_from(["pause", "resume", "skip", "next", "stop"]), st.just(member),
                      st.just(moderator), number=st.none() | st.just(number)),
            st.just(Tick()), st.just(Tick()), st.just(Tick()),
            st.just(Restarted()),
            st.just(Forget(member)),
        )
    )  # fmt: skip
    return event, draw(st.floats(0, 60))
