"""Every command in the documents is run, or it says here why not; what `epoch` it names is held by test_promises."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^ *```(?:sh|console)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
#: How a command begins that is run here, in a folder with a copy of `.env.example`, all in one go.
RUN = ("cp .env.example .env", ".venv/bin/epoch doctor", ".venv/bin/epoch new", ".venv/bin/epoch check --no-run --root")
#: How a command begins that is not, and why. What it names of the repository has to be there all the same.
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install": "installs for minutes; `.ci/run` runs it as the README has it",
    ".venv/bin/epoch serve": "needs Discord; tests/discord/test_serve.py runs it beside a server of its own",
    ".venv/bin/epoch backup": "there is nothing yet to back up; tests/bot/cli/test_backup.py runs it",
    ".venv/bin/epoch restore": "reads what the line before wrote; tests/bot/cli/test_backup.py runs it",
    ".venv/bin/pip install -c constraints.txt -e": "installs for minutes; the extras are held below",
    "pip install -e '.[fit]'": "installs for minutes; the extras are held below",
    ".venv/bin/pip install pip-audit": "needs a network",
    ".venv/bin/pip-audit": "needs a network",
    "git pull": "needs the repository it was cloned from",
    "sudo ": "changes the machine; tests/test_deploy.py has systemd verify the unit",
    "cd /opt/epoch": "is where the commands around it, which change the machine, put the clone",
    "journalctl -u epoch": "reads the log of a service that is not here",
    "docker ": "needs Docker's daemon; tests/test_deploy.py reads the files it is given",
    "epoch plan": "its day passes; tests/bot/cli/test_plan.py runs it",
    "epoch review --fit": "needs a log of answers; tests/bot/cli/test_review.py runs it",
}
#: A command where none is looked for: in a block that is indented, not fenced.
UNFENCED = re.compile(r"^    (?:\.venv/bin/|sudo |epoch |pip |python3? |docker |git |journalctl ).*", re.MULTILINE)
#: The package is not published: what pip finds by this name is somebody else's.
UNPUBLISHED = re.compile(r"pip install [^`\n]*\bepoch-tutor\b")


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command of the documents' blocks, with the name of its document."""
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.strip() and not line.strip().startswith("#"):
                    yield document.name, line.strip()


COMMANDS = sorted(set(commands()))


def problem_of(command: str) -> str | None:
    """Return what is wrong with a command; None where it is run, or is known and names what is there."""
    if command.startswith(RUN):
        return None
    if not any(command.startswith(known) for known in NOT_RUN):
        return "is neither run nor in the table of those that are not, with a reason"
    words = shlex.split(command, comments=True)
    missing = [word for word in words if re.match(r"(?:deploy|docs)/|constraints\.txt|\.env\.example", word)
               and not (ROOT / word).exists()]  # fmt: skip
    if missing:
        return f"names {', '.join(missing)}, which is not there"
    extras = {extra for word in words for found in re.findall(r"^\.\[(.*)\]$", word) for extra in found.split(",")}
    if extras - set(PROJECT["optional-dependencies"]):
        return f"names the extras {extras}"
    for place, word in enumerate(words):
        if Path(word).name == "epoch" and words[place + 1 : place + 2] and words[0] in (".venv/bin/epoch", "docker"):
            following = words[place + 1]
            if following not in typer.main.get_command(app).commands and words[0] != "docker":  # type: ignore[attr-defined]
                return f"names `epoch {following}`"
    return None


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize(("document", "command"), COMMANDS)
def test_a_command_of_the_documents_is_run_or_says_why_not(document: str, command: str) -> None:
    assert (problem := problem_of(command)) is None, f"{document}: `{command}` {problem}"


@pytest.mark.parametrize(
    "command",
    [
        "make install", ".venv/bin/epoch frobnicate", "docker build -f deploy/Dockerfile.gone -t epoch .",
        "sudo cp deploy/gone.service /etc", ".venv/bin/pip install -c constraints.txt -e '.[gone]'", "epoch serve",
    ],
)  # fmt: skip
def test_a_command_that_is_made_up_is_noticed(command: str) -> None:
    assert problem_of(command) is not None


def test_no_reason_is_left_of_a_command_that_went() -> None:
    for known in (*NOT_RUN, *RUN):
        assert any(command.startswith(known) for _, command in COMMANDS), f"{known!r} stands in no document"


def test_what_is_to_be_run_runs_as_it_stands(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".env.example", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    lines = [command for _, command in commands() if command.startswith(RUN)]
    assert all(any(line.startswith(known) for line in lines) for known in RUN)
    script = "\n".join(dict.fromkeys(sorted(lines, key=lambda line: not line.startswith("cp"))))
    env = {**os.environ, "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / ".env").exists()
    assert "wall" in done.stdout


def test_no_command_hides_in_an_indented_block() -> None:
    for document in DOCUMENTS:
        prose = re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert not (found := UNFENCED.findall(prose)), f"{document.name}: {found}"
    assert UNFENCED.findall("first\n\n    epoch plan 30d\n") == ["    epoch plan 30d"]


def test_nobody_is_told_to_install_a_package_that_is_not_published() -> None:
    told = [*DOCUMENTS, *(path for folder in ("bot", "runners", "deploy") for path in (ROOT / folder).rglob("*")),
            *(ROOT / "knowledge").glob("*/*.py")]  # fmt: skip
    texts = {path: path.read_text(encoding="utf-8") for path in told if path.suffix in (".md", ".py", ".toml", ".txt")}
    assert len(texts) > 300
    assert [f"{path}: {found[0]}" for path, text in texts.items() if (found := UNPUBLISHED.search(text))] == []
    assert UNPUBLISHED.search("run pip install 'epoch-tutor[fit]', then") is not None


def anchors(document: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_links_between_the_documents_lead_somewhere() -> None:
    found = 0
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", document.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            led = (document.parent / path).resolve() if path else document
            assert led.exists(), f"{document.name}: {target}"
            if anchor and led.suffix == ".md":
                assert anchor in anchors(led), f"{document.name}: {target}"
                found += 1
    assert found > 5
    assert "no-such-place" not in anchors(ROOT / "README.md")


def table() -> dict[str, tuple[str, str]]:
    """Return licence and reason of each package, as docs/host/packages.md has them."""
    text = (ROOT / "docs" / "host" / "packages.md").read_text(encoding="utf-8").split("## Known holes")[0]
    rows = re.findall(r"^\| ([a-z0-9-]+) \|(?: \w+ \|)? ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    return {name: (licence.strip(), why.strip()) for name, licence, why in rows if name != "package"}


def wanted() -> set[str]:
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    names = {canonicalize_name(Requirement(each).name) for some in lists for each in some}
    return names - {PROJECT["name"]}


def test_every_dependency_has_its_licence_and_a_reason_and_nothing_else_is_listed() -> None:
    assert set(table()) == wanted()
    assert all(len(why) > 3 for _, why in table().values())


def test_every_extra_is_among_what_can_be_installed_and_has_its_size() -> None:
    text = (ROOT / "docs" / "host" / "packages.md").read_text(encoding="utf-8")
    packages, sizes = text.split("## Installed size")
    extras = {f"`-e '.[{extra}]'`" for extra in PROJECT["optional-dependencies"]}
    assert [extra for part in (packages, sizes) for extra in extras if extra not in part] == []


@pytest.mark.parametrize(("package", "licence"), sorted((name, each[0]) for name, each in table().items()))
def test_the_licence_of_the_table_is_the_packages_own(package: str, licence: str) -> None:
    found = metadata(package)
    own = " ".join(
        [
            found.get("License-Expression") or "",
            (found.get("License") or "")[:200],
            *(each for each in found.get_all("Classifier") or () if each.startswith("License")),
        ]
    )
    first = re.split(r"[ ,]", licence)[0]
    told = {"PSF": "Python Software Foundation"}.get(first, first.split("-")[0])
    assert told in own, own
    assert "AGPL" not in own
