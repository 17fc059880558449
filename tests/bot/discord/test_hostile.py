"""Every way by which foreign text reaches a message, and hostile text of every kind on each of them.

A new path belongs into `PATHS`. What a message shows must ping nobody, leave no block open, turn no line around, spill
over none, and be taken by Discord.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from discord import ui
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.discord.ask.controls import explained_view, reply_views
from bot.discord.ask.followups import AskMoreForm
from bot.discord.drafts import text as draft_text
from bot.discord.drafts.controls import DraftForm, DraftId, draft_view, list_view
from bot.discord.hosting.controls import gaps_view
from bot.discord.hosting.gaps_text import gaps_text
from bot.discord.quiz.controls import lobby_view, podium_view, question_view, reveal_view
from bot.discord.quiz.text import reply_text
from bot.discord.run.edit_controls import ValuesForm, pieces_view
from bot.discord.run.message import end_controls, heading, load, run_view
from bot.discord.run.text import final, live
from bot.discord.ui.base import layout
from bot.discord.ui.error_text import explain, refused_value
from bot.discord.ui.text import one_line
from bot.store.feedback import FeedbackNote, Tally
from bot.study.drafts.models import STATES, Draft
from bot.study.gaps import Gap
from bot.study.item_runs import ItemOutput
from bot.study.refusals import Refusal
from bot.study.rounds.questions import Question
from bot.study.rounds.state import MemberAnswer, Player, Press, Rules, State, begin
from bot.study.run_log import RunLog
from bot.study.runs import RunPlan, RunRequest
from bot.study.snippets import blocks
from bot.study.tutor import UnknownExample
from bot.wording import say
from knowledge.bank import parameters
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.models import LANGS, Lang, Problem
from knowledge.bank.questions import UnknownQuestion
from knowledge.search.clusters import Cluster
from knowledge.search.retriever import Candidate, Reply
from runners.models import Artifact, Finished, Job, Output, Started
from tests.bot.world import bank
from tests.discord.validation import validate

BANK = bank()
GAN = BANK["gan"]
TUNED = GAN.example("tuned")
NEAREST = tuple(Candidate(slug, 0.3) for slug in BANK.topics)

PIECES = [
    "@everyone", "@here", "<@1>", "<@!2>", "<@&3>", "<#4>", "</ask:5>", "<t:1:R>", "<:x:12>", "<id:customize>",
    "```", "```py\n", "`", "\n", "\r\n", "\u2028", "\x85", "# big\n", "-# small\n", "> quote\n", "||", "**",
    "[x](https://evil.example)",
    "\u202e", "\u2066", "\u200f", "\x1b[31m", "\x9b31m", "\x00", "\u200b", "\ufeff", "\U000e0041",
    "z" + "\u0301" * 40, "\u0489" * 9,
    "👩‍👩‍👧‍👦", "😀" * 50, "梯度", " ", "word",
]  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map("".join)
EMOJI, MENTIONS, ZALGO = "😀" * 4_000, "@everyone <@1> " * 90, ("z" + "\u0301" * 300) * 9


def _question(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    for outcome in ("answer", "clarify", "decline"):
        topic = "gan" if outcome == "answer" else None
        reply = Reply(outcome, topic, "answer" if topic else None, 0.3, lang, NEAREST)  # type: ignore[arg-type]
        yield from reply_views(reply, BANK, lang, question=text, helper=True)


def _names(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    for error in (
        UnknownTopic(text, ("gan",)), UnknownExample(GAN, text), UnknownQuestion(text, (1, 2)),
        Refusal("quiz.error.no_pack", name=text),
    ):  # fmt: skip
        explained = explain(error, lang)
        assert explained is not None
        yield explained_view(explained, BANK, lang)


def _gap(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    found = [Cluster(text, 3, {lang: 3}, ("gan",), (text, text))]
    told = gaps_text(
        found, [Tally("gan", "how", lang, 0, 2)], BANK, lang, "here", [FeedbackNote("gan", "how", lang, text)]
    )
    yield gaps_view(told, found, [Gap(text, lang, (), 3, 0.0, 0.0)], lang)


def _draft(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    draft = Draft("a-draft", 1, 2, lang, {"zh": (text, text), "en": (text,)}, text, "open", 1.0)
    yield list_view([draft], lang)
    wrong = [Problem(path=f"a-draft/{text}", problem=text, fix=text)] * 20
    for state in STATES:
        yield draft_view(replace(draft, state=state), ["zh.md"], lang, problems=wrong, until=9.0)
    yield from map(layout, draft_text.part("a-draft", "zh.md", text))


def _run(
    planned: RunPlan, printed: str, name: str, lang: Lang, left_out: Iterable[str] = ()
) -> Iterable[ui.LayoutView]:
    log = RunLog()
    log.add(Started("full", warm=True), 1.0)
    log.add(Output("stdout", printed), 1.0)
    title, change = heading(planned, name, lang)
    yield run_view(live(log, title, lang), change=change)
    log.add(Finished("ok", None, 0, 1.0, 1.0, 1.0, 0.1), 2.0)
    below = end_controls(planned, "00ff", 1, lang)
    yield run_view(final(log, title, lang, list(left_out)), *below, change=change)


def _code(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _run(RunPlan(RunRequest("gan", "tuned", code=text), Job(text), GAN, TUNED), "", "Lin", lang)
    yield from _run(
        RunPlan(RunRequest(code=text, origin="https://discord.com/channels/1/2/3"), Job(text)), "", "Lin", lang
    )
    yield pieces_view("00ff", [*blocks([f"```py\n{text}\n```"]), *blocks(["```\nprint(1)\n```"])], lang)


def _output(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _run(RunPlan(RunRequest("gan", "tuned"), Job(""), GAN, TUNED, changed=False), text, "Lin", lang)


def _input(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _run(RunPlan(RunRequest(code="print(input())", stdin=text), Job("")), text, "Lin", lang)


def _file_name(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _run(RunPlan(RunRequest("gan", "tuned"), Job(""), GAN, TUNED), "", "Lin", lang, [text, text])


def _value(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield layout(refused_value(parameters.parse(TUNED.source)[0], text, lang))


def _typed(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield layout(reply_text("counted", lang, text))
    yield layout(say("discord.settings.bad_time", lang, given=one_line(text, 80)))
    yield layout(say("member.review.zone_unknown", lang, zone=one_line(text, 60)))


def _round(name: str, question: Question, printed: str, lang: Lang) -> Iterable[ui.LayoutView]:
    players = {1: Player(name, 1), 2: Player(f"{name}!", 2), 3: Player(name, None)}
    right = question.right[0]
    state: State = replace(begin(Rules(teams=2), (question,), 1, 9.0), players=players)
    yield lobby_view(1, state, BANK, lang)
    asked = replace(state, phase="question", number=1)
    yield question_view(1, asked, BANK, lang)
    answers = {(1, n): MemberAnswer(Press(n, 1.0, right), None, True, 1_000) for n in players}
    told = replace(asked, phase="reveal", answers=answers)
    yield reveal_view(1, told, BANK, lang, ItemOutput(printed, 0.2))
    yield podium_view(1, replace(told, phase="over", end="done"), lang, None, missed=True)


def _member(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _round(text, Question("gan", "x", "trivia", "?", ("x",)), "", lang)
    yield from _run(RunPlan(RunRequest(code="print(1)"), Job("print(1)")), "", text, lang)
    called = say(
        "discord.helper.call", lang, role="", name=one_line(text, 40), link="https://discord.com/channels/1/2/3"
    )
    yield layout(called)


def _server(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield layout(say("daily.blocked", lang, server=one_line(text, 100), channel=""))


def _pack(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    yield from _round("Lin", Question(f"pack:{text}", "x", "trivia", text or "?", (text, text)), "", lang)


def _proof(text: str, lang: Lang) -> Iterable[ui.LayoutView]:
    item = Question("gan", "x", "predict", "?", ("A",), ("1", "2", "3", "4"), "print(1)")
    yield from _round("Lin", item, text, lang)


PATHS: Mapping[str, Callable[[str, Lang], Iterable[ui.LayoutView]]] = {
    "a question": _question, "a name that is none": _names, "a question without an answer": _gap, "a draft": _draft,
    "code": _code, "what a program prints": _output, "input": _input, "a file's name": _file_name, "a value": _value,
    "what is typed into a form": _typed, "a member's name": _member, "a server's name": _server, "a pack": _pack,
    "the output of a question": _proof,
}  # fmt: skip


def shown(value: Any) -> Iterable[tuple[str, str]]:  # noqa: ANN401 - as Discord nests it
    """Yield every text of a message that somebody sees, each by itself, with what it is."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("content", "label", "description", "placeholder", "title") and isinstance(inner, str):
                yield key, inner
            else:
                yield from shown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shown(inner)


def harmless(components: Any) -> None:  # noqa: ANN401 - as Discord nests it
    for key, text in shown(components):
        assert not re.search(r"@(everyone|here)|<(@[!&]?\d|#\d|/\S+:\d|a?:\w+:\d|id:)", text), text
        text = re.sub("\u2068([^\u2066-\u2069]*)\u2069", r"\1", text)  # a name, isolated from what stands beside it
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", text), ascii(text)
        assert text.count("```") % 2 == 0, text
        marks = "".join("M" if unicodedata.category(c) in ("Mn", "Me") else " " for c in text)
        assert "MMM" not in marks, "a pile of marks spills over the lines beside it"
        text.encode()
        outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL).replace("\\[", "")
        assert key != "content" or "[x](https://evil.example)" not in outside, "a link that says something else"


def taken(views: Iterable[ui.LayoutView]) -> None:
    for view in views:
        body = {"components": view.to_components(), "flags": 1 << 15, "allowed_mentions": {"parse": []}}
        validate("POST", "/channels/1/messages", body)
        harmless(body["components"])


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=25)
@given(hostile, st.sampled_from(LANGS))
@example(EMOJI, "zh")
@example(MENTIONS, "en")
@example(ZALGO, "zh")
@example("".join(PIECES), "en")
@example("", "en")
def test_hostile_text_neither_pings_nor_breaks_the_layout(path: str, text: str, lang: Lang) -> None:
    taken(PATHS[path](text, lang))


@given(hostile, st.sampled_from(LANGS))
@example(EMOJI, "zh")
def test_forms_take_what_was_typed_before(text: str, lang: Lang) -> None:
    changes = {each.name: text[:200] for each in parameters.parse(TUNED.source)}
    asked = RunRequest("gan", "tuned", changes=changes)
    for form in (
        ValuesForm.made(asked, parameters.parse(TUNED.source), lang),
        AskMoreForm("gan", text or "?", lang),
        DraftForm(DraftId("gan"), lang, {"zh": text, "en": text}),
    ):
        validate("POST", "/interactions/1/token/callback", {"type": 9, "data": form.to_dict()})


@given(st.lists(hostile, max_size=12))
def test_files_are_named_so_that_each_is_itself_and_nothing_more(names: list[str]) -> None:
    with tempfile.NamedTemporaryFile() as file:
        artifacts = [Artifact(name, "image/png", 0, Path(file.name)) for name in names]
        files = [each.filename for each in load(artifacts, b"x")]
    assert len(set(files)) == len(files) == len(names) + 1
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name) for name in files)


@pytest.mark.parametrize(
    "text",
    ["@everyone", "<@1>", "<#4>", "```", "\u202e", "\x1b[31m", "z\u0301\u0301\u0301", "[x](https://evil.example)"],
)
def test_the_control_text_as_it_came_is_noticed(text: str) -> None:
    with pytest.raises(AssertionError):
        taken([layout(text)])


def test_every_text_of_a_message_is_looked_at() -> None:
    view = pieces_view("00ff", list(blocks(["```\na\n``` ```\nb\n```"])), "en")
    seen = {text for _, text in shown(view.to_components())}
    assert {"1. a", "2. b", "Run which one?"} <= seen, json.dumps(view.to_components())
