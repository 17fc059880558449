"""The text of `/gaps`: questions that the bank could not answer, like ones together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.discord.ui.text import one_line, width
from bot.store.feedback import REASONS, FeedbackNote, Tally
from bot.wording import say
from bot.wording.languages import listed
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import SECTIONS, Bank, Lang, SectionId
from knowledge.search.clusters import Cluster

_ALL = 3_800
_QUESTION, _EXAMPLE, _EXAMPLES = 160, 80, 2
_WORST = 5
#: Of what members said of an answer: so many, each so long.
_SAID, _WORDS = 2, 120


@dataclass(frozen=True, slots=True)
class GapsText:
    """The texts of the message: its heading, a block for each group that fits, and the answers received worst."""

    head: str
    groups: tuple[str, ...]
    worst: tuple[str, ...]


def gaps_text(
    found: Sequence[Cluster],
    tallies: Sequence[Tally],
    bank: Bank,
    lang: Lang,
    scope: str = "",
    said: Sequence[FeedbackNote] = (),
) -> GapsText:
    """Return the texts of the message: groups of questions, then the answers that were received worst.

    Args:
        found: the groups, the most asked first.
        tallies: votes on answers with more 👎 than 👍, the worst received first.
        bank: where titles are found.
        lang: of the interface.
        scope: says whose questions these are.
        said: what members said of answers, the newest first.
    """
    counted = say("discord.gaps.none", lang)
    if found:
        counted = say("discord.gaps.total", lang, count=sum(c.count for c in found), groups=len(found))
    head = f"### {say('discord.gaps.title', lang)}\n-# {' · '.join(filter(None, (scope, counted)))}"
    groups: list[str] = []
    worst = _worst(tallies, said, bank, lang)
    room = _ALL - sum(map(width, (head, *worst)))
    for number, cluster in enumerate(found, 1):
        block = _block(number, cluster, bank, lang)
        if (room := room - width(block)) < 0:
            break
        groups.append(block)
    return GapsText(head, tuple(groups), tuple(worst))


def _block(number: int, cluster: Cluster, bank: Bank, lang: Lang) -> str:
    head = f"**{number}. {one_line(cluster.question, _QUESTION)}** · {cluster.count}×"
    nearest = listed(
        (topic.title[lang] for slug in cluster.nearest if (topic := find_topic(bank, slug)) is not None), lang
    )
    notes = [say("discord.gaps.nearest", lang, topics=nearest)] if nearest else []
    if shown := [one_line(example, _EXAMPLE) for example in cluster.examples[:_EXAMPLES]]:
        notes.insert(0, say("discord.gaps.also", lang, examples=(" / ").join(shown)))
    return "\n".join([head, *(f"-# {note}" for note in notes)])


def _worst(tallies: Sequence[Tally], said: Sequence[FeedbackNote], bank: Bank, lang: Lang) -> list[str]:
    rows = []
    known = ((tally, find_topic(bank, tally.topic)) for tally in tallies)
    for tally, topic in [(each, topic) for each, topic in known if topic is not None][:_WORST]:
        section = SECTIONS[cast("SectionId", tally.section)][lang]
        rows.append(f"👎 {tally.bad} 👍 {tally.good} · {topic.title[lang]} · {section} · {tally.lang}")
        counts = ((each, tally.reasons.get(each, 0)) for each in REASONS)
        given = [f"{say(f'discord.vote.{each}', lang)} {count}" for each, count in counts if count]
        if given:
            rows.append(f"-# {' · '.join(given)}")
        place = (tally.topic, tally.section, tally.lang)
        whys = [each.why for each in said if (each.topic, each.section, each.lang) == place]
        rows += [f"-# {say('discord.gaps.said', lang, why=one_line(why, _WORDS))}" for why in whys[:_SAID]]
    return [f"**{say('discord.gaps.worst', lang)}**\n" + "\n".join(rows)] if rows else []
