"""The texts of `/packs`: the list, a pack, and what is wrong with a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.discord.ui.text import neutralise, one_line, width
from bot.store.packs import GuildPack
from bot.wording import say
from bot.wording.languages import listed
from bot.wording.translation import in_lang
from knowledge.bank.models import Lang

#: Of a file: its name, and so much of what is wrong with it.
_FILE, _PROBLEMS, _PROBLEM = 60, 12, 240
#: Of a pack: so many questions, each so long.
_SHOWN, _QUESTION, _ANSWER = 5, 150, 60
_ALL = 3_000


def listing(own: Mapping[str, int], shared: Sequence[str], lang: Lang, said: str = "") -> list[str]:
    """Return the packs of a server.

    Args:
        own: how many questions each of its own has, by name.
        shared: names of those that all servers have.
        lang: of the texts.
        said: what came of the last step.
    """
    rows = [say("packs.row", lang, name=name, count=count) for name, count in own.items()]
    blocks = [f"### {say('packs.title', lang)}", "\n".join(rows) or say("packs.none", lang), say("packs.hint", lang)]
    if shared:
        names = one_line(listed(shared, lang), _ALL)
        blocks.append(say("packs.shared", lang, names=names))
    return [*filter(None, [said]), *blocks]


def pack_blocks(found: GuildPack, lang: Lang) -> list[str]:
    """Return what is in a pack, with its first questions."""
    pack = found.pack
    about = say("packs.about", lang, name=pack.name, count=len(pack.questions), at=int(found.imported))
    lines = [
        f"- {one_line(question, _QUESTION)} → {one_line(' / '.join(answers[:2]), _ANSWER)}"
        for question, answers in pack.questions[:_SHOWN]
    ]
    return [about, "\n".join([say("packs.first", lang), *lines])]


def problem_blocks(file: str, problems: Sequence[str], lang: Lang) -> list[str]:
    """Return what is wrong with a file, a line each, by its lines; of many only the first."""
    lead = say("packs.wrong", lang, file=one_line(file, _FILE), count=len(problems))
    lines: list[str] = []
    for problem in problems[:_PROBLEMS]:
        place, what = _placed(file, in_lang(problem, lang), lang)
        # It is quoted as code: what the file says is shown as it stands.
        plain = " ".join(neutralise(what).split()).replace("`", "'")
        line = f"- {place}`{plain[:_PROBLEM]}{'…' if len(plain) > _PROBLEM else ''}`"
        if sum(map(width, lines)) + width(line) > _ALL:
            break
        lines.append(line)
    if len(problems) > len(lines):
        lines.append(say("packs.more", lang, count=len(problems) - len(lines)))
    return [lead, "\n".join(lines)]


def _placed(file: str, problem: str, lang: Lang) -> tuple[str, str]:
    """Return in which line of the file a problem is, in words, and what it is; the file is named above all of them."""
    found = re.fullmatch(rf"{re.escape(file)}, line (\d+)[:：]\s*(.*)", problem, re.DOTALL)
    return ("", problem) if found is None else (say("packs.at_line", lang, line=found[1]), found[2])
