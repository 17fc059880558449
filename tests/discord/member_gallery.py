"""Every message of `/review` and `/interview`, for the gallery: built by the real views, graded by the real grader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

from discord import ui

from bot.discord.interview import controls as interviews
from bot.discord.plan.controls import plan_view, reminder_view
from bot.discord.plan.text import reminder_text
from bot.discord.review import controls as reviews
from bot.discord.ui.review_controls import SessionItem
from bot.discord.ui.review_text import standing_line
from bot.study import plan as planning
from bot.study.agenda import Goal, Listed, agenda
from bot.study.cards import Card
from bot.study.decks import ReviewSession
from bot.study.interviews import Judged, grade_of, of_item, questions
from bot.study.learning import ReviewStatus
from bot.study.reminders import Reminder
from bot.study.schedule import AGAIN, EASY, GOOD, HARD, Grade
from bot.wording import say
from bot.wording.phrases.reviews import span
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank, Item, Lang, Topic
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder
from tests.discord.picture import Shown

NAMES = ("review-choice", "review-predict", "review-find_bug", "review-open", "review-end", "review-again", "plan",
         "interview", "interview-judged", "interview-again", "interview-full", "interview-follow-up",
         "interview-refused")  # fmt: skip
SALT, SECRET, NOW = "00ff", b"key", 1_700_000_000.0
DUES = {AGAIN: 60.0, HARD: 330.0, GOOD: 600.0, EASY: 8 * 86_400.0}
ANSWERS: Mapping[Lang, str] = {
    "zh": "GAN 有两个网络：生成器把随机噪声变成假样本，判别器给出样本是真的概率。训练时两个轮流更新："
    "先固定 G 训 D，真样本标 1，假样本标 0；再固定 D 更新 G。听说判别器太强的时候 G 的梯度会变小，所以换一个损失。",
    "en": "A GAN has two networks. The Generator turns random noise into fake samples, and the discriminator outputs "
    "the probability that a sample is real. They are trained in turns: first D with G fixed (label 1 for real, 0 for "
    "fakes), then G with D fixed. When D is too strong G's gradient gets small, so one changes the loss.",
}
#: Some of its points the grader is not sure of.
DOUBTFUL: Mapping[Lang, str] = {
    "zh": "生成器和判别器对抗，用不饱和的损失。",
    "en": "G plays a minimax game against D: D wants to tell real from fake, G wants to fool it.",
}
COMPARED: Mapping[Lang, str] = {
    "zh": "不同的 z 生成的样本几乎一样，就是坍塌了。\n可以用 WGAN-GP。@everyone",
    "en": "Samples look the same for different z.\nWGAN-GP helps. @everyone `code` **bold**",
}


@cache
def grader() -> Grader:
    """The one that grades members."""
    return Grader(load_bank(), open_encoder())


def messages(bank: Bank, lang: Lang) -> Mapping[str, Sequence[Shown]]:
    """Return the messages by name."""
    head = standing_line(ReviewStatus(due=12, new=143, today=3, streak=6), lang)
    saved = say("member.review.saved", lang, grade=say("member.grade.good", lang), when=span(DUES[GOOD], lang))
    none = standing_line(ReviewStatus(due=0, new=0, today=9, streak=6), lang)
    said = [say("member.review.zone_set", lang, zone="Asia/Shanghai"), say("member.review.saved_before", lang),
            say("member.review.zone_unknown", lang, zone="Mars/Olympus"), say("member.review.gone", lang)]  # fmt: skip
    end = [reviews.nothing_view(lang, f"{saved}\n{none}", NOW), reviews.nothing_view(lang, none, None),
           *(reviews.nothing_view(lang, f"{each}\n{none}", NOW) for each in said)]  # fmt: skip
    return {
        **{f"review-{kind}": _told(*_first(bank, kind), lang, head) for kind in ("choice", "predict", "find_bug")},
        "review-open": _told(*_first(bank, "open"), lang, f"{saved}\n{head}"),
        "review-end": [_private(view) for view in end],
        "review-again": _again(*_first(bank, "choice"), lang, head),
        "plan": [_private(view) for view in _plans(bank, lang)],
        **_interview(bank, lang),
    }


def _again(topic: Topic, item: Item, lang: Lang, head: str) -> list[Shown]:
    """What was missed in a session, asked once more and told; and the ends of the other decks."""
    showing = SessionItem(ReviewSession("mine", int(NOW)), again=True)
    dues: dict[Grade, float] = {GOOD: DUES[GOOD]}
    return [_private(reviews.asked_view(topic, item, lang, SALT, SECRET, head, showing)),
            _private(reviews.told_view(topic, item, lang, SALT, SECRET, "B", dues, None, showing)),
            _private(reviews.nothing_view(lang, head, NOW, "mine")),
            _private(reviews.nothing_view(lang, head, NOW, "mine", missed=False)),
            _private(reviews.nothing_view(lang, head, NOW, "plan"))]  # fmt: skip


def _plans(bank: Bank, lang: Lang) -> Iterator[ui.LayoutView]:
    """A plan as it was made, half done with a reminder, of a day that is over, and a reminder itself."""
    today = date(2026, 11, 30)
    found = planning.outlooks(bank, {}, NOW, NOW + 20 * planning.DAY)
    listed = [Listed.of(step) for step in planning.plan(found, 60, Random(1)).today]
    reminder = Reminder(1, 19, lang, NOW, zone="America/Argentina/ComodRivadavia")
    for goal, done, kept, quiet in (
        (Goal(date(2026, 12, 20), 60), [], None, False),
        (Goal(date(2026, 12, 20), 60), [each.key for each in listed[::2]], reminder, False),
        (Goal(date(2026, 11, 1), 600), [each.key for each in listed], reminder, True),
        (Goal(), [], replace(reminder, closed=NOW), False),
    ):
        yield plan_view(agenda(goal, listed, done, found, bank, today), bank, lang, kept, "", quiet=quiet)
    for choice in ("send", "last"):
        standing = ReviewStatus(due=12, new=143, today=0, streak=6)
        yield reminder_view(reminder_text(standing, date(2026, 12, 20), today, choice, lang), lang)


def _first(bank: Bank, kind: str) -> tuple[Topic, Item]:
    return next((topic, item) for topic in bank.topics.values() for item in topic.quiz if item.kind == kind)


def _told(topic: Topic, item: Item, lang: Lang, head: str) -> list[Shown]:
    letter = reviews.SHOW if isinstance(item, Open) else "B"
    return [_private(reviews.asked_view(topic, item, lang, SALT, SECRET, head)),
            _private(reviews.told_view(topic, item, lang, SALT, SECRET, letter, DUES))]  # fmt: skip


def _interview(bank: Bank, lang: Lang) -> dict[str, Sequence[Shown]]:
    gan = bank["gan"]
    item = next(item for item in gan.quiz if isinstance(item, Open))
    asked = of_item(gan, item, lang)
    section = next(each for each in questions(gan, lang) if each.item is None)
    everything = " ".join(gan.meta.key_points[index][lang] for index in item.points)
    form = interviews.AnswerForm(asked, lang, SALT)
    refused = [say(f"member.interview.{key}", lang) for key in ("empty", "symbols", "too_long")]
    return {
        "interview": [_private(interviews.asked_view(asked, lang, SALT)), Shown(form.to_dict())],
        "interview-judged": [_judged(gan, item, ANSWERS[lang], lang)],
        "interview-again": [_judged(gan, item, DOUBTFUL[lang], lang, counts=False)],
        "interview-full": [_judged(gan, item, everything, lang)],
        "interview-follow-up": [
            Shown(interviews.AnswerForm(section, lang, SALT).to_dict()),
            _private(interviews.compared_view(section, COMPARED[lang], lang, SALT, "01ff")),
        ],
        "interview-refused": [Shown({"content": text}, private=True) for text in refused],
    }


def _judged(topic: Topic, item: Open, answer: str, lang: Lang, *, counts: bool = True) -> Shown:
    grades = grader().grade(topic, answer)
    points = tuple(grades[index] for index in item.points)
    grade = grade_of(points)
    card = Card(1, topic.slug, item.id, {}, NOW + DUES[grade]) if counts else None
    judged = Judged(points, grade, card)
    return _private(interviews.judged_view(of_item(topic, item, lang), judged, answer, lang, SALT, "01ff", NOW))


def _private(view: ui.LayoutView) -> Shown:
    return Shown({"components": view.to_components()}, private=True)
