"""How well interview answers are graded, on labelled ones: those the weights are fitted on, and those kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.bank.models import Bank
from knowledge.grading import fit as grading_fit
from knowledge.grading.fit import Half
from knowledge.grading.grader import WEIGHTS, Grader, Scorer
from knowledge.search.encoder_choice import open_encoder


def rows(
    bank: Bank,
    model: str,
    cache_dir: Path | None,
    files: Mapping[Half, Path],
    progress: Callable[[str, int, int], None],
    *,
    fit: bool,
) -> Iterator[dict[str, Any]]:
    """Yield the figures of each half's file, then of `dev` by cross-validation over topics.

    With `fit`, the weights are fitted on `dev` and written first. A line belongs to the half its file is given for,
    whatever it says itself.
    """
    answers = [
        answer.model_copy(update={"half": half})
        for half, file in files.items()
        for answer in grading_fit.load(file, bank)
    ]
    grader = Grader(bank, open_encoder(model, cache_dir))
    found = grading_fit.pairs(grader, bank, answers, lambda done, total: progress("", done, total))
    if fit:
        scorer = grading_fit.fit(found["dev"])
        WEIGHTS.write_text(scorer.as_json(), encoding="utf-8")
    else:
        scorer = Scorer.packaged()
    for half in files:
        if half in found:
            yield {"half": half, **grading_fit.figures(scorer, found[half])}
    if "dev" in found:
        yield {"half": "dev, each topic judged without it", **grading_fit.crossed(found["dev"])}
