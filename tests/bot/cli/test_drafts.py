"""`epoch drafts` and `/suggest` in the chat: the loop in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import epoch, one_line


@pytest.mark.slow
def test_a_suggestion_of_the_chat_is_listed_and_told_what_it_lacks(tmp_path: Path) -> None:
    env = {"EPOCH_DATA_DIR": str(tmp_path / "data"), "EPOCH_LANG": "en"}
    lines = "/suggest what's LoRA, and the model's memory = ?\n/建议\n/suggest What's LoRA and the model's memory\n"
    chat = epoch("chat", cwd=tmp_path, stdin=lines, env=env)
    assert chat.returncode == 0, chat.stderr
    made = next(line for line in chat.stdout.splitlines() if line.startswith("The draft is in "))
    assert "Suggest which question?" in chat.stdout
    assert "has a draft already" in chat.stdout
    listed = epoch("drafts", "--json", cwd=tmp_path, env=env)
    (draft,) = map(json.loads, listed.stdout.splitlines())
    assert draft["asks"] == {"en": ["what's LoRA, and the model's memory = ?"]}, "as it was typed"
    assert draft["state"] == "open"
    assert draft["folder"] in made
    assert (Path(draft["folder"]) / "topic.toml").is_file()

    wrong = epoch("drafts", "--patch", draft["slug"], cwd=tmp_path, env=env | {"EPOCH_LANG": "zh"})
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert f"{draft['slug']}/topic.toml：" in wrong.stderr
    assert "处要改" in wrong.stderr.splitlines()[-1]


def test_a_draft_that_there_is_not_is_said_in_one_line(tmp_path: Path) -> None:
    env = {"EPOCH_DATA_DIR": str(tmp_path / "data"), "EPOCH_LANG": "en"}
    result = epoch("drafts", "--patch", "../gone", cwd=tmp_path, env=env)
    assert (result.returncode, result.stdout) == (1, "")
    assert one_line(result) == "epoch: no draft is called ../gone; `epoch drafts` lists those there are"
