"""Reads the bank: folders of files in, a `Bank` of validated topics out.

    topics/<slug>/ → load_topic → (Topic, problems)
    topics/        → load_bank  → Bank

A folder with a `bank.toml` is a bank of its own: its topics have it as their origin, and beside their folders there may
be what any repository has.

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
from knowledge.bank.drills import Drill, DrillMeta, Sources, Variant
from knowledge.bank.evidence import Evidence, EvidenceFile
from knowledge.bank.explain import explain
from knowledge.bank.kinds import QuizFile
from knowledge.bank.models import (
    LANGS,
    MAIN_EXAMPLE,
    SLUG_PATTERN,
    Bank,
    BankFile,
    Example,
    Lang,
    Origin,
    PointsFile,
    Problem,
    SectionId,
    Topic,
    TopicMeta,
    Transcript,
    Wordings,
)
from knowledge.counting import counted

BANK_FILE = "bank.toml"
TOPIC_FILE, QUIZ_FILE, POINTS_FILE = "topic.toml", "quiz.toml", "points.toml"
#: Claims about the key points and the same ones turned round.
PAIRS_FILE = "pairs.tsv"
EVIDENCE_FILE = "evidence.toml"
DRILLS, DRILL_FILE, JUDGE_FILE, MISTAKES = "drills", "drill.toml", "judge.py", "mistakes"
EXPLANATIONS: dict[Lang, str] = {"zh": "zh.md", "en": "en.md"}
#: Python leaves these beside installed modules; nobody put them there.
#: Which topics passed as they stand lies beside them (`knowledge.check.passed`).
PASSED_FILE = "passed.txt"
_IGNORED = frozenset({"__pycache__", PASSED_FILE})
_TRANSCRIPT = re.compile(r"# sha256: (?P<sha256>[0-9a-f]{64})\n(?P<text>.*)", re.DOTALL)
_OF_EVIDENCE = re.compile(r"evidence(\.toml|_[a-z][a-z0-9_]*\.(py|txt))")
#: What moves a terminal's cursor, or rings: no text has it, and a bank of somebody else's might.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NUMBERED_EXAMPLE = re.compile(r"(example|output)(_\w*)?\.(py|txt)")

ModelT = TypeVar("ModelT", bound=BaseModel)


def topics_root() -> Path:
    """Return the folder of the package's own topics, in a checkout or installed from a wheel."""
    return Path(str(files("knowledge") / "topics"))


def load_bank(root: Path | None = None, *, drafts: bool = False, name: str | None = None) -> Bank:
    """Load every topic under `root` (default: the package's own), in the order of their slugs.

    Topics that cannot be used are left out; `Bank.problems` says why. So are those that still say TODO somewhere,
    unless `drafts` asks for them: no learner should be shown one. Where a bank's own file cannot be used, all are.

    Args:
        root: the folder.
        drafts: whether topics that still say TODO are wanted.
        name: what the bank is called, if it has a `bank.toml`; None for the name of its folder.
    """
    root = topics_root() if root is None else root
    topics: dict[str, Topic] = {}
    try:
        entries = sorted(entry for entry in root.iterdir() if entry.name not in _IGNORED)
    except OSError as error:
        return Bank(topics={}, problems=(_problem(str(root), _reason(error), "give a folder of topics"),))
    own = any(entry.name == BANK_FILE for entry in entries)
    origin, problems = _origin(root, name or root.absolute().name) if own else (None, [])
    if own:
        entries = [entry for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
        if origin is None:
            return Bank(topics={}, problems=tuple(problems))
    for entry in entries:
        if not entry.is_dir():
            problems.append(_problem(entry.name, "is not a topic folder", "remove it or move it into a topic"))
            continue
        topic, found = load_topic(entry)
        problems.extend(found)
        if topic is not None and not drafts and (left := next(undone(entry), None)) is not None:
            problems.append(left)
        elif topic is not None:
            topics[topic.slug] = topic if origin is None else topic.model_copy(update={"origin": origin})
    return Bank(topics=topics, problems=tuple(problems))


def _origin(root: Path, name: str) -> tuple[Origin | None, list[Problem]]:
    """Return what a bank's own file says; None, and what is wrong with it, where it cannot be used."""
    read = _Folder(root)
    found = read._toml(BANK_FILE, BankFile)
    left = [each for each in undone(root) if each.path == f"{root.name}/{BANK_FILE}"]
    # A bank is where its topics are: its own folder stands in no path.
    problems = [each.model_copy(update={"path": BANK_FILE}) for each in (*read.problems, *left)]
    return (None if found is None or left else Origin(name=name, **dict(found))), problems


def load_topic(folder: Path) -> tuple[Topic | None, list[Problem]]:
    """Load one topic's folder.

    Returns:
        The topic, or None if something it needs is missing or wrong; and everything that is wrong, in a fixed order.
        A topic with problems that do no harm (a stray file, a damaged transcript) is returned all the same.
    """
    return _Folder(folder).load()


def load_evidence(folder: Path) -> tuple[tuple[Evidence, ...], list[Problem]]:
    """Load what shows a topic's claims of rank, and everything that is wrong with its files; nothing where it has none.

    Apart from the topic, because no learner needs it.
    """
    return _Folder(folder).evidence()


def undone(folder: Path) -> Iterator[Problem]:
    """Yield every line of a topic's files that still says TODO."""
    for file in sorted([*folder.iterdir(), *(folder / DRILLS).rglob("*")]):
        if file.suffix not in (".toml", ".md", ".py") or not file.is_file():
            continue
        try:
            content = file.read_bytes().decode(errors="replace")
        except OSError:
            continue  # reading it as a topic has said so
        for number, line in enumerate(content.splitlines(), 1):
            if (start := line.find("TODO")) >= 0:
                what = line[start:].strip().rstrip("\"'`,}] ")
                yield _problem(
                    f"{folder.name}/{file.relative_to(folder)}", f"line {number} says '{what[:80]}'", "write it"
                )


def example_file(name: str) -> str:
    """Return the file of the example called `name`."""
    return "example.py" if name == MAIN_EXAMPLE else f"example_{name}.py"


def transcript_file(name: str) -> str:
    """Return the file of that example's transcript."""
    return "output.txt" if name == MAIN_EXAMPLE else f"output_{name}.txt"


def evidence_file(name: str) -> str:
    """Return the script of the claim called `name`."""
    return f"evidence_{name}.py"


def evidence_transcript(name: str) -> str:
    """Return the file of that script's last accepted run."""
    return f"evidence_{name}.txt"


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
        drills = self._drills()
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
            slug=slug, meta=meta, sections=shown, units=parts, examples=examples, quiz=quiz.item, drills=drills,
            wordings=wordings, pairs=self._pairs(),
        )  # fmt: skip
        return whole, self.problems

    def _pairs(self) -> Path | None:
        """Return where the claims turned round are, if they can be read: together they are more text than all pages."""
        readable = PAIRS_FILE in self.names and self._read(PAIRS_FILE) is not None
        return self.path.absolute() / PAIRS_FILE if readable else None

    def evidence(self) -> tuple[tuple[Evidence, ...], list[Problem]]:
        try:
            self.names = {entry.name for entry in self.path.iterdir() if _OF_EVIDENCE.fullmatch(entry.name)}
        except OSError as error:
            self._add("", _reason(error), "make it readable")
        if not self.names:
            return (), self.problems
        read = self._toml(EVIDENCE_FILE, EvidenceFile)
        found = []
        for claim in () if read is None else read.claim:
            source = self._read(evidence_file(claim.name))
            if source is not None:
                transcript = self._transcript(evidence_transcript(claim.name))
                found.append(Evidence(claim=claim, source=source, transcript=transcript))
        names = () if read is None else [claim.name for claim in read.claim]
        known = {EVIDENCE_FILE, *(file(name) for name in names for file in (evidence_file, evidence_transcript))}
        for name in sorted(self.names - known if read is not None else ()):
            self._add(name, "belongs to no claim", f"add its [[claim]] to {EVIDENCE_FILE} or remove it", fatal=False)
        return tuple(found), self.problems

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
        if any(map(_CONTROL.search, _strings(data))):
            self._add(file, "has a control character as an escape", "remove it: a terminal would act on it")
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
        there = len(read.point)
        problem = f"has {counted(there, 'point')}, {TOPIC_FILE} has {len(meta.key_points)} key_points"
        self._add(POINTS_FILE, problem, "give each key point one [[point]], in the same order", fatal=False)
        return ()

    def _drills(self) -> tuple[Drill, ...]:
        """Return the drills that can be used; one that cannot does not take the topic with it."""
        if DRILLS not in self.names:
            return ()
        try:
            folders = sorted(entry for entry in (self.path / DRILLS).iterdir() if entry.name not in _IGNORED)
        except OSError as error:
            self._add(DRILLS, _reason(error), "make it a readable folder of drills", fatal=False)
            return ()
        return tuple(drill for folder in folders if (drill := self._drill(folder.name)) is not None)

    def _drill(self, name: str) -> Drill | None:
        usable, self.usable = self.usable, True
        place = f"{DRILLS}/{name}"
        drill = None
        if re.fullmatch(SLUG_PATTERN, name):
            drill = self._drill_in(place, name)
        else:
            self._add(place, "is not a slug", "name the folder with lower-case words joined by hyphens")
        self.usable = usable
        return drill

    def _drill_in(self, place: str, name: str) -> Drill | None:
        meta = self._toml(f"{place}/{DRILL_FILE}", DrillMeta)
        there = {
            str(entry.relative_to(self.path / place))
            for entry in (self.path / place).rglob("*")
            if entry.is_file() and not _IGNORED & set(entry.parts)
        }
        variants: dict[Variant, Sources] = {}
        pairs: list[tuple[Variant, str]] = [("numpy", "")]
        if there & {"start_torch.py", "solution_torch.py"}:
            pairs.append(("torch", "_torch"))
        for variant, suffix in pairs:
            start, solution = (self._read(f"{place}/{part}{suffix}.py") for part in ("start", "solution"))
            if start is not None and solution is not None:
                variants[variant] = Sources(start=start, solution=solution)
        judge = self._read(f"{place}/{JUDGE_FILE}")
        if meta is None or judge is None:
            return None
        mistakes = {each: self._read(f"{place}/{MISTAKES}/{each}.py") for each in meta.mistakes}
        known = {DRILL_FILE, JUDGE_FILE, *(f"{MISTAKES}/{each}.py" for each in mistakes)}
        known |= {f"{part}{suffix}.py" for _, suffix in pairs for part in ("start", "solution")}
        for stray in sorted(there - known):
            fix = f"add [mistakes.{Path(stray).stem}] to {DRILL_FILE} or remove it"
            self._add(
                f"{place}/{stray}", "does not belong here", fix if MISTAKES in stray else "remove it", fatal=False
            )
        if not self.usable:
            return None
        sources = {each: text for each, text in mistakes.items() if text is not None}
        return Drill(topic=self.path.name, name=name, meta=meta, variants=variants, judge=judge, mistakes=sources)

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
        expected = {TOPIC_FILE, QUIZ_FILE, POINTS_FILE, PAIRS_FILE, DRILLS, *EXPLANATIONS.values()}
        if meta is not None:
            expected |= {file(name) for name in meta.examples for file in (example_file, transcript_file)}
        # Which claim each belongs to is read by those who check it alone.
        for name in sorted(name for name in self.names - expected if not _OF_EVIDENCE.fullmatch(name)):
            numbered = _NUMBERED_EXAMPLE.fullmatch(name)
            if numbered and meta is None:
                continue  # topic.toml would have said whether it belongs here
            fix = "remove it"
            if numbered and name.endswith(".py"):
                fix = f"add [examples.{(numbered[2] or '_main')[1:]}] to {TOPIC_FILE} or remove it"
            self._add(name, "does not belong here", fix, fatal=False)


def _strings(value: object) -> Iterator[str]:
    """Yield all texts in what TOML held."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


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
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return None, (f"has a control character on line {line}", "remove it: a terminal would act on it")
    return text, None


def _problem(path: str, problem: str, fix: str) -> Problem:
    return Problem(path=path, problem=problem, fix=fix)


def _reason(error: OSError) -> str:
    return f"cannot be read ({_lower(error.strerror or type(error).__name__)})"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
