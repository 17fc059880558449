"""Rules about drills that need no run: their texts, what a phone shows, what each file defines and imports.

What must be proven by running is in `drill_proofs`.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from knowledge.bank import markdown
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import LANGS, Problem, Text, Topic
from knowledge.bank.rules import key
from knowledge.check.sheets import MAX_COLUMNS, columns
from knowledge.check.texts import problem, rendered
from knowledge.grading.drills import rules
from knowledge.search.reading import HAN

MAX_STATEMENT = 1000
#: What a modal's field takes: the start is put there, and an answer must fit, too.
MAX_CHARACTERS = 4000
#: One line of a message, beside its mark.
MAX_TITLE = 60
#: A shorter line of the solution says nothing that a hint could give away.
_TELLING = 16
_IMPORTS: dict[Variant, frozenset[str]] = {"numpy": frozenset({"numpy"}), "torch": frozenset({"numpy", "torch"})}
_SUFFIX: dict[Variant, str] = {"numpy": "", "torch": "_torch"}


def place(drill: Drill, file: str = "drill.toml") -> str:
    """Return the path of a drill's file within its bank."""
    return f"{drill.topic}/drills/{drill.name}/{file}"


def drills(topic: Topic) -> Iterator[Problem]:
    """Check all drills of a topic."""
    taken = {item.id for item in topic.quiz}
    for drill in topic.drills:
        if drill.item in taken:
            what = f"its id '{drill.item}' is that of a quiz item"
            yield problem(place(drill), what, "rename the item or the drill's folder")
        yield from _texts(drill)
        yield from _statement(drill)
        yield from _sources(drill)


def bank(topics: Iterable[Topic], selected: Iterable[str]) -> Iterator[Problem]:
    """Check what must be unique over the bank: the names by which people ask for a drill."""
    every = [drill for topic in topics for drill in topic.drills]
    owners: dict[str, list[Drill]] = {}
    for drill in every:
        for name in dict.fromkeys(map(key, (drill.name, *drill.meta.title.model_dump().values(), *drill.meta.aliases))):
            owners.setdefault(name, []).append(drill)
    chosen = set(selected)
    for drill in every:
        if drill.topic in chosen:
            for alias in drill.meta.aliases:
                for other in owners[key(alias)]:
                    if other.id != drill.id:
                        what = f"its name '{alias}' stands in '{other.id}', too"
                        yield problem(place(drill), what, "leave it in one of the two")
            for alias, times in Counter(drill.meta.aliases).items():
                if times > 1:
                    yield problem(place(drill), f"its name '{alias}' stands twice", "remove one")


def _texts(drill: Drill) -> Iterator[Problem]:
    """Check that every text is there in both languages, each in its own."""
    path, meta = place(drill), drill.meta
    titles: list[tuple[str, Text]] = [("title", meta.title), *((f"checks.{n}", t) for n, t in meta.checks.items())]
    sentences: list[tuple[str, Text]] = [("statement", meta.statement)]
    sentences += [(f"hints[{n}]", hint) for n, hint in enumerate(meta.hints)]
    sentences += [(f"mistakes.{name}", text) for name, text in meta.mistakes.items()]
    for name, text in titles:
        if not HAN.search(text.zh) and text.zh != text.en:  # a formula is the same in both
            yield problem(path, f"{name}.zh is not in Chinese", "write it in Chinese")
        if HAN.search(text.en):
            yield problem(path, f"{name}.en is not in English", "write it in English")
        for lang in LANGS:
            if (width := columns(text[lang])) > MAX_TITLE:
                fix = f"bring it under {MAX_TITLE} columns: it is a line"
                yield problem(path, f"{name}.{lang} is {width} columns wide", fix)
    for name, text in sentences:
        for lang in LANGS:
            yield from rendered(path, f"{name}.{lang}", text[lang], lang)


def _statement(drill: Drill) -> Iterator[Problem]:
    path = place(drill)
    for lang in LANGS:
        text = drill.meta.statement[lang]
        if len(text) > MAX_STATEMENT:
            fix = f"cut it to {MAX_STATEMENT}: it is read on a phone"
            yield problem(path, f"statement.{lang} has {len(text)} characters", fix)
        for line in markdown.lines(text):
            if line.code and (width := columns(line.text)) > MAX_COLUMNS:
                what = f"statement.{lang} has a line of code {width} columns wide ('{line.text.strip()[:30]}…')"
                yield problem(path, what, f"break it: a phone shows {MAX_COLUMNS}")


def _sources(drill: Drill) -> Iterator[Problem]:
    """Check what each file is: Python that defines the function, with nothing that is not installed."""
    wanted: tuple[str, ...] = ()
    for variant, sources in drill.variants.items():
        for part, source in (("start", sources.start), ("solution", sources.solution)):
            path = place(drill, f"{part}{_SUFFIX[variant]}.py")
            if len(source) > MAX_CHARACTERS:
                fix = f"cut it to {MAX_CHARACTERS}: a field takes no more"
                yield problem(path, f"has {len(source)} characters", fix)
            yield from _refused(path, source, drill, variant)
            for found in _defined(path, source, drill, variant):
                if isinstance(found, Problem):
                    yield found
                    continue
                wanted = wanted or _signature(found)
                yield from _same(path, found, wanted)
                if part == "start" and not ast.get_docstring(found):
                    yield problem(path, "its function has no docstring", "say what goes in and comes out, with shapes")
    for name, source in drill.mistakes.items():
        path = place(drill, f"mistakes/{name}.py")
        for found in _defined(path, source, drill, "numpy"):
            yield from [found] if isinstance(found, Problem) else _same(path, found, wanted)
    yield from _judge(drill)
    yield from _hints(drill)


def _refused(path: str, source: str, drill: Drill, variant: Variant) -> Iterator[Problem]:
    """Check that an answer like this one would be judged."""
    refused = rules.refused(source, forbidden=drill.meta.forbidden, variant=variant)
    if refused is not None and refused.kind == "forbidden":  # what is no Python is told by others
        fix = "write it without, or take it from forbidden"
        yield problem(path, f"would be refused: {refused.reason}", fix)


def _defined(path: str, source: str, drill: Drill, variant: Variant) -> Iterator[ast.FunctionDef | Problem]:
    """Yield what is wrong with a file, then the drill's function in it if it defines that."""
    for found in _read(path, source, variant):
        if isinstance(found, Problem):
            yield found
        elif (function := _function(found, drill.meta.function)) is not None:
            yield function
        else:
            yield problem(path, f"does not define '{drill.meta.function}'", "define it, or correct the name")


def _same(path: str, function: ast.FunctionDef, wanted: tuple[str, ...]) -> Iterator[Problem]:
    if (signature := _signature(function)) != wanted:
        what = f"its function takes ({', '.join(signature)}), in start.py it takes ({', '.join(wanted)})"
        yield problem(path, what, "give all the same signature")


def _judge(drill: Drill) -> Iterator[Problem]:
    path = place(drill, "judge.py")
    for found in _read(path, drill.judge, "numpy"):
        if isinstance(found, Problem):
            yield found
            continue
        defined = {node.name for node in found.body if isinstance(node, ast.FunctionDef)}
        held = {name.removeprefix("holds_") for name in defined if name.startswith("holds_")}
        if "probes" not in defined:
            yield problem(path, "does not define 'probes'", "define it: the inputs of each check")
        if "reference" not in defined and drill.meta.checks.keys() - held:
            yield problem(path, "does not define 'reference'", "define it: the right answer")
        for name in sorted(held - drill.meta.checks.keys()):
            yield problem(path, f"holds_{name} belongs to no check", "add the check to drill.toml or remove it")


def _hints(drill: Drill) -> Iterator[Problem]:
    """Check that only the last hint, which may say nearly all, quotes the solution."""
    lines = {line.strip() for each in drill.variants.values() for line in each.solution.splitlines()}
    lines -= {line.strip() for each in drill.variants.values() for line in each.start.splitlines()}
    telling = {line for line in lines if len(line) >= _TELLING and "=" in line}
    for number, hint in enumerate(drill.meta.hints[:-1]):
        for lang in LANGS:
            if given := next((line for line in sorted(telling) if line in hint[lang]), None):
                what = f"hints[{number}].{lang} holds a line of the solution ('{given[:40]}')"
                yield problem(place(drill), what, "nudge first: only the last hint may say it")


def _read(path: str, source: str, variant: Variant) -> Iterator[ast.Module | Problem]:
    """Yield what is wrong with a file as Python, then its tree if it is any."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deeply
        yield problem(path, f"is not Python ({error})", "mend it")
        return
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    packages = _IMPORTS[variant]
    for name in sorted({module.partition(".")[0] for module in modules}):
        if name not in packages and name not in sys.stdlib_module_names:
            yield problem(path, f"imports '{name}'", f"use the standard library or {', '.join(sorted(packages))}")
    yield tree


def _function(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    return next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _signature(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the parameters with their defaults, without hints."""
    shown = function.args
    pairs = [*shown.posonlyargs, *shown.args]
    defaults = [None] * (len(pairs) - len(shown.defaults)) + list(shown.defaults)
    found = [_parameter(each, value) for each, value in zip(pairs, defaults, strict=True)]
    if shown.vararg or shown.kwonlyargs:
        found.append("*" if shown.vararg is None else f"*{shown.vararg.arg}")
    found += [_parameter(each, value) for each, value in zip(shown.kwonlyargs, shown.kw_defaults, strict=True)]
    return (*found, *([f"**{shown.kwarg.arg}"] if shown.kwarg else []))


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    return argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}"
