"""Drills in a notebook: what is in it, what is not, and that its call has the cell judged that it names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from bot.exports.drills import TAG
from bot.exports.notebook import notebook
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang, Text, Topic

TOPIC = load_bank()["activation-functions"]
DRILL = TOPIC.drill("stable-softmax")
HOSTILE = "<script>alert(1)</script> </details> \u202e\x1b[31m"


def of_drills(topic: Topic, lang: Lang = "en") -> list[str]:
    cells = json.loads(notebook(topic, lang))["cells"]
    return ["".join(cell["source"]) for cell in cells if TAG in cell["metadata"].get("tags", [])]


@pytest.mark.parametrize("lang", LANGS)
def test_each_drill_has_its_start_and_a_call_for_each_variant(lang: Lang) -> None:
    first, *cells = of_drills(TOPIC, lang)
    assert "def judge(" in first
    wanted = []
    for drill in TOPIC.drills:
        for variant, sources in drill.variants.items():
            named = [drill.id] if variant == "numpy" else [drill.id, "--torch"]
            wanted.append(f"# drill {' '.join(named)}\n{sources.start.rstrip()}")
            wanted.append(f"judge({', '.join(json.dumps(word) for word in named)})")
    assert cells == wanted
    whole = json.loads(notebook(TOPIC, lang))
    nbformat.validate(whole)
    text = "".join("".join(cell["source"]) for cell in whole["cells"] if cell["cell_type"] == "markdown")
    assert DRILL.meta.title[lang] in text
    assert all(f"<details><summary>{'提示' if lang == 'zh' else 'Hint'} {n}" in text for n in (1, 2))


def test_neither_judge_nor_solution_nor_mistake_is_in_it() -> None:
    for topic in load_bank().topics.values():
        whole = notebook(topic, "en").decode()
        known = notebook(topic.model_copy(update={"drills": ()}), "en").decode()  # what pages and examples show
        for drill in topic.drills:
            sources = [drill.judge, *drill.mistakes.values(), *(each.solution for each in drill.variants.values())]
            for source in sources:
                telling = [line.strip() for line in source.splitlines() if len(line.strip()) > 40]
                telling = [line for line in telling if all(line not in each.start for each in drill.variants.values())]
                telling = [json.dumps(line, ensure_ascii=False)[1:-1] for line in telling]
                assert not [line for line in telling if line in whole and line not in known], drill.id
            assert all(each.en not in whole for each in drill.meta.mistakes.values())
    start = DRILL.variants["numpy"].start.splitlines()[3]
    assert json.dumps(start)[1:-1] in notebook(TOPIC, "en").decode(), "what is in it would be found"


def test_a_topic_without_drills_has_no_word_of_them() -> None:
    assert of_drills(TOPIC.model_copy(update={"drills": ()})) == []
    assert b"Write it yourself" not in notebook(TOPIC.model_copy(update={"drills": ()}), "en")


def test_hostile_text_of_a_drill_stays_text() -> None:
    said = Text(zh=HOSTILE, en=HOSTILE)
    meta = DRILL.meta.model_copy(update={"title": said, "statement": said, "hints": (said, said)})
    topic = TOPIC.model_copy(update={"drills": (DRILL.model_copy(update={"meta": meta}),)})
    whole = notebook(topic, "en").decode()
    assert "<script" not in whole
    assert "\\u001b" not in whole
    assert "\u202e" not in whole
    assert whole.count("</details>") == whole.count("<details>")


@pytest.mark.usefixtures("needs_wall")
async def test_in_a_kernel_the_call_has_the_cell_judged_that_was_run_last(tmp_path: Path) -> None:
    from jupyter_client.manager import start_new_async_kernel

    manager, client = await start_new_async_kernel(kernel_name="python3", stderr=subprocess.DEVNULL, cwd=str(tmp_path))
    try:

        async def run(source: str) -> str:
            said: list[str] = []

            def hear(message: dict[str, Any]) -> None:
                if message["msg_type"] == "stream":
                    said.append(message["content"]["text"])
                elif message["msg_type"] == "error":
                    said.append(message["content"]["ename"])

            await client.execute_interactive(source, output_hook=hear, timeout=180, allow_stdin=False)
            return "".join(said)

        tools, start, call, start_torch, call_torch, *_ = of_drills(TOPIC, "zh")
        mark = start.split("\n")[0]
        assert await run(tools) == ""
        assert f"先运行以“{mark}”开头的那一格" in await run(call)
        assert await run(start) == ""
        assert "通过 0/7" in await run(call)
        assert await run(f"{mark}\n{DRILL.variants['numpy'].solution}") == ""
        assert await run(start_torch) == "", "which defines a function of the same name"
        assert "全部通过（7/7）" in await run(call)
        assert "通过 0/7" in await run(call_torch)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
