"""What is right: a drill's judge, its probes, and what an answer's results say about the answer. Pure.

    judge.py → load → Judge → probes(seed) → calls → (an answer, behind the wall) → results → judge → checks
                                           ↘ answers of known mistakes → results → told

This is the bank's own code: `load` runs `judge.py`. Only a bank's results may stand beside it, never an answer.
Also shipped as text, for judges of foreign banks: so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import ast
import inspect
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from knowledge.grading.drills.calling import Returned, call_all
from knowledge.grading.drills.calling import load as load_answer
from knowledge.grading.drills.codec import Json, Unreadable, decode, encode

#: Relative and absolute, of checks that `TOLERANCE` does not name.
TOLERANCE = 1e-6
#: Calls of one judgement at most.
MOST_PROBES = 200
#: Characters of a value as it is shown.
_SHOWN = 400


class JudgeError(Exception):
    """A drill's judge cannot be used: what is wrong with it, for whoever wrote it."""


@dataclass(frozen=True)
class Judge:
    """A loaded `judge.py`.

    Attributes:
        reference: returns the right answer; None where every check is a property.
        make: `probes` of the file.
        holds: check → the property that it is.
        tolerance: by check.
        in_place: whether an answer may change its arguments.
        parameters: names of the arguments, as far as `reference` or a solution tells.
    """

    reference: Callable[..., Any] | None
    make: Callable[[np.random.Generator], Mapping[str, Sequence[tuple[Any, ...]]]]
    holds: Mapping[str, Callable[[tuple[Any, ...], Any], Any]]
    tolerance: Mapping[str, float]
    in_place: bool
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """One call that a check makes: its arguments as `codec` writes them."""

    check: str
    arguments: Json


@dataclass(frozen=True, slots=True)
class Shown:
    """A counterexample in words: what was given, what came back, what should have; as NumPy prints it, cut."""

    arguments: str
    given: str = ""
    expected: str | None = None
    given_shape: str = ""
    expected_shape: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found; `counterexample` where it failed."""

    name: str
    passed: bool
    counterexample: Shown | None = None

    def as_json(self) -> dict[str, Json]:
        """Return it as JSON can hold it."""
        return asdict(self)


def load(source: str) -> Judge:
    """Run a `judge.py` and return what it defines.

    Raises:
        JudgeError: it does not run, or has no `probes`.
    """
    names: dict[str, Any] = {"__name__": "judge"}
    try:
        exec(compile(source, "judge.py", "exec", dont_inherit=True), names)
    except Exception as error:
        raise JudgeError(f"judge.py does not run ({type(error).__name__}: {error})") from error
    make = names.get("probes")
    if not callable(make):
        raise JudgeError("judge.py defines no probes(rng)")
    reference = names.get("reference")
    holds = {name.removeprefix("holds_"): each for name, each in names.items() if name.startswith("holds_")}
    return Judge(
        reference if callable(reference) else None,
        make,
        holds,
        dict(names.get("TOLERANCE", {})),
        bool(names.get("IN_PLACE", False)),
        tuple(inspect.signature(reference).parameters) if callable(reference) else (),
    )


def probes(judge: Judge, seed: int, checks: Sequence[str]) -> list[Probe]:
    """Return the calls of a judgement, in the order of the checks.

    Args:
        judge: of the drill.
        seed: another one for each judgement.
        checks: names of all checks.

    Raises:
        JudgeError: `probes` fails, or does not give every check arguments that cross the wall.
    """
    try:
        made = judge.make(np.random.default_rng(seed))
    except Exception as error:
        raise JudgeError(f"probes(rng) fails ({type(error).__name__}: {error})") from error
    if not isinstance(made, Mapping) or set(made) != set(checks):
        got = sorted(made) if isinstance(made, Mapping) else type(made).__name__
        raise JudgeError(f"probes(rng) gives {got}, and drill.toml has the checks {sorted(checks)}")
    found = [_probe(name, arguments) for name in checks for arguments in made[name]]
    if missing := set(checks) - {probe.check for probe in found}:
        raise JudgeError(f"probes(rng) gives no arguments for {sorted(missing)}")
    if len(found) > MOST_PROBES:
        raise JudgeError(f"probes(rng) makes {len(found)} calls; {MOST_PROBES} are the most")
    if lacking := [name for name in checks if name not in judge.holds and judge.reference is None]:
        raise JudgeError(f"judge.py has neither reference nor holds_{lacking[0]}")
    return found


def _probe(name: str, arguments: object) -> Probe:
    if not isinstance(arguments, tuple):
        raise JudgeError(f"probes(rng) gives {name} a {type(arguments).__name__} where a tuple of arguments belongs")
    try:
        return Probe(name, encode(arguments))
    except Unreadable as error:
        raise JudgeError(f"probes(rng) gives {name} {error}, which cannot cross the wall") from error


def calls(made: Sequence[Probe]) -> list[Json]:
    """Return the arguments alone: all that an answer's process gets to know."""
    return [probe.arguments for probe in made]


def answers(source: str, function: str, made: Sequence[Probe]) -> list[Returned]:
    """Run an answer of the bank's own (its solution, a known mistake) in this very process.

    Raises:
        JudgeError: its top fails, or it defines no such function.
    """
    try:
        found = load_answer(source, function)
    except Exception as error:
        raise JudgeError(f"an answer of the bank does not run ({type(error).__name__}: {error})") from error
    if found is None:
        raise JudgeError(f"an answer of the bank defines no {function}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call_all(found, calls(made))


def expected(judge: Judge, made: Sequence[Probe]) -> list[Json]:
    """Return what is right for each probe, as `codec` writes it.

    A property may hold for other values, too, so that `reference` is shown beside it, not compared; None where there is
    no such function.

    Raises:
        JudgeError: `reference` fails.
    """
    return [None if judge.reference is None else _reference(judge, probe) for probe in made]


def _reference(judge: Judge, probe: Probe) -> Json:
    assert judge.reference is not None  # `probes` has looked
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return encode(judge.reference(*decode(probe.arguments)))
    except Exception as error:
        raise JudgeError(f"reference fails for {probe.check} ({type(error).__name__}: {error})") from error


def judge(drill: Judge, made: Sequence[Probe], right: Sequence[Json], returned: Sequence[Returned]) -> list[Checked]:
    """Return what each check found, in order.

    Args:
        drill: its judge.
        made: all probes.
        right: of each, as `expected` gives it.
        returned: what the answer gave back for each.
    """
    failures: dict[str, list[tuple[int, int, int]]] = {}
    for place, (probe, value, came) in enumerate(zip(made, right, returned, strict=True)):
        found = failures.setdefault(probe.check, [])
        rank = _rank(drill, probe, value, came)
        if rank is not None:
            found.append((rank, size(decode(probe.arguments)), place))
    # Printing arrays takes far longer than comparing them, so only what is told is printed.
    told_of = {name: min(found)[2] for name, found in failures.items() if found}
    shown = {name: _shown(drill, made[at], right[at], returned[at]) for name, at in told_of.items()}
    return [Checked(name, not found, shown.get(name)) for name, found in failures.items()]


def correct(drill: Judge, probe: Probe, right: Json, came: Returned) -> bool:
    """Whether one call gave what is right, for those who need no more than that."""
    return _rank(drill, probe, right, came) is None


def passes(checks: Sequence[Checked]) -> bool:
    """Whether every check passed."""
    return bool(checks) and all(each.passed for each in checks)


def told(
    drill: Judge, made: Sequence[Probe], returned: Sequence[Returned], mistakes: Mapping[str, Sequence[Returned]]
) -> str | None:
    """Return the known mistake that gives the same as the answer on every probe, the first in order; None for none."""
    return next((name for name, same in mistakes.items() if agrees(drill, made, returned, same)), None)


def agrees(drill: Judge, made: Sequence[Probe], one: Sequence[Returned], other: Sequence[Returned]) -> bool:
    """Whether two answers give the same on every probe; an error of the same type counts as the same."""
    return len(one) == len(other) == len(made) and all(
        _agree(a, b, drill.tolerance.get(probe.check, TOLERANCE), in_place=drill.in_place)
        for probe, a, b in zip(made, one, other, strict=True)
    )


def _agree(one: Returned, other: Returned, tolerance: float, *, in_place: bool) -> bool:
    if one.unreadable is not None or other.unreadable is not None:
        return one.unreadable == other.unreadable and one.unreadable is not None
    if one.error is not None or other.error is not None:
        return one.error == other.error
    if one.changed != other.changed and not in_place:
        return False
    return same(decode(one.value), decode(other.value), tolerance, equal_nan=True)


#: Which counterexample is shown first: shapes and errors before values, those before changes in place.
_FORM, _VALUE, _CHANGED = 0, 1, 2


def _rank(drill: Judge, probe: Probe, right: Json, came: Returned) -> int | None:
    """Return how soon a failure is told, the least first; None where the call gave what is right."""
    if came.unreadable is not None or came.error is not None:
        return _FORM
    given = decode(came.value)
    if probe.check in drill.holds:
        passed, rank = _holds(drill.holds[probe.check], decode(probe.arguments), given), _VALUE
    else:
        wanted = decode(right)
        passed = same(given, wanted, drill.tolerance.get(probe.check, TOLERANCE))
        rank = _VALUE if shape(given) == shape(wanted) else _FORM
    if not passed:
        return rank
    return _CHANGED if came.changed and not drill.in_place else None


def _shown(drill: Judge, probe: Probe, right: Json, came: Returned) -> Shown:
    """Return a failed call in words."""
    shown = show_arguments(decode(probe.arguments), drill.parameters)
    if came.unreadable is not None or came.error is not None:
        return Shown(shown, error=came.told if came.unreadable is None else f"it gave back {came.unreadable}")
    given = decode(came.value)
    if _rank(drill, probe, right, came) == _CHANGED:
        return Shown(shown, show(given), error="it changes its arguments in place")
    if right is None:
        return Shown(shown, show(given), None, shape(given))
    wanted = decode(right)
    return Shown(shown, show(given), show(wanted), shape(given), shape(wanted))


def _holds(holds: Callable[[tuple[Any, ...], Any], Any], arguments: tuple[Any, ...], given: object) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(holds(arguments, given))
    except Exception:  # a property is asked of anything that comes back, and need not foresee all of it
        return False


def same(given: Any, right: Any, tolerance: float = TOLERANCE, *, equal_nan: bool = False) -> bool:  # noqa: ANN401
    """Whether two values are the same: shapes, then values; a tuple and a list, and a number and an array of one, too.

    Args:
        given: any value that crosses the wall.
        right: another one.
        tolerance: relative and absolute.
        equal_nan: whether NaN equals NaN; otherwise it equals nothing.
    """
    if isinstance(right, dict) or isinstance(given, dict):
        return (
            isinstance(right, dict) and isinstance(given, dict) and given.keys() == right.keys()
            and all(same(given[key], right[key], tolerance, equal_nan=equal_nan) for key in right)
        )  # fmt: skip
    one, other = _numbers(given), _numbers(right)
    if one is not None and other is not None:
        return _close(one, other, tolerance, equal_nan=equal_nan)
    if isinstance(given, tuple | list) and isinstance(right, tuple | list):
        return len(given) == len(right) and all(
            same(a, b, tolerance, equal_nan=equal_nan) for a, b in zip(given, right, strict=True)
        )
    if isinstance(given, np.ndarray) and isinstance(right, np.ndarray):  # of strings, or of one string and one number
        return given.shape == right.shape and given.dtype.kind == right.dtype.kind and bool(np.all(given == right))
    if isinstance(given, np.ndarray | list | tuple) or isinstance(right, np.ndarray | list | tuple):
        return False
    return type(given) is type(right) and bool(given == right)


def _numbers(value: object) -> np.ndarray[Any, Any] | None:
    """Return numbers as an array: one, an array of them, a list (of lists or arrays …) of them; None for all else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "biufc" else None
    if isinstance(value, bool | int | float | complex):
        try:
            return np.asarray(value if abs(value) < 1 << 63 or not isinstance(value, int) else float(value))
        except OverflowError:
            return None
    if isinstance(value, list | tuple) and value and _only_numbers(value):
        try:
            found = np.asarray(value)
        except (ValueError, OverflowError):
            return None  # ragged
        return found if found.dtype.kind in "biufc" else None
    return None


def _only_numbers(value: Sequence[object]) -> bool:
    return all(
        isinstance(each, bool | int | float | complex)
        or (isinstance(each, np.ndarray) and each.dtype.kind in "biufc")
        or (isinstance(each, list | tuple) and _only_numbers(each))
        for each in value
    )


def _close(given: np.ndarray[Any, Any], right: np.ndarray[Any, Any], tolerance: float, *, equal_nan: bool) -> bool:
    if given.shape != right.shape:
        if not (given.size == right.size == 1 and 0 in (given.ndim, right.ndim)):
            return False
        given, right = given.reshape(()), right.reshape(())
    if given.dtype.kind in "biu" and right.dtype.kind in "biu":
        return bool(np.array_equal(given, right))
    with np.errstate(all="ignore"):
        return bool(np.allclose(given, right, rtol=tolerance, atol=tolerance, equal_nan=equal_nan))


def size(value: object) -> int:
    """Return how many numbers and other single values there are in it."""
    if isinstance(value, np.ndarray):
        return max(1, value.size)
    if isinstance(value, tuple | list):
        return sum(map(size, value))
    if isinstance(value, dict):
        return sum(map(size, value.values())) + len(value)
    return 1


def shape(value: object) -> str:
    """Return the shape of an array, or of each of several, as people write it; empty where there is none."""
    if isinstance(value, np.ndarray):
        return str(value.shape)
    if isinstance(value, tuple | list) and any(isinstance(each, np.ndarray) for each in value):
        return ", ".join(shape(each) or "()" for each in value)
    return ""


def show_arguments(arguments: Sequence[Any], parameters: Sequence[str]) -> str:
    """Return arguments, each under its name where there are names for all."""
    names = parameters if len(parameters) >= len(arguments) else [""] * len(arguments)
    lines = []
    for name, value in zip(names, arguments, strict=False):
        lead = f"{name} = " if name else ""
        text = show(value, 12 if math.prod(np.shape(value) or (1,)) < 13 else 6) if _is_regular(value) else show(value)
        lines.append(lead + text.replace("\n", "\n" + " " * len(lead)))
    return "\n".join(lines)[: 2 * _SHOWN]


def _is_regular(value: object) -> bool:
    return isinstance(value, np.ndarray | int | float | str | bool)


def show(value: object, edge: int = 6) -> str:
    """Return a value as NumPy prints it, narrow enough for a phone, and cut.

    Args:
        value: any that crosses the wall.
        edge: elements at the ends of a longer axis that are shown.
    """
    with np.printoptions(precision=4, threshold=48, edgeitems=max(2, edge // 2), linewidth=56, suppress=False):
        if isinstance(value, np.ndarray):
            text = str(value)
        elif isinstance(value, tuple | list):
            inner = ", ".join(show(each, edge) for each in value[:12]) + (", …" if len(value) > 12 else "")
            text = f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
        elif isinstance(value, float):
            text = f"{value:.6g}"
        else:
            text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def parameters(source: str, function: str) -> tuple[str, ...]:
    """Return the names of a function's parameters, read off its source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return tuple(each.arg for each in (*node.args.posonlyargs, *node.args.args))
    return ()
