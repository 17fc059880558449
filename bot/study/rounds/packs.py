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
    name = path.stem.lower().replace(" ", "-")
    if not _NAME.fullmatch(name) or len(name) > 60:
        raise PackError(f"{path.name}: its name is the pack's; use up to 60 letters, digits and hyphens, like ml.yaml")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: {error.strerror or error}; give a YAML file that can be read") from None
    if len(data) > MAX_BYTES:
        raise PackError(f"{path.name}: {len(data)} bytes; split it into files of at most {MAX_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    return Pack(name, *_content(path.name, text, hashlib.sha256(data).hexdigest()))


def _content(file: str, text: str, sha256: str) -> tuple[str | None, str, tuple[tuple[str, tuple[str, ...]], ...]]:
    author: str | None = None
    questions: dict[str, tuple[str, ...]] = {}
    for key, value in _pairs(file, text):
        where = f"{file}, line {key.start_mark.line + 1}"
        question = _question(where, key)
        if question in _ABOUT:
            author = value.value[:200] if question == "AUTHOR" and isinstance(value, yaml.ScalarNode) else author
            continue
        answers = _answers(where, question, value)
        if questions.setdefault(question, answers) != answers:
            raise PackError(f"{where}: {question[:60]!r} is there twice with different answers; keep one of them")
    if not questions:
        raise PackError(f"{file}: holds no questions; {_SHAPE}")
    if len(questions) > MAX_QUESTIONS:
        raise PackError(f"{file}: {len(questions)} questions; split it into files of at most {MAX_QUESTIONS}")
    return author, sha256, tuple(questions.items())


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
    """Refuse answers of which none can be typed, and one that says nothing once it is read as typed answers are."""
    about = f"{question[:60]!r}"
    for answer in answers:
        if not tokens(answer):
            raise PackError(f"{where}: the answer {answer[:60]!r} to {about} has no visible character; remove it")
    shortest = min(answers, key=len, default="")
    if not shortest:
        raise PackError(f"{where}: every answer to {about} is empty; write `- answer`, in quotes if needed")
    if len(shortest) > MAX_ANSWER:
        raise PackError(f"{where}: an answer has {len(shortest)} characters; cut it to {MAX_ANSWER}, to be typed")
