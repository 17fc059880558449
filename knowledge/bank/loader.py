"""Reads the bank: folders of files in, a `Bank` of validated topics out.

    topics/<slug>/ → load_topic → (Topic, problems)
    topics/        → load_bank  → Bank

Content never raises: whatever is wrong becomes a `Problem`, a topic that cannot be used is left out, and the rest
of the bank still works.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

# The compiled twin of the standard tomllib: same grammar, a third of the time.
import tomli
from pydantic import BaseModel, ValidationError

from knowledge.bank import markdown, units
from knowledge.bank.explain import explain
from knowledge.bank.kinds import QuizFile
from knowledge.bank.models import (
    LANGS,
    MAIN_EXAMPLE,
    SLUG_PATTERN,
    Bank,
    Example,
    Lang,
    PointsFile,
    Problem,
    SectionId,
    Topic,
    TopicMeta,
    Transcript,
    Wordings,
)

TOPIC_FILE, QUIZ_FILE, POINTS_FILE = "topic.toml", "quiz.toml", "points.toml"
EXPLANATIONS: dict[Lang, str] = {"zh": "zh.md", "en": "en.md"}
#: Python leaves these beside installed modules; nobody put them there.
_IGNORED = frozenset({"__pycache__"})
_TRANSCRIPT = re.compile(r"# sha256: (?P<sha256>[0-9a-f]{64})\n(?P<text>.*)", re.DOTALL)
_NUMBERED_EXAMPLE = re.compile(r"(example|output)(_\w*)?\.(py|txt)")

ModelT = TypeVar("ModelT", bound=BaseModel)


def topics_root() -> Path:
    """Return the folder of the package's own topics, in a checkout or installed from a wheel."""
    return Path(str(files("knowledge") / "topics"))


def load_bank(root: Path | None = None, *, drafts: bool = False) -> Bank:
    """Load every topic under `root` (default: the package's own), in the order of their slugs.

    Topics that cannot be used are left out; `Bank.problems` says why. So are those that still say TODO somewhere,
    unless `drafts` asks for them: no learner should be shown one.
    """
    root = topics_root() if root is None else root
    topics: dict[str, Topic] = {}
    problems: list[Problem] = []
    try:
        entries = sorted(entry for entry in root.iterdir() if entry.name not in _IGNORED)
    except OSError as error:
        return Bank(topics={}, problems=(_problem(str(root), _reason(error), "give a folder of topics"),))
    for entry in entries:
        if not entry.is_dir():
            problems.append(_problem(entry.name, "is not a topic folder", "remove it or move it into a topic"))
            continue
        topic, found = load_topic(entry)
        problems.extend(found)
        if topic is not None and not drafts and (left := next(undone(entry), None)) is not None:
            problems.append(left)
        elif topic is not None:
            topics[topic.slug] = topic
    return Bank(topics=topics, problems=tuple(problems))


def load_topic(folder: Path) -> tuple[Topic | None, list[Problem]]:
    """Load one topic's folder.

    Returns:
        The topic, or None if something it needs is missing or wrong; and everything that is wrong, in a fixed order.
        A topic with problems that do no harm (a stray file, a damaged transcript) is returned all the same.
    """
    return _Folder(folder).load()


def undone(folder: Path) -> Iterator[Problem]:
    """Yield every line of a topic's files that still says TODO."""
    for file in sorted(folder.iterdir()):
        if file.suffix not in (".toml", ".md", ".py") or not file.is_file():
            continue
        try:
            content = file.read_bytes().decode(errors="replace")
        except OSError:
            continue  # reading it as a topic has said so
        for number, line in enumerate(content.splitlines(), 1):
            if (start := line.find("TODO")) >= 0:
                what = line[start:].strip().rstrip("\"'`,}] ")
                yield _problem(f"{folder.name}/{file.name}", f"line {number} says '{what[:80]}'", "write it")


def example_file(name: str) -> str:
    """Return the file of the example called `name`."""
    return "example.py" if name == MAIN_EXAMPLE else f"example_{name}.py"


def transcript_file(name: str) -> str:
    """Return the file of that example's transcript."""
    return "output.txt" if name == MAIN_EXAMPLE else f"output_{name}.txt"


def read_transcript(content: str) -> Transcript | None:
    """Return the transcript that `write_transcript` made into `content`; None if it is not one."""
    match = _TRANSCRIPT.fullmatch(content)
    return Transcript(sha256=match["sha256"], text=match["text"]) if match else None


def write_transcript(transcript: Transcript) -> str:
    """Return the content of an `output.txt`: a line with the script's SHA-256, then what it printed."""
    return f"# sha256: {transcript.sha256}\n{transcript.text}"


class _Folder:
    """One topic's folder while it is read; collects what is wrong on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.usable = True
        self.names: set[str] = set()

    def load(self) -> tuple[Topic | None, list[Problem]]:
        slug = self.path.name
        if not re.fullmatch(SLUG_PATTERN, slug):
            self._add("", "is not a slug", "name the folder with lower-case words joined by hyphens, like 'batch-norm'")
            return None, self.problems
        try:
            self.names = {entry.name for entry in self.path.iterdir()} - _IGNORED
        except OSError as error:
            self._add("", _reason(error), "make it readable")
            return None, self.problems
        meta = self._toml(TOPIC_FILE, TopicMeta)
        quiz = self._toml(QUIZ_FILE, QuizFile)
        pages = {lang: self._explanation(lang) for lang in LANGS}
        examples = self._examples(meta) if meta else ()
        wordings = self._wordings(meta) if meta else ()
        self._stray(meta)
        if not self.usable or meta is None or quiz is None:
            return None, self.problems
        shown = {lang: {section: units.shown(text) for section, text in page.items()} for lang, page in pages.items()}
        parts = {
            lang: tuple(unit for section, text in page.items() for unit in units.parse(section, text))
            for lang, page in pages.items()
        }
        parts = {lang: found if any(unit.lead for unit in found) else () for lang, found in parts.items()}
        whole = Topic(
            slug=slug, meta=meta, sections=shown, units=parts, examples=examples, quiz=quiz.item, wordings=wordings
        )  # fmt: skip
        return whole, self.problems

    def _add(self, file: str, problem: str, fix: str, *, fatal: bool = True) -> None:
        path = f"{self.path.name}/{file}" if file else self.path.name
        self.problems.append(_problem(path, problem, fix))
        self.usable = self.usable and not fatal

    def _read(self, file: str, *, fatal: bool = True) -> str | None:
        """Return the text of `file`, byte for byte (a transcript's SHA-256 counts every one of them)."""
        text, wrong = _text(self.path / file)
        if wrong:
            self._add(file, *wrong, fatal=fatal)
        return text

    def _toml(self, file: str, model: type[ModelT]) -> ModelT | None:
        text = self._read(file)
        if text is None:
            return None
        try:
            data: dict[str, Any] = tomli.loads(text)
        except RecursionError:
            self._add(file, "is nested too deeply to be read", "write tables and lists as the other topics do")
            return None
        except tomli.TOMLDecodeError as error:
            self._add(file, f"is not valid TOML: {_lower(str(error))}", "mend that place")
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for problem, fix in explain(error, data):
                self._add(file, problem, fix)
            return None

    def _explanation(self, lang: Lang) -> dict[SectionId, str]:
        file = EXPLANATIONS[lang]
        text = self._read(file)
        if text is None:
            return {}
        try:
            for number in units.misplaced(text):
                fix = "put it behind the bold words that begin the unit: **Lead** {#id}"
                self._add(file, f"line {number} has an id that belongs to no lead", fix, fatal=False)
            return markdown.split(text, lang)
        except markdown.Malformed as error:
            self._add(file, error.problem, error.fix)
            return {}

    def _examples(self, meta: TopicMeta) -> tuple[Example, ...]:
        if MAIN_EXAMPLE not in meta.examples:
            fix = f"add [examples.{MAIN_EXAMPLE}] for {example_file(MAIN_EXAMPLE)}"
            self._add(TOPIC_FILE, f"examples.{MAIN_EXAMPLE} is missing", fix)
        found = []
        for name in sorted(meta.examples, key=lambda name: name != MAIN_EXAMPLE):
            file = example_file(name)
            source = self._read(file)
            if source is not None:
                transcript = self._transcript(transcript_file(name))
                found.append(
                    Example(name=name, file=file, source=source, meta=meta.examples[name], transcript=transcript)
                )
        return tuple(found)

    def _wordings(self, meta: TopicMeta) -> tuple[Wordings, ...]:
        if POINTS_FILE not in self.names:
            return ()  # answers are held against the key points alone
        read = self._toml(POINTS_FILE, PointsFile)
        if read is None or len(read.point) == len(meta.key_points):
            return () if read is None else read.point
        problem = f"has {len(read.point)} points, {TOPIC_FILE} has {len(meta.key_points)} key_points"
        self._add(POINTS_FILE, problem, "give each key point one [[point]], in the same order", fatal=False)
        return ()

    def _transcript(self, file: str) -> Transcript | None:
        if file not in self.names:
            return None  # not accepted yet: the topic can be read and discussed without
        text = self._read(file, fatal=False)
        transcript = None if text is None else read_transcript(text)
        if text is not None and transcript is None:
            fix = f"write it by `epoch check {self.path.name} --accept`, never by hand"
            self._add(file, "is not a transcript: its first line is not '# sha256: …'", fix, fatal=False)
        return transcript

    def _stray(self, meta: TopicMeta | None) -> None:
        expected = {TOPIC_FILE, QUIZ_FILE, POINTS_FILE, *EXPLANATIONS.values()}
        if meta is not None:
            expected |= {file(name) for name in meta.examples for file in (example_file, transcript_file)}
        for name in sorted(self.names - expected):
            numbered = _NUMBERED_EXAMPLE.fullmatch(name)
            if numbered and meta is None:
                continue  # topic.toml would have said whether it belongs here
            fix = "remove it"
            if numbered and name.endswith(".py"):
                fix = f"add [examples.{(numbered[2] or '_main')[1:]}] to {TOPIC_FILE} or remove it"
            self._add(name, "does not belong here", fix, fatal=False)


def _text(path: Path) -> tuple[str | None, tuple[str, str] | None]:
    """Return the file's text, or None and what is wrong with it and how to mend that."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None, ("is missing", "add it")
    except OSError as error:
        return None, (_reason(error), "make it a readable file")
    except UnicodeDecodeError as error:
        return None, (f"is not UTF-8 at byte {error.start}", "save it as UTF-8")
    if text.startswith("\ufeff"):
        return None, ("begins with a byte-order mark", "save it as UTF-8 without one")
    if "\r" in text:
        return None, ("has Windows line ends", "save it with LF line ends")
    return text, None


def _problem(path: str, problem: str, fix: str) -> Problem:
    return Problem(path=path, problem=problem, fix=fix)


def _reason(error: OSError) -> str:
    return f"cannot be read ({_lower(error.strerror or type(error).__name__)})"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
