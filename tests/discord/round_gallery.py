"""Every kind of message a quiz round has, for the gallery: built by the real views from states that look real."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import get_args

import discord

from bot.discord.quiz.controls import TypeForm, alone_view, lobby_view, podium_view, question_view, reveal_view
from bot.discord.quiz.lead_controls import StopRoundButton
from bot.discord.quiz.podium import PLACES, Stand, podium_png
from bot.discord.quiz.text import reply_text
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import RED
from bot.study.item_runs import ItemOutput
from bot.study.rounds.machine import RoundReply
from bot.study.rounds.questions import Question, in_language, present
from bot.study.rounds.state import MemberAnswer, Player, Press, Rules, State, begin
from bot.wording import say
from bot.wording.languages import other_language
from knowledge.bank.models import Bank, Lang
from tests.discord.picture import Shown

NAMES = (
    "quiz-lobby",
    "quiz-choice",
    "quiz-predict",
    "quiz-bug",
    "quiz-typed",
    "quiz-ways",
    "quiz-alone",
    "quiz-podium",
    "quiz-replies",
)
PEOPLE: Mapping[Lang, Sequence[str]] = {
    "zh": ("小林", "Ada", "阿明", "王小明的机器学习笔记", "Zoë"),
    "en": ("Lin", "Ada", "Ming", "the gradient descender", "Zoë"),
}  # fmt: skip
SOON = 1_700_000_030.0


def messages(bank: Bank, lang: Lang) -> Mapping[str, Sequence[Shown]]:
    """Return every kind of message of a round by name."""
    kinds = {kind: [_item(bank, kind, lang), _item(bank, kind, lang)] for kind in ("choice", "predict", "find_bug")}
    alone = _lobby(kinds["choice"], lang)
    teams = _lobby([*kinds["choice"], *kinds["predict"]], lang, teams=2)
    typed = Question("pack:ml", "1", "trivia", _PROMPT[lang], ("Yann LeCun", "LeCun"), why=None)
    texts = [reply_text(reply, lang, "B") for reply in get_args(RoundReply)]
    texts.append(say("quiz.reply.none_here", lang))
    return {
        "quiz-lobby": [_shown(lobby_view(1, each, bank, lang)) for each in (
            alone, teams, replace(alone, players={}), replace(alone, phase="over", end="unattended"),
        )],
        "quiz-choice": _played(alone, bank, lang, [None]),
        "quiz-predict": _played(
            _lobby(kinds["predict"], lang), bank, lang, [None, ItemOutput(_right(kinds["predict"][0]), 0.31)]
        ),
        "quiz-bug": _played(_lobby(kinds["find_bug"], lang), bank, lang, [None]),
        "quiz-typed": [
            *_played(_lobby([typed, typed], lang), bank, lang, [None]), Shown(TypeForm(1, 1, lang).to_dict()),
        ],
        "quiz-ways": _other_ways(alone, bank, lang),
        "quiz-alone": _for_one(alone, kinds["find_bug"], bank, lang),
        "quiz-podium": [
            _podium(alone, lang, "done"), _podium(teams, lang, "stopped"), _podium(alone, lang, None),
            _podium(alone, lang, "unposted", tied=True),
        ],
        "quiz-replies": [Shown({"content": text}, private=True) for text in texts],
    }  # fmt: skip


_PROMPT: Mapping[Lang, str] = {"zh": "谁在 1989 年用反向传播训练了识别手写邮编的网络？",
                               "en": "Who trained a network to read handwritten zip codes in 1989?"}  # fmt: skip


def _item(bank: Bank, kind: str, lang: Lang) -> Question:
    topic, item = next((topic, item) for topic in bank.topics.values() for item in topic.quiz if item.kind == kind)
    return present(topic, item, lang, Random(2))


def _right(question: Question) -> str:
    return question.options[question.letters.index(question.right[0])]


def _lobby(questions: Sequence[Question], lang: Lang, teams: int = 0) -> State:
    names = PEOPLE[lang]
    players = {n: Player(name, n % teams + 1 if teams and n < len(names) else None) for n, name in enumerate(names, 1)}
    return replace(begin(Rules(teams=teams), tuple(questions), 1, SOON - 600), players=players, until=SOON)


def _asked(lobby: State) -> State:
    return replace(lobby, phase="question", number=1, until=SOON)


def _told(lobby: State) -> State:
    question = lobby.questions[0]
    right = question.right[0]
    wrong = "A" if right != "A" else "B"
    presses = [Press(n, n + 2.0, right if n in (1, 2, 5) else wrong if question.options else "?") for n in range(1, 6)]
    answers = {
        (1, p.id): MemberAnswer(p, None, p.text == right, 1_400 - 100 * p.id if p.text == right else 0) for p in presses
    }
    return replace(_asked(lobby), phase="reveal", answers=answers)


def _played(lobby: State, bank: Bank, lang: Lang, printed: Sequence[ItemOutput | None]) -> list[Shown]:
    """Return a question that is open, one that is paused, its answer, and the same with nobody there."""
    asked, told = _asked(lobby), _told(lobby)
    empty = replace(told, answers={}, number=len(told.questions))
    return [
        *(_shown(question_view(1, each, bank, lang)) for each in (asked, replace(asked, paused_at=SOON))),
        *(_shown(reveal_view(1, told, bank, lang, each)) for each in printed),
        _shown(reveal_view(1, empty, bank, lang, ItemOutput(failed=True))),
    ]


def _other_ways(lobby: State, bank: Bank, lang: Lang) -> list[Shown]:
    """Return what only some rounds have: a thread, a host who goes on, a question that comes again."""
    ways = replace(lobby, rules=replace(lobby.rules, pace="host", until_right=True))
    told = _told(ways)
    twice = replace(told, number=2, questions=ways.questions[:1] * 2)
    views = [
        lobby_view(1, ways, bank, lang, 1234),
        lobby_view(1, replace(ways, phase="question", number=1), bank, lang, 1234),
        reveal_view(1, told, bank, lang, None),
        reveal_view(1, twice, bank, lang, None),
        reveal_view(1, replace(told, paused_at=SOON), bank, lang, None),
        reveal_view(1, told, bank, lang, None, over=True),
        question_view(1, replace(twice, planned=1, answers={}, phase="question"), bank, lang),
    ]
    return [_shown(view) for view in views]


def _for_one(lobby: State, bugs: Sequence[Question], bank: Bank, lang: Lang) -> list[Shown]:
    """Return a question that some have answered, one with long code, and what one member sees alone of both."""
    told, other = _told(lobby), other_language(lang)
    code = "\n".join(f"{n:>2}  loss_{n} = (prediction[{n}] - target[{n}]) ** 2" for n in range(1, 22))
    long = _asked(_lobby([replace(bugs[0], code=code)], lang))
    topic, item = next((topic, item) for topic in bank.topics.values() for item in topic.quiz if item.kind == "choice")
    asked = replace(_asked(lobby), answers={(1, 1): told.answers[1, 1], (1, 2): told.answers[1, 2]})
    there = in_language(lobby.questions[0], topic, item, lang, other)
    assert there is not None
    sure = rows(StopRoundButton(1, say("quiz.lead.stop_sure", lang)))
    private = [
        alone_view(1, asked, there, bank, other),
        alone_view(1, long, long.question, bank, lang),
        layout(say("quiz.lead.stop_ask", lang), *sure, colour=RED),
    ]
    keys = ("quiz.after.later_done", "quiz.error.thread_here", "quiz.error.thread_rights", "quiz.error.untranslated")
    return [
        _shown(question_view(1, asked, bank, lang)),
        _shown(question_view(1, long, bank, lang)),
        *(replace(_shown(view), private=True) for view in private),
        *(Shown({"content": say(key, lang)}, private=True) for key in keys),
    ]


def _podium(lobby: State, lang: Lang, end: str | None, *, tied: bool = False) -> Shown:
    """Return the end of a round; None for one that nobody answered."""
    told = _told(lobby)
    if tied:
        told = replace(told, answers={key: replace(given, points=1_200) for key, given in told.answers.items()})
    over = replace(told, phase="over", end=end or "unattended", answers=told.answers if end else {})  # type: ignore[arg-type]
    stands = [
        Stand(row.place, over.players[row.member_id].name, "?", say("quiz.podium.points", lang, points=row.points))
        for row in over.standings()
        if row.points and row.place <= PLACES
    ]
    picture = podium_png(stands, say("quiz.podium.title", lang)) if stands else b""
    file = discord.File(io.BytesIO(picture), "podium.png") if picture else None
    view = podium_view(1, over, lang, file, missed=end == "done")
    return Shown({"components": view.to_components()}, {"podium.png": picture})


def _shown(view: discord.ui.LayoutView) -> Shown:
    return Shown({"components": view.to_components()})
