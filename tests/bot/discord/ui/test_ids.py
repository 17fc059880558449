"""Every custom id that was ever posted: what it looks like, what it means, and that no other control takes it.

Buttons stay under messages for years. `WRITTEN` is therefore a list by itself, which follows no change of the code:
what is in it was posted, and whoever changes it makes the controls of old messages dead.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._parser as re_parser  # type: ignore[import-not-found]  # tells how wide a pattern may be
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import pytest
from discord import ui
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot import discord as package
from bot.discord.ask.controls import MeantSelect
from bot.discord.ask.covered import CoveredButton, CoveredSelect
from bot.discord.ask.earlier import ExtraSelect, MoreSelect
from bot.discord.ask.followups import AskMoreButton, AskMoreForm
from bot.discord.ask.keeping import LinkButton, SaveButton, ShareButton
from bot.discord.ask.parts import (
    CodeButton,
    LanguageButton,
    NotebookButton,
    OnwardButton,
    PartButton,
    SourcesButton,
)
from bot.discord.ask.suggesting import SuggestButton, SuggestForm
from bot.discord.ask.votes import HelperButton, JudgeButton, VoteButton, WhyForm
from bot.discord.daily.controls import DailyAloneButton, DailyButton, DailyRoleButton
from bot.discord.drafts import controls as drafts
from bot.discord.drill import controls as drill
from bot.discord.drill import duel_message as duels
from bot.discord.hosting.controls import (
    BanksSelect,
    ChannelsSelect,
    GapDraftButton,
    PageButton,
    PickSelect,
    RoleSelect,
    TimeButton,
    TimeForm,
    WhoSelect,
)
from bot.discord.interview import controls as interview
from bot.discord.loop import controls as loops
from bot.discord.packs import controls as packs
from bot.discord.pair import controls as pair
from bot.discord.plan import controls as plan
from bot.discord.privacy.controls import ForgetButton
from bot.discord.quiz import controls as quiz
from bot.discord.quiz import lead_controls as lead
from bot.discord.review.controls import GradeButton, NextButton, ShowButton
from bot.discord.run import edit_controls as edit
from bot.discord.run.controls import StopButton
from bot.discord.run.pasted import RunCodeButton
from bot.discord.saved.controls import SavedPageButton, SavedSelect
from bot.discord.ui import after_controls as after
from bot.discord.ui.base import Control, Form
from bot.discord.ui.drill_controls import DrillButton, DrillsButton, WriteButton
from bot.discord.ui.errors import IdError
from bot.discord.ui.ids import LONGEST, Codec, Id, Identified, ItemMark, Spelling, TopicSlug, fields_of
from bot.discord.ui.items import GuessButton, QuizMeButton
from bot.discord.ui.practice_controls import InterviewButton, OneItemButton
from bot.discord.ui.rest import RestSelect
from bot.discord.ui.retyping import RetypeButton
from bot.discord.ui.review_controls import ReviewButton, SessionItem
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.banks import LONGEST_SLUG
from bot.study.decks import ReviewSession
from bot.study.runs import RunRequest
from knowledge.bank.models import Lang

SLUG = "(?P<slug>[a-z][a-z0-9]*(-[a-z0-9]+)*)"
EXAMPLE = f"{SLUG}:(?P<example>[a-z][a-z0-9_]*)"
ANY = f"(?:-:-|{EXAMPLE})"
LANG, SECTION = "(?P<lang>zh|en)", "(?P<section>answer|how|practice|pitfalls|interview)"
MARK, SALT = "(?P<mark>[0-9a-f]{8})", "(?P<salt>[0-9a-f]{1,16})"
ROUND, NUMBER, OWNER = r"(?P<round>\d{1,18})", r"(?P<number>\d{1,3})", r"(?P<owner>\d{1,20})"
PACK = "(?P<name>[a-z0-9]+(?:[-_][a-z0-9]+)*)"
LOOP = r"(?P<loop>\d{1,18}):(?P<at>\d{1,2})"
ROLE = "(?P<role>[a-z][a-z0-9]*(-[a-z0-9]+)*)"
RUN = "(?P<run>[0-9a-f]{1,40})"
GAN, MARKED = {"slug": "gan"}, {"slug": "gan", "mark": "0123abcd", "lang": "zh"}
OF_DRILL, DRILLED = f"{SLUG}:{MARK}:(?P<variant>numpy|torch)", {**GAN, "mark": "0123abcd", "variant": "torch"}
SHOWING, OF_SESSION = (
    "(?P<showing>[lmp]r?(?:0|[1-9a-f][0-9a-f]{0,8}))",
    SessionItem(ReviewSession("mine", 0x6A4B3C2D), again=True),
)
SALTED = {**MARKED, "salt": "00ff"}
PLACE = {"slug": "gan", "section": "how", "lang": "zh"}
PLACED = {**PLACE, "unit": "0123abcd"}
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
    RestSelect: ("epoch:rest", {"epoch:rest": {}}),
    LanguageButton: (f"epoch:lang:{SLUG}:{SECTION}:{LANG}(?::{MARK})?", {
        "epoch:lang:gan:how:zh": {**PLACE, "unit": None}, "epoch:lang:gan:how:zh:0123abcd": PLACED,
    }),
    PartButton: (f"epoch:part:{SLUG}:{SECTION}:{LANG}(?::{MARK})?", {
        "epoch:part:gan:how:zh": {**PLACE, "unit": None}, "epoch:part:gan:how:zh:0123abcd": PLACED,
    }),
    OnwardButton: (f"epoch:onward:{SLUG}:{SECTION}:{LANG}(?::{MARK})?", {
        "epoch:onward:gan:how:zh": {**PLACE, "unit": None}, "epoch:onward:gan:how:zh:0123abcd": PLACED,
    }),
    SourcesButton: (f"epoch:sources:{SLUG}:{LANG}", {"epoch:sources:gan:en": {**GAN, "lang": "en"}}),
    CodeButton: (f"epoch:source:{EXAMPLE}:{LANG}", {
        "epoch:source:gan:main:en": {**GAN, "example": "main", "lang": "en"},
    }),
    JudgeButton: (f"epoch:judge:{SLUG}:{SECTION}:{LANG}", {"epoch:judge:gan:how:zh": PLACE}),
    NotebookButton: (f"epoch:notebook:{SLUG}:{LANG}", {"epoch:notebook:gan:en": {**GAN, "lang": "en"}}),
    AskMoreButton: (f"epoch:ask:{SLUG}:{LANG}", {"epoch:ask:gan:en": {**GAN, "lang": "en"}}),
    VoteButton: (rf"epoch:vote:{SLUG}:{SECTION}:{LANG}:(?P<vote>good|bad)(?::(?P<message>\d{{1,20}}))?", {
        "epoch:vote:gan:how:zh:good": {**PLACE, "good": True, "message": None},
        "epoch:vote:gan:how:zh:bad": {**PLACE, "good": False, "message": None},
        "epoch:vote:gan:how:zh:bad:12": {**PLACE, "good": False, "message": 12},
    }),
    HelperButton: ("epoch:helper", {"epoch:helper": {}}),
    QuizMeButton: (f"epoch:quizme:{SLUG}:{LANG}(?::{MARK})?", {
        "epoch:quizme:gan:zh": {**GAN, "lang": "zh", "mark": None}, "epoch:quizme:gan:zh:0123abcd": MARKED,
    }),
    GuessButton: (f"epoch:guess:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<letter>[A-D])", {
        "epoch:guess:gan:0123abcd:zh:00ff:A": {**SALTED, "letter": "A"},
    }),
    RetypeButton: ("epoch:retype:(?P<kept>[0-9a-f]{1,40})", {"epoch:retype:00ff": {"kept": "00ff"}}),
    ShowButton: (f"epoch:recall:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<letter>[A-DS])(?::{SHOWING})?", {
        "epoch:recall:gan:0123abcd:zh:00ff:S": {**SALTED, "letter": "S", "showing": None},
        "epoch:recall:gan:0123abcd:zh:00ff:A:mr6a4b3c2d": {**SALTED, "letter": "A", "showing": OF_SESSION},
    }),
    GradeButton: (f"epoch:grade:{SLUG}:{MARK}:{LANG}:{SALT}:(?P<grade>[1-4])(?::{SHOWING})?", {
        "epoch:grade:gan:0123abcd:zh:00ff:4": {**SALTED, "grade": 4, "showing": None},
        "epoch:grade:gan:0123abcd:zh:00ff:4:mr6a4b3c2d": {**SALTED, "grade": 4, "showing": OF_SESSION},
    }),
    ReviewButton: (f"epoch:reviewbegin:(?P<deck>all|mine|plan):{LANG}", {
        "epoch:reviewbegin:plan:zh": {"deck": "plan", "lang": "zh"},
    }),
    plan.DateButton: ("epoch:plandate", {"epoch:plandate": {}}),
    plan.ForgetDateButton: ("epoch:planforget", {"epoch:planforget": {}}),
    plan.RemindButton: ("epoch:remind", {"epoch:remind": {}}),
    plan.StopRemindersButton: ("epoch:remindstop", {"epoch:remindstop": {}}),
    quiz.OptionButton: (f"epoch:answer:{ROUND}:{NUMBER}:(?P<letter>[A-D])", {
        "epoch:answer:12:3:B": {"round_id": 12, "number": 3, "letter": "B"},
    }),
    quiz.TypeButton: (f"epoch:type:{ROUND}:{NUMBER}", {"epoch:type:12:0": {"round_id": 12, "number": 0}}),
    quiz.JoinButton: (f"epoch:join:{ROUND}:(?P<team>[0-4])", {"epoch:join:12:4": {"round_id": 12, "team": 4}}),
    quiz.LeaveButton: (f"epoch:leave:{ROUND}", {"epoch:leave:12": {"round_id": 12}}),
    quiz.StartButton: (f"epoch:start:{ROUND}", {"epoch:start:12": {"round_id": 12}}),
    quiz.AnotherRoundButton: (f"epoch:newround:{ROUND}", {"epoch:newround:12": {"round_id": 12}}),
    quiz.RoundAgainButton: (f"epoch:again:{ROUND}", {"epoch:again:12": {"round_id": 12}}),
    lead.LeadButton: (f"epoch:lead:{ROUND}:{NUMBER}:(?P<what>pause|resume|skip|next|stop)", {
        f"epoch:lead:12:3:{what}": {"round_id": 12, "number": 3, "what": what}
        for what in ("pause", "resume", "skip", "next", "stop")
    }),
    quiz.AloneButton: (f"epoch:alone:{ROUND}:{NUMBER}:{LANG}", {
        "epoch:alone:12:3:zh": {"round_id": 12, "number": 3, "lang": "zh"},
    }),
    lead.StopRoundButton: (f"epoch:endround:{ROUND}", {"epoch:endround:12": {"round_id": 12}}),
    after.ExplainItemButton: (f"epoch:itemwhy:{SLUG}:{MARK}:{LANG}", {
        "epoch:itemwhy:gan:0123abcd:zh": {"slug": "gan", "mark": "0123abcd", "lang": "zh"},
    }),
    after.LaterButton: (f"epoch:later:{SLUG}:{MARK}", {
        "epoch:later:gan:0123abcd": {"slug": "gan", "mark": "0123abcd"},
    }),
    DailyButton: (r"epoch:daily:(?P<daily>\d{1,18}):(?P<letter>[A-D])", {
        "epoch:daily:12:D": {"daily_id": 12, "letter": "D"},
    }),
    DailyAloneButton: (rf"epoch:dailyin:(?P<daily>\d{{1,18}}):{LANG}", {
        "epoch:dailyin:12:zh": {"daily_id": 12, "lang": "zh"},
    }),
    DailyRoleButton: ("epoch:dailyrole", {"epoch:dailyrole": {}}),
    PageButton: ("epoch:setpage:(?P<name>[a-z_]{1,40})", {"epoch:setpage:daily": {"name": "daily"}}),
    PickSelect: ("epoch:set:(?P<name>[a-z_]{1,40})", {
        f"epoch:set:{name}": {"name": name} for name in ("language", "runs", "longest", "atonce", "edited")
    }),
    ChannelsSelect: ("epoch:setin:(?P<name>[a-z_]{1,40})", {
        f"epoch:setin:{name}": {"name": name} for name in ("channels", "daily")
    }),
    BanksSelect: ("epoch:setbanks:(?P<name>[a-z_]{1,40})", {"epoch:setbanks:banks": {"name": "banks"}}),
    RoleSelect: ("epoch:setrole(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:setrole": {"name": None}, "epoch:setrole:mentor": {"name": "mentor"},
    }),
    WhoSelect: ("epoch:setwho:(?P<name>[a-z_]{1,40})", {"epoch:setwho:reviewer": {"name": "reviewer"}}),
    GapDraftButton: (f"epoch:gapdraft:{LANG}:(?P<mark>[0-9a-f]{{16}})", {
        "epoch:gapdraft:zh:0123456789abcdef": {"lang": "zh", "mark": "0123456789abcdef"},
    }),
    drafts.DraftEditButton: (f"epoch:draftedit:{SLUG}", {"epoch:draftedit:gan": GAN}),
    drafts.DraftAcceptButton: (f"epoch:draftok:{SLUG}", {"epoch:draftok:gan": GAN}),
    drafts.DraftDropButton: (f"epoch:draftdrop:{SLUG}", {"epoch:draftdrop:gan": GAN}),
    drafts.DraftBackButton: (f"epoch:draftback:{SLUG}", {"epoch:draftback:gan": GAN}),
    drafts.DraftPartSelect: (f"epoch:draftpart:{SLUG}", {"epoch:draftpart:gan": GAN}),
    drafts.DraftOpenSelect: ("epoch:drafts", {"epoch:drafts": {}}),
    TimeButton: ("epoch:settime(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:settime": {"name": None}, "epoch:settime:quiet": {"name": "quiet"},
    }),
    interview.AnswerButton: (f"epoch:interview:{SLUG}:{MARK}:{LANG}:{SALT}", {
        "epoch:interview:gan:0123abcd:zh:00ff": SALTED,
    }),
    interview.AnotherButton: (f"epoch:another:{SLUG}:{MARK}:{LANG}", {"epoch:another:gan:0123abcd:zh": MARKED}),
    interview.ExplainButton: (f"epoch:explain:{SLUG}:{LANG}", {"epoch:explain:gan:zh": {**GAN, "lang": "zh"}}),
    loops.SpeakButton: (f"epoch:loopanswer:{LOOP}", {"epoch:loopanswer:12:3": {"loop": 12, "at": 3}}),
    loops.ChoiceButton: (f"epoch:loopguess:{LOOP}:(?P<letter>[A-D])", {
        "epoch:loopguess:12:3:B": {"loop": 12, "at": 3, "letter": "B"},
    }),
    loops.MoveButton: (f"epoch:loopmove:{LOOP}:(?P<move>skip|pause|resume|finish|done|report)", {
        "epoch:loopmove:12:3:skip": {"loop": 12, "at": 3, "move": "skip"},
    }),
    loops.LoopRoleSelect: (r"epoch:looprole:(?P<minutes>\d{1,3})", {"epoch:looprole:45": {"minutes": 45}}),
    loops.AnewButton: (rf"epoch:loopanew:(?P<loop>\d{{1,18}}):(?P<minutes>\d{{1,3}}):{ROLE}", {
        "epoch:loopanew:12:45:cv": {"loop": 12, "minutes": 45, "role": "cv"},
    }),
    pair.PairButton: (
        r"epoch:pair:(?P<pair>\d{1,18}):(?P<move>accept|decline|sheet|answer|comment|end|report|share)",
        {"epoch:pair:12:accept": {"pair": 12, "move": "accept"}},
    ),
    pair.PointsSelect: (r"epoch:pairpoints:(?P<pair>\d{1,18})", {"epoch:pairpoints:12": {"pair": 12}}),
    loops.PartSelect: (r"epoch:looppart:(?P<loop>\d{1,18})", {"epoch:looppart:12": {"loop": 12}}),
    RunCodeButton: (r"epoch:pasted:(?P<channel>\d{1,20}):(?P<message>\d{1,20})", {
        "epoch:pasted:12:34": {"channel": 12, "message": 34},
    }),
    **{button: (f"epoch:{prefix}:{OF_DRILL}", {f"epoch:{prefix}:gan:0123abcd:torch": DRILLED}) for button, prefix in (
        (drill.UploadButton, "drillup"), (drill.HintButton, "drillhint"), (drill.TestsButton, "drilltest"),
        (drill.GiveUpButton, "drillgive"), (drill.SolutionButton, "drillend"), (drill.VariantButton, "drillwith"),
    )},
    WriteButton: (f"epoch:drillwrite:{SLUG}:{MARK}(?::(?P<variant>numpy|torch))?", {
        "epoch:drillwrite:gan:0123abcd:torch": DRILLED, "epoch:drillwrite:gan:0123abcd": {**DRILLED, "variant": None},
    }),
    DrillButton: (f"epoch:drill:{SLUG}:{MARK}", {"epoch:drill:gan:0123abcd": {**GAN, "mark": "0123abcd"}}),
    duels.AcceptButton: (r"epoch:duelyes:(?P<duel>\d{1,18})", {"epoch:duelyes:12": {"duel": 12}}),
    duels.DeclineButton: (r"epoch:duelno:(?P<duel>\d{1,18})", {"epoch:duelno:12": {"duel": 12}}),
    DrillsButton: ("epoch:drills", {"epoch:drills": {}}),
    drill.DrillShareButton: (f"epoch:drillshare:{SLUG}:{MARK}", {
        "epoch:drillshare:gan:0123abcd": {**GAN, "mark": "0123abcd"},
    }),
    **{button: (f"epoch:{prefix}:{SLUG}:{SECTION}:{LANG}(?::{MARK})?", {
        f"epoch:{prefix}:gan:how:zh": {**PLACE, "unit": None}, f"epoch:{prefix}:gan:how:zh:0123abcd": PLACED,
    }) for button, prefix in ((SaveButton, "save"), (ShareButton, "share"), (LinkButton, "link"))},
    CoveredButton: ("epoch:covered", {"epoch:covered": {}}),
    CoveredSelect: (
        rf"epoch:coveredin:(?P<level>basic|intermediate|advanced):(?P<part>\d{{1,2}}):{LANG}", {
        "epoch:coveredin:basic:0:zh": {"level": "basic", "part": 0, "lang": "zh"},
    }),
    SuggestButton: (f"epoch:tellhost:{LANG}:(?P<mark>[0-9a-f]{{16}})", {
        "epoch:tellhost:zh:0123456789abcdef": {"lang": "zh", "mark": "0123456789abcdef"},
    }),
    SavedSelect: (r"epoch:saved:(?P<what>open|remove):(?P<page>\d{1,2})", {
        "epoch:saved:open:0": {"what": "open", "page": 0}, "epoch:saved:remove:7": {"what": "remove", "page": 7},
    }),
    SavedPageButton: (r"epoch:savedpage:(?P<page>\d{1,2})", {"epoch:savedpage:1": {"page": 1}}),
    packs.PackSelect: ("epoch:pack", {"epoch:pack": {}}),
    packs.PacksButton: ("epoch:packs", {"epoch:packs": {}}),
    packs.PackUploadButton: (f"epoch:packup(?::{PACK})?", {
        "epoch:packup": {"name": None}, "epoch:packup:ml-1": {"name": "ml-1"},
    }),
    packs.PackFileButton: (f"epoch:packfile:{PACK}", {"epoch:packfile:ml_1": {"name": "ml_1"}}),
    packs.PackRemoveButton: (f"epoch:packdrop:{PACK}", {"epoch:packdrop:ml": {"name": "ml"}}),
    InterviewButton: (f"epoch:mock(?::{SLUG})?", {"epoch:mock": {"slug": None}, "epoch:mock:gan": GAN}),
    OneItemButton: ("epoch:oneitem", {"epoch:oneitem": {}}),
    drill.DrillSelect: ("epoch:drillpick:(?P<level>basic|intermediate|advanced)", {
        "epoch:drillpick:basic": {"level": "basic"},
    }),
    drill.CheckSelect: (f"epoch:drillcheck:{RUN}", {"epoch:drillcheck:00ff": {"run": "00ff"}}),
    NextButton: (f"epoch:reviewnext:{SLUG}:{MARK}:{LANG}(?::{SHOWING})?", {
        "epoch:reviewnext:gan:0123abcd:zh": {**MARKED, "showing": None},
        "epoch:reviewnext:gan:0123abcd:zh:mr6a4b3c2d": {**MARKED, "showing": OF_SESSION},
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
    edit.EditForm: (f"epoch:code:{ANY}", {
        "epoch:code:gan:tuned": {"asked": OF_TOPIC}, "epoch:code:-:-": {"asked": SCRIPT},
    }),
    drill.CodeForm: (f"epoch:drillcode:{OF_DRILL}", {"epoch:drillcode:gan:0123abcd:torch": DRILLED}),
    drill.UploadForm: (f"epoch:drillfile:{OF_DRILL}", {"epoch:drillfile:gan:0123abcd:torch": DRILLED}),
    edit.InputForm: (f"epoch:stdin:{RUN}", {"epoch:stdin:00ff": {"run": "00ff"}}),
    WhyForm: (rf"epoch:why:{SLUG}:{SECTION}:{LANG}:(?P<message>\d{{1,20}})", {
        "epoch:why:gan:how:zh:12": {**PLACE, "message": 12},
    }),
    packs.PackForm: ("epoch:packform", {"epoch:packform": {}}),
    SuggestForm: ("epoch:tellform", {"epoch:tellform": {}}),
    drafts.DraftForm: (f"epoch:draftform:{SLUG}", {"epoch:draftform:gan": GAN}),
    TimeForm: ("epoch:time(?::(?P<name>[a-z_]{1,40}))?", {
        "epoch:time": {"name": None}, "epoch:time:quiet": {"name": "quiet"},
    }),
    plan.DateForm: ("epoch:planday", {"epoch:planday": {}}),
    plan.RemindForm: ("epoch:remindat", {"epoch:remindat": {}}),
    pair.SaidForm: (r"epoch:pairsaid:(?P<pair>\d{1,18}):(?P<what>answer|comment)", {
        "epoch:pairsaid:12:comment": {"pair": 12, "what": "comment"},
    }),
    loops.SpeechForm: (f"epoch:loopsaid:{LOOP}", {"epoch:loopsaid:12:3": {"loop": 12, "at": 3}}),
    interview.AnswerForm: (f"epoch:spoken:{SLUG}:{MARK}:{LANG}:{SALT}", {"epoch:spoken:gan:0123abcd:zh:00ff": SALTED}),
}  # fmt: skip
EVERY: list[tuple[type[Identified], str, dict[str, dict[str, Any]]]] = [
    *((control, *written) for control, written in WRITTEN.items()),
    *((form.id_type, *written) for form, written in OPENED.items()),
]
each_id = pytest.mark.parametrize(("kind", "pattern", "samples"), EVERY, ids=lambda v: getattr(v, "__name__", ""))
#: Groups that are numbers in the patterns of `WRITTEN`.
NUMBERS = (
    "round",
    "number",
    "owner",
    "daily",
    "channel",
    "message",
    "duel",
    "part",
    "page",
    "loop",
    "at",
    "minutes",
    "pair",
)


def below(cls: type[Any]) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        yield from (each, *below(each))


@cache
def spelt(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


def never_written(match: re.Match[str]) -> bool:
    """Whether an id fits its old pattern and yet no version wrote it: `007`, other scripts' digits, 41 hex digits."""
    said = match.groupdict()
    texts = [said[name] for name in NUMBERS if said.get(name) is not None]
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
    slug: TopicSlug
    count: Annotated[int, Spelling.digits(4)]
    lang: Lang
    good: Annotated[bool, Spelling("good|bad", lambda good: "good" if good else "bad", lambda text: text == "good")]
    mark: ItemMark | None = None


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


@pytest.mark.parametrize("control", sorted(WRITTEN, key=lambda control: control.codec.prefix), ids=lambda c: c.__name__)
def test_the_longest_slug_that_a_bank_may_have_fits_beside_the_longest_values_of_the_other_fields(
    control: type[Control[Any]],
) -> None:
    length = len(control.codec.prefix)
    for name, declared in fields_of(control).items():
        widest = re_parser.parse(Codec("epoch:one", {name: declared}).pattern.pattern).getwidth()[1] - len("epoch:one")
        length += widest if widest <= LONGEST else 1 + LONGEST_SLUG  # a name, which has no end of its own
    pairs = {"example"} & fields_of(control).keys()  # an example's name shares the room with its topic's
    assert length <= (LONGEST + LONGEST_SLUG if pairs else LONGEST)


@pytest.mark.parametrize(
    ("prefix", "fields", "why"),
    [
        ("epoch", {}, "prefix 'epoch'"),
        ("epoch:a:b", {}, "prefix 'epoch:a:b'"),
        ("epoch:x1", {}, "prefix 'epoch:x1'"),
        ("other:run", {}, "prefix 'other:run'"),
        ("epoch:a", {"slug": str}, "the field slug is a <class 'str'>"),
        ("epoch:a", {"slug": TopicSlug | int | None}, "has no spelling in an id"),
        ("epoch:a", {"mark": ItemMark | None, "lang": Lang}, "comes last"),
    ],
)
def test_what_cannot_be_an_id_is_refused_when_the_class_is_made(prefix: str, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(TypeError, match=re.escape(why)):
        Codec(prefix, fields)


def test_a_control_inherits_the_fields_of_its_base() -> None:
    class Base(Control[ui.Button[Any]]):
        slug: TopicSlug
        _private: int
        shared: ClassVar[int] = 3

    class Derived(Base, prefix="epoch:derived"):
        lang: Lang

    assert [*fields_of(Derived)] == ["slug", "lang"]
    assert not Base.template_of().fullmatch(""), "a base answers to nothing"
    assert Derived.codec.decode("epoch:derived:gan:zh") == {"slug": "gan", "lang": "zh"}
