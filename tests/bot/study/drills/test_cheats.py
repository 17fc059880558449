"""No program passes a drill without doing it. Beside every cheat an honest answer passes, by the same judge."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.study.drills import judging
from bot.study.drills.judging import DrillJudge
from bot.study.drills.models import Verdict
from bot.study.drills.process import JudgeProcess
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank, load_topic, topics_root
from knowledge.bank.models import Bank
from knowledge.grading.drills import rules
from runners.local import LocalRunner
from tests.bot.study.drills.cheats import CLIMBING, HONEST, REFUSED, RUN
from tests.knowledge.drilled import SOLUTION, SOLUTION_TORCH, softmax_drill

pytestmark = [pytest.mark.usefixtures("needs_wall"), pytest.mark.asyncio(loop_scope="module")]
SEED = 7


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The small drill's, and one topic of the packaged bank."""
    folder = tmp_path_factory.mktemp("banks") / "bank"
    softmax_drill(folder)
    packaged, _ = load_topic(topics_root() / "activation-functions")
    assert packaged is not None
    return Bank(topics={**load_bank(folder).topics, packaged.slug: packaged})


@pytest.fixture(scope="module")
def packaged(bank: Bank) -> Drill:
    return bank["activation-functions"].drill("stable-softmax")


@pytest.fixture(scope="module")
def drill(bank: Bank) -> Drill:
    return bank["mean"].drills[0]


class ReadsNothing(JudgeProcess):
    """Finds nothing in an answer that would keep it from being run."""

    async def ask(self, question: dict[str, object]) -> dict[str, object]:
        return {"refusal": None} if question["do"] == "rules" else await super().ask(question)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner() -> AsyncIterator[LocalRunner]:
    """Over the real wall, for all cheats one after the other; what never ends is given up sooner."""
    limits = replace(judging.LIMITS["numpy"], cpu_s=2.0, wall_s=15.0, memory_mb=512)
    made = LocalRunner(warm=True)
    await made.warm_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(judging.LIMITS, "numpy", limits)
        yield made
    await made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge(runner: LocalRunner, bank: Bank) -> AsyncIterator[DrillJudge]:
    made = DrillJudge(runner, bank)
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lenient(runner: LocalRunner, bank: Bank) -> AsyncIterator[DrillJudge]:
    made = DrillJudge(runner, bank, ReadsNothing())
    yield made
    await made.close()


def known_numbers(drill: Drill) -> str:
    """Return the answers to the probes of another seed, as a program would hold them."""
    from knowledge.grading.drills import judging as right
    from knowledge.grading.drills.codec import decode

    loaded = right.load(drill.judge)
    made = right.probes(loaded, SEED + 1, list(drill.meta.checks))
    assert loaded.reference is not None
    answers = {}
    for probe in made:
        (logits,) = decode(probe.arguments)
        answers[logits.tobytes()] = loaded.reference(logits).tolist()
    return repr(answers)


async def tried(judge: DrillJudge, drill: Drill, code: str, seed: int = SEED) -> Verdict:
    """Judge a cheat, and the solution after it: the judge is as it was."""
    verdict = await judge.judge(drill, code, seed=seed)
    honest = await judge.judge(drill, SOLUTION, seed=seed)
    assert honest.passed, honest
    return verdict


@pytest.mark.parametrize("name", REFUSED)
async def test_a_program_that_leads_out_is_refused(judge: DrillJudge, drill: Drill, name: str) -> None:
    verdict = await judge.judge(drill, REFUSED[name])
    assert not verdict.passed
    assert verdict.refusal == "forbidden", verdict
    assert verdict.reason


@pytest.mark.parametrize("name", RUN)
async def test_a_program_that_runs_gains_nothing(judge: DrillJudge, drill: Drill, name: str) -> None:
    code = RUN[name].replace("{known}", known_numbers(drill))
    assert rules.refused(code, forbidden=drill.meta.forbidden) is None, "it is there to be run"
    verdict = await tried(judge, drill, code)
    assert not verdict.passed, verdict


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in CLIMBING])
async def test_it_would_gain_nothing_if_nobody_read_it_first(lenient: DrillJudge, drill: Drill, name: str) -> None:
    verdict = await lenient.judge(drill, REFUSED[name], seed=SEED)
    assert not verdict.passed, verdict


#: Cheats that know nothing of what this small drill forbids.
ANYWHERE = sorted({*REFUSED, *RUN} - {name for name in {*REFUSED, *RUN} if "logadd" in {**REFUSED, **RUN}[name]})


@pytest.mark.parametrize("name", ANYWHERE)
async def test_nor_does_it_pass_a_drill_of_the_bank(judge: DrillJudge, packaged: Drill, name: str) -> None:
    code = {**REFUSED, **RUN}[name].replace("{known}", "{}").replace("(logits):", "(logits, *_, **__):")
    assert not (await judge.judge(packaged, code)).passed


async def test_the_solution_passes_that_drill(judge: DrillJudge, packaged: Drill) -> None:
    assert (await judge.judge(packaged, packaged.variants["numpy"].solution)).passed


@pytest.mark.parametrize("name", HONEST)
async def test_an_honest_answer_passes_however_it_is_written(judge: DrillJudge, drill: Drill, name: str) -> None:
    verdict = await judge.judge(drill, textwrap.dedent(HONEST[name]))
    assert verdict.passed, verdict


async def test_the_numbers_of_a_seed_pass_at_that_seed_alone(judge: DrillJudge, drill: Drill) -> None:
    """Else the cheat that knows an earlier seed's would fail for another reason."""
    code = RUN["knows_the_numbers_of_an_earlier_seed"].replace("{known}", known_numbers(drill))
    code = code.replace("logits)\n", "logits) if KNOWN else 0\n").replace("KNOWN.get(", "np.array(KNOWN.get(", 1)
    code = code.replace(", logits) if", ", logits)) if")
    assert (await judge.judge(drill, code, seed=SEED + 1)).passed
    assert not (await judge.judge(drill, code, seed=SEED)).passed


async def test_each_judgement_has_numbers_of_its_own(judge: DrillJudge, drill: Drill) -> None:
    one, other = [await judge.judge(drill, "def softmax(logits): return None") for _ in range(2)]
    assert one.seed != other.seed
    shown = [each.checks[1].counterexample for each in (one, other)]
    assert shown[0] is not None
    assert shown[1] is not None
    assert shown[0].arguments != shown[1].arguments


async def test_the_forbidden_is_refused_with_pytorch_too(judge: DrillJudge, drill: Drill) -> None:
    for body in ("torch.softmax(logits, -1)", "logits.softmax(-1)", "torch.special.softmax(logits, -1)",
                 "torch.ops.aten.softmax(logits, -1)", "torch.nn.functional.softmax(logits, -1)"):  # fmt: skip
        verdict = await judge.judge(drill, f"import torch\ndef softmax(logits): return {body}", variant="torch")
        assert verdict.refusal == "forbidden", body


async def test_a_solution_with_pytorch_passes(judge: DrillJudge, drill: Drill) -> None:
    assert (await judge.judge(drill, SOLUTION_TORCH, variant="torch")).passed


async def test_there_are_forty_of_them_and_none_twice() -> None:
    assert len(REFUSED) + len(RUN) >= 40
    assert not REFUSED.keys() & RUN.keys()
    assert len({*REFUSED.values(), *RUN.values()}) == len(REFUSED) + len(RUN)
