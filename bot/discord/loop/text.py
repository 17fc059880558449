"""The text of a whole interview's messages. Before its end nothing tells how an answer went."""

from __future__ import annotations

from collections.abc import Mapping

from bot.discord.ui.item_text import question_blocks
from bot.discord.ui.split import pieces
from bot.discord.ui.text import clip, fitting, neutralise, one_line
from bot.study.interviews import InterviewQuestion
from bot.study.loops import machine
from bot.study.loops.machine import Loop, Part
from bot.study.loops.report import Report, shown
from bot.study.loops.roles import Role
from bot.study.rounds.questions import Question
from bot.wording import say
from bot.wording.phrases import loops
from knowledge.bank.drills import Drill
from knowledge.bank.models import Bank, Lang

_TITLE, _PROMPT, _STATEMENT, _POINT, _SAID, _ANSWER = 200, 1_500, 1_500, 240, 900, 1_500
#: Discord's limit on the description of a picture.
ALT_TEXT = 1_024
#: Points that the report names.
_MISSED = 8


def role_title(roles: Mapping[str, Role], name: str, lang: Lang) -> str:
    """Return what a role is called; its name where the host has taken it away."""
    return clip(roles[name].title[lang] if name in roles else name, _TITLE)


def head(loop: Loop, role: str) -> str:
    """Return the title of the part that is asked."""
    number, count = loop.at + 1, len(loop.parts)
    return f"### {say('loop.part.title', loop.lang, role=role, number=number, count=count)}"


def clock(loop: Loop, now: float) -> str:
    """Return how long the part should take, and how long is left of it all; Discord counts down by itself."""
    part = loop.part
    assert part is not None
    rest = machine.left(loop, now)
    if rest <= 0:
        return "-# " + say("loop.part.late", loop.lang)
    own = max(part.share_s - machine.part_spent(loop, now), 0.0)
    return "-# " + say("loop.part.clock", loop.lang, part=int(now + min(own, rest)), whole=int(now + rest))


def words_blocks(part: Part, question: InterviewQuestion, lang: Lang) -> list[str]:
    """Return an open question or a follow-up."""
    kind = say(f"loop.part.{part.kind}", lang)
    topic = f"-# {clip(question.topic.title[lang], _TITLE)} · {kind}"
    hint = "-# " + say("loop.part.say_it", lang)
    return [topic, f"**{clip(neutralise(question.prompt), _PROMPT)}**", hint]


def bug_blocks(part: Part, question: Question, bank: Bank, lang: Lang) -> list[str]:
    """Return a bug to find."""
    return question_blocks(question, loops.title_of(bank, part.topic, lang), lang)


def drill_blocks(drill: Drill, bank: Bank, lang: Lang) -> list[str]:
    """Return a drill to be written."""
    topic = loops.title_of(bank, drill.topic, lang)
    title = f"**{clip(drill.meta.title[lang], _TITLE)}**\n-# {clip(topic, _TITLE)} · {say('loop.part.drill', lang)}"
    hint = "-# " + say("loop.part.write_it", lang, minutes=drill.meta.minutes)
    return [title, clip(drill.meta.statement[lang].strip(), _STATEMENT), hint]


def report_blocks(report: Report, bank: Bank, role: str, lang: Lang) -> tuple[list[str], list[str]]:
    """Return the text above the picture, and that below it."""
    above = [f"### {say('loop.report.title', lang, role=role)}\n{loops.summary(report, lang)}"]
    missed = loops.missed(report, bank, lang, _plain)
    answered = any(part.end == "answered" for part in report.loop.parts)
    below = []
    if not answered:
        below.append(say("loop.report.nothing_answered", lang))
    elif missed:
        more = [f"- … +{len(missed) - _MISSED}"] if len(missed) > _MISSED else []
        below.append("\n".join([say("loop.report.missed", lang), *(f"- {each}" for each in missed[:_MISSED]), *more]))
    else:
        below.append(say("loop.report.none_missed", lang))
    below.append("\n".join([say("loop.report.since", lang), *loops.since(report, bank, lang, _plain)]))
    below += filter(None, [loops.study(report, bank, lang)])
    below.append("-# " + say("loop.report.counted", lang))
    blocks = fitting([*above, *below])
    return blocks[: len(above)], blocks[len(above) :]


def alt_text(report: Report, bank: Bank, lang: Lang) -> str:
    """Return what the picture shows, in words."""
    rows = " ".join(loops.row(part, bank, lang) for part in report.loop.parts if shown(part))
    return clip(say("loop.report.picture", lang, rows=rows), ALT_TEXT)


def part_blocks(part: Part, number: int, question: InterviewQuestion | None, bank: Bank, lang: Lang) -> list[str]:
    """Return one part of an interview that is over: what was asked, what was said, what a full answer has."""
    blocks = [f"### {number + 1} · {loops.row(part, bank, lang)}"]
    if part.kind == "bug":
        return fitting([*blocks, *_bug(part, lang)])
    if part.kind == "drill":
        return [*blocks, say("loop.report.drill_answer", lang, tries=part.tries, hints=part.hints)]
    if question is None:
        return blocks
    blocks.append(f"**{clip(neutralise(question.prompt), _PROMPT)}**")
    if part.answer is not None:
        blocks.append(f"{say('member.interview.you_said', lang)}\n> {one_line(part.answer, _SAID)}")
    else:
        blocks.append(say("loop.report.no_answer", lang))
    lines = []
    for point in part.points:
        text = loops.point_text(bank, part.topic, point, lang)
        mark = "✅" if point in part.made else "🟡" if point in part.unsure else "⬜"
        lines += [f"{mark} {_plain(text)}"] if text is not None else []
    answer = pieces(question.answer, _ANSWER)[0].shown.strip() if question.answer else ""
    blocks += filter(None, ["\n".join(lines)])
    if answer:
        blocks.append(f"**{say('member.interview.answer', lang)}**\n{answer}")
    return fitting(blocks)


def _bug(part: Part, lang: Lang) -> list[str]:
    question = Question.from_json(dict(part.question or {}))
    blocks = [f"**{clip(question.prompt, _PROMPT)}**", f"```py\n{clip(neutralise(question.code or ''), _PROMPT)}\n```"]
    if part.answer is None:
        blocks.append(say("loop.report.no_answer", lang))
    else:
        blocks.append(say("loop.report.bug_answer", lang, letter=part.answer, right=question.right[0]))
    if question.fixed:
        blocks.append(f"{say('quiz.reveal.fix', lang)}\n```py\n{neutralise(question.fixed)}\n```")
    if question.why:
        blocks.append(clip(question.why, _SAID))
    return blocks


def _plain(text: str) -> str:
    return clip(neutralise(text), _POINT)
