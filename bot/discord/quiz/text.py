"""A quiz round as the text of its messages. What is shown before the reveal says nothing of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.discord.ui.colours import AMBER, BLUE, GREEN, GREY
from bot.discord.ui.text import clip, code_block, neutralise, one_line, tail, width
from bot.study.rounds.machine import Reply
from bot.study.rounds.questions import PACK, Question
from bot.study.rounds.state import Answer, State
from bot.wording import say
from knowledge.bank.models import Bank, Lang

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
_NAME = 32
_NAMES = 12
_LOBBY_NAMES = 30
_TOP = 10
_PROMPT, _CODE, _OPTION, _WHY, _OUTPUT, _OUTPUT_LINES = 1_000, 1_500, 150, 700, 500, 15


@dataclass(frozen=True, slots=True)
class Page:
    """A round's message: blocks of text, the colour beside them, the address of a picture (shown below the second)."""

    blocks: tuple[str, ...]
    colour: int = BLUE
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What the code of a question printed when it was run for this round; None while it runs, or where it could not.

    Attributes:
        text: its output.
        seconds: how long it took.
        failed: whether it could not be run.
    """

    text: str | None = None
    seconds: float = 0.0
    failed: bool = False


def lobby_page(state: State, bank: Bank, lang: Lang) -> Page:
    """Return the lobby: what will be asked, who is in, what to press."""
    title = say("quiz.lobby.title", lang, count=len(state.questions), seconds=int(state.rules.seconds))
    blocks = [f"### {title}\n-# {_topics(state.questions, bank, lang)}", _players(state, lang)]
    if state.phase == "lobby":
        blocks.append("-# " + say("quiz.lobby.hint", lang, until=int(state.until)))
        return Page(tuple(blocks))
    outcome, colour = ("started", GREEN) if state.number else ("closed", GREY)
    return Page((*blocks, "-# " + say(f"quiz.lobby.{outcome}", lang)), colour)


def _topics(questions: Sequence[Question], bank: Bank, lang: Lang) -> str:
    slugs = list(dict.fromkeys(sorted(question.topic for question in questions)))
    return clip((" · ").join(topic_title(slug, bank, lang) for slug in slugs), 300)


def topic_title(slug: str, bank: Bank, lang: Lang) -> str:
    """Return what a question's topic is called."""
    if slug.startswith(PACK):
        return f"📦 {one_line(slug.removeprefix(PACK), 60)}"
    topic = bank.topics.get(slug)
    return topic.title[lang] if topic is not None else slug


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


def listed(names: Iterable[str], lang: Lang, limit: int) -> str:
    """Return names one after the other, of many only the first and how many more there are."""
    all_ = [one_line(name, _NAME) or "?" for name in names]
    shown = ("、" if lang == "zh" else ", ").join(all_[:limit])
    return shown if len(all_) <= limit else f"{shown} {say('quiz.reveal.more', lang, count=len(all_) - limit)}"


def question_page(state: State, bank: Bank, lang: Lang) -> Page:
    """Return the open question: a function of its prompt, code and options alone."""
    until = say("quiz.question.paused", lang)
    if state.paused_at is None:
        until = say("quiz.question.until", lang, until=int(state.until))
    colour = GREY if state.paused_at is not None else BLUE
    return Page((*_asked(state, bank, lang), until), colour, state.question.picture)


def _asked(state: State, bank: Bank, lang: Lang, *, marked: str = "", counts: str = "") -> list[str]:
    topic = topic_title(state.question.topic, bank, lang)
    title = say("quiz.question.title", lang, number=state.number, count=len(state.questions), topic=topic)
    return question_blocks(state.question, title, lang, marked=marked, counts=counts)


def question_blocks(question: Question, title: str, lang: Lang, *, marked: str = "", counts: str = "") -> list[str]:
    """Return a question: `marked` are the letters of right options, `counts` a letter for each answer that was given.

    Without these two it is a function of prompt, code and options alone.
    """
    kind = question.about.name[lang]
    foreign = question.topic.startswith(PACK)
    prompt = one_line(question.prompt, _PROMPT) if foreign else clip(question.prompt, _PROMPT)
    blocks = [f"### {clip(title, 200)}\n-# {kind}", f"**{prompt}**"]
    if question.code:
        blocks.append(f"```py\n{clip(neutralise(question.code), _CODE)}\n```")
    if question.options:
        lines = [
            option_line(letter, text, "✅ " if letter in marked else "", counts, code=question.about.code_options)
            for letter, text in zip(question.letters, question.options, strict=True)
        ]
        blocks.append("\n".join(lines))
    return blocks


def option_line(letter: str, text: str, mark: str = "", counts: str = "", *, code: bool) -> str:
    """Return one option, with a mark before it and how many chose it behind."""
    chosen = f" · {counts.count(letter)}" if counts.count(letter) else ""
    text = clip(neutralise(text), _OPTION)
    if not code:
        return f"{mark}**{letter}** {text}{chosen}"
    if "\n" in text or "`" in text:
        return f"{mark}**{letter}**{chosen}\n{code_block(text)}"
    return f"{mark}**{letter}** `{text}`{chosen}"


def reveal_page(state: State, bank: Bank, lang: Lang, printed: Printed | None = None) -> Page:
    """Return the answer: what is right, who had it, why, and what the program really does."""
    question, given = state.question, state.given(state.number)
    letters = "".join(answer.final.text for answer in given.values()) if question.options else ""
    blocks = _asked(state, bank, lang, marked="".join(question.right) if question.options else "", counts=letters)
    if not question.options:
        blocks.append(say("quiz.reveal.right", lang, right=one_line(" / ".join(question.right[:3]), 300)))
    blocks.append(_who(state, given, lang))
    blocks += proof(question, lang, printed)
    if question.why:
        blocks.append(clip(question.why, _WHY))
    if state.phase == "reveal":
        key = "last" if state.number == len(state.questions) else "next"
        until = say(f"quiz.reveal.{key}", lang, until=int(state.until))
        blocks.append("-# " + (say("quiz.question.paused", lang) if state.paused_at is not None else until))
    return Page(tuple(fitting(blocks)), GREEN, question.picture)


def _who(state: State, given: dict[int, Answer], lang: Lang) -> str:
    if state.number in state.skipped or (state.phase == "over" and any(a.points is None for a in given.values())):
        return say("quiz.reveal.skipped", lang)
    if not given:
        return say("quiz.reveal.nobody_answered", lang)
    right = sorted(((a.points or 0, m) for m, a in given.items() if a.correct), key=lambda entry: (-entry[0], entry[1]))
    if not right:
        return say("quiz.reveal.nobody_right", lang, count=len(given))
    names = [f"{one_line(state.players[member].name, _NAME) or '?'} +{won}" for won, member in right[:_NAMES]]
    shown = ("、" if lang == "zh" else ", ").join(names)
    if len(right) > _NAMES:
        shown += f" {say('quiz.reveal.more', lang, count=len(right) - _NAMES)}"
    return say("quiz.reveal.had_it", lang, right=len(right), count=len(given), names=shown)


def proof(question: Question, lang: Lang, printed: Printed | None) -> list[str]:
    """Return what the program of a question really does: its output, or its broken line and the fix."""
    blocks = []
    if question.fixed is not None:
        lines = (question.code or "").splitlines()
        wrong = "\n".join(lines[number - 1] for number in question.lines)
        blocks = [f"{say('quiz.reveal.bug', lang)}\n```py\n{neutralise(wrong)}\n```"
                  f"{say('quiz.reveal.fix', lang)}\n```py\n{neutralise(question.fixed)}\n```"]  # fmt: skip
    return [*blocks, *_output(lang, printed)] if question.runs else blocks


def _output(lang: Lang, printed: Printed | None) -> list[str]:
    if printed is None:
        return ["-# " + say("quiz.reveal.running", lang)]
    if printed.failed or printed.text is None:
        return ["-# " + say("quiz.reveal.output_failed", lang)]
    shown, _ = tail(neutralise(printed.text).strip("\n"), _OUTPUT, _OUTPUT_LINES)
    return [f"{say('quiz.reveal.output', lang, seconds=printed.seconds)}\n{code_block(shown)}"]


def fitting(blocks: list[str]) -> list[str]:
    """Cut the longest block down until all of them fit one message."""
    while (excess := sum(map(width, blocks)) - 3_900) > 0:
        longest = max(range(len(blocks)), key=lambda index: width(blocks[index]))
        blocks[longest] = clip(blocks[longest], max(20, width(blocks[longest]) - excess - 1))
    return blocks


def podium_page(state: State, lang: Lang) -> Page:
    """Return how the round ended and who is where."""
    reason = state.end if state.end in ("done", "stopped", "unposted") else "unattended"
    lead = say(f"quiz.podium.{reason}", lang, count=len(state.questions))
    blocks = [f"### {say('quiz.podium.title', lang)}\n{lead}"]
    rows = [
        say(
            "quiz.podium.row", lang, place=place_mark(row.place),
            name=f"**{one_line(state.players[row.member_id].name, _NAME)}**", points=row.points, correct=row.correct,
        )
        for row in state.standings()[:_TOP]
        if row.points
    ]  # fmt: skip
    blocks.append("\n".join(rows) or say("quiz.podium.nobody", lang))
    if teams := state.team_standings():
        lines = [
            say(
                "quiz.podium.team_row", lang, place=place_mark(t.place), team=t.team, points=t.points,
                members=t.members,
            )
            for t in teams
        ]  # fmt: skip
        blocks.append("\n".join([say("quiz.podium.teams", lang), *lines]))
    return Page(tuple(blocks), AMBER)


def place_mark(place: int) -> str:
    """Return a place as it stands before a name: not `4.`, which Discord counts anew past places that are shared."""
    return _MEDALS.get(place, f"`{place}`")


def reply_text(reply: Reply, lang: Lang, answer: str = "") -> str:
    """Return what only the member sees who caused it; `answer` is what counts for them now."""
    return say(f"quiz.reply.{reply}", lang, answer=one_line(answer, 100))
