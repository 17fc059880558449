"""The text of each foreseen error, for the member who met it. An error of the bot itself has no text here."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.services import Explained
from bot.discord.ui.errors import Gone
from bot.discord.ui.text import one_line
from bot.store.errors import DatabaseUnavailable, RoundExists
from bot.study.refusals import Refusal
from bot.study.tutor import UnknownExample
from bot.wording import say
from bot.wording.changes import refused
from knowledge.bank.errors import ParameterError, QueryError, UnknownTopic
from knowledge.bank.models import Lang
from knowledge.bank.parameter import Parameter
from knowledge.bank.questions import UnknownQuestion
from runners.errors import WallRequired

_NAME = 80
_TYPED = 60
#: Errors of which there is nothing to tell but that.
_SAID: dict[type[BaseException], str] = {
    WallRequired: "discord.error.wall_required",
    DatabaseUnavailable: "discord.error.not_kept",
    RoundExists: "quiz.error.exists",
}


def explain(error: BaseException, ui: Lang) -> Explained | None:
    """Return what to tell the member, or None for an error nobody foresaw."""
    match error:
        case QueryError():
            return Explained(say(f"discord.error.query_{error.reason}", ui))
        case UnknownTopic() | UnknownExample() | UnknownQuestion():
            return _not_there(error, ui)
        case ParameterError():
            if error.parameter is not None:
                return Explained(refused_value(error.parameter, error.typed, ui))
            return Explained(say("discord.gone.values", ui))
        case Refusal():
            return Explained(say(error.key, ui, **{name: _plain(value) for name, value in error.values.items()}))
        case Gone():
            return Explained(say(f"discord.gone.{error.what}", ui))
        case WallRequired() | DatabaseUnavailable() | RoundExists():
            return Explained(say(next(_SAID[kind] for kind in type(error).__mro__ if kind in _SAID), ui))
    return None


def refused_value(parameter: Parameter, typed: str, ui: Lang) -> str:
    """Return why a value cannot be taken, and what can."""
    return refused(parameter, typed, ui, lambda text: one_line(text, _TYPED))


def _plain(value: object) -> object:
    return one_line(value, _NAME) if isinstance(value, str) else value


def _not_there(error: UnknownTopic | UnknownExample | UnknownQuestion, ui: Lang) -> Explained:
    name = one_line(error.name, _NAME)
    match error:
        case UnknownTopic():
            return Explained(say("discord.error.unknown_topic", ui, name=name), error.nearest)
        case UnknownExample():
            names = ", ".join(error.available)
            text = say("discord.error.unknown_example", ui, name=name, available=names)
            return Explained(text, (error.topic.slug,))
        case UnknownQuestion():
            return Explained(say("discord.error.unknown_question", ui, name=name, there=_spans(error.numbers)))


def _spans(numbers: Sequence[int]) -> str:
    """Return `1–3, 7` for 1, 2, 3 and 7."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join("–".join(map(str, span)) for span in spans)
