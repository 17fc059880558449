"""Whatever stands in a bank, a question or a name: Discord takes the message, and the text does nothing but stand."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.ask.controls import answer_views, explained_view, reply_views
from bot.discord.ask.followups import AskMoreForm
from bot.discord.hosting.controls import TimeForm, gaps_view, settings_view
from bot.discord.hosting.gaps_text import gaps_text
from bot.discord.ui.base import layout
from bot.discord.ui.error_text import explain
from bot.discord.ui.items import asked_view, told_view
from bot.store.feedback import Tally
from bot.store.gaps import question_key
from bot.store.guilds import DailyTime, GuildSettings
from bot.study.gaps import Gap
from bot.study.rounds.questions import present
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.kinds import Choice
from knowledge.bank.models import LANGS, SECTIONS, Bank, Text, Topic
from knowledge.bank.questions import UnknownQuestion
from knowledge.search.clusters import Cluster
from knowledge.search.retriever import Candidate, Reply
from tests.bot.world import bank
from tests.discord.validation import validate

HOSTILE = [
    "@everyone @here <@1> <@!2> <@&3> <#4>", "```py\n``` ``` `", "\u202e\u2066evil\u2069", "\x1b[31mred\x1b[0m \x07",
    "z" + "\u0301" * 300, "😀" * 4000, "# big\n> quote\n-# small\n||spoiler||", "[click](https://evil.example) <t:1:R>",
    "a\r\nb\u2028c\x85d\x00", "\ufeff\u200b\u00ad",
]  # fmt: skip
SEND = "/channels/1/messages"
ANSWER = "/interactions/1/token/callback"
MODAL = 9
langs, sections = st.sampled_from(LANGS), st.sampled_from(list(SECTIONS))
words = st.one_of(st.text(min_size=1, max_size=400), st.sampled_from(HOSTILE)).map(lambda text: f"x{text}")
slugs = st.from_regex(r"[a-z][a-z0-9]{0,15}(-[a-z0-9]{1,12}){0,2}", fullmatch=True)
both = st.builds(lambda zh, en: Text(zh=zh, en=en), words, words)
choices = st.builds(
    lambda prompt, options, answer, why: Choice(
        id="an-item", kind="choice", prompt=prompt, options=options, answer=answer, why=why
    ),
    both, st.tuples(both, both, both, both), st.integers(0, 3), both,
)  # fmt: skip


@st.composite
def topics(draw: st.DrawFn) -> Topic:
    gan = bank()["gan"]
    meta = gan.meta.model_copy(
        update={"title": draw(both), "questions": tuple(draw(st.lists(st.integers(1, 9999), max_size=40, unique=True)))}
    )
    texts = {lang: {section: draw(words) * draw(st.integers(1, 12)) for section in SECTIONS} for lang in LANGS}
    quiz = tuple(draw(st.lists(choices, max_size=2, unique_by=lambda item: item.id)))
    return gan.model_copy(update={"slug": draw(slugs), "meta": meta, "sections": texts, "quiz": quiz})


def taken(views: Iterable[ui.LayoutView]) -> None:
    for view in views:
        body = {"components": view.to_components(), "flags": 1 << 15, "allowed_mentions": {"parse": []}}
        validate("POST", SEND, body)


def opened(form: ui.Modal) -> None:
    validate("POST", ANSWER, {"type": MODAL, "data": form.to_dict()})


def texts_of(view: ui.LayoutView) -> str:
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))


def harmless(view: ui.LayoutView) -> None:
    text = texts_of(view).replace("\\[", "")
    signs = ("@everyone", "@here", "<@1>", "<@&3>", "<#4>", "```", "\u202e", "\x1b", "\u0301" * 3, "[click", "<t:1")
    for sign in signs:
        assert sign not in text, f"{sign!r} got through"
    assert "\n# big" not in text


@settings(max_examples=60)
@given(topics(), sections, langs, langs, st.one_of(st.none(), words), st.booleans())
def test_an_answer_is_taken_whatever_the_topic_says(
    topic: Topic, section: str, lang: str, ui_lang: str, question: str | None, private: bool
) -> None:
    whole = Bank(topics={**bank().topics, topic.slug: topic})
    views = answer_views(topic, section, lang, ui_lang, question=question, private=private, bank=whole)  # type: ignore[arg-type]
    taken(views)


@settings(max_examples=40)
@given(words, langs, st.sampled_from(["clarify", "decline"]), st.booleans())
def test_an_offer_is_taken_whatever_was_asked(question: str, lang: str, outcome: str, helper: bool) -> None:
    nearest = tuple(Candidate(slug, 0.3) for slug in bank().topics)
    reply = Reply(outcome, None, None, 0.3, lang, nearest)  # type: ignore[arg-type]
    taken(reply_views(reply, bank(), "zh", question=question, helper=helper))


@settings(max_examples=40)
@given(topics(), choices, langs, st.integers(), st.sampled_from("ABCD"))
def test_an_item_is_taken_before_and_after_it_is_answered(
    topic: Topic, item: Choice, lang: str, seed: int, letter: str
) -> None:
    question = present(topic, item, lang, Random(seed))  # type: ignore[arg-type]
    taken([asked_view(topic, question, lang, "0123456789abcdef")])  # type: ignore[arg-type]
    taken([told_view(topic, question, lang, "en", letter)])  # type: ignore[arg-type]


ids = st.integers(1, 2**63 - 1)


@settings(max_examples=40)
@given(
    st.builds(
        GuildSettings, lang=st.one_of(st.none(), langs), channels=st.lists(ids, max_size=60, unique=True).map(tuple),
        helper_role=st.one_of(st.none(), ids), runs=st.booleans(), run_cooldown_s=st.floats(0, 3600),
        run_seconds=st.one_of(st.none(), st.floats(0.1, 1e6)), runs_at_once=st.integers(1, 4),
        edited_code=st.sampled_from(["everyone", "managers", "nobody"]),
        daily=st.one_of(st.none(), st.builds(DailyTime, channel_id=ids, hour=st.integers(0, 23))),
    ),
    langs, st.booleans(),
)  # fmt: skip
def test_the_panel_is_taken_whatever_is_set(settings: GuildSettings, lang: str, reachable: bool) -> None:
    taken([settings_view(settings, lang, helper_reachable=reachable)])  # type: ignore[arg-type]
    opened(TimeForm(settings.daily or DailyTime(channel_id=1), lang))  # type: ignore[arg-type]


@settings(max_examples=40)
@given(
    st.lists(st.builds(Cluster, words, st.integers(1, 10**6), st.just({}), st.just(("gan", "gone")),
                       st.lists(words, max_size=5).map(tuple)),
             max_size=40, unique_by=lambda cluster: question_key(cluster.question)),
    st.lists(st.builds(Tally, st.sampled_from(["gan", "gone"]), sections, langs, ids, ids), max_size=12), langs,
)  # fmt: skip
def test_gaps_are_taken_whatever_was_asked(found: list[Cluster], tallies: list[Tally], lang: str) -> None:
    noted = [Gap(each.question, lang, (), 1, 0.0, 0.0) for each in found]  # type: ignore[arg-type]
    taken([gaps_view(gaps_text(found, tallies, bank(), lang), found, noted, lang)])  # type: ignore[arg-type]


@given(slugs, words, langs)
def test_the_modal_is_taken_whatever_the_topic_is_called(slug: str, title: str, lang: str) -> None:
    opened(AskMoreForm(slug, title, lang))  # type: ignore[arg-type]


def test_what_discord_refuses_is_refused_here() -> None:
    with pytest.raises(AssertionError, match="at most"):
        taken([layout("x" * 5000)])
    with pytest.raises(AssertionError, match="label|length|long"):
        opened(ui.Modal(title="x" * 60, custom_id="x"))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("lang", LANGS)
def test_hostile_text_stands_there_and_does_nothing(text: str, lang: str) -> None:
    nearest = tuple(Candidate(slug, 0.3) for slug in bank().topics)
    replies = [Reply(outcome, None, None, 0.3, lang, nearest) for outcome in ("clarify", "decline")]  # type: ignore[arg-type]
    replies.append(Reply("answer", "gan", "answer", 0.9, lang, nearest))  # type: ignore[arg-type]
    views = [view for reply in replies for view in reply_views(reply, bank(), lang, question=text)]  # type: ignore[arg-type]
    cluster = Cluster(text, 1, {}, (), (text, text))
    noted = [Gap(text, lang, (), 1, 0.0, 0.0)]  # type: ignore[arg-type]
    views.append(gaps_view(gaps_text([cluster], [], bank(), lang), [cluster], noted, lang))  # type: ignore[arg-type]
    for error in (UnknownTopic(text, ("gan",)), UnknownQuestion(text, (1, 2, 5))):
        explained = explain(error, lang)  # type: ignore[arg-type]
        assert explained is not None
        views.append(explained_view(explained, bank(), lang))  # type: ignore[arg-type]
    for view in views:
        harmless(view)
    taken(views)


def test_the_control_hostile_text_that_is_not_neutralised_is_noticed() -> None:
    for text in ("@everyone", "```", "\u202e"):
        with pytest.raises(AssertionError, match="got through"):
            harmless(layout(text))
