"""The text of a quiz round's messages. What is shown before the reveal does not tell the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.discord.ui.colours import AMBER, BLUE, GREEN, GREY
from bot.discord.ui.item_text import program_blocks, question_blocks, told_blocks, topic_title
from bot.discord.ui.names import listed, member_name, place_marks
from bot.discord.ui.text import clip, fitting, one_line
from bot.study.item_runs import ItemOutput
from bot.study.rounds.machine import RoundReply
from bot.study.rounds.questions import Question
from bot.study.rounds.state import MemberAnswer, State
from bot.wording import languages, say
from knowledge.bank.models import Bank, Lang

_NAMES = 12
_LOBBY_NAMES = 30
_TOP = 10
_WHY = 700


@dataclass(frozen=True, slots=True)
class RoundPage:
    """A round's message: blocks of text, the colour beside them, the address of a picture (shown below the second)."""

    blocks: tuple[str, ...]
    colour: int = BLUE
    picture: str | None = None


def lobby_page(state: State, bank: Bank, lang: Lang, thread: int | None = None) -> RoundPage:
    """Return the lobby: what will be asked, who is in, what to press, and in which thread it goes on."""
    seconds = int(state.rules.seconds * state.rules.scale)
    title = say("quiz.lobby.title", lang, count=len(state.questions), seconds=seconds)
    lead = [
        f"### {title}",
        f"-# {_topics(state.questions, bank, lang)}",
        *(f"-# {line}" for line in _ways(state, lang)),
    ]
    if thread is not None:
        lead.append(say("quiz.lobby.thread", lang, thread=thread))
    blocks = ["\n".join(lead), _players(state, lang)]
    if state.phase == "lobby":
        blocks.append("-# " + say("quiz.lobby.hint", lang, until=int(state.until)))
        return RoundPage(tuple(blocks))
    outcome, colour = ("started", GREEN) if state.number else ("closed", GREY)
    return RoundPage((*blocks, "-# " + say(f"quiz.lobby.{outcome}", lang)), colour)


def _ways(state: State, lang: Lang) -> list[str]:
    """Return what is not as in every round."""
    ways = [
        say("quiz.lobby.more_time", lang) if any(question.time > 1 for question in state.questions) else "",
        say("quiz.lobby.by_host", lang) if state.rules.pace == "host" else "",
        say("quiz.lobby.until_right", lang) if state.rules.until_right else "",
    ]
    return [way for way in ways if way]


def _topics(questions: Sequence[Question], bank: Bank, lang: Lang) -> str:
    slugs = list(dict.fromkeys(sorted(question.topic for question in questions)))
    return clip((" · ").join(topic_title(slug, bank, lang) for slug in slugs), 300)


def _players(state: State, lang: Lang) -> str:
    if not state.players:
        return say("quiz.lobby.nobody", lang)
    if not state.rules.teams:
        names = [player.name for player in state.players.values()]
        return say("quiz.lobby.players", lang, count=len(names), names=listed(names, lang, _LOBBY_NAMES))
    lines = []
    for team in (*range(1, state.rules.teams + 1), None):
        names = [player.name for player in state.players.values() if player.team == team]
        if names:
            key = "quiz.lobby.loose" if team is None else "quiz.lobby.team"
            lines.append(say(key, lang, team=team, count=len(names), names=listed(names, lang, _NAMES)))
    return "\n".join(lines)


def question_page(state: State, bank: Bank, lang: Lang) -> RoundPage:
    """Return the open question: a function of its prompt, code and options, and of how many have answered, alone."""
    until = say("quiz.question.paused", lang)
    if state.paused_at is None:
        until = say("quiz.question.until", lang, until=int(state.until))
    given = state.given(state.number)
    if awaited := state.awaited().union(given):
        until += f" · {say('quiz.question.tally', lang, answered=len(given), count=len(awaited))}"
    colour = GREY if state.paused_at is not None else BLUE
    return RoundPage((*_asked(state, bank, lang, fold=True), until), colour, state.question.picture)


def private_page(state: State, question: Question, bank: Bank, lang: Lang) -> RoundPage:
    """Return the open question whole and in the language of `question`, for one member alone."""
    shown = replace(state, questions=(*state.questions[: state.number - 1], question))
    blocks = _asked(shown, bank, lang, count=len(state.questions))
    return RoundPage(tuple(blocks), BLUE, question.picture)


def private_told_page(question: Question, number: int, count: int, bank: Bank, lang: Lang) -> RoundPage:
    """Return a question of the bank with its answer, in the language of `question`, for one member alone.

    Args:
        question: what was asked.
        number: its own in its round.
        count: how many questions the round has.
        bank: has its topic.
        lang: of the message.
    """
    topic = topic_title(question.topic, bank, lang)
    title = say("quiz.question.title", lang, number=number, count=count, topic=topic)
    return RoundPage(tuple(told_blocks(question, title, lang)), GREEN)


def _asked(
    state: State, bank: Bank, lang: Lang, *, marked: str = "", counts: str = "", fold: bool = False, count: int = 0
) -> list[str]:
    topic = topic_title(state.question.topic, bank, lang)
    key = "again" if state.planned and state.number > state.planned else "title"
    title = say(f"quiz.question.{key}", lang, number=state.number, count=count or len(state.questions), topic=topic)
    return question_blocks(state.question, title, lang, marked=marked, counts=counts, fold=fold)


def reveal_page(
    state: State, bank: Bank, lang: Lang, printed: ItemOutput | None = None, *, over: bool = False
) -> RoundPage:
    """Return the answer: what is right, who had it, why, and what the program really does.

    Until it is `over`, it says what comes next.
    """
    question, given = state.question, state.given(state.number)
    letters = "".join(answer.final.text for answer in given.values()) if question.options else ""
    blocks = _asked(state, bank, lang, marked="".join(question.right) if question.options else "", counts=letters)
    if not question.options:
        blocks.append(say("quiz.reveal.right", lang, right=one_line(" / ".join(question.right[:3]), 300)))
    blocks.append(_who(state, given, lang))
    blocks += program_blocks(question, lang, printed)
    if question.why:
        blocks.append(clip(question.why, _WHY))
    if state.phase == "reveal" and not over:
        blocks.append("-# " + _onward(state, lang))
    return RoundPage(tuple(fitting(blocks)), GREEN, question.picture)


def _onward(state: State, lang: Lang) -> str:
    """Return what comes after the answer, and when."""
    key = "last" if state.last else "missed" if state.coming_again() else "next"
    if state.paused_at is not None:
        return say("quiz.question.paused", lang)
    if state.rules.pace == "host":
        return say(f"quiz.reveal.host_{key}", lang)
    return say(f"quiz.reveal.{key}", lang, until=int(state.until))


def _who(state: State, given: dict[int, MemberAnswer], lang: Lang) -> str:
    if state.number in state.skipped or (state.phase == "over" and any(a.points is None for a in given.values())):
        return say("quiz.reveal.skipped", lang)
    if not given:
        return say("quiz.reveal.nobody_answered", lang)
    right = sorted(((a.points or 0, m) for m, a in given.items() if a.correct), key=lambda entry: (-entry[0], entry[1]))
    if not right:
        return say("quiz.reveal.nobody_right", lang, count=len(given))
    names = [f"{member_name(state.players[member].name)} +{won}" for won, member in right[:_NAMES]]
    shown = languages.listed(names, lang)
    if len(right) > _NAMES:
        shown += f" {say('quiz.reveal.more', lang, count=len(right) - _NAMES)}"
    return say("quiz.reveal.had_it", lang, right=len(right), count=len(given), names=shown)


def podium_page(state: State, lang: Lang) -> RoundPage:
    """Return how the round ended and who is where."""
    reason = state.end if state.end in ("done", "stopped", "unposted") else "unattended"
    lead = say(f"quiz.podium.{reason}", lang, count=len(state.questions))
    blocks = [f"### {say('quiz.podium.title', lang)}\n{lead}"]
    shown = [row for row in state.standings()[:_TOP] if row.points]
    rows = [
        say(
            "quiz.podium.row", lang, place=mark, name=f"**{member_name(state.players[row.member_id].name)}**",
            points=row.points, correct=row.correct,
        )
        for row, mark in zip(shown, place_marks([row.place for row in shown]), strict=True)
    ]  # fmt: skip
    blocks.append("\n".join(rows) or say("quiz.podium.nobody", lang))
    if teams := state.team_standings():
        marks = place_marks([team.place for team in teams])
        lines = [
            say(
                "quiz.podium.team_row", lang, place=mark, team=t.team, points=t.points,
                members=t.members,
            )
            for t, mark in zip(teams, marks, strict=True)
        ]  # fmt: skip
        blocks.append("\n".join([say("quiz.podium.teams", lang), *lines]))
    return RoundPage(tuple(blocks), AMBER)


def reply_text(reply: RoundReply, lang: Lang, answer: str = "") -> str:
    """Return what only the member sees who caused it; `answer` is what counts for them now."""
    return say(f"quiz.reply.{reply}", lang, answer=one_line(answer, 100))
