from __future__ import annotations

import importlib.metadata
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from knowledge.packages import version


@pytest.mark.parametrize("package", ["numpy", "onnxruntime", "pydantic", "faiss-cpu", "scipy", "epoch-tutor"])
def test_a_version_is_what_the_library_says(package: str) -> None:
    assert version(package) == importlib.metadata.version(package)


def test_what_is_not_installed_has_none() -> None:
    with pytest.raises(PackageNotFoundError):
        version("no-such-package-anywhere")


def test_a_version_that_stands_in_the_description_is_not_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "told-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: told\nVersion: 1.0\n\nVersion: 9\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert version("told") == "1.0"
