"""The texts of a pair interview: what all see of it, the interviewer's sheet, the report."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.ui.names import called
from bot.discord.ui.text import clip, fitting, neutralise, one_line
from bot.study.interviews import InterviewQuestion, follow_up
from bot.study.pairs import Pair, PointMark, Side, differ, marks
from bot.wording import say
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Lang

_PROMPT, _POINT, _SAID, _TITLE = 1_200, 240, 900, 100
_SIGNS: dict[PointMark, str] = {"made": "✅", "perhaps": "🟡", "missed": "⬜"}


def hub_blocks(pair: Pair) -> list[str]:
    """Return what all see: who interviews whom, and nothing of what is asked."""
    lang = pair.lang
    phase = "declined" if pair.phase == "over" and not pair.begun else pair.phase
    names = {"interviewer": _name(pair.interviewer, lang), "candidate": _name(pair.candidate, lang)}
    return [f"### 🤝 {say('pair.hub.title', lang)}", say(f"pair.hub.{phase}", lang, **names)]


def sheet_blocks(pair: Pair, question: InterviewQuestion) -> list[str]:
    """Return what the interviewer has before them: the question, its points, a follow-up, their own comment."""
    lang, points, side = pair.lang, points_of(question), pair.interviewer
    lines = [f"{number}. {_point(question, point, lang)}" for number, point in enumerate(points, 1)]
    made = len(side.points) if side is not None and side.points is not None else 0
    blocks = [f"**{clip(neutralise(question.prompt), _PROMPT)}**", "\n".join([say("pair.sheet.points", lang), *lines])]
    if (following := follow_up(question, lang)) is not None:
        blocks.append(say("pair.sheet.follow_up", lang, question=clip(neutralise(following.prompt), _SAID)))
    if side is not None and side.text:
        blocks.append(say("pair.sheet.comment", lang, text=one_line(side.text, _SAID)))
    return fitting([*blocks, "-# " + say("pair.sheet.made", lang, made=made, all=len(points))])


def report_blocks(pair: Pair, question: InterviewQuestion) -> list[str]:
    """Return what came of it: both opinions of each point side by side, where they are opposites, the comment."""
    lang, points = pair.lang, points_of(question)
    first, second = marks(pair.interviewer, points), marks(pair.candidate, points)
    title = say("pair.report.title", lang, topic=clip(short_title(question.topic.title[lang]), _TITLE))
    blocks = [f"### 🤝 {title}", f"**{clip(neutralise(question.prompt), _PROMPT)}**", _sums(pair, first, second)]
    lines = []
    for place, point in enumerate(points):
        given = [each[place] for each in (first, second) if each is not None]
        against = len(given) == 2 and differ(*given)
        signs = "".join(_SIGNS[each] for each in given)
        lines.append(f"{signs}{' ⚡' if against else ''} {_point(question, point, lang)}".strip())
    blocks.append("\n".join(lines))
    if first is not None and second is not None:
        blocks.append("-# " + say("pair.report.legend", lang))
    if pair.interviewer is not None and pair.interviewer.text:
        blocks.append(say("pair.report.comment", lang, text=one_line(pair.interviewer.text, _SAID)))
    if pair.candidate is not None and pair.candidate.text:
        blocks.append(say("pair.report.answer", lang, text=one_line(pair.candidate.text, _SAID)))
    return fitting(blocks)


def points_of(question: InterviewQuestion) -> Sequence[int]:
    """Return the key points that a question asks for, by their numbers in its topic."""
    return () if question.item is None else question.item.points


def option_label(question: InterviewQuestion, number: int, point: int, lang: Lang) -> str:
    """Return a point as an option of the select names it; its whole text stands above."""
    return f"{number}. {question.topic.meta.key_points[point][lang]}"


def _sums(pair: Pair, first: list[PointMark] | None, second: list[PointMark] | None) -> str:
    lang = pair.lang
    written = pair.candidate is not None and bool(pair.candidate.text)
    silent = say("pair.report.unread" if written else "pair.report.aloud", lang)
    if first is None and second is None:
        return silent if written else say("pair.report.nothing", lang)
    counts = {
        "all": len(first or second or ()), "first": (first or []).count("made"),
        "second": (second or []).count("made"), "perhaps": (second or []).count("perhaps"),
    }  # fmt: skip
    if first is None:
        return say("pair.report.epoch", lang, **counts)
    if second is None:
        return f"{say('pair.report.interviewer', lang, **counts)}\n{silent}"
    count = sum(map(differ, first, second))
    verdict = say("pair.report.differ", lang, count=count) if count else say("pair.report.agreed", lang)
    return f"{say('pair.report.both', lang, **counts)}\n{verdict}"


def _point(question: InterviewQuestion, point: int, lang: Lang) -> str:
    return clip(neutralise(question.topic.meta.key_points[point][lang]), _POINT)


def _name(side: Side | None, lang: Lang) -> str:
    return say("pair.hub.nobody", lang) if side is None else called(side.member_id, {})
