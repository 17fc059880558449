"""What may be changed in an example, and what its counter changes, in words."""

from __future__ import annotations

from bot.wording import say
from bot.wording.foreign import Clean
from bot.wording.languages import listed
from knowledge.bank import parameters
from knowledge.bank.models import Example, Lang
from knowledge.bank.parameter import Parameter


def counter_change(example: Example, ui: Lang) -> str:
    """Return what the counter changes, as it then stands in the source: `STEPS = 1 (was 1000)`."""
    name, typed = parameters.split(example.meta.counter)
    was = {each.name: each.value for each in parameters.parse(example.source)}
    now = {
        each.name: each.value
        for each in parameters.parse(parameters.apply(example.source, {name: typed}, bounded=False))
    }
    return say("run.own.was", ui, name=name, value=repr(now[name]), was=repr(was[name]))


def allowed(parameter: Parameter, ui: Lang) -> str:
    """Return in words what a parameter may be set to."""
    if parameter.choices:
        return say("run.allowed.choices", ui, choices=listed(parameter.choices, ui))
    inside = "" if parameter.low is None else say("run.allowed.inside", ui, low=parameter.low, high=parameter.high)
    match parameter.value:
        case bool():
            return say("run.allowed.truth", ui)
        case int():
            return say("run.allowed.whole", ui, inside=inside)
        case float():
            return say("run.allowed.number", ui, inside=inside)
        case tuple():
            key = "numbers" if any(isinstance(part, float) for part in parameter.value) else "wholes"
            return say(f"run.allowed.{key}", ui, count=len(parameter.value), inside=inside)
    return say("run.allowed.text", ui)


def refused(parameter: Parameter, typed: str, ui: Lang, clean: Clean) -> str:
    """Return why a value cannot be taken, and what can; `clean` makes what was typed one harmless line."""
    return say(
        "run.allowed.refused", ui, name=parameter.name, typed=clean(typed) or "∅",
        allowed=allowed(parameter, ui),
    )  # fmt: skip
