from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.discord.ask.controls import answer_views, reply_views
from bot.discord.ask.parts import PartButton
from bot.discord.ask.suggesting import gap_mark
from bot.discord.ask.text import hint
from bot.discord.ui.rest import RestSelect
from bot.discord.ui.text import width
from bot.study.discussions import Discussions
from bot.study.shown import PagePlace
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, SECTIONS, Lang
from knowledge.search.arrays import F32
from knowledge.search.retriever import Candidate, Reply
from knowledge.search.terms import UnitRef
from runners.local import LocalRunner
from tests.bot.world import bank, controls_of, discord_world, make_bot, make_retriever, make_tutor, options_of, text_of

GAN, CNN, LSTM = (PagePlace(slug, "en", "answer") for slug in ("gan", "cnn", "lstm"))
NEAREST = (Candidate("gan", 0.4), Candidate("overfitting", 0.35), Candidate("activation-functions", 0.2))


class Scripted:
    """A retriever that gives one reply, or raises."""

    def __init__(self, reply: Reply | Exception) -> None:
        self.reply = reply

    def ask(self, question: str, lang: Lang | None = None, about: str | None = None) -> Reply:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
        topics: frozenset[str] | None = None,
    ) -> list[Reply]:
        return [self.ask(question) for question in questions]

    def rest(self) -> None:
        pass

    def unit_within(self, texts: Sequence[str], topic: str) -> UnitRef | None:
        small = make_retriever()
        return small.unit_within(texts, topic) if topic in small.slugs else None

    def alike(self, questions: Sequence[str]) -> F32:
        return make_retriever().alike(questions)


def scripted(reply: Reply | Exception) -> Tutor:
    return Tutor(bank(), Scripted(reply), LocalRunner())


@pytest.mark.parametrize(
    ("question", "title"),
    [("what is mode collapse", "Generative adversarial networks (GAN)"), ("模式崩溃是什么", "生成对抗网络（GAN）")],
)
async def test_an_answer_comes_in_the_language_of_its_question_whatever_the_locale(
    tmp_path: Path, question: str, title: str
) -> None:
    async with discord_world(tmp_path, locale="zh-CN") as world:
        result = await world.alice.slash(world.channel, "ask", question=question)
        assert result.response is not None
        assert title in text_of(result.response)
        assert question in text_of(result.response)
        assert controls_of(result.response)["epoch:run:gan:main"] == "运行"
        assert not result.ephemeral


@pytest.mark.parametrize(
    ("locale", "by_host", "title"),
    [
        ("zh-CN", None, "生成对抗网络（GAN）"),
        ("en-US", None, "Generative adversarial networks (GAN)"),
        ("en-US", "zh", "生成对抗网络（GAN）"),
        ("zh-CN", "en", "Generative adversarial networks (GAN)"),
    ],
)
async def test_a_latin_term_alone_is_answered_in_the_language_of_the_interface(
    tmp_path: Path, locale: str, by_host: Lang | None, title: str
) -> None:
    async with discord_world(tmp_path, locale=locale) as world:
        if by_host:
            await world.bot.services.servers.change(world.guild.id, lang=by_host)
        result = await world.alice.slash(world.channel, "ask", question="GAN")
        assert f"### {title}" in text_of(result.response)
        assert world.bot.user is not None
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> GAN")  # her locale is known by now
        assert f"### {title}" in text_of(world.last)


async def test_the_answer_opens_at_the_section_that_was_asked_for(tmp_path: Path) -> None:
    reply = Reply("answer", "gan", "pitfalls", 0.9, "en", NEAREST)
    async with discord_world(tmp_path, scripted(reply)) as world:
        result = await world.alice.slash(world.channel, "ask", question="gan pitfalls")
        assert "-# Pitfalls" in text_of(result.response)
        assert "Generative adversarial networks (GAN): Pitfalls" in text_of(result.response)
        assert "In practice" not in text_of(result.response)


async def test_the_other_sections_open_for_who_wants_them_and_turn_like_pages(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="模式崩溃是什么")).response
        assert answer is not None
        page = await world.bob.select(answer.message, ["epoch:part:gan:how:zh"], custom_id="epoch:rest")
        assert page.ephemeral
        assert "-# 原理" in text_of(page.response)
        assert page.response is not None
        turned = await world.bob.select(page.response, ["epoch:part:gan:interview:zh"], custom_id="epoch:rest")
        assert not turned.followups
        assert "-# 面试追问" in text_of(page.response)
        assert "-# 回答" in text_of(answer), "the public answer must stay as it is"


@pytest.mark.parametrize(
    ("lang", "lead", "pick"), [("zh", "你想问的是不是", "选一个主题…"), ("en", "Did you mean", "Pick a topic…")]
)
async def test_an_unsure_reply_asks_did_you_mean_and_a_pick_answers_after_a_restart_too(
    tmp_path: Path, lang: Lang, lead: str, pick: str
) -> None:
    reply = Reply("clarify", None, None, 0.4, lang, NEAREST)
    async with discord_world(tmp_path, scripted(reply), locale="zh-CN" if lang == "zh" else "en-US") as world:
        offered = (await world.alice.slash(world.channel, "ask", question="假的怎么办")).response
        assert offered is not None
        assert lead in text_of(offered)
        assert controls_of(offered) == {f"epoch:meant:{lang}": pick}
        fitted = bank()["overfitting"]
        for _ in range(2):
            picked = await world.bob.select(offered, ["overfitting"], custom_id=f"epoch:meant:{lang}")
            assert f"### {fitted.title[lang]}\n-# {SECTIONS['answer'][lang]}" in text_of(picked.response)
            assert not picked.ephemeral
            world.bot = make_bot(tmp_path, scripted(reply))
            await world.env.restart_bot(world.bot)


@pytest.mark.parametrize(("lang", "said"), [("zh", "题库没有专门比较它们"), ("en", "The bank does not compare them")])
async def test_two_definitions_stand_below_each_other_where_nothing_compares(
    tmp_path: Path, lang: Lang, said: str
) -> None:
    below = (UnitRef("overfitting", "answer", "answer"),)
    reply = Reply("answer", "gan", "answer", 0.9, lang, NEAREST, also=("overfitting",), below=below)
    async with discord_world(tmp_path, scripted(reply), locale="zh-CN" if lang == "zh" else "en-US") as world:
        text = text_of((await world.alice.slash(world.channel, "ask", question="gan vs overfitting")).response)
        titles = [bank()[slug].title[lang] for slug in ("gan", "overfitting")]
        first, second, last = map(text.index, (*titles, said))
        assert first < second < last
        alone = replace(reply, also=(), below=())
        assert said not in str([view.to_components() for view in reply_views(alone, bank(), lang)])


@pytest.mark.parametrize(
    ("lang", "said", "near"),
    [
        ("zh", "题库里还没有讲“SVM”的主题。", "最接近的主题"),
        ("en", "The bank has no topic on “SVM” yet.", "Nearest topics"),
    ],
)
async def test_what_is_not_covered_is_named_and_topics_are_offered_only_where_near(
    tmp_path: Path, lang: Lang, said: str, near: str
) -> None:
    far = tuple(Candidate(slug, 0.05) for slug in ("gan", "overfitting"))
    for candidates in (NEAREST, far):
        reply = Reply("decline", None, None, 0.01, lang, candidates, missing=("SVM",))
        async with discord_world(tmp_path, scripted(reply), locale="zh-CN" if lang == "zh" else "en-US") as world:
            answer = (await world.alice.slash(world.channel, "ask", question="SVM")).response
            assert said in text_of(answer)
            assert (near in text_of(answer)) == (candidates is NEAREST)
            ways = ["epoch:covered", f"epoch:tellhost:{lang}:{gap_mark('SVM')}"]
            assert list(controls_of(answer))[-2:] == ways
            assert len(controls_of(answer)) == (3 if candidates is NEAREST else 0) + len(ways)


async def test_the_other_side_of_a_comparison_is_shown_where_one_is_not_covered(tmp_path: Path) -> None:
    below = (UnitRef("gan", "answer", "answer"),)
    reply = Reply("decline", None, None, 0.01, "en", NEAREST, below=below, missing=("@everyone",))
    async with discord_world(tmp_path, scripted(reply)) as world:
        text = text_of((await world.alice.slash(world.channel, "ask", question="gan vs @everyone")).response)
        assert "no topic on" in text
        assert "@everyone” yet" not in text, "what was typed mentions nobody"
        assert bank()["gan"].title["en"] in text


def test_every_topic_of_the_bank_has_a_hint_in_one_plain_line() -> None:
    for topic in load_bank().topics.values():
        for lang in LANGS:
            line = hint(topic, lang)
            assert 10 <= width(line) <= 100
            assert not set(line) & set("*`\n"), line
    assert hint(load_bank()["optimizers"], "zh").endswith("参数更新的规则。"), "one sentence and no more"


async def test_a_question_outside_the_bank_is_declined_and_the_nearest_topics_offered(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "ask", question="推荐一部好看的电影")
        assert "抱歉，题库里没有这个问题的答案" in text_of(result.response)
        assert [each.split(":")[1] for each in controls_of(result.response)] == ["topic"] * 3 + ["covered", "tellhost"]


async def test_a_mention_is_answered_by_a_reply_that_pings_nobody(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        asked = await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
        assert world.last.reference is not None
        assert world.last.reference.message_id == asked.id
        assert "### Generative adversarial networks (GAN)" in text_of(world.last)
        assert "what is mode collapse" not in text_of(world.last), "a reply shows its question already"
        assert world.sent("POST", "/typing")
        (body,) = world.sent("POST", "/messages")
        assert body["allowed_mentions"]["parse"] == []
        assert not body["allowed_mentions"].get("replied_user")


async def test_a_reply_that_pings_the_bot_is_a_question(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="what is mode collapse")).response
        assert answer is not None
        assert world.bot.user is not None
        # A client that pings on reply puts the author into the message's mentions, not into its text.
        mention = f"<@{world.bot.user.id}>"
        await world.bob.send(world.channel, f"过拟合怎么办 {mention}", reply_to=answer.message)
        assert "### 过拟合" in text_of(world.last)


async def test_a_direct_message_is_a_question(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await world.alice.send_dm("过拟合怎么办")
        replied = world.alice.user.dm_channel.last_message
        assert "### 过拟合" in text_of(replied)


@pytest.mark.parametrize(
    ("said", "answer"),
    [("hi", "Hello! Just ask"), ("谢谢！", "不客气"), ("HELP", "a tutor for machine-learning interviews"),
     ("在吗？", "你好！直接提问就行"), ("who are you?", "I'm Epoch"), ("你是谁", "我是 Epoch"), ("ok 👍", "Ask on")],
)  # fmt: skip
async def test_small_talk_is_answered_everywhere_and_neither_looked_up_nor_noted_nor_voted_on(
    tmp_path: Path, said: str, answer: str
) -> None:
    # The other language than most of them, and a retriever that would raise if it were asked.
    async with discord_world(tmp_path, scripted(RuntimeError("looked up")), locale="zh-CN") as world:
        assert world.bot.user is not None
        asked = (await world.alice.slash(world.channel, "ask", question=said)).response
        assert answer in text_of(asked)
        assert text_of(asked).startswith("> "), "a slash command does not show what was typed"
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> {said} {world.bob.mention}")
        assert answer in text_of(world.last)
        await world.bob.send_dm(said)
        direct = world.bob.user.dm_channel.last_message
        assert answer in text_of(direct)
        for message in (asked, world.last, direct):
            assert controls_of(message) == {}, "nothing to vote on, nothing to run"
        assert await world.bot.services.store.gaps.all() == []


async def test_a_question_behind_a_greeting_is_a_question(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        for question in ("hi, what is mode collapse", "help me understand mode collapse"):
            result = await world.alice.slash(world.channel, "ask", question=question)
            assert "### Generative adversarial networks (GAN)" in text_of(result.response)


HELLO = {lang: say("discord.hello.text", lang).strip() for lang in LANGS}


@pytest.mark.parametrize(
    ("by_host", "met", "greeted"),
    [
        (None, None, [HELLO["en"], HELLO["zh"]]), (None, "zh-CN", [HELLO["zh"]]), (None, "en-GB", [HELLO["en"]]),
        ("en", "zh-CN", [HELLO["en"]]), ("zh", None, [HELLO["zh"]]),
    ],
)  # fmt: skip
async def test_a_bare_mention_is_greeted_as_the_host_or_the_member_speaks_and_else_in_both_languages(
    tmp_path: Path, by_host: str | None, met: str | None, greeted: list[str]
) -> None:
    async with discord_world(tmp_path, locale=met or "en-US") as world:
        assert world.bot.user is not None
        await world.bot.services.servers.change(world.guild.id, lang=by_host)
        if met is not None:
            await world.alice.slash(world.channel, "ask", question="gan")
        await world.alice.send(world.channel, f"<@{world.bot.user.id}>")
        assert text_of(world.last) == "\n".join(greeted)


async def test_a_message_delivered_twice_is_answered_once(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        said = await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
        for _ in range(2):
            world.bot.dispatch("message", said)
            await world.env.settle()
        assert len(world.sent("POST", "/messages")) == 1


async def test_typing_that_fails_neither_delays_nor_breaks_an_answer(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        world.env.inject_error("POST", "/channels/*/typing", status=403, code=50013, times=None)
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
        assert "GAN" in text_of(world.last)


async def test_messages_that_are_not_meant_for_the_bot_are_left_alone(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        mention = f"<@{world.bot.user.id}>"
        await world.alice.send(world.channel, "what is mode collapse")
        await world.alice.send(world.channel, f"{world.bob.mention} what is mode collapse")
        await world.alice.send(world.channel, "@everyone what is mode collapse")
        robot = world.guild.add_member(world.env.create_user("robot", bot=True))
        await robot.send(world.channel, f"{mention} what is mode collapse")
        assert not world.sent("POST", "/messages")
        assert not world.sent("POST", "/typing")
        await world.alice.send(world.channel, f"{mention} what is mode collapse")
        assert len(world.sent("POST", "/messages")) == 1, "the control: the same words with a mention are answered"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("   ", "There is no question in that"),
        ("\u202e\u200b\x07\x00", "There is no question in that"),
        ("🤖🤖🔥", "only symbols"),
        ("why " * 1500, "too long"),
    ],
    ids=["blank", "control characters", "emoji only", "as long as a command can carry"],
)
async def test_what_is_no_question_gets_one_plain_line(tmp_path: Path, question: str, said: str) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "ask", question=question)
        assert said in text_of(result.response)
        world.locale = "zh-TW"
        result = await world.alice.slash(world.channel, "ask", question=question)
        assert said not in text_of(result.response)
        if question.strip() and len(question) <= 2000:  # what a client lets through
            await world.bob.send_dm(question)
            assert said in text_of(world.bob.user.dm_channel.last_message)


async def test_an_sql_like_question_is_a_question_like_any_other(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        question = "'; DROP TABLE topics; -- what is mode collapse"
        result = await world.alice.slash(world.channel, "ask", question=question)
        assert "Traceback" not in text_of(result.response)
        assert controls_of(result.response)


async def test_a_hostile_question_is_repeated_harmlessly(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        question = "```@everyone <@1> <@&2> **what** is\nmode collapse \u202e# x"
        result = await world.alice.slash(world.channel, "ask", question=question)
        echo = text_of(result.response).split("\n")[0]
        assert echo.startswith("> ")
        assert "```" not in echo
        assert "@everyone" not in echo
        assert "<@1>" not in echo
        assert "**" not in echo
        assert "\u202e" not in echo


async def test_an_unforeseen_error_is_answered_with_an_id_that_the_log_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_world(tmp_path, scripted(RuntimeError("the secret cause"))) as world:
        english = text_of((await world.alice.slash(world.channel, "ask", question="anything")).response)
        world.locale = "zh-CN"
        chinese = text_of((await world.alice.slash(world.channel, "ask", question="anything")).response)
        await world.alice.send_dm("anything")
        direct = text_of(world.alice.user.dm_channel.last_message)
        world.bugs_expected = True
    assert "secret" not in english
    assert "请把编号 `" in chinese
    shown = [match[1] for text in (english, chinese, direct) if (match := re.search("`([0-9a-f]{8})`", text))]
    messages = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [message.split()[1] for message in messages if message.startswith("error ")] == shown
    assert len(set(shown)) == 3
    assert "the secret cause" in caplog.text


async def test_buttons_of_old_messages_work_after_a_restart(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="what is mode collapse")).response
        assert answer is not None
        world.bot = make_bot(tmp_path, make_tutor())
        await world.env.restart_bot(world.bot)
        ran = await world.bob.click(answer.message, custom_id="epoch:run:gan:main")
        assert "step 2: loss 0.33" in text_of(ran.response)
        page = await world.bob.select(answer.message, ["epoch:part:gan:how:en"], custom_id="epoch:rest")
        assert "How it works" in text_of(page.response)


async def test_a_button_whose_topic_has_left_the_bank_offers_the_nearest(tmp_path: Path) -> None:
    reply = Reply("clarify", None, None, 0.4, "en", NEAREST)
    async with discord_world(tmp_path, scripted(reply)) as world:
        offered = (await world.alice.slash(world.channel, "ask", question="fake")).response
        assert offered is not None
        smaller = bank()
        del smaller.topics["overfitting"]
        world.bot = make_bot(tmp_path, Tutor(smaller, Scripted(reply), LocalRunner()))
        await world.env.restart_bot(world.bot)
        pressed = await world.alice.select(offered, ["overfitting"], custom_id="epoch:meant:en")
        assert "No topic is called" in text_of(pressed.response)
        assert controls_of(pressed.response)


async def test_a_channel_the_bot_may_not_write_in_is_a_line_in_the_log_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions")
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
    assert "could not answer in channel" in caplog.text


async def test_typing_that_discord_refuses_does_not_keep_the_answer(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        world.env.inject_error("POST", "/channels/*/typing", status=403, code=50001, message="Missing Access")
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
        assert "Generative" in text_of(world.last)


def test_every_section_of_every_topic_can_be_reached() -> None:
    for topic in bank().topics.values():
        for section in SECTIONS:
            (view,) = answer_views(topic, section, "en", "en")
            (rest,) = (item for item in view.walk_children() if isinstance(item, RestSelect))
            parts = [found for each in rest.item.options if (found := PartButton.decode(each.value))]
            assert [(part.slug, part.section) for part in parts] == [
                (topic.slug, each) for each in SECTIONS if each != section
            ]


async def test_ask_epoch_about_its_own_answer_goes_on_from_there(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        asked = await world.alice.slash(world.channel, "ask", question="what is mode collapse")
        assert asked.response is not None
        first = next(c for c in options_of(asked.response) if c.startswith("epoch:lang:gan:")).split(":")[3]
        after = list(SECTIONS)[(list(SECTIONS).index(first) + 1) % len(SECTIONS)]
        more = await world.bob.context_menu(world.channel, "Ask Epoch about this", asked.response.message)
        assert any(c.startswith(f"epoch:lang:gan:{after}:") for c in options_of(more.response))
        assert not await world.bot.services.store.gaps.all()


async def test_ask_epoch_about_a_message_without_a_question_says_what_to_do(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        said = await world.bob.send(world.channel, "```py\nprint(1)\n```")
        told = await world.alice.context_menu(world.channel, "Ask Epoch about this", said)
        assert "no question in this message" in text_of(told.response)
        told = await world.alice.context_menu(world.channel, "Ask Epoch about this", world.last)
        assert "This message is one of mine" in text_of(told.response)


async def test_in_a_thread_another_member_goes_on_with_the_conversation() -> None:
    now = [0.0]
    discussions = Discussions(lambda: now[0])
    discussions.note(5, 1, GAN, thread=True)
    discussions.note(6, 1, CNN)
    assert discussions.shown(5, 2, thread=True) == GAN
    assert discussions.shown(6, 2) is None, "in a channel several talk at once"
    discussions.note(5, 2, LSTM, thread=True)
    assert discussions.shown(5, 1, thread=True) == LSTM, "the thread has moved on"
    now[0] = 10_000.0
    assert discussions.shown(5, 1, thread=True) is None
