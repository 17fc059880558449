"""The kinds of quiz items. Each is one module here, and one entry of `KINDS`: no other code names it.

    quiz.toml → QuizFile → Item of its kind ─┬─ problems, programs → knowledge.check
                                             └─ posed, sheet       → rounds, reviews, exports

A kind's class holds the keys of its TOML table, what must be true of them, the programs that prove them, and what is
asked and answered (`Sheet`). The fronts show any `Sheet`, and need nothing of their own for a kind.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from knowledge.bank.kinds.choice import Choice
from knowledge.bank.kinds.find_bug import FindBug
from knowledge.bank.kinds.open import Open
from knowledge.bank.kinds.predict import Predict
from knowledge.bank.models import ByLetter, Frozen, Item

#: Every kind of item by what `kind` says in `quiz.toml`, in the order in which people are offered them.
KINDS: dict[str, type[Item]] = {
    "choice": Choice,
    "predict": Predict,
    "find_bug": FindBug,
    "open": Open,
}


def by_letter() -> tuple[str, ...]:
    """Return the kinds that rounds can ask."""
    return tuple(name for name, kind in KINDS.items() if issubclass(kind, ByLetter))


def _of_its_kind(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    if not isinstance(value, dict):
        return value
    known = [repr(name) for name in KINDS]
    if "kind" not in value:
        listed = {"expected_tags": f"{', '.join(known[:-1])} or {known[-1]}"}
        raise PydanticCustomError("union_tag_not_found", "no kind", listed)
    kind = KINDS.get(value["kind"]) if isinstance(value["kind"], str) else None
    if kind is None:
        raise PydanticCustomError(
            "union_tag_invalid", "unknown kind", {"tag": str(value["kind"]), "expected_tags": ", ".join(known)}
        )
    return kind.model_validate(value)


#: An item of whatever kind it says it is.
AnyItem = Annotated[Item, BeforeValidator(_of_its_kind)]


class QuizFile(Frozen):
    """The content of `quiz.toml`."""

    item: tuple[AnyItem, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> QuizFile:
        ids = [item.id for item in self.item]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"item ids used twice: {', '.join(twice)}")
        return self
