"""Rules about `evidence.toml`: a claim of rank holds over seeds, against rivals at their best, and is quoted right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.bank.evidence import MIN_SEEDS, Claim, Evidence, Figure, Figures
from knowledge.bank.loader import EVIDENCE_FILE, evidence_file
from knowledge.bank.models import LANGS, Problem, Topic
from knowledge.bank.programs import Wrong
from knowledge.check.texts import problem

_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?|[-−]?\.\d+")


def evidence(topic: Topic, claims: Iterable[Evidence]) -> Iterator[Problem]:
    """Check a topic's evidence without running it."""
    for each in claims:
        yield from _one(topic, each)


def compared(topic: Topic, evidence: Evidence, printed: str) -> Iterator[Problem]:
    """Compare a new run of a claim's script with the accepted one: the sign, and the interval of each gain."""
    if evidence.transcript is None:
        return  # said already
    path, claim = f"{topic.slug}/{evidence_file(evidence.claim.name)}", evidence.claim
    before, now = Figures(evidence.transcript.text), Figures(printed)
    if missing := sorted({claim.better, *claim.worse} - set(now.values)):
        yield problem(path, f"prints nothing of {', '.join(missing)}", "print 'rival: value value …', a value a seed")
        return
    for rival in claim.worse:
        if rival not in before.values or claim.better not in before.values:
            continue
        (low, high), (new_low, new_high) = before.interval(claim, rival), now.interval(claim, rival)
        if sum(now.gains(claim, rival)) <= 0:
            yield problem(path, f"'{claim.better}' no longer beats '{rival}'", "mend the claim in the page")
        elif new_low > high or new_high < low:
            what = f"the gain over '{rival}' was {_span(low, high)} and is now {_span(new_low, new_high)}"
            yield problem(path, what, f"look at it, then run `epoch check {topic.slug} --full --accept`")


def _one(topic: Topic, evidence: Evidence) -> Iterator[Problem]:
    claim = evidence.claim
    for what, fix in _wrong(topic, evidence):
        yield problem(f"{topic.slug}/{EVIDENCE_FILE}", f"claim '{claim.name}': {what}", fix)


def _wrong(topic: Topic, evidence: Evidence) -> Iterator[Wrong]:
    claim, fix = evidence.claim, f"run `epoch check {topic.slug} --full --accept`"
    if claim.unit not in {unit.id for unit in topic.units["en"]}:
        yield f"unit '{claim.unit}' is not in the page", "name the unit that makes the claim"
        return
    if evidence.transcript is None:
        yield f"{evidence_file(claim.name)} was never run", fix
        return
    if evidence.transcript.sha256 != evidence.sha256:
        yield f"its figures belong to an older {evidence_file(claim.name)}", fix
        return
    figures = Figures(evidence.transcript.text)
    if missing := sorted({claim.better, *claim.worse} - set(figures.values)):
        yield f"{', '.join(missing)} were not measured", "print 'rival: value value …', a value a seed"
        return
    if figures.seeds < MIN_SEEDS:
        yield f"measured on {figures.seeds} seeds", f"take at least {MIN_SEEDS}"
    for rival in claim.worse:
        yield from _rank(claim, figures, rival)
    for figure in claim.quoted:
        yield from _quoted(topic, claim, figures, figure)


def _rank(claim: Claim, figures: Figures, rival: str) -> Iterator[Wrong]:
    low, high = figures.interval(claim, rival)
    fix = "mend the claim in the page, or leave it out"
    if low <= 0:
        yield f"the gain of '{claim.better}' over '{rival}' is {_span(low, high)}, which may be none", fix
    elif (wins := figures.wins(claim, rival)) < claim.wins:
        yield f"'{claim.better}' beats '{rival}' on {wins} of {figures.seeds} seeds", fix


def _quoted(topic: Topic, claim: Claim, figures: Figures, figure: Figure) -> Iterator[Wrong]:
    value, found = figures.figure(claim, figure), _NUMBER.search(figure.text)
    if found is None:
        yield f"quoted '{figure.text}' holds no number", "quote the figure as the unit has it"
        return
    said = float(found[0].replace(",", "").replace("−", "-"))
    digits = len(found[0].partition(".")[2])
    scale = 100 if "%" in figure.text else 1
    # Half a unit of the last digit, and a bit for halves that binary fractions do not hit.
    if abs(value * scale - said) > 0.51 * 10.0**-digits:
        what = f"the page says '{figure.text}', the {figure.of} of '{figure.rival}' is {value * scale:.4g}"
        yield what, "correct the figure in the page and here"
    for lang in LANGS:
        if figure.text not in next(unit.text for unit in topic.units[lang] if unit.id == claim.unit):
            what = f"'{figure.text}' is not in unit '{claim.unit}' of {lang}.md"
            yield what, "say it in both languages, or take it from quoted"


def _span(low: float, high: float) -> str:
    return f"[{low:.3g}, {high:.3g}]"
