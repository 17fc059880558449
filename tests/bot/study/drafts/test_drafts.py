"""Drafts without a front: their folders, what is attached, the check apart, and the patch that git takes."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.study.drafts import checking
from bot.study.drafts.checking import DraftChecker, summary
from bot.study.drafts.folders import DraftFolders, answer_of, slug_of_question, with_answer
from bot.study.drafts.models import Draft
from bot.study.drafts.patch import patch
from bot.study.drafts.uploads import FILE_BYTES, read_uploads
from bot.study.refusals import Refusal
from knowledge.bank.loader import load_bank, topics_root
from tests.knowledge.tiny import FILES

ASKS = {"zh": ('LoRA 是"什么"\\', "讲讲 LoRA"), "en": ("what is LoRA?",)}


def draft(note: str = "", slug: str = "lora") -> Draft:
    return Draft(slug, 1, 2, "zh", ASKS, note, "open", 1.0)  # type: ignore[arg-type]


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def test_a_draft_is_a_new_topic_with_what_was_asked_filled_in_in_its_language(tmp_path: Path) -> None:
    folders = DraftFolders(tmp_path / "drafts")
    folders.make(draft("## 回答\n```\n见论文 arXiv:2106.09685"))
    files = folders.files("lora")
    assert set(files) == set(FILES)
    topic = load_bank(folders.root, drafts=True)["lora"]
    assert topic.meta.asks.zh[:2] == ASKS["zh"]
    assert topic.meta.asks.en[:1] == ASKS["en"]
    assert "> ## 回答\n> ```\n> 见论文 arXiv:2106.09685" in topic.sections["zh"]["answer"]
    assert "arXiv:2106.09685" not in files["en.md"]
    folders.put("lora", {"zh.md": "mine"})
    folders.make(draft())
    assert folders.files("lora")["zh.md"] == "mine", "one that is there stays as it is"
    assert not load_bank(folders.root).topics, "and none is ever an answer"


def test_no_slug_leads_out_of_the_folder(tmp_path: Path) -> None:
    for name in ("..", "a/b", "", ".checks", "/etc"):
        with pytest.raises(ValueError, match="no slug"):
            DraftFolders(tmp_path).path(name)
    for question in ("../../etc/passwd", "什么是 LoRA？", "how do I prune a tree?", "😀", "2 layers", "x" * 300):
        assert DraftFolders(tmp_path).path(slug_of_question(question)).parent == tmp_path
    assert slug_of_question("What is dropout in neural networks?") == "dropout"


def test_the_answer_of_a_page_is_read_and_written_and_nothing_else_is_touched() -> None:
    page = FILES["zh.md"]
    assert answer_of(page, "zh").startswith("均值是所有样本的**总和**")
    changed = with_answer(page, "zh", "新的。\n\n```\n## 原理\n```\n")
    assert answer_of(changed, "zh") == "新的。\n\n```\n## 原理\n```", "a heading in code is none"
    assert changed.partition("\n## 原理\n独立")[2] == page.partition("\n## 原理\n独立")[2]
    assert answer_of("no headings", "en") == ""
    assert answer_of(with_answer("no headings", "en", "one"), "en") == "one\n\nno headings"


def test_what_is_attached_is_read_from_a_zip_from_its_folder_and_file_by_file() -> None:
    for folder in ("", "lora/"):
        packed = zipped({f"{folder}{name}": text for name, text in FILES.items()} | {"__MACOSX/._x": b"\0"})
        assert read_uploads([("lora.zip", packed)]) == FILES
    page = FILES["en.md"].replace("\n", "\r\n").encode("utf-8-sig")
    assert read_uploads([("my notes.MD", page)]) == {"en.md": FILES["en.md"]}
    forged = zipped({"zh.md": FILES["zh.md"], "output.txt": "# sha256: " + "0" * 64 + "\nx\n"})
    assert set(read_uploads([("lora.zip", forged)])) == {"zh.md"}, "only a run writes what it printed"


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.zip", b"no zip", "zip"), ("a.zip", zipped({}), "empty"), ("a.zip", zipped({"a/b/zh.md": "x"}), "folders"),
        ("a.zip", zipped({"../zh.md": "x"}), "folders"), ("a.zip", zipped({"/etc/zh.md": "x"}), "folders"),
        ("a.zip", zipped({"x\\zh.md": "x"}), "folders"), ("a.zip", zipped({"evil.sh": "x"}), "stray"),
        ("a.zip", zipped({"zh.md": b"0" * 50_000_000}), "large"), ("zh.md", b"x" * (FILE_BYTES + 1), "large"),
        ("a.zip", zipped({f"{n}.md": "x" for n in range(201)}), "many"), ("a.zip", b"0" * 1_000_001, "large"),
        ("zh.md", "中文".encode("gb18030"), "encoding"), ("zh.md", b"a\0b", "encoding"), ("notes.md", b"x", "stray"),
        ("output.txt", b"x", "stray"), ("__init__.py", b"x", "stray"), ("../example.py", b"x", "stray"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_topic_is_refused_in_words(name: str, data: bytes, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_uploads([(name, data)])
    assert refused.value.key == f"drafting.upload.{key}"


@pytest.mark.parametrize(
    "files",
    [FILES, {"zh.md": "no end", "en.md": "a\u2028b\x0cc\n\n", "quiz.toml": "", "topic.toml": "\n"}],
    ids=["a topic", "odd ends"],
)
def test_git_applies_the_patch_at_the_root_of_a_repository(tmp_path: Path, files: dict[str, str]) -> None:
    def git(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", *arguments], cwd=tmp_path, input=stdin.encode(), capture_output=True)

    git("init", "-q")
    made = patch("lora", files)
    done = git("apply", "--check", "-", stdin=made)
    assert done.returncode == 0, done.stderr
    assert git("apply", "--index", "-", stdin=made).returncode == 0
    there = tmp_path / "knowledge" / "topics" / "lora"
    assert {file.name: file.read_bytes().decode() for file in there.iterdir()} == files
    assert git("apply", "--check", "-", stdin=made).returncode != 0, "it adds a topic, and mends none"
    broken = made.replace("@@ -0,0 +1,", "@@ -1,2 +1,", 1)
    assert git("apply", "--check", "-", stdin=broken.replace("topics/lora", "topics/other")).returncode != 0, "control"


def small_bank(tmp_path: Path) -> Path:
    """A bank of one topic, which loads at once; the tiny topic names it as related."""
    root = tmp_path / "bank"
    root.mkdir()
    (root / "gan").symlink_to(topics_root() / "gan", target_is_directory=True)
    return root


def checker(tmp_path: Path, seconds: float = 300.0) -> DraftChecker:
    return DraftChecker(
        tmp_path / "checks", tmp_path / "cache", "auto", bank_root=small_bank(tmp_path), seconds=seconds
    )


async def test_a_draft_that_is_still_to_be_written_is_told_what_and_nothing_of_it_is_run(tmp_path: Path) -> None:
    folders = DraftFolders(tmp_path / "drafts")
    folders.make(draft())
    verdict = await checker(tmp_path).check("lora", folders.files("lora"))
    assert verdict.files == {}
    found = summary(verdict.problems)
    assert found[0].path.startswith("lora/")
    assert "TODO" not in found[0].problem
    assert "TODO" in found[-1].problem
    assert not any(str(tmp_path) in str(each) for each in found), "nobody has the folder of the check"
    assert list((tmp_path / "checks").iterdir()) == []


async def test_a_name_that_the_bank_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="taken"):
        await checker(tmp_path).check("gan", {})


async def test_a_check_that_takes_too_long_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    program = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    monkeypatch.setattr(checking, "_PROGRAM", program)
    async with asyncio.timeout(60):  # it would go on for ten minutes
        with pytest.raises(Refusal, match="slow"):
            await checker(tmp_path, seconds=2.0).check("lora", {})
    if pid.exists():  # a busy machine has not begun by then
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


async def test_a_check_that_is_given_up_while_its_folder_is_laid_out_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that lays it out cannot be cancelled: it would write behind the sweep's back."""
    begun, go_on = threading.Event(), threading.Event()
    mkdir = Path.mkdir

    def slow(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        begun.set()
        assert go_on.wait(60)
        mkdir(path, mode, parents, exist_ok)

    check = checker(tmp_path)
    monkeypatch.setattr(Path, "mkdir", slow)
    task = asyncio.create_task(check.check("lora", FILES))
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    await asyncio.sleep(0.2)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "checks").iterdir()) == []


@pytest.mark.parametrize("program", [f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})", "1 / 0"])
async def test_a_check_that_breaks_down_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(checking, "_PROGRAM", program)
    with pytest.raises(Refusal, match="broke"):
        await checker(tmp_path).check("lora", FILES)


async def test_the_control_a_check_that_names_nothing_is_a_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_PROGRAM", "pass")
    assert set((await checker(tmp_path).check("lora", FILES)).files) == set(FILES)


def test_the_token_is_no_business_of_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    monkeypatch.setenv("EPOCH_DATABASE_URL", "postgresql://secret")
    seen = DraftChecker(tmp_path, tmp_path, "full").environment()
    assert "secret" not in str(seen.values())
    assert seen["EPOCH_WALL"] == "full"
