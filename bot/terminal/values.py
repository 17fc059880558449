"""Listing the values of an example that may be changed: names, values, ranges and meanings."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from bot.terminal.lines import Voice
from bot.wording.changes import allowed
from knowledge.bank import parameters
from knowledge.bank.models import MAIN_EXAMPLE, Example, Topic
from knowledge.bank.parameter import Parameter


def show_values(voice: Voice, topic: Topic, examples: Sequence[Example], *, once: bool = False) -> None:
    """List the values of examples of a topic.

    Args:
        voice: says it.
        topic: whose they are.
        examples: which of its examples.
        once: whether the shell is where one goes on, not the chat.
    """
    for example in examples:
        voice.put("")
        voice.say("console.values.example", style="bold cyan", title=example.meta.title[voice.lang], name=example.name)
        offered = parameters.offered(example)
        if not offered:
            voice.say("console.values.none")
            continue
        written = [f"  {each.name} = {each.value!r}" for each in offered]
        column = max(map(cell_len, written))
        for each, head in zip(offered, written, strict=True):
            may_be = allowed(each, voice.lang).strip()
            # Two spaces at least: there a line that is too long hangs.
            voice.put(f"{head}{' ' * (column - cell_len(head) + 2)}{may_be} · {each.meaning(voice.lang)}".rstrip(" ·"))
    first = next(((example, each) for example in examples for each in parameters.offered(example)), None)
    if first is not None:
        example, each = first
        main = example.name == MAIN_EXAMPLE
        named = topic.slug if main else f"{topic.slug}{' --example' if once else ''} {example.name}"
        key = "console.values.how_once" if once else "console.values.how"
        voice.say(key, style="dim", example=named, name=each.name, value=_another(each))


def _another(parameter: Parameter) -> str:
    """Return a value that may be typed and is not the one there is, as one argument of a shell."""
    value = parameter.value
    if isinstance(value, bool):
        return str(not value)
    if parameter.choices:
        return str(next((choice for choice in parameter.choices if choice != value), value))
    if isinstance(value, tuple) or parameter.low is None or parameter.high is None:
        return str(value).strip("()").replace(" ", "").removesuffix(",") if isinstance(value, tuple) else str(value)
    return str(parameter.high if value == parameter.low else parameter.low)
