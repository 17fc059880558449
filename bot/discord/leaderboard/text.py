"""The text of the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.discord.ui.names import called, place_marks
from bot.store.scores import LeaderboardRow
from bot.wording import say
from knowledge.bank.models import Lang


def board_blocks(
    week: Sequence[LeaderboardRow],
    all_time: Sequence[LeaderboardRow],
    names: Mapping[int, str],
    member_id: int,
    since: float,
    lang: Lang,
) -> list[str]:
    """Return both tables, with the member's own place wherever it is.

    Args:
        week: since Monday.
        all_time: of all time.
        names: what members are called.
        member_id: who asks.
        since: when the week began, in Unix time.
        lang: of the texts.
    """
    return [
        f"### {say('leaderboard.title', lang)}",
        f"{say('leaderboard.week', lang, since=int(since))}\n{_table(week, names, member_id, lang)}",
        f"{say('leaderboard.all', lang)}\n{_table(all_time, names, member_id, lang)}",
        say("leaderboard.hint", lang),
    ]


def _table(standings: Sequence[LeaderboardRow], names: Mapping[int, str], member_id: int, lang: Lang) -> str:
    shown = [standing for standing in standings if standing.points]
    if not shown:
        return say("leaderboard.nobody", lang)
    marks = place_marks([standing.place for standing in shown])
    lines = [_row(standing, mark, names, member_id, lang) for standing, mark in zip(shown, marks, strict=True)]
    if shown[-1].place > len(shown):  # the member's own, from further down
        lines.insert(-1, "⋯")
    if all(standing.member_id != member_id for standing in shown):
        lines.append("-# " + say("leaderboard.none_of_yours", lang))
    return "\n".join(lines)


def _row(standing: LeaderboardRow, mark: str, names: Mapping[int, str], member_id: int, lang: Lang) -> str:
    you = say("leaderboard.you", lang) if standing.member_id == member_id else ""
    return say(
        "leaderboard.row", lang, place=mark, name=called(standing.member_id, names), you=you,
        points=standing.points, correct=standing.correct, asked=standing.asked,
    )  # fmt: skip
