"""What came of a whole interview, in words that both fronts say."""

from __future__ import annotations

from bot.study.loops.machine import Part
from bot.study.loops.report import Report
from bot.wording import say
from bot.wording.foreign import Clean
from bot.wording.languages import listed
from bot.wording.phrases.progress import short_title
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Bank, Lang

#: Points that are named of those that changed.
_NAMED = 3


def minutes(seconds: float) -> int:
    """Return seconds as whole minutes, one at least where there are any."""
    return max(round(seconds / 60), 1) if seconds > 0 else 0


def title_of(bank: Bank, slug: str, lang: Lang) -> str:
    """Return what a topic is called, in short; its slug where it has left the bank."""
    topic = find_topic(bank, slug)
    return short_title(topic.title[lang]) if topic is not None else slug


def point_text(bank: Bank, slug: str, point: int, lang: Lang) -> str | None:
    """Return a key point in words; None where it has left the bank."""
    topic = find_topic(bank, slug)
    if topic is None or point >= len(topic.meta.key_points):
        return None
    return topic.meta.key_points[point][lang]


def summary(report: Report, lang: Lang) -> str:
    """Return the figures in one line."""
    now = report.now
    found = [say("loop.report.points", lang, made=now.made, asked=now.asked)] if now.asked else []
    if now.asked and now.unsure:
        found[0] += say("loop.report.perhaps", lang, count=now.unsure)
    if now.bug is not None:
        found.append(say(f"loop.report.bug_{'yes' if now.bug else 'no'}", lang))
    if now.drill is not None:
        found.append(say(f"loop.report.drill_{'yes' if now.drill else 'no'}", lang))
    spent, limit = minutes(now.seconds), minutes(report.loop.limit_s)
    return " · ".join([*found, say("loop.report.time", lang, spent=spent, limit=limit)])


def result(part: Part, lang: Lang) -> str:
    """Return what a part came to, in a word or two."""
    if part.end != "answered":
        return say(f"loop.report.{part.end or 'untimely'}", lang)
    if part.passed is not None:
        good, bad = ("found", "not_found") if part.kind == "bug" else ("passed", "failed")
        return say(f"loop.report.{good if part.passed else bad}", lang)
    if not part.points:
        return say("loop.report.answered", lang)
    return say("loop.report.of_points", lang, made=len(part.made), asked=len(part.points))


def row(part: Part, bank: Bank, lang: Lang) -> str:
    """Return a part in one line: topic, kind, what it came to, its time."""
    return say(
        "loop.report.row", lang, topic=title_of(bank, part.topic, lang), kind=say(f"loop.part.{part.kind}", lang),
        result=result(part, lang), minutes=minutes(part.spent_s),
    )  # fmt: skip


def missed(report: Report, bank: Bank, lang: Lang, clean: Clean) -> list[str]:
    """Return the points that answers missed, each with its topic."""
    lines = []
    for topic, point in report.missed:
        text = point_text(bank, topic, point, lang)
        if text is not None:
            lines.append(f"{clean(title_of(bank, topic, lang))} · {clean(text)}")
    return lines


def since(report: Report, bank: Bank, lang: Lang, clean: Clean) -> list[str]:
    """Return what changed since the interview before, in lines."""
    before, now = report.before, report.now
    if before is None:
        return [say("loop.report.first", lang)]
    figures = []
    if before.asked and now.asked:
        shares = {"before": round(before.share * 100), "now": round(now.share * 100)}
        figures.append(say("loop.report.since_points", lang, **shares))
    figures.append(say("loop.report.since_time", lang, before=minutes(before.seconds), now=minutes(now.seconds)))
    lines = [" · ".join(figures)]
    for key, points in (("mended", report.mended), ("again", report.again)):
        texts = [text for topic, point in points if (text := point_text(bank, topic, point, lang)) is not None]
        if texts:
            more = [f"- … +{len(texts) - _NAMED}"] if len(texts) > _NAMED else []
            lines += [say(f"loop.report.{key}", lang), *(f"- {clean(text)}" for text in texts[:_NAMED]), *more]
    return lines


def study(report: Report, bank: Bank, lang: Lang) -> str:
    """Return what to study next; empty where nothing was missed."""
    named = []
    for slug, count in report.study:
        title = title_of(bank, slug, lang)
        named.append(say("loop.report.study_points", lang, title=title, count=count) if count else title)
    return say("loop.report.study", lang, topics=listed(named, lang)) if named else ""
