"""Roles of a whole interview: which topics are asked about, and how often. One TOML file a role.

    title = { zh = "…", en = "…" }
    [topics]
    cnn = 3
    resnet = 2

The packaged ones lie in `bot/study/roles/`; a host's own in the folder `roles` of the data folder, where a file of the
same name takes the packaged one's place.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import LANGS, Bank, Frozen, Lang, Text

log = logging.getLogger(__name__)

#: Name of the folder of a host's own roles, in the data folder.
FOLDER = "roles"
_PACKAGED = Path(__file__).parents[1] / "roles"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class RoleError(KnowledgeError):
    """A role's file cannot be used, or no role is called so."""


class _RoleFile(Frozen):
    title: Text
    topics: Annotated[dict[str, Annotated[float, Field(gt=0, le=100)]], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Role:
    """A role.

    Attributes:
        name: of its file, without the ending.
        title: what it is called.
        topics: how often each topic is asked about, by slug, to one another.
    """

    name: str
    title: Text
    topics: Mapping[str, float]


def load_roles(bank: Bank, folder: Path | None = None, *, strict: bool = True) -> dict[str, Role]:
    """Return the packaged roles and those of a host, by name.

    Args:
        bank: has their topics; topics of a packaged role that are not in it are left out.
        folder: of the host's own; it need not be there.
        strict: raise at a file of the host's that cannot be used; otherwise it is told in the log and left out.

    Raises:
        RoleError: a file cannot be used.
    """
    found = {role.name: role for role in map(_read, sorted(_PACKAGED.glob("*.toml")))}
    roles = {name: Role(name, role.title, _there(role, bank)) for name, role in found.items()}
    for file in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
        try:
            role = _checked(_read(file), bank, file)
        except RoleError as error:
            if strict:
                raise
            log.error("%s", error)
            continue
        roles[role.name] = role
    return {name: role for name, role in roles.items() if role.topics}


def find_role(roles: Mapping[str, Role], typed: str) -> Role:
    """Return the role that a name or title means.

    Raises:
        RoleError: none is called so.
    """
    wanted = _key(typed)
    for role in roles.values():
        if wanted in map(_key, _names(role)):
            return role
    raise RoleError(f"no role is called {typed!r}; there are {', '.join(roles)}")


def matching(roles: Mapping[str, Role], typed: str, lang: Lang) -> Iterator[Role]:
    """Yield the roles whose name or title has what is typed so far."""
    wanted = _key(typed)
    for role in sorted(roles.values(), key=lambda role: role.title[lang]):
        if any(wanted in _key(name) for name in _names(role)):
            yield role


def _names(role: Role) -> tuple[str, ...]:
    return (role.name, *(role.title[lang] for lang in LANGS))


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _read(file: Path) -> Role:
    if not _NAME.fullmatch(file.stem):
        raise RoleError(f"the role {file.name} has a name that no one can type; use small letters, digits and hyphens")
    try:
        document = _RoleFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise RoleError(
            f"the role {file.name} cannot be read: {error}; mend it, or take it out of the folder"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RoleError(
            f"the role {file.name} is wrong at {where}: {first['msg']}; "
            "it has title = {zh, en} and [topics], a number greater than 0 for each slug"
        ) from None
    return Role(file.stem, document.title, document.topics)


def _there(role: Role, bank: Bank) -> dict[str, float]:
    topics = ((find_topic(bank, slug), weight) for slug, weight in role.topics.items())
    return {topic.slug: weight for topic, weight in topics if topic is not None}


def _checked(role: Role, bank: Bank, file: Path) -> Role:
    unknown = next((slug for slug in role.topics if find_topic(bank, slug) is None), None)
    if unknown is not None:
        raise RoleError(
            f"the role {file.name} names {unknown}, which is no topic of the bank; `epoch topics` lists them"
        )
    return Role(role.name, role.title, _there(role, bank))
