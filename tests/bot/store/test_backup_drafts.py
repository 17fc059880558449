"""Drafts are in a backup, and come back from it; nothing that is there gets lost, and nothing lands elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from bot.store.backup import restore, write
from bot.store.database import Database, read_url
from bot.store.errors import BackupError
from bot.store.store import Store

TEXTS = {"en.md": b"## Answer\nText", "topic.toml": "文".encode()}


async def database(folder: Path, name: str = "epoch.db") -> Database:
    url = f"sqlite+aiosqlite:///{folder / name}"
    async with await Store.open(url) as store:
        await store.members.set_zone(1, "UTC", 0.0)
    return Database(read_url(url))


def draft(root: Path, slug: str = "lora", files: dict[str, bytes] = TEXTS) -> Path:
    folder = root / slug
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def content(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


async def backed_up(folder: Path, root: Path) -> Path:
    file = folder / "kept.zip"
    source = await database(folder)
    try:
        await write(source, file, drafts=root)
    finally:
        await source.close()
    return file


async def put_back(folder: Path, file: Path, root: Path, **more: Path) -> None:
    target = Database(read_url(f"sqlite+aiosqlite:///{folder / 'new.db'}"))
    try:
        await restore(target, file, drafts=root, clock=lambda: 7.0, **more)
    finally:
        await target.close()


async def test_drafts_come_back_as_they_were(tmp_path: Path) -> None:
    before = tmp_path / "drafts"
    draft(before)
    draft(before, "rope", {"example_more.py": b"x = 1\n"})
    file = await backed_up(tmp_path, before)
    await put_back(tmp_path, file, tmp_path / "new" / "drafts")
    assert content(tmp_path / "new" / "drafts") == content(before)
    assert len(content(before)) == 3


async def test_a_backup_without_a_folder_of_drafts_is_none_the_worse(tmp_path: Path) -> None:
    file = await backed_up(tmp_path, tmp_path / "drafts")
    await put_back(tmp_path, file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_what_no_draft_may_hold_stays_where_it_is(tmp_path: Path) -> None:
    root, secret = tmp_path / "drafts", tmp_path / "secret"
    secret.write_text("token")
    folder = draft(root)
    (folder / "quiz.toml").symlink_to(secret)
    (folder / "notes.exe").write_bytes(b"MZ")
    (root / "linked").symlink_to(tmp_path)
    draft(root, ".checks")
    with zipfile.ZipFile(await backed_up(tmp_path, root)) as archive:
        found = {name for name in archive.namelist() if name.startswith("drafts/")}
    assert found == {"drafts/lora/en.md", "drafts/lora/topic.toml"}


async def test_a_draft_that_is_there_and_differs_is_kept_beside_and_the_others_stay(tmp_path: Path) -> None:
    file = await backed_up(tmp_path, draft(tmp_path / "drafts").parent)
    root = tmp_path / "new"
    draft(root, files={"en.md": b"newer"})
    draft(root, "other")
    await put_back(tmp_path, file, root)
    assert content(root / "lora") == TEXTS
    assert content(root / ".lora.7") == {"en.md": b"newer"}
    assert content(root / "other") == TEXTS
    assert sorted(each.name for each in root.iterdir()) == [".lora.7", "lora", "other"]


async def test_what_replace_sets_aside_has_the_drafts_too(tmp_path: Path) -> None:
    file = await backed_up(tmp_path, draft(tmp_path / "drafts").parent)
    await (await database(tmp_path, "new.db")).close()
    root = tmp_path / "new"
    draft(root, files={"en.md": b"newer"})
    await put_back(tmp_path, file, root, aside=tmp_path / "aside.zip")
    with zipfile.ZipFile(tmp_path / "aside.zip") as archive:
        assert archive.read("drafts/lora/en.md") == b"newer"


@pytest.mark.parametrize(
    "name",
    ["drafts/../../out.md", "drafts/lora/../../en.md", "drafts//en.md", "drafts/lora/run.sh", "drafts/Lora/en.md",
     "drafts/lora/deep/en.md", "drafts/lora"],
)  # fmt: skip
async def test_a_backup_that_would_write_elsewhere_changes_nothing(tmp_path: Path, name: str) -> None:
    file = await backed_up(tmp_path, draft(tmp_path / "drafts").parent)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "x")
    root = tmp_path / "new"
    with pytest.raises(BackupError, match="cannot be put into"):
        await put_back(tmp_path, file, root)
    assert content(root) == {} if root.exists() else True
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}") as store:
        assert (await store.members.get(1)).zone is None


async def test_a_folder_that_is_named_like_a_file_is_left_out(tmp_path: Path) -> None:
    (draft(tmp_path / "drafts") / "quiz.toml").mkdir()
    with zipfile.ZipFile(await backed_up(tmp_path, tmp_path / "drafts")) as archive:
        assert sum(name.startswith("drafts/") for name in archive.namelist()) == len(TEXTS)


async def test_a_draft_that_cannot_be_read_is_told_and_the_last_backup_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "drafts"
    file = await backed_up(tmp_path, draft(root).parent)
    before, read = file.read_bytes(), Path.read_bytes

    def refused(path: Path) -> bytes:  # the tests may run as root, who is refused nothing
        if path.parent.name == "lora":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(BackupError, match=r"lora cannot be read: Permission denied; make it readable"):
        await backed_up(tmp_path, root)
    monkeypatch.undo()
    assert file.read_bytes() == before
