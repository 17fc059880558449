"""Whatever is answered and whatever a bank holds: Discord takes the message, and the answer does nothing but stand."""

from __future__ import annotations

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.interview.controls import AnswerForm, asked_view, compared_view, judged_view
from bot.discord.interview.text import verdict
from bot.study.cards import Card
from bot.study.interviews import InterviewQuestion, Judged, grade_of, of_item, questions
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang, Text, Topic
from knowledge.grading.grades import MAX_CHARS, PointGrade
from knowledge.search.reading import normalise
from tests.bot.discord.ui.test_base import HOSTILE, harmless, opened, slugs, taken, texts_of, words

GAN = load_bank()["gan"]
ITEM = next(item for item in GAN.quiz if isinstance(item, Open))
SALT, NOW = "f" * 16, 1_700_000_000.0
langs = st.sampled_from(LANGS)
both = st.builds(lambda zh, en: Text(zh=zh, en=en), words, words)
answers = st.lists(st.one_of(words, st.sampled_from(HOSTILE)), min_size=1, max_size=12).map(
    lambda parts: " ".join(parts)[:MAX_CHARS]
)


@st.composite
def judged(draw: st.DrawFn, answer: str, item: Open) -> Judged:
    """What a grader may say: each point's span is a stretch of the folded answer, its words are words of it."""
    folded = normalise(answer)
    points = []
    for index in item.points:
        start = draw(st.integers(0, max(len(folded) - 1, 0)))
        span = folded[start : start + draw(st.integers(1, 500))]
        score = draw(st.floats(0, 1))
        points.append(PointGrade(index, score > 0.3, score, span, tuple(span.split()[:9])))
    card = Card(1, "gan", item.id, {}, NOW + draw(st.floats(60, 1e9))) if draw(st.booleans()) else None
    return Judged(tuple(points), grade_of(points), card)


@st.composite
def topics(draw: st.DrawFn) -> Topic:
    points = tuple(draw(st.lists(both, min_size=1, max_size=10)))
    item = Open(id="in-words", kind="open", prompt=draw(both), points=tuple(range(len(points))))
    asked = "\n\n".join(f"**{draw(words)}?** {draw(words)}" for _ in range(draw(st.integers(0, 3))))
    text = {**GAN.sections["en"], "answer": draw(words) * draw(st.integers(1, 9)), "interview": asked}
    meta = GAN.meta.model_copy(update={"key_points": points, "title": draw(both)})
    sections = {"zh": text, "en": text}
    return GAN.model_copy(update={"slug": draw(slugs), "meta": meta, "quiz": (item,), "sections": sections})


def views_of(question: InterviewQuestion, said: Judged | None, answer: str, lang: Lang) -> list[ui.LayoutView]:
    if said is None:
        return [compared_view(question, answer, lang, SALT, SALT[1:])]
    return [judged_view(question, said, answer, lang, SALT, SALT[1:], NOW)]


@settings(max_examples=60)
@given(topics(), answers, langs, st.data())
def test_every_message_is_taken_whatever_stands_in_the_bank(
    topic: Topic, answer: str, lang: Lang, data: st.DataObject
) -> None:
    for question in questions(topic, lang):
        opened(AnswerForm(question, lang, SALT))
        taken([asked_view(question, lang, SALT)])
        said = data.draw(judged(answer, question.item)) if question.item is not None else None
        taken(views_of(question, said, answer, lang))


@settings(max_examples=100)
@given(answers, langs, st.data())
def test_an_answer_stands_there_and_does_nothing(answer: str, lang: Lang, data: st.DataObject) -> None:
    for question in (of_item(GAN, ITEM, lang), questions(GAN, lang)[1]):
        said = data.draw(judged(answer, ITEM)) if question.item is not None else None
        views = views_of(question, said, answer, lang)
        taken(views)
        for view in views:
            harmless(view)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_a_hostile_span_quoted_whole_does_nothing(text: str) -> None:
    answer = f"gan {text} loss {text}"
    points = tuple(PointGrade(index, True, 0.96, normalise(answer), ("gan", "loss")) for index in ITEM.points)
    view = judged_view(of_item(GAN, ITEM, "en"), Judged(points, 4, None), answer, "en", SALT, "0", NOW)
    harmless(view)
    assert "**gan**" in texts_of(view)


@pytest.mark.parametrize("lang", LANGS)
def test_points_are_told_apart_and_quotes_stand_only_where_something_was_said(lang: Lang) -> None:
    scores = (0.96, 0.5, 0.25, 0.01)
    points = tuple(
        PointGrade(index, score >= 0.3, score, f"words of {index}", ()) for index, score in enumerate(scores)
    )
    said = Judged(points, grade_of(points), None)
    text = texts_of(judged_view(of_item(GAN, ITEM, lang), said, "Words of 0; words of 1", lang, SALT, "0", NOW))
    marks = [line[0] for line in text.splitlines() if line[:1] in tuple("✅🟡⬜")]
    assert marks == ["✅", "🟡", "🟡", "⬜"]
    quotes = [line for line in text.splitlines() if line.startswith("> ")]
    assert quotes == ["> Words of 0", "> words of 1", "> words of 2"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_full_answer_to_any_item_of_the_bank_is_shown_uncut_with_all_it_quotes(lang: Lang) -> None:
    for topic in load_bank().topics.values():
        for item in (item for item in topic.quiz if isinstance(item, Open)):
            texts = [topic.meta.key_points[index][lang] for index in item.points]
            points = tuple(
                PointGrade(index, True, 0.5, normalise(text), tuple(normalise(text).split()))
                for index, text in zip(item.points, texts, strict=True)
            )
            question, said = of_item(topic, item, lang), Judged(points, grade_of(points), None)
            text = texts_of(judged_view(question, said, " ".join(texts), lang, SALT, "0", NOW))
            for whole in (*texts, question.prompt, question.answer):
                assert whole in text, f"{topic.slug}: {item.id}"


def test_the_verdict_counts_what_is_sure_apart_from_what_is_not() -> None:
    points = (PointGrade(0, True, 0.96, "", ()), PointGrade(1, True, 0.5, "", ()), PointGrade(2, False, 0.1, "", ()))
    text = verdict(Judged(points, 3, Card(1, "gan", "x", {}, NOW + 600)), "en", NOW)
    assert text == "**You made 1 of 3 points**, perhaps 1 more\n-# Noted as *Good*: it comes back in 10 min."
