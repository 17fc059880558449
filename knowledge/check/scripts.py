"""Rules about an example that need no run: size, imports, parameters, counter, seed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from knowledge.bank import parameters
from knowledge.bank.errors import ParameterError
from knowledge.bank.models import Example, Problem, Topic
from knowledge.bank.parameter import Parameter
from knowledge.bank.rules import has_assertion, words
from knowledge.check.texts import problem
from knowledge.search.reading import HAN

MAX_LINES, MAX_CHARACTERS = 60, 3800
#: What the package itself installs, and the sandbox preloads, beside the standard library.
PACKAGES = frozenset({"numpy", "scipy", "matplotlib", "sklearn", "tensorflow", "keras"})
#: Examples run with no network; these modules have no other use.
NETWORK = frozenset(
    {"ftplib", "http", "imaplib", "poplib", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib"}
)
#: Calls and attributes that download, whatever module they are reached through.
_DOWNLOADS = frozenset({"get_file", "load_data", "urlretrieve", "urlopen", "fetch_openml"})
_RANDOM = frozenset(
    {"random", "Random", "RandomState", "default_rng", "random_state", "set_random_seed", "train_test_split"}
)


def scripts(topic: Topic) -> Iterator[Problem]:
    """Check every example of a topic."""
    for example in topic.examples:
        yield from _example(f"{topic.slug}/{example.file}", f"{topic.slug}/topic.toml", example)


def seeded(example: Example) -> bool:
    """Tell whether the example offers its random seed for change."""
    try:
        found = parameters.parse(example.source)
    except ParameterError:
        return False
    return any(parameter.name == "SEED" and type(parameter.value) is int for parameter in found)


def _example(path: str, toml: str, example: Example) -> Iterator[Problem]:
    source = example.source
    if (lines := len(source.splitlines())) > MAX_LINES:
        yield problem(path, f"has {lines} lines", f"cut it to {MAX_LINES}")
    if len(source) > MAX_CHARACTERS:
        yield problem(path, f"has {len(source)} characters", f"cut it to {MAX_CHARACTERS}")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last two: nested too deeply
        yield problem(path, f"is not Python ({error})", "mend it")
        return
    if not ast.get_docstring(tree):
        yield problem(path, "has no docstring", "begin it with one line that says its idea")
    if not has_assertion(tree):
        yield problem(path, "asserts nothing", "assert what it claims, with a message")
    yield from _imports(path, tree)
    yield from _parameters(path, toml, example, tree)
    yield from _counter(toml, example)


def _imports(path: str, tree: ast.Module) -> Iterator[Problem]:
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    for name in sorted({module.partition(".")[0] for module in modules}):
        if name in NETWORK:
            yield problem(path, f"imports '{name}'", "work without a network")
        elif name not in PACKAGES and name not in sys.stdlib_module_names:
            yield problem(path, f"imports '{name}'", f"use the standard library or {', '.join(sorted(PACKAGES))}")
    for name in sorted(word for word in words(tree) if word in _DOWNLOADS or word.startswith("fetch_")):
        yield problem(path, f"uses '{name}', which downloads", "use a set that scikit-learn holds, like load_digits")


def _parameters(path: str, toml: str, example: Example, tree: ast.Module) -> Iterator[Problem]:
    found = parameters.offered(example)
    for parameter in found:
        name = parameter.name
        number = not isinstance(parameter.value, bool | str)
        if not parameter.text:
            yield problem(path, f"{name} has no comment", "say what it is, and its range: '# what it is, LOW..HIGH'")
        elif isinstance(parameter.value, str) and not parameter.choices:
            yield problem(path, f"{name} names no choices", "end its comment with ': one of a, b, c'")
        elif number and parameter.low is None and not parameter.choices:
            yield problem(path, f"{name} names no range", "end its comment with ', LOW..HIGH'")
        else:
            yield from _meaning(toml, example, parameter)
        if not parameter.admits(parameter.value):
            yield problem(path, f"{name} = {parameter.value} is not {parameter.allowed}", "mend value or comment")
    for name in sorted(example.meta.parameters.keys() - {parameter.name for parameter in found}):
        where = f"examples.{example.name}.parameters.{name}"
        yield problem(toml, f"{where} is no parameter of {example.file}", "remove it or correct its name")
    if words(tree) & _RANDOM and not any(parameter.name == "SEED" for parameter in found):
        yield problem(path, "uses chance but offers no SEED", "add 'SEED = 0  # random seed, 0..9999' and seed with it")


def _meaning(toml: str, example: Example, parameter: Parameter) -> Iterator[Problem]:
    where, name = f"examples.{example.name}.parameters", parameter.name
    if not parameter.zh:
        fix = f'say in Chinese what it is: parameters = {{ {name} = "…" }}'
        yield problem(toml, f"{where} has no {name}, '{parameter.text}'", fix)
    elif not HAN.search(parameter.zh):
        yield problem(toml, f"{where}.{name} is not Chinese", f"say in Chinese what '{parameter.text}' is")


def _counter(toml: str, example: Example) -> Iterator[Problem]:
    where = f"examples.{example.name}.counter"
    try:
        name, value = parameters.split(example.meta.counter)
        changed = parameters.apply(example.source, {name: value}, bounded=False)
    except ParameterError as error:
        yield problem(toml, f"{where}: {error}", "change one of the example's parameters")
        return
    if changed == example.source:
        yield problem(toml, f"{where} changes nothing", "give it a value under which the claim fails")
