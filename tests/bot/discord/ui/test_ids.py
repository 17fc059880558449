"""Every custom id that was ever posted: what it looks like, what it means, and that no other control takes it.

Buttons stay under messages for years. `WRITTEN` is therefore a list by itself, which follows no change of the code:
what is in it was posted, and whoever changes it makes the controls of old messages dead.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import pytest
from discord import ui
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot import discord as package
from bot.discord.ask.controls import ExtraSelect, LanguageButton, MeantSelect, MoreSelect, NotebookButton
from bot.discord.ask.followups import AskMoreButton, AskMoreForm
from bot.discord.ask.votes import HelperButton, VoteButton
from bot.discord.daily.controls import DailyButton
from bot.discord.hosting.controls import ChannelsSelect, PickSelect, RoleSelect, TimeButton, TimeForm
from bot.discord.interview import controls as interview
from bot.discord.privacy.controls import ForgetButton
from bot.discord.quiz import controls as quiz
from bot.discord.review.controls import GradeButton, ShowButton
from bot.discord.run import edit_controls as edit
from bot.discord.run.controls import StopButton
from bot.discord.run.pasted import RunCodeButton
from bot.discord.ui.base import Control, Form
from bot.discord.ui.errors import IdError
from bot.discord.ui.ids import LONGEST, Codec, Id, Identified, Mark, Slug, Spelling, fields_of
from bot.discord.ui.items import GuessButton, QuizMeButton
from bot.discord.ui.retyping import RetypeButton
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.runs import RunRequest
from knowledge.bank.models import Lang

SLUG = "(?P<slug>[a-z][a-z0-9]*(-[a-z0-9]+)*)"
EXAMPLE = f"{SLUG}:(?P<example>[a-z][a-z0-9_]*)"
ANY = f"(?:-:-|{EXAMPLE})"
LANG, SECTION = "(?P<lang>zh|en)", "(?P<section>answer|how|practice|pitfalls|interview)"
MARK, SALT = "(?P<mark>[0-9a-f]{8})", "(?P<salt>[0-9a-f]{1,16})"
ROUND, NUMBER, OWNER = r"(?P<round>\d{1,18})", r"(?P<number>\d{1,3})", r"(?P<owner>\d{1,20})"
RUN = "(?P<run>[0-9a-f]{1,40})"
GAN, MARKED = {"slug": "gan"}, {"slug": "gan", "mark": "0123abcd", "lang": "zh"}
SALTED = {**MARKED, "salt": "00ff"}
OF_TOPIC, SCRIPT = RunRequest("gan", "tuned"), RunRequest()

#: The ids of each control: their pattern, and what some of them mean.
WRITTEN: dict[type[Control[Any]], tuple[str, dict[str, dict[str, Any]]]] = {
    RunButton: (f"epoch:run:{EXAMPLE}", {
        "epoch:run:gan:main": {**GAN, "example": "main"}, "epoch:run:a-b-1:x_y": {"slug": "a-b-1", "example": "x_y"},
    }),
    TopicButton: (f"epoch:topic:{SLUG}:{LANG}", {"epoch:topic:gan:zh": {**GAN, "lang": "zh"}}),
    MeantSelect: (f"epoch:meant:{LANG}", {"epoch:meant:en": {"lang": "en"}}),
    MoreSelect: (f"epoch:more:{SLUG}:{LANG}", {"epoch:more:gan:en": {**GAN, "lang": "en"}}),
    ExtraSelect: (f"epoch:extra:{SLUG}:{LANG}", {"epoch:extra:gan:en": {**GAN, "lang": "en"}}),
    LanguageButton: (f"epoch:lang:{SLUG}:{SECTION}:{LANG}", {
        "epoch:lang:gan:how:zh": {**GAN, "section": "how", "lang": "zh"},
    }),
    NotebookButton: (f"epoch:notebook:{SLUG}:{LANG}", {"epoch:notebook:gan:en": {**GAN, "lang": "en"}}),
    AskMoreButton: (f"epoch:ask:{SLUG}:{LANG}", {"epoch:ask:gan:en": {**GAN, "lang": "en"}}),
    VoteButton: (f"epoch:vote:{SLUG}:{SECTION}:{LANG}:(?P<vote>good|bad)", {
        "epoch:vote:gan:answer:zh:good": {**GAN, "section": "answer", "lang": "zh", "good": True},
        "epoch:vote:gan:answer:zh:bad": {**GAN, "section": "answer", "lang": "zh", "good": False},
    }),
    HelperButton: ("epoch:helper", {"epoch:helper": {}}),
    QuizMeButton: (f"epoch:quizme:{SLUG}:{LANG}(?::{MARK})?", {
        "epoch:quizme:gan:zh": {**GAN, "lang": "zh", "mark": None}, "epoch:quizme:gan:zh:0123abcd": MARKED,
    }),
    GuessButton: (f"epoch:guess:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<letter>[A-D])", {
        "epoch:guess:gan:0123abcd:zh:00ff:A": {**SALTED, "letter": "A"},
    }),
    RetypeButton: ("epoch:retype:(?P<kept>[0-9a-f]{1,40})", {"epoch:retype:00ff": {"kept": "00ff"}}),
    ShowButton: (f"epoch:recall:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<letter>[A-DS])", {
        "epoch:recall:gan:0123abcd:zh:00ff:S": {**SALTED, "letter": "S"},
    }),
    GradeButton: (f"epoch:grade:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<grade>[1-4])", {
        "epoch:grade:gan:0123abcd:zh:00ff:4": {**SALTED, "grade": 4},
    }),
    quiz.OptionButton: (f"epoch:answer:{ROUND}:{NUMBER}:(?P<letter>[A-D])", {
        "epoch:answer:12:3:B": {"round_id": 12, "number": 3, "letter": "B"},
    }),
    quiz.TypeButton: (f"epoch:type:{ROUND}:{NUMBER}", {"epoch:type:12:0": {"round_id": 12, "number": 0}}),
    quiz.JoinButton: (f"epoch:join:{ROUND}:(?P<team>[0-4])", {"epoch:join:12:4": {"round_id": 12, "team": 4}}),
    quiz.LeaveButton: (f"epoch:leave:{ROUND}", {"epoch:leave:12": {"round_id": 12}}),
    quiz.StartButton: (f"epoch:start:{ROUND}", {"epoch:start:12": {"round_id": 12}}),
    quiz.RoundAgainButton: (f"epoch:again:{ROUND}", {"epoch:again:12": {"round_id": 12}}),
    DailyButton: (r"epoch:daily:(?P<daily>\d{1,18}):(?P<letter>[A-D])", {
        "epoch:daily:12:D": {"daily_id": 12, "letter": "D"},
    }),
    PickSelect: ("epoch:set:(?P<name>[a-z_]{1,40})", {
        f"epoch:set:{name}": {"name": name} for name in ("language", "runs", "longest", "atonce", "edited")
    }),
    ChannelsSelect: ("epoch:setin:(?P<name>[a-z_]{1,40})", {
        f"epoch:setin:{name}": {"name": name} for name in ("channels", "daily")
    }),
    RoleSelect: ("epoch:setrole(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:setrole": {"name": None}, "epoch:setrole:mentor": {"name": "mentor"},
    }),
    TimeButton: ("epoch:settime(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:settime": {"name": None}, "epoch:settime:quiet": {"name": "quiet"},
    }),
    interview.AnswerButton: (f"epoch:interview:{SLUG}:{MARK}:{LANG}:{SALT}", {
        "epoch:interview:gan:0123abcd:zh:00ff": SALTED,
    }),
    interview.AnotherButton: (f"epoch:another:{SLUG}:{MARK}:{LANG}", {"epoch:another:gan:0123abcd:zh": MARKED}),
    interview.ExplainButton: (f"epoch:explain:{SLUG}:{LANG}", {"epoch:explain:gan:zh": {**GAN, "lang": "zh"}}),
    RunCodeButton: (r"epoch:pasted:(?P<channel>\d{1,20}):(?P<message>\d{1,20})", {
        "epoch:pasted:12:34": {"channel": 12, "message": 34},
    }),
    StopButton: ("epoch:stop:(?P<run>[0-9a-f]+)", {"epoch:stop:00ff": {"run": "00ff"}}),
    ForgetButton: ("epoch:forget", {"epoch:forget": {}}),
    edit.ValuesButton: (f"epoch:values:{EXAMPLE}(?::{RUN})?", {
        "epoch:values:gan:tuned": {"asked": OF_TOPIC, "run": None},
        "epoch:values:gan:tuned:00ff": {"asked": OF_TOPIC, "run": "00ff"},
    }),
    edit.ValuesSelect: (f"epoch:pick:{EXAMPLE}", {"epoch:pick:gan:tuned": {"asked": OF_TOPIC}}),
    edit.EditButton: (f"epoch:edit:{ANY}(?::{RUN})?", {
        "epoch:edit:gan:tuned": {"asked": OF_TOPIC, "run": None},
        "epoch:edit:gan:tuned:00ff": {"asked": OF_TOPIC, "run": "00ff"},
        "epoch:edit:-:-:00ff": {"asked": SCRIPT, "run": "00ff"}, "epoch:edit:-:-": {"asked": SCRIPT, "run": None},
    }),
    edit.BreakButton: (f"epoch:break:{EXAMPLE}", {"epoch:break:gan:tuned": {"asked": OF_TOPIC}}),
    edit.InputButton: (f"epoch:input:{ANY}:{RUN}", {
        "epoch:input:-:-:00ff": {"asked": SCRIPT, "run": "00ff"},
        "epoch:input:gan:tuned:00ff": {"asked": OF_TOPIC, "run": "00ff"},
    }),
    edit.RunAgainButton: (f"epoch:rerun:{OWNER}:{RUN}", {"epoch:rerun:12:00ff": {"owner": 12, "run": "00ff"}}),
    edit.DeleteButton: (f"epoch:delete:{OWNER}:{RUN}", {"epoch:delete:12:00ff": {"owner": 12, "run": "00ff"}}),
    edit.PieceSelect: (f"epoch:piece:{RUN}", {"epoch:piece:00ff": {"run": "00ff"}}),
}  # fmt: skip
#: The same of each form.
OPENED: dict[type[Form[Any]], tuple[str, dict[str, dict[str, Any]]]] = {
    AskMoreForm: (f"epoch:followup:{SLUG}", {"epoch:followup:gan": GAN}),
    quiz.TypeForm: (f"epoch:typed:{ROUND}:{NUMBER}", {"epoch:typed:12:3": {"round_id": 12, "number": 3}}),
    edit.ValuesForm: (f"epoch:set:{EXAMPLE}", {"epoch:set:gan:tuned": {"asked": OF_TOPIC}}),
    edit.CodeForm: (f"epoch:code:{ANY}", {
        "epoch:code:gan:tuned": {"asked": OF_TOPIC}, "epoch:code:-:-": {"asked": SCRIPT},
    }),
    edit.InputForm: (f"epoch:stdin:{RUN}", {"epoch:stdin:00ff": {"run": "00ff"}}),
    TimeForm: ("epoch:time(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:time": {"name": None}, "epoch:time:quiet": {"name": "quiet"},
    }),
    interview.AnswerForm: (f"epoch:spoken:{SLUG}:{MARK}:{LANG}:{SALT}", {"epoch:spoken:gan:0123abcd:zh:00ff": SALTED}),
}  # fmt: skip
EVERY: list[tuple[type[Identified], str, dict[str, dict[str, Any]]]] = [
    *((control, *written) for control, written in WRITTEN.items()),
    *((form.id_type, *written) for form, written in OPENED.items()),
]
each_id = pytest.mark.parametrize(("kind", "pattern", "samples"), EVERY, ids=lambda v: getattr(v, "__name__", ""))
#: Groups that are numbers in the patterns of `WRITTEN`.
NUMBERS = ("round", "number", "owner", "daily", "channel", "message")


def below(cls: type[Any]) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        yield from (each, *below(each))


@cache
def spelt(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


def never_written(match: re.Match[str]) -> bool:
    """Whether an id fits its old pattern and yet no version wrote it: `007`, other scripts' digits, 41 hex digits."""
    said = match.groupdict()
    texts = [said[name] for name in NUMBERS if name in said]
    return any(text != str(int(text)) for text in texts) or len(said.get("run") or "") > 40


def test_no_id_is_missing_here() -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    ours = [each for each in (*below(Control), *below(Form)) if each.__module__.startswith(package.__name__)]
    assert {each for each in ours if issubclass(each, Control) and "codec" in vars(each)} == set(WRITTEN)
    assert {each for each in ours if issubclass(each, Form)} == set(OPENED)


@each_id
def test_an_id_is_what_it_always_was_and_means_the_same(
    kind: type[Identified], pattern: str, samples: dict[str, dict[str, Any]]
) -> None:
    for custom_id, meant in samples.items():
        assert re.fullmatch(pattern, custom_id), "the sample itself"
        found, made = kind.decode(custom_id), kind(**meant)
        assert found is not None
        assert {name: getattr(found, name) for name in kind.codec.names} == meant
        assert found.encode() == made.encode() == custom_id
        assert getattr(made, "custom_id", custom_id) == custom_id, "what Discord is told"


@each_id
@settings(max_examples=20)  # of each of the ids
@given(data=st.data())
def test_all_that_was_ever_written_is_read_and_written_again(
    kind: type[Identified], pattern: str, samples: object, data: st.DataObject
) -> None:
    custom_id = data.draw(spelt(pattern))
    match = re.fullmatch(pattern, custom_id)
    assert match is not None
    assume(len(custom_id) <= LONGEST)
    found = kind.decode(custom_id)
    assert (found is None) == never_written(match)
    assert found is None or found.encode() == custom_id


@each_id
@settings(max_examples=20)  # of each of the ids
@given(data=st.data())
def test_nothing_else_is_read(kind: type[Identified], pattern: str, samples: object, data: st.DataObject) -> None:
    custom_id = data.draw(spelt(kind.codec.pattern.pattern))
    assert re.fullmatch(pattern, custom_id)
    for foreign in (f"{custom_id}:", f"{custom_id}:A:A", f"{custom_id}\n", f"x{custom_id}", custom_id.upper()):
        assert kind.decode(foreign) is None, foreign


@given(custom_id=st.text() | st.text(alphabet="epoch:-_09afABzhn", max_size=40).map(lambda text: f"epoch:{text}"))
def test_any_text_is_read_only_where_it_always_was(custom_id: str) -> None:
    for kind, pattern, _ in EVERY:
        found = kind.decode(custom_id) if len(custom_id) <= LONGEST else None
        assert found is None or re.fullmatch(pattern, custom_id)


@pytest.mark.parametrize("kinds", [[*WRITTEN], [form.id_type for form in OPENED]], ids=["controls", "forms"])
@given(data=st.data())
def test_no_id_belongs_to_two(kinds: list[type[Identified]], data: st.DataObject) -> None:
    assert len({kind.codec.prefix for kind in kinds}) == len(kinds)
    kind = data.draw(st.sampled_from(kinds))
    custom_id = data.draw(spelt(kind.codec.pattern.pattern))
    assert [each for each in kinds if each.codec.pattern.fullmatch(custom_id)] == [kind]


@dataclass(frozen=True)
class Sample(Id, prefix="epoch:sample"):
    """Fields of every sort."""

    known: ClassVar[int] = 3
    slug: Slug
    count: Annotated[int, Spelling.digits(4)]
    lang: Lang
    good: Annotated[bool, Spelling("good|bad", lambda good: "good" if good else "bad", lambda text: text == "good")]
    mark: Mark | None = None


slugs = st.from_regex("[a-z][a-z0-9]{0,15}(-[a-z0-9]{1,12}){0,2}", fullmatch=True)
marks = st.from_regex("[0-9a-f]{8}", fullmatch=True)
values = {
    "slug": slugs, "count": st.integers(0, 9999), "lang": st.sampled_from(["zh", "en"]), "good": st.booleans(),
    "mark": st.none() | marks,
}  # fmt: skip


@given(made=st.builds(Sample, **values))
def test_what_is_written_is_read_back_with_its_types(made: Sample) -> None:
    assert Sample.decode(made.encode()) == made
    assert Sample.codec.names == tuple(values)


@given(
    given_values=st.fixed_dictionaries(values),
    name=st.sampled_from([*values][:3]),
    text=st.text() | st.integers(10_000),
)
def test_a_value_that_does_not_fit_is_never_written(given_values: dict[str, Any], name: str, text: object) -> None:
    spelling = {"slug": "[a-z][a-z0-9]*(-[a-z0-9]+)*", "count": "0|[1-9][0-9]{0,3}", "lang": "zh|en"}[name]
    assume(not re.fullmatch(spelling, str(text)))
    with pytest.raises(IdError, match=f"epoch:sample: {name} is "):
        Sample(**{**given_values, name: text}).encode()


@pytest.mark.parametrize("missing", ["slug", "count", "lang"])
def test_only_what_may_be_missing_may_be_missing(missing: str) -> None:
    there: dict[str, Any] = {"slug": "gan", "count": 3, "lang": "en", "good": True}
    assert Sample(**there).encode() == "epoch:sample:gan:3:en:good"
    with pytest.raises(IdError, match=f"{missing} is 'None'"):
        Sample(**{**there, missing: None}).encode()


def test_an_id_that_discord_would_refuse_is_told_before() -> None:
    room = LONGEST - len(Sample("", 3, "en", True).codec.prefix) - len("::3:en:good")
    assert len(Sample("a" * room, 3, "en", True).encode()) == LONGEST
    with pytest.raises(IdError, match=r"has 101 characters; Discord takes 100"):
        Sample("a" * (room + 1), 3, "en", True).encode()
    with pytest.raises(IdError, match="epoch:topic"):
        TopicButton("a" * LONGEST, "en")


@pytest.mark.parametrize(
    ("prefix", "fields", "why"),
    [
        ("epoch", {}, "prefix 'epoch'"),
        ("epoch:a:b", {}, "prefix 'epoch:a:b'"),
        ("epoch:x1", {}, "prefix 'epoch:x1'"),
        ("other:run", {}, "prefix 'other:run'"),
        ("epoch:a", {"slug": str}, "the field slug is a <class 'str'>"),
        ("epoch:a", {"slug": Slug | int | None}, "has no spelling in an id"),
        ("epoch:a", {"mark": Mark | None, "lang": Lang}, "comes last"),
    ],
)
def test_what_cannot_be_an_id_is_refused_when_the_class_is_made(prefix: str, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(TypeError, match=re.escape(why)):
        Codec(prefix, fields)


def test_a_control_inherits_the_fields_of_its_base() -> None:
    class Base(Control[ui.Button[Any]]):
        slug: Slug
        _private: int
        shared: ClassVar[int] = 3

    class Derived(Base, prefix="epoch:derived"):
        lang: Lang

    assert [*fields_of(Derived)] == ["slug", "lang"]
    assert not Base.template_of().fullmatch(""), "a base answers to nothing"
    assert Derived.codec.decode("epoch:derived:gan:zh") == {"slug": "gan", "lang": "zh"}
