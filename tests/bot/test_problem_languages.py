"""What `epoch check` finds comes in Chinese, too: every problem, and every way to mend it, that is made anywhere."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli._base import InLang
from bot.wording import entries, filled
from bot.wording.translation import of_check, problem_in_lang, speak
from knowledge.bank.loader import load_topic
from knowledge.bank.models import Lang, Problem
from knowledge.check import check
from knowledge.check.proofs import proofs
from knowledge.check.running import Result
from runners.models import Finished, Outcome
from tests.bot.cli.test_cli import ROOT, epoch
from tests.bot.cli.test_languages import HAN
from tests.knowledge.bank.test_loader import BROKEN
from tests.knowledge.check.test_check import ENTRIES, ITEMS, SCRIPTS, TEXTS
from tests.knowledge.tiny import accept_by_hand, edit, write_topic

TABLES = sorted({key.split(".")[1] for key in entries() if key.startswith("check.")})
#: Where problems are made.
MAKERS = (
    *sorted(set((ROOT / "knowledge" / "check").glob("*.py")) - {ROOT / "knowledge" / "check" / "scaffold.py"}),
    *sorted((ROOT / "knowledge" / "bank" / "kinds").glob("*.py")),
    ROOT / "bot" / "study" / "banks.py",
    *(
        ROOT / "knowledge" / "bank" / name
        for name in ("banks.py", "loader.py", "evidence.py", "explain.py", "markdown.py", "rules.py")
    ),
)
WORDS = re.compile(r"[a-z]{2,} | [a-z]{2,}")
#: With words in them and yet no text of a problem: patterns, lists of words, options of commands, labels of the
#: progress, errors for a programmer; names, drafts and tags of kinds.
OTHER = re.compile(
    r"no kind|unknown kind|Find the bug|Predict the output|In your own words|(import|from|def|class) $|id = |"
    r".*a-z0-9|\\b\(|\(\?:\^|\n    (teacher forcing|what which)|"
    r"Traceback|# sha256: | --root |X\d+: (quiz|drill)|X\d+: X\d+ with|item X1|number X\d|X\d+; X\d+|check\(run"
)
#: What is quoted stays as it is, English too, and so do commands, titles of sections and what Python says.
QUOTED = re.compile(
    r"\bepoch [a-z]+|'[^']*'|`[^`]*`|\"[^\"]*\"|（[^）]*<unknown>.*）|How it works|In the interview|In practice"
)
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")


def made() -> Iterator[tuple[str, str]]:
    """Yield where and with which text problems are made, what varies in the text replaced by X1, X2, …."""
    for file in MAKERS:
        for story in ast.parse(file.read_text(encoding="utf-8")).body:
            parts = {id(each) for node in ast.walk(story) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)}
            parts |= {id(node.value) for node in ast.walk(story) if isinstance(node, ast.Expr)}  # docstrings
            pieces = assigned(story)
            for node in ast.walk(story):
                whole = isinstance(node, ast.JoinedStr) or id(node) not in parts
                text = sample(node, pieces) if whole and isinstance(node, ast.expr) else None
                if text is not None and WORDS.search(text) and not OTHER.match(text):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", text


def assigned(story: ast.stmt) -> dict[str, ast.expr]:
    """Return the texts that have a name in a function: others are put together of them."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(story):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            pairs = zip(target.elts, value.elts, strict=False) if isinstance(target, ast.Tuple) and isinstance(
                value, ast.Tuple) else [(target, value)]  # fmt: skip
            found |= {
                name.id: text
                for name, text in pairs
                if isinstance(name, ast.Name) and isinstance(text, ast.Constant | ast.JoinedStr)
            }
    return found


def sample(node: ast.expr, pieces: dict[str, ast.expr]) -> str | None:
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(parts):
            texts = []
            for number, part in enumerate(parts):
                piece = part.value if isinstance(part, ast.FormattedValue) else part
                if isinstance(piece, ast.Name) and piece.id in pieces:
                    piece = pieces[piece.id]
                text = sample(piece, {}) if isinstance(piece, ast.Constant | ast.JoinedStr) else None
                if isinstance(piece, ast.Call) and ast.unparse(piece.func) == "counted":
                    text = f"X{number} {ast.literal_eval(piece.args[1])}s"
                texts.append(text if text is not None else f"X{number}")
            return "".join(texts)
    return None


@pytest.mark.parametrize(("where", "text"), list(made()), ids=lambda value: value[:60])
def test_each_text_of_a_problem_has_a_chinese_one_that_keeps_what_varies(where: str, text: str) -> None:
    found = [of_check(table, text) for table in TABLES]
    chinese = [each for each in found if HAN.search(each) and not ENGLISH.search(QUOTED.sub("", each))]
    assert chinese, f"{where}: {text!r} needs an entry in bot/wording/check.toml"
    parts = set(re.findall(r"X\d+", text))
    assert any(parts <= set(re.findall(r"X\d+", each)) for each in chinese), f"{chinese} lost some of {parts}"


def test_the_texts_are_found_where_they_are_made() -> None:
    """Else the test above would hold of nothing."""
    found = {text for _, text in made()}
    assert {"has no docstring", "its code fails: X1", "make it pass", "section '## X1' is empty"} <= found
    assert len(found) > 150


@pytest.mark.parametrize("key", [key for key in entries() if key.startswith("check.")])
def test_an_entry_is_found_by_its_own_english_text(key: str) -> None:
    texts, table = entries()[key], key.split(".")[1]
    fields = {name: f"<{name}>" for name in re.findall(r"(?<!\{)\{(\w+)(?::[^}]*)?\}", texts["en"])}
    assert of_check(table, filled(texts["en"], fields)) == filled(texts["zh"], fields)


def found(root: Path) -> tuple[Problem, ...]:
    return asyncio.run(check(root, run=False)).problems


def is_chinese(problem: Problem) -> None:
    line = problem_in_lang(problem, "zh")
    assert line.startswith(f"{problem.path}：")
    what, fix = of_check("problem", problem.problem), of_check("fix", problem.fix)
    assert line.endswith(f"：{what}；{fix}")
    for text in (what, fix):
        assert HAN.search(QUOTED.sub("", text)), text
        assert not ENGLISH.search(QUOTED.sub("", text)), text


@pytest.mark.parametrize(("file", "old", "new", "said"), [*TEXTS, *ENTRIES, *ITEMS, *SCRIPTS, *BROKEN])
def test_what_is_found_in_a_topic_is_told_in_chinese(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = write_topic(tmp_path / "topics")
    edit(folder / file, old, new)
    for problem in found(folder.parent):
        is_chinese(problem)


@pytest.mark.parametrize(
    ("outcome", "stdout", "stderr"),
    [
        ("ok", "", ""),
        ("ok", "x" * 80 + "\n" + "y\n" * 40, "a.py:1: UserWarning: beware\n"),
        ("error", "", "Traceback (most recent call last):\nValueError: no\n"),
        ("timeout", "", ""),
    ],
)
def test_what_is_found_by_running_is_told_in_chinese(
    tmp_path: Path, outcome: Outcome, stdout: str, stderr: str
) -> None:
    topic, _ = load_topic(write_topic(tmp_path / "topics"))
    assert topic is not None
    result = Result(stdout, stderr, finished=Finished(outcome, None, 0 if outcome == "ok" else 1, 1.0, 1.0, 100.0, 0.1))
    problems = [problem for proof in proofs(topic, 3) for problem in proof.judge(result)]
    assert len(problems) >= 5
    for problem in problems:
        is_chinese(problem)


@pytest.mark.parametrize(
    ("problem", "chinese"),
    [
        (
            Problem(path="gan/zh.md", problem="line 3 says 'TODO: what is missing'", fix="write it"),
            "gan/zh.md：第 3 行还写着 'TODO: what is missing'；写上内容",
        ),
        (
            Problem(path="this machine", problem="'a: example.py' could not be run: it never finished", fix="mend it"),
            "本机：'a: example.py' 没能运行：没有运行完；改正它",
        ),
        (
            Problem(path="a/topic.toml", problem="is not valid TOML: expected ']' at the end of a table declaration "
                    "(at line 3, column 7)", fix="mend that place"),
            "a/topic.toml：不是合法的 TOML：表的声明应以 ']' 结尾（第 3 行第 7 列）；改正那一处",
        ),
        (
            Problem(path="a/zh.md", problem="cannot be read (permission denied)", fix="make it a readable file"),
            "a/zh.md：读不了（没有权限）；换成可读的文件",
        ),
        (
            Problem(path="a/en.md", problem="unit 2 is none, in zh.md it is 'why' of how", fix="nobody wrote this"),
            "a/en.md：第 2 个单元是 空缺，在 zh.md 里是 how 的 'why'；nobody wrote this",
        ),
    ],
)  # fmt: skip
def test_the_parts_are_put_into_the_right_places(problem: Problem, chinese: str) -> None:
    assert problem_in_lang(problem, "zh") == chinese
    assert problem_in_lang(problem, "en") == str(problem)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_speaks_the_language_of_the_interface_and_json_is_as_it_was(tmp_path: Path, lang: Lang) -> None:
    folder = write_topic(tmp_path / "topics")
    accept_by_hand(folder)
    edit(folder / "zh.md", "均值怕离群点，", "均值怕离群点,")
    words = ["check", "--no-run", "--root", str(folder.parent)]
    env = {"EPOCH_LANG": lang}
    said, data = (epoch(*words, *more, cwd=tmp_path, env=env) for more in ((), ("--json",)))
    english = Problem(**json.loads(data.stdout))
    assert english.problem == "section 'pitfalls' has half-width punctuation ('点,')"
    chinese = "mean/zh.md：'pitfalls' 一节里有半角标点（'点,'）；中文后面用 ，；：？！"
    assert said.stdout.splitlines() == [chinese if lang == "zh" else str(english)]
    assert said.returncode == data.returncode == 1


def test_the_log_says_in_chinese_why_a_topic_was_left_out() -> None:
    problem = Problem(path="gan/zh.md", problem="is missing", fix="add it")
    record = logging.LogRecord("bot", logging.ERROR, "", 1, "left out of the bank: %s", (problem,), None)
    speak("zh")
    try:
        assert InLang("epoch: %(message)s").format(record) == "epoch: 题库中未载入：gan/zh.md：缺失；补上"
    finally:
        speak("en")
    assert InLang("epoch: %(message)s").format(record) == "epoch: left out of the bank: gan/zh.md: is missing; add it"
