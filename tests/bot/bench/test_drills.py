"""The benchmark of drills: its figures and its table, without a run; and one drill measured behind the real wall."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.bench.drills import BEGIN, END, Measured, NoFigures, chosen, measure, put, ratio, table, total, write
from knowledge.bank.loader import load_bank
from knowledge.check.drill_proofs import Proven
from knowledge.check.mutants import Mutant, mutants
from runners.local import LocalRunner
from tests.knowledge.drill import write_drill
from tests.knowledge.tiny import edit, write_topic

DOCS = Path(__file__).parents[3] / "docs" / "drills.md"


def mutant(number: int) -> Mutant:
    return Mutant("", f"x = {number}", f"x = {number + 1}", number, "constant")


def shown(made: int, killed: int, signed: int) -> Proven:
    left = [mutant(number) for number in range(made - killed)]
    return Proven(made, killed, tuple(left[signed:]), tuple(left[:signed]), ())


GOOD = Measured("a/one", shown(100, 98, 2), 2.0, 1.0, (0.22, 0.24), (0.2, 0.2))
WEAK = Measured("a/two", shown(100, 90, 0), 2.0, 1.0, (0.22, 0.24), (0.2, 0.2))
SLOW = Measured("a/slow", shown(100, 100, 0), 2.0, 1.0, (0.4, 0.4), (0.2, 0.2))
LATE = Measured("a/late", shown(100, 100, 0), 2.0, 1.0, (1.2, 1.2), (1.1, 1.1))


def test_the_share_leaves_out_what_is_signed_off() -> None:
    assert (GOOD.shown.share, WEAK.shown.share) == (1.0, 0.9)
    assert total([GOOD])["share"] == 1.0
    whole = total([GOOD, WEAK])
    assert (whole["mutants"], whole["killed"], whole["signed_off"], whole["share"]) == (200, 188, 2, 0.9495)


def test_the_ratio_is_of_pairs_that_met_the_same_load() -> None:
    assert ratio((2.2, 0.22, 0.22), (2.0, 0.2, 0.2)) == pytest.approx(1.1)


@pytest.mark.parametrize(("measured", "held"), [(GOOD, True), (WEAK, False), (SLOW, False), (LATE, False)])
def test_the_bounds_are_held_or_not(measured: Measured, held: bool) -> None:
    assert total([measured])["held"] is held


def test_a_page_gets_the_table_between_its_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert put(page, [GOOD, WEAK]) == f"before\n{BEGIN}\n\n{table([GOOD, WEAK])}\n\n{END}\nafter\n"
    file = tmp_path / "page.md"
    with pytest.raises(NoFigures, match="was not written"):
        write(file, [GOOD])
    file.write_text("no marks", encoding="utf-8")
    with pytest.raises(NoFigures, match="was not written"):
        write(file, [GOOD])
    assert file.read_text(encoding="utf-8") == "no marks"


def test_the_page_has_a_row_for_each_drill_of_the_bank_with_as_many_mutants_as_there_are() -> None:
    rows = re.findall(r"^\| (\S+/\S+) \| (\d+) \| (\d+) \| (\d+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    bank = load_bank()
    ids = [drill.id for topic in bank.topics.values() for drill in topic.drills]
    assert [row[0] for row in rows] == ids, "run `epoch bench drills --table docs/drills.md`"
    for name, made, killed, signed in rows:
        drill = next(drill for drill in bank[name.partition("/")[0]].drills if drill.id == name)
        solution = drill.variants["numpy"].solution
        assert int(made) == len(mutants(solution)), name
        assert int(killed) >= 0.97 * (int(made) - int(signed)), name


def test_drills_are_chosen_by_topic_or_by_name(tmp_path: Path) -> None:
    topic = write_topic(tmp_path / "topics")
    write_drill(topic)
    bank = load_bank(tmp_path / "topics")
    assert [len(chosen(bank, names)) for names in ((), ("mean",), ("mean/softmax",), ("softmax",), ("gan",))] == [
        1, 1, 1, 0, 0,
    ]  # fmt: skip


async def test_a_drill_is_measured_and_a_wrong_solution_is_no_figure(tmp_path: Path, needs_wall: None) -> None:
    folder = write_drill(write_topic(tmp_path / "topics"))
    runner = LocalRunner(wall="auto")
    said: list[str] = []
    try:
        bank = load_bank(tmp_path / "topics")
        (found,) = await measure(bank, runner, chosen(bank, ()), 1, said.append)
        assert said == ["1/1 mean/softmax"]
        assert found.shown.made == found.shown.killed > 20
        assert min(found.verdicts + found.alone) > 0
        line = found.as_dict()
        assert (line["drill"], line["share"], line["survivors"]) == ("mean/softmax", 1.0, [])
        edit(folder / "solution.py", "return weights /", "return 2 * weights /")
        bank = load_bank(tmp_path / "topics")
        with pytest.raises(NoFigures, match="does not pass"):
            await measure(bank, runner, chosen(bank, ()), 1, said.append)
    finally:
        await runner.close()
