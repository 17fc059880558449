"""Trivia packs in the YAML of Red-DiscordBot: each key a question, its value a list of answers that count.

    AUTHOR: someone
    Which function squashes to (0, 1)?:
      - sigmoid
      - logistic

The first answers are those that are shown; one may be a whole sentence. Empty answers beside good ones are left out.
A question that is there twice with the same answers is one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from bot.study.rounds.errors import PackError
from bot.study.rounds.folding import tokens
from bot.study.rounds.questions import Pack

MAX_BYTES = 1_000_000
MAX_QUESTIONS = 5_000
#: An answer that is typed is at most so long; one that is only shown may be longer.
MAX_QUESTION, MAX_ANSWER, MAX_SHOWN, MAX_ANSWERS = 1_000, 200, 1_000, 50
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_BOOLEAN, _NULL = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"
_SHAPE = "write each as `question:` with a list of answers below"
#: Keys that say something about the pack; the rules in CONFIG are Red's, a round here has its own.
_ABOUT = ("$schema", "AUTHOR", "CONFIG", "DESCRIPTION")


def read_pack(path: Path) -> Pack:
    """Read a pack; its name is that of the file.

    Raises:
        PackError: a file that cannot be used, in one line with the place, what is wrong and what to do.
    """
    name = pack_name(path.name)
    if name is None:
        raise PackError(f"{path.name}: its name is the pack's; use up to 60 letters, digits and hyphens, like ml.yaml")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: {error.strerror or error}; give a YAML file that can be read") from None
    pack, problems = check_pack(path.name, name, data)
    if pack is None:
        raise PackError(problems[0])
    return pack


def pack_name(file: str) -> str | None:
    """Return the name that a file gives its pack; None where it can give none."""
    name = Path(file).stem.lower().replace(" ", "-")
    return name if _NAME.fullmatch(name) and len(name) <= 60 else None


def check_pack(file: str, name: str, data: bytes) -> tuple[Pack | None, tuple[str, ...]]:
    """Return the pack that a file holds, or else all that is wrong with it, a line each with its place and what to do.

    Args:
        file: what it is called in what is said of it.
        name: of the pack.
        data: its content.
    """
    if len(data) > MAX_BYTES:
        return None, (f"{file}: {len(data)} bytes; split it into files of at most {MAX_BYTES}",)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8",)
    problems: list[str] = []
    author, questions = _content(file, text, problems)
    if not questions and not problems:
        problems.append(f"{file}: holds no questions; {_SHAPE}")
    if len(questions) > MAX_QUESTIONS:
        problems.append(f"{file}: {len(questions)} questions; split it into files of at most {MAX_QUESTIONS}")
    if problems:
        return None, tuple(problems)
    return Pack(name, author, hashlib.sha256(data).hexdigest(), tuple(questions.items())), ()


def _content(file: str, text: str, problems: list[str]) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """Return the author and the questions of a file; what cannot be used is told in `problems` and left out."""
    author: str | None = None
    questions: dict[str, tuple[str, ...]] = {}
    try:
        pairs = _pairs(file, text)
    except PackError as error:
        problems.append(str(error))
        return None, {}
    for key, value in pairs:
        where = f"{file}, line {key.start_mark.line + 1}"
        try:
            question = _question(where, key)
            if question in _ABOUT:
                author = value.value[:200] if question == "AUTHOR" and isinstance(value, yaml.ScalarNode) else author
                continue
            answers = _answers(where, question, value)
            if questions.setdefault(question, answers) != answers:
                raise PackError(f"{where}: {question[:60]!r} is there twice with different answers; keep one of them")
        except PackError as error:
            problems.append(str(error))
    return author, questions


def _pairs(file: str, text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the pairs of the file as nodes, which know their lines; nothing in it is built or run."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise PackError(f"{file}{where}: {error.problem or 'not YAML'}; quote text with a colon or a # in it") from None
    except yaml.YAMLError as error:
        raise PackError(f"{file}: {' '.join(str(error).split())}; save it as plain YAML") from None
    except RecursionError:
        raise PackError(f"{file}: lists within lists, too deep to read; {_SHAPE}") from None
    if not isinstance(root, yaml.MappingNode):
        raise PackError(f"{file}: holds no questions; {_SHAPE}")
    return list(root.value)


def _question(where: str, key: yaml.Node) -> str:
    if not isinstance(key, yaml.ScalarNode) or not key.value.strip():
        raise PackError(f"{where}: this is no question; write one line of text, in quotes if it has a colon")
    question = " ".join(key.value.split())
    if len(question) > MAX_QUESTION:
        raise PackError(f"{where}: the question has {len(question)} characters; cut it to {MAX_QUESTION}")
    return question


def _answers(where: str, question: str, node: yaml.Node) -> tuple[str, ...]:
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    if not items:
        raise PackError(f"{where}: {question[:60]!r} has no list of answers; write each as `- answer` below it")
    if len(items) > MAX_ANSWERS:
        raise PackError(f"{where}: {question[:60]!r} has {len(items)} answers; keep at most {MAX_ANSWERS}")
    found: dict[str, None] = {}
    for item in items:
        line = f"{where.rsplit(' ', 1)[0]} {item.start_mark.line + 1}"
        if not isinstance(item, yaml.ScalarNode):
            raise PackError(f"{line}: an answer to {question[:60]!r} is no text; write `- answer`, in quotes if needed")
        if len(item.value) > MAX_SHOWN:
            raise PackError(f"{line}: an answer has {len(item.value)} characters; cut it to {MAX_SHOWN}")
        if item.tag == _BOOLEAN:  # YAML reads a bare yes as true, as Red does; both were meant
            yes = item.value.lower() in ("true", "yes", "on")
            found |= dict.fromkeys((item.value, *(("true", "yes", "on") if yes else ("false", "no", "off"))))
        elif item.tag != _NULL and item.value.strip():
            found[item.value.strip()] = None
    _check_typable(where, question, found)
    return tuple(found)


def _check_typable(where: str, question: str, answers: Iterable[str]) -> None:
    """Raise `PackError` where no answer can be typed, or where normalising an answer leaves nothing of it."""
    about = f"{question[:60]!r}"
    for answer in answers:
        if not tokens(answer):
            raise PackError(f"{where}: the answer {answer[:60]!r} to {about} has no visible character; remove it")
    shortest = min(answers, key=len, default="")
    if not shortest:
        raise PackError(f"{where}: every answer to {about} is empty; write `- answer`, in quotes if needed")
    if len(shortest) > MAX_ANSWER:
        raise PackError(f"{where}: an answer has {len(shortest)} characters; cut it to {MAX_ANSWER}, to be typed")
