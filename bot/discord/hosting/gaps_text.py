"""The text of `/gaps`: questions that the bank could not answer, like ones together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.discord.ui.text import one_line, width
from bot.store.feedback import Tally
from bot.wording import say
from bot.wording.languages import listed
from knowledge.bank.models import SECTIONS, Bank, Lang, SectionId
from knowledge.search.clusters import Cluster

_ALL = 3_800
_QUESTION, _EXAMPLE, _EXAMPLES = 160, 80, 2
_WORST = 5


def gaps_blocks(
    found: Sequence[Cluster], tallies: Sequence[Tally], bank: Bank, lang: Lang, scope: str = ""
) -> list[str]:
    """Return the blocks of the message: groups of questions, then the answers that were received worst.

    Args:
        found: the groups, the most asked first.
        tallies: votes on answers with more 👎 than 👍, the worst received first.
        bank: where titles are found.
        lang: of the interface.
        scope: says whose questions these are.
    """
    counted = say("discord.gaps.none", lang)
    if found:
        counted = say("discord.gaps.total", lang, count=sum(c.count for c in found), groups=len(found))
    lines = [f"### {say('discord.gaps.title', lang)}\n-# {' · '.join(filter(None, (scope, counted)))}"]
    worst = _worst(tallies, bank, lang)
    room = _ALL - sum(map(width, (*lines, *worst)))
    for number, cluster in enumerate(found, 1):
        block = _block(number, cluster, bank, lang)
        if (room := room - width(block)) < 0:
            break
        lines.append(block)
    return [*lines, *worst]


def _block(number: int, cluster: Cluster, bank: Bank, lang: Lang) -> str:
    head = f"**{number}. {one_line(cluster.question, _QUESTION)}** · {cluster.count}×"
    nearest = listed((bank[slug].title[lang] for slug in cluster.nearest if slug in bank.topics), lang)
    notes = [say("discord.gaps.nearest", lang, topics=nearest)] if nearest else []
    if shown := [one_line(example, _EXAMPLE) for example in cluster.examples[:_EXAMPLES]]:
        notes.insert(0, say("discord.gaps.also", lang, examples=(" / ").join(shown)))
    return "\n".join([head, *(f"-# {note}" for note in notes)])


def _worst(tallies: Sequence[Tally], bank: Bank, lang: Lang) -> list[str]:
    rows = []
    for tally in tallies:
        if tally.topic in bank.topics:
            section = SECTIONS[cast("SectionId", tally.section)][lang]
            rows.append(f"👎 {tally.bad} 👍 {tally.good} · {bank[tally.topic].title[lang]} · {section} · {tally.lang}")
    return [f"**{say('discord.gaps.worst', lang)}**\n" + "\n".join(rows[:_WORST])] if rows else []
