"""A topic as a notebook: what is in it, that Jupyter takes it, and that its cells do what they say."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exports.drills import TAG
from bot.exports.markup import fenced, for_jupyter, spanned
from bot.exports.notebook import broken_by, claims, halves, notebook
from knowledge.bank import parameters
from knowledge.bank.kinds import Choice, Predict
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, SECTIONS, Example, Lang, Text, Topic, Transcript
from tests.bot.world import bank as small_bank

BANK = load_bank()
LIGHT = BANK["gradient-descent"]
HOSTILE = "<script>alert(1)</script> </details> ~~no~~ ``` $x$ \u202e"


def read(topic: Topic, lang: Lang = "en") -> Any:  # noqa: ANN401 - nbformat's own
    return nbformat.reads(notebook(topic, lang).decode(), as_version=4)


def text_of(topic: Topic, lang: Lang = "en") -> str:
    return "\n\n".join(cell.source for cell in read(topic, lang).cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("lang", LANGS)
def test_every_topic_is_a_valid_notebook(lang: Lang) -> None:
    for topic in BANK.topics.values():
        nbformat.validate(json.loads(notebook(topic, lang)))


def test_a_notebook_that_is_none_would_be_noticed() -> None:
    broken = json.loads(notebook(LIGHT, "en"))
    broken["cells"][1]["cell_type"] = "prose"
    with pytest.raises(nbformat.ValidationError):
        nbformat.validate(broken)


def test_the_same_topic_always_gives_the_same_bytes() -> None:
    assert notebook(LIGHT, "zh") == notebook(LIGHT, "zh")
    assert notebook(LIGHT, "zh") != notebook(LIGHT, "en")


@pytest.mark.parametrize("lang", LANGS)
def test_the_five_sections_come_in_order_and_in_one_language(lang: Lang) -> None:
    headings = re.findall(r"^## (.+)$", text_of(LIGHT, lang), re.MULTILINE)
    assert headings[:5] == [names[lang] for names in SECTIONS.values()]
    assert text_of(LIGHT, lang).startswith(f"# {LIGHT.title[lang]}\n")


def test_an_examples_cells_are_the_tested_source_byte_for_byte_with_what_its_accepted_run_printed() -> None:
    for topic in BANK.topics.values():
        cells = [cell for cell in read(topic).cells if cell.cell_type == "code"]
        sources = [cell.source for cell in cells]
        for example in topic.examples:
            head, body = halves(example.source)
            assert head + body == example.source
            place = sources.index(head)
            assert cells[place].metadata.tags == ["parameters"]
            assert sources[place + 1] == body
            assert example.transcript is not None
            assert "".join(output.text for output in cells[place + 1].outputs) == example.transcript.text


def test_output_of_another_source_is_not_shown_as_this_ones() -> None:
    example = LIGHT.examples[0]
    stale = example.model_copy(update={"transcript": Transcript(sha256="0" * 64, text="from another day")})
    assert b"from another day" not in notebook(LIGHT.model_copy(update={"examples": (stale,)}), "en")


def test_break_it_assigns_to_a_value_of_the_first_cell_what_the_counter_means() -> None:
    for topic in BANK.topics.values():
        cells = [cell.source for cell in read(topic).cells if cell.cell_type == "code"]
        for example in topic.examples:
            change = broken_by(example)
            assert change in cells, f"{topic.slug}/{example.name}"
            assert change is not None
            name, value = change.split(" = ", 1)
            assert re.search(rf"^{name}\b.*=", halves(example.source)[0], re.MULTILINE), f"{topic.slug}/{example.name}"
            counted = parameters.apply(example.source, dict([parameters.split(example.meta.counter)]), bounded=False)
            assert ast.literal_eval(value) == next(p.value for p in parameters.parse(counted) if p.name == name)


def test_a_text_is_assigned_in_quotation_marks_and_a_counter_of_nothing_is_left_out() -> None:
    example = LIGHT.examples[0].model_copy(update={"source": 'ORDER = "ifgo"  # gates\nassert ORDER == "ifgo"\n'})
    meta = example.meta.model_copy(update={"counter": "ORDER=figo"})
    assert broken_by(example.model_copy(update={"meta": meta})) == "ORDER = 'figo'"
    assert broken_by(example) is None
    assert "Break it\n" not in text_of(LIGHT.model_copy(update={"examples": (example,)}))


def test_answers_are_folded_away() -> None:
    for topic in BANK.topics.values():
        seen = re.sub(r"<details>.*?</details>", "", text_of(topic), flags=re.DOTALL)
        for item in topic.quiz:
            assert item.prompt.en.split("`")[0][:40].replace("<", "&lt;").replace("~", "\\~") in seen
            if isinstance(item, Choice | Predict):
                assert for_jupyter(item.why.en) not in seen
                assert for_jupyter(item.why.en) in text_of(topic)
    assert seen.count("**A**") == sum(isinstance(item, Choice | Predict) for item in topic.quiz)


def test_hostile_text_stays_text() -> None:
    said = Text(zh=HOSTILE, en=HOSTILE)
    item = next(item for item in LIGHT.quiz if isinstance(item, Choice))
    quiz = (item.model_copy(update={"prompt": said, "why": said, "options": (said,) * 4}),)
    meta = LIGHT.meta.model_copy(update={"title": said})
    shown = text_of(LIGHT.model_copy(update={"quiz": quiz, "meta": meta}))
    assert "<script" not in shown
    assert shown.count("</details>") == shown.count("<details>")
    assert "~~no" not in shown


@given(st.text(alphabet="`~ab\n", max_size=60))
def test_a_code_block_ends_where_its_code_does(code: str) -> None:
    first, *inside, last = fenced(code, "python").split("\n")
    assert first == f"{last}python"
    assert "\n".join(inside) == code.strip("\n")
    assert last not in "\n".join(inside)


@given(st.text(alphabet="`ab ", min_size=1, max_size=20).filter(str.strip))
def test_a_code_span_ends_where_its_code_does(code: str) -> None:
    shown = spanned(code)
    mark = shown[: len(shown) - len(shown.lstrip("`"))] if "`" in code else "`"
    assert shown.startswith(mark)
    assert shown.endswith(mark)
    assert shown[len(mark) : -len(mark)].strip(" ") == code.strip(" ")
    assert mark not in shown[len(mark) : -len(mark)]


def test_line_breaks_are_kept_and_lists_and_code_left_alone() -> None:
    text = "one:\n`two < 3` < ~4\n\n- a\n- b\n```\n<c>\n```"
    assert for_jupyter(text) == "one:  \n`two < 3` &lt; \\~4\n\n- a\n- b\n```\n<c>\n```"


def test_what_the_assertions_would_say_is_told_before_the_code() -> None:
    source = 'A = 1\nassert A, "a_b"\nassert A > 0, f"{A} is too small"\nassert A < 2\n'
    assert claims(source) == ["a\\_b", "`A` is too small", "`A < 2`"]


def test_an_example_without_values_to_change_is_one_cell() -> None:
    assert halves('"""One."""\nprint(1)\n') == ("", '"""One."""\nprint(1)\n')
    assert halves("A = (\n    1,\n    2,\n)  # two, 1..9\n\nprint(A)\n") == (
        "A = (\n    1,\n    2,\n)  # two, 1..9\n\n", "print(A)\n",
    )  # fmt: skip


def test_a_small_bank_makes_notebooks_too() -> None:
    for topic in small_bank().topics.values():
        nbformat.validate(json.loads(notebook(topic, "zh")))


async def test_run_from_top_to_bottom_it_holds_and_what_breaks_it_breaks_it(tmp_path: Path) -> None:
    """The light topic in a real kernel, each example, then *Break it* as its text says."""
    from jupyter_client.manager import start_new_async_kernel

    # Kernels listen on this machine alone.
    manager, client = await start_new_async_kernel(kernel_name="python3", stderr=subprocess.DEVNULL, cwd=str(tmp_path))
    try:

        async def run(source: str) -> tuple[str, str | None, int]:
            """Run a cell; return what it printed, the name of its error, and how many pictures it showed."""
            printed, failed, pictures = "", None, 0

            def hear(message: dict[str, Any]) -> None:
                nonlocal printed, failed, pictures
                content = message["content"]
                if message["msg_type"] == "stream" and content["name"] == "stdout":
                    printed += content["text"]
                elif message["msg_type"] == "error":
                    failed = content["ename"]
                elif message["msg_type"] == "display_data" and "image/png" in content["data"]:
                    pictures += 1

            await client.execute_interactive(source, output_hook=hear, timeout=120, allow_stdin=False)
            return printed, failed, pictures

        every = [cell for cell in read(LIGHT).cells if cell.cell_type == "code"]
        cells = [cell for cell in every if TAG not in cell.metadata.get("tags", [])]
        printed, pictures = "", 0
        for cell in cells:
            said, failed, shown = await run(cell.source)
            assert failed is None, cell.source
            printed, pictures = printed + said, pictures + shown
        assert printed.count("\n") == sum(_lines(example) for example in LIGHT.examples)
        assert pictures == len(list(tmp_path.glob("*.png"))) == len(LIGHT.examples)
        for example in LIGHT.examples:
            head, body = halves(example.source)
            change = broken_by(example)
            assert change is not None
            assert change in [cell.source for cell in cells]
            assert (await run(head))[1] is None
            assert (await run(change))[1] is None
            assert (await run(body))[1] == "AssertionError"
            assert (await run(head))[1] is None
            assert (await run(body))[1] is None, "the first cell mends it"
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        await asyncio.sleep(0)


def _lines(example: Example) -> int:
    assert example.transcript is not None
    return example.transcript.text.count("\n")
