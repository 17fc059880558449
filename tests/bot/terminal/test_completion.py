"""What Tab offers in the chat, asked for as the prompt asks."""

from __future__ import annotations

from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document

from bot.terminal.commands import COMMANDS
from bot.terminal.completion import ChatCompleter
from knowledge.bank.models import Lang
from tests.bot.world import make_tutor


def offered(typed: str, lang: Lang = "en") -> list[Completion]:
    completer = ChatCompleter(make_tutor(), lambda: lang)
    return list(completer.get_completions(Document(typed), CompleteEvent(completion_requested=True)))


def lines(typed: str, lang: Lang = "en") -> list[str]:
    """What the line becomes with each completion."""
    return [typed[: len(typed) + each.start_position] + each.text for each in offered(typed, lang)]


def test_a_slash_offers_all_commands_with_a_hint_each() -> None:
    assert lines("/") == [f"/{name}" for name in COMMANDS]
    assert all(each.display_meta_text for each in offered("/"))
    assert lines("/r") == ["/run", "/review"]
    assert lines("/运") == ["/运行"]


def test_a_topic_is_completed_by_any_of_its_names() -> None:
    assert lines("/run g")[0] == "/run gan"
    assert lines("/run over")[0] == "/run overfitting"
    assert lines("/more ga") == ["/more gan"]
    assert lines("/运行 生成", "zh") == ["/运行 生成对抗网络（GAN）"]
    assert lines("/run 过拟")[0] == "/run 过拟合"
    assert lines("/run guoni")[0] == "/run overfitting", "by its pinyin"


def test_behind_a_topic_come_its_examples_and_its_values() -> None:
    assert "/run gan tuned" in lines("/run gan ")
    assert lines("/run gan tu") == ["/run gan tuned"]
    assert lines("/run gan tuned ") == ["/run gan tuned STEPS=", "/run gan tuned RATE=", "/run gan tuned ?"]
    assert lines("/run gan tuned st") == ["/run gan tuned STEPS="]
    assert lines("/run 生成对抗网络（GAN） tuned RATE=1 S", "zh") == ["/run 生成对抗网络（GAN） tuned RATE=1 STEPS="]
    assert "/code gan loud" in lines("/code gan l")
    assert not any("=" in line for line in lines("/code gan tuned "))


def test_a_drill_is_completed_by_any_of_its_names() -> None:
    for typed in ("/drill ", "/drill sof", "/drill gan", "/手撕 stable"):
        assert lines(typed) == [f"{typed.split()[0]} gan/stable-softmax"], typed
    assert lines("/drill 手撕") == ["/drill 数值稳定的 softmax"]
    assert lines("/drill nothing-like-it") == []
    assert lines("/hint ") == []


def test_a_question_is_left_alone() -> None:
    assert lines("what is g") == []
    assert lines("/nope g") == []
    assert lines("/lang ") == ["/lang zh", "/lang en"]


def test_a_role_is_completed_where_the_bank_has_topics_of_it() -> None:
    assert lines("/loop c") == ["/loop cv"]
    assert lines("/全程面试 ", "zh")[0] == "/全程面试 cv"
    assert lines("/loop nothing-like-it") == []
