"""A kind of quiz item that is defined and registered here, and nowhere else: every part of Epoch takes it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Annotated, ClassVar, Literal

import pytest
import pytest_asyncio
from prompt_toolkit.completion import Completer
from pydantic import Field
from rich.console import Console

from bot.discord.quiz.text import question_page, reveal_page
from bot.discord.ui.item_text import item_blocks
from bot.exports import anki
from bot.exports.notebook import notebook
from bot.store.store import Store
from bot.study import interviews
from bot.study.item_runs import ItemOutput
from bot.study.learning import TERMINAL, Learning
from bot.study.rounds.choosing import again, choose
from bot.study.rounds.questions import Question, present
from bot.study.tutor import Tutor
from bot.terminal.prompt import Lines, Prompt
from bot.terminal.quiz import TerminalRound, alone
from bot.terminal.review import TerminalReview
from knowledge.bank.kinds import KINDS, by_letter
from knowledge.bank.loader import load_topic
from knowledge.bank.models import LANGS, Bank, ByLetter, InWords, Item, Kind, Lang, NonEmpty, Text, Topic
from knowledge.bank.programs import Outcome, Program, Wrong
from knowledge.bank.rules import different, program
from knowledge.bank.sheet import Sheet
from knowledge.check import check, proofs
from knowledge.check.running import run
from knowledge.check.scaffold import new
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.bot.study.rounds.worlds import ALICE, after, asking, closed, press
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.test_rounds import QUICK, Table, shows
from tests.knowledge.tiny import edit, write_topic

RAISES = """
[[item]]
id = "which-error"
kind = "raises"
prompt = { zh = "这段代码抛出什么？", en = "What does this raise?" }
code = '''
print([1, 2][2])
'''
errors = ["KeyError", "IndexError", "TypeError"]
answer = 1
why = { zh = "下标越界。", en = "There is no third one." }
"""
ARGUES = """
[[item]]
id = "for-and-against"
kind = "argues"
prompt = { zh = "离群点和中位数：替它辩护，再反驳。", en = "Outliers, the median: defend it, then attack it." }
points = [3, 2]
"""


class Raises(ByLetter):
    """Which error ends this program? Three names to choose from."""

    about: ClassVar[Kind] = Kind(
        name=Text(zh="猜异常", en="Name the error"), least=1, code_options=True, runs=True, draft=RAISES[9:]
    )
    kind: Literal["raises"]
    code: NonEmpty
    errors: Annotated[tuple[NonEmpty, ...], Field(min_length=2, max_length=4)]
    answer: Annotated[int, Field(ge=0)]
    why: Text

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        return Sheet(self.prompt[lang], self.code.strip("\n"), self.errors, self.answer, why=self.why[lang])

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        yield from different(self.errors, "errors")
        yield from program(self.code, "code", 10)

    def programs(self) -> Iterator[Program]:
        yield Program(self.code, "raises.py", self._raises)

    def _raises(self, ended: Outcome) -> Iterator[Wrong]:
        if not ended.exception.startswith(self.errors[self.answer]):
            yield f"its code ends with {ended.exception!r}", "set answer to the index of its error"


class Argues(InWords):
    """Answered in words, the points in an order of their own."""

    about: ClassVar[Kind] = Kind(name=Text(zh="正反两面", en="For and against"))
    kind: Literal["argues"]

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        points = tuple(topic.meta.key_points[index][lang] for index in sorted(self.points))
        return Sheet(self.prompt[lang], points=points)

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        yield from ()


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one place where a kind is made known."""
    monkeypatch.setitem(KINDS, "raises", Raises)
    monkeypatch.setitem(KINDS, "argues", Argues)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound topic with an item of either kind."""
    made = write_topic(tmp_path / "topics")
    with (made / "quiz.toml").open("a", encoding="utf-8") as quiz:
        quiz.write(RAISES + ARGUES)
    return made


@pytest.fixture
def topic(folder: Path) -> Topic:
    """It, with these two items alone."""
    loaded, problems = load_topic(folder)
    assert loaded is not None, problems
    return loaded.model_copy(update={"quiz": loaded.quiz[-2:]})


@pytest.fixture
def bank(topic: Topic) -> Bank:
    return Bank(topics={topic.slug: topic})


@pytest_asyncio.fixture
async def tutor(bank: Bank) -> AsyncIterator[Tutor]:
    made = Tutor(bank, Scripted(RuntimeError("nobody asks here")), LocalRunner())
    yield made
    await made.close()


class Typed(Lines):
    """Somebody who types these lines."""

    def __init__(self, *typed: str) -> None:
        super().__init__(interactive=False)
        self._typed = iter(typed)

    async def read(self, prompt: Prompt, aside: Completer | None = None) -> str | None:
        return next(self._typed, None)


def question(topic: Topic, lang: Lang = "en") -> Question:
    return present(topic, topic.quiz[0], lang, Random(3))


def test_it_is_loaded_and_what_is_wrong_with_it_is_said(folder: Path) -> None:
    loaded, problems = load_topic(folder)
    assert problems == []
    assert loaded is not None
    assert [type(item) for item in loaded.quiz[-2:]] == [Raises, Argues]
    edit(folder / "quiz.toml", 'errors = ["KeyError", "IndexError", "TypeError"]', 'errors = ["KeyError"]')
    edit(folder / "quiz.toml", 'kind = "argues"', 'kind = "argue"')
    kinds = "'choice', 'predict', 'find_bug', 'open', 'raises', 'argues'"
    assert [str(problem) for problem in load_topic(folder)[1]] == [
        "mean/quiz.toml: item 'which-error': errors has 1 entries; give it at least 2",
        f"mean/quiz.toml: item 'for-and-against' has kind 'argue'; use {kinds}",
    ]


async def test_its_rules_are_checked(folder: Path) -> None:
    async def problems() -> list[str]:
        report = await check(folder.parent, run=False)
        return [str(problem) for problem in report.problems if "output.txt" not in problem.path]

    assert await problems() == []
    edit(folder / "quiz.toml", '["KeyError", "IndexError"', '["IndexError", "IndexError"')
    assert "item 'which-error': errors holds the same option twice" in "\n".join(await problems())
    edit(folder / "quiz.toml", RAISES.replace("KeyError", "IndexError"), "")
    assert "has 0 items of kind 'raises'; write at least 1" in "\n".join(await problems())


async def test_its_program_is_proven_by_a_run(folder: Path, tutor: Tutor) -> None:
    async def problems() -> list[str]:
        loaded, _ = load_topic(folder)
        assert loaded is not None
        (proof,) = (proof for proof in proofs.proofs(loaded, 1) if "which-error" in proof.label)
        assert (proof.label, proof.job.name) == ("mean: quiz which-error", "raises.py")
        return [str(problem) for problem in proof.judge(await run(tutor.runner, proof.job))]

    assert await problems() == []
    edit(folder / "quiz.toml", "[1, 2][2]", "[1, 2]['2']")
    (said,) = await problems()
    assert said.startswith("mean/quiz.toml: item 'which-error': its code ends with 'TypeError: list indices")


def test_a_new_topic_begins_with_one(tmp_path: Path) -> None:
    quiz = (new("fresh", tmp_path) / "quiz.toml").read_text(encoding="utf-8")
    assert "3 choice, 2 predict, 2 find_bug, 1 open, 1 raises. Ids" in quiz
    made, problems = load_topic(tmp_path / "fresh")
    assert made is not None, problems
    assert [item.kind for item in made.quiz] == ["choice", "predict", "find_bug", "open", "raises"]


def test_a_round_asks_it_and_keeps_it(bank: Bank, topic: Topic) -> None:
    assert by_letter() == ("choice", "predict", "find_bug", "raises"), "what is answered in words is for no round"
    (chosen,) = choose(bank, "en", Random(0), count=9, kinds=["raises"])
    assert choose(bank, "en", Random(0), count=9, kinds=["predict"]) == ()
    assert chosen.options[chosen.letters.index(chosen.right[0])] == "IndexError"
    assert set(chosen.letters) == set("ABC")
    assert Question.from_json(json.loads(json.dumps(chosen.as_json()))) == chosen
    assert [each.item for each in again(bank, "en", Random(0), [("mean", "which-error")])] == ["which-error"]


@pytest.mark.parametrize("lang", LANGS)
def test_discord_shows_it(bank: Bank, topic: Topic, lang: Lang) -> None:
    asked = question(topic, lang)
    name, why = Raises.about.name[lang], topic.quiz[0].sheet(topic, lang).why
    state = asking(questions=(asked,))
    open_, ended = question_page(state, bank, lang), closed(after(state, press(ALICE, asked.right[0], 5)))
    shown = "\n".join(open_.blocks)
    assert f"-# {name}" in shown
    assert "```py\nprint([1, 2][2])\n```" in shown
    assert all(f"**{letter}** `{error}`" in shown for letter, error in zip("ABC", asked.options, strict=True))
    assert why is not None
    assert why not in shown
    told = "\n".join(reveal_page(ended, bank, lang, ItemOutput("no third\n", 0.2)).blocks)
    assert f"✅ **{asked.right[0]}** `IndexError` · 1" in told
    assert "```\nno third\n```" in told, "its program is run with the answer"
    assert why in told
    assert why in "\n".join(item_blocks(asked, topic, lang, "A"))


async def test_a_round_and_a_review_on_discord_take_it(tutor: Tutor, tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord, bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, topics="mean")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert "Name the error" in asked.text
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it: Alice", discord)
        await shows(asked, "There is no third one.", discord)
        await table.gone()
        seen = set()
        review = await discord.answer_to(await discord.slash("review", user="bob"))
        for _ in range(2):
            by_button = "Name the error" in review.text
            seen.add("Name the error" if by_button else "For and against")
            await discord.click(review, label="B" if by_button else "Show the answer", user="bob")
            await shows(review, "There is no third one." if by_button else "The median is more robust.", discord)
            good = next(c["label"] for c in review.components if str(c.get("label", "")).startswith("Good"))
            await discord.click(review, label=good, user="bob")
            await shows(review, "Noted as", discord)
        assert seen == {"Name the error", "For and against"}


async def test_the_terminal_asks_it_and_runs_its_program(tutor: Tutor, bank: Bank) -> None:
    out = io.StringIO()
    (asked,) = choose(bank, "en", Random(0), count=1)
    round_ = TerminalRound(tutor, Console(file=out, width=100), "en", lambda: 1_000.0)
    await round_.play((asked,), alone(1, 60.0), Typed("D", asked.right[0]))
    said = out.getvalue()
    assert "What does this raise?" in said
    assert "print([1, 2][2])" in said
    assert "Please type one of A B C." in said
    assert "✅ Right" in said
    assert "IndexError: list index out of range" in said.split("What it really printed")[1]
    assert "There is no third one." in said


async def test_the_terminal_reviews_it(bank: Bank, url: str) -> None:
    out = io.StringIO()
    async with await Store.open(url) as store:
        learning = Learning(store, bank, lambda: 1_000.0, Random(0))
        review = TerminalReview(learning, Console(file=out, width=100), "en", lambda: 1_000.0, Random(0))
        await review.run(Typed("B", "", "B", ""))
        assert {(topic, item) for topic, item, _, _ in await store.reviews.log(TERMINAL)} == {
            ("mean", "which-error"), ("mean", "for-and-against"),
        }  # fmt: skip
    said = out.getvalue()
    assert "What does this raise?" in said
    assert "A full answer has:\n  - It is sensitive to outliers.\n  - The median is more robust." in said


def test_an_interview_asks_what_is_answered_in_words(topic: Topic) -> None:
    first = interviews.questions(topic, "en")[0]
    assert (first.key, first.item) == ("for-and-against", topic.quiz[1])


def test_it_is_exported(topic: Topic) -> None:
    error, both = (anki.fields(topic, item, "en") for item in topic.quiz)
    assert error["Kind"] == "Name the error"
    assert "print([1, 2][2])" in error["Code"]
    assert error["Options"].count("<li>") == 3
    assert error["Answer"] == "<b>B</b><pre><code>IndexError</code></pre>"
    assert both["Answer"].count("<li>") == 2
    cells = "".join("".join(cell["source"]) for cell in json.loads(notebook(topic, "en"))["cells"])
    assert "```python\nprint([1, 2][2])\n```\n\n**A** `KeyError`\n\n**B** `IndexError`\n\n**C** `TypeError`" in cells
    assert "- It is sensitive to outliers.\n- The median is more robust.\n\n</details>" in cells


def test_the_commands_offer_it() -> None:
    code = (
        "from knowledge.bank.kinds import KINDS\n"
        "from tests.bot.test_new_kind import Raises\n"
        "KINDS['raises'] = Raises\n"
        "from bot.discord.quiz.cog import QuizCog\n"
        "start = next(each for each in QuizCog.quiz.commands if each.name == 'start')\n"
        "print([(each.name, each.value) for each in start.get_parameter('kinds').choices])\n"
        "import sys\n"
        "sys.argv = ['epoch', 'quiz', '--kinds', 'none', '--lang', 'en']\n"
        "from bot.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert "('Name the error', 'raises')" in done.stdout, done.stderr
    assert "'choice', 'predict', 'find_bug', 'raises'" in done.stderr


def test_a_kind_that_cannot_be_shown_is_refused() -> None:
    """In silence it would be left out of rounds, or shown without its answer."""
    about = Kind(name=Text(zh="某种", en="Some kind"))

    class Unseen(ByLetter):
        kind: Literal["unseen"]

        def problems(self, topic: Topic) -> Iterator[Wrong]:
            yield from ()

    with pytest.raises(TypeError, match="abstract"):
        Unseen.model_validate({"id": "x", "kind": "unseen", "prompt": {"zh": "题", "en": "x"}})
    with pytest.raises(TypeError, match="says nothing of its kind"):
        type("Nameless", (Raises.__bases__[0],), {"sheet": Raises.sheet, "problems": Raises.problems})
    with pytest.raises(TypeError, match="does not say how it is answered"):
        type("Mute", (Item,), {"sheet": Raises.sheet, "problems": Raises.problems, "about": about})


def test_an_item_without_an_answer_is_refused_by_every_front(topic: Topic) -> None:
    with pytest.raises(ValueError, match="no answer to 'Why"):
        Sheet("Why?", options=("A", "B"))
    with pytest.raises(ValueError, match="is 2, of 2"):
        Sheet("Why?", options=("A", "B"), right=2)
    many = topic.quiz[0].model_copy(update={"errors": tuple("ABCDE")})
    with pytest.raises(ValueError, match="has 5 options"):
        present(topic, many, "en", Random(0))
    with pytest.raises(ValueError, match="in words"):
        present(topic, topic.quiz[1], "en", Random(0))


def test_a_question_of_a_kind_that_is_gone_is_not_shown_as_another(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(topic)
    monkeypatch.delitem(KINDS, "raises")
    with pytest.raises(KeyError, match="raises"):
        item_blocks(asked, topic, "en")
