"""Quiz rounds: their state, from which they resume after a restart, and their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Double, Integer, cast, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, upsert
from bot.store.errors import RoundExists
from bot.store.tables import answers, round_players, round_questions, rounds, scores
from knowledge.bank.models import Lang

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """One question of a round, as it is shown even if the bank changes meanwhile."""

    number: int
    topic: str
    item: str
    content: JsonObject


@dataclass(frozen=True, slots=True)
class StoredPlayer:
    """Who takes part; the name is kept only as long as the round lasts. `away` is who left with answers that stay."""

    member_id: int
    name: str
    team: int | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A member's first answer and final answer, with the ids of their interactions, which carry the times."""

    number: int
    member_id: int
    first: str
    first_id: int
    final: str
    final_id: int
    correct: bool | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A member's points at the end of a round."""

    member_id: int
    points: int
    correct: int
    asked: int


@dataclass(frozen=True, slots=True)
class SavedRound:
    """A round as it was last saved; `parent_id` is the channel of its lobby, where it has a thread of its own."""

    id: int
    guild_id: int | None
    channel_id: int
    owner_id: int | None
    lang: Lang
    state: JsonObject
    message_id: int | None
    began: float
    ended: float | None
    questions: tuple[StoredQuestion, ...]
    players: tuple[StoredPlayer, ...]
    answers: tuple[StoredAnswer, ...]
    parent_id: int | None = None


class Rounds:
    """Rounds of all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self,
        *,
        channel_id: int,
        guild_id: int | None,
        owner_id: int,
        lang: Lang,
        state: JsonObject,
        questions: Sequence[StoredQuestion],
        at: float,
    ) -> int:
        """Save a new round and return its number.

        Raises:
            RoundExists: one is going on in that channel.
        """
        row = {
            "channel_id": channel_id, "guild_id": guild_id, "owner_id": owner_id, "lang": lang, "state": state,
            "began": at,
        }  # fmt: skip
        try:
            async with self._database.writing() as connection:
                made = await connection.execute(insert(rounds).values(**row).returning(rounds.c.id))
                round_id = int(made.scalar_one())
                if questions:
                    rows = [{"round_id": round_id, **asdict(question)} for question in questions]
                    await connection.execute(insert(round_questions), rows)
        except IntegrityError:
            raise RoundExists(f"a round is going on in channel {channel_id} already; stop it first") from None
        return round_id

    async def save(
        self,
        round_id: int,
        state: JsonObject,
        *,
        players: Sequence[StoredPlayer] = (),
        given: Sequence[StoredAnswer] = (),
        gone: Sequence[int] = (),
        questions: Sequence[StoredQuestion] = (),
    ) -> None:
        """Save the state with everyone who joined or is gone, every answer that came or changed, all or nothing.

        `questions` are those that were added: what was missed and comes again.
        """
        async with self._database.writing() as connection:
            await connection.execute(update(rounds).where(rounds.c.id == round_id).values(state=state))
            if questions:
                rows = [{"round_id": round_id, **asdict(question)} for question in questions]
                await connection.execute(insert(round_questions), rows)
            if players:
                rows = [{"round_id": round_id, **asdict(player)} for player in players]
                await connection.execute(upsert(connection, round_players, rows, update=["name", "team", "away"]))
            if gone:
                theirs = (round_players.c.round_id == round_id) & round_players.c.member_id.in_(gone)
                await connection.execute(delete(round_players).where(theirs))
            if given:
                rows = [{"round_id": round_id, **asdict(answer)} for answer in given]
                changed = ["first", "first_id", "final", "final_id", "correct", "points"]
                await connection.execute(upsert(connection, answers, rows, update=changed))

    async def leave(self, round_id: int, member_id: int) -> None:
        """Forget that a member takes part, with all that they answered."""
        async with self._database.writing() as connection:
            for table in (round_players, answers):
                theirs = (table.c.round_id == round_id) & (table.c.member_id == member_id)
                await connection.execute(delete(table).where(theirs))

    async def move(self, round_id: int, message_id: int | None) -> None:
        """Save under which message the round goes on."""
        async with self._database.writing() as connection:
            await connection.execute(update(rounds).where(rounds.c.id == round_id).values(message_id=message_id))

    async def into_thread(self, round_id: int, thread_id: int, parent_id: int) -> None:
        """Save that a round goes on in a thread of the channel where its lobby is, which is free for another one."""
        moved = update(rounds).where(rounds.c.id == round_id).values(channel_id=thread_id, parent_id=parent_id)
        async with self._database.writing() as connection:
            await connection.execute(moved)

    async def finish(self, round_id: int, state: JsonObject, results: Sequence[Score], at: float) -> None:
        """End a round: its scores count, the names of its players go. A second call changes nothing."""
        async with self._database.writing() as connection:
            going_on = (rounds.c.id == round_id) & rounds.c.ended.is_(None)
            ended = update(rounds).where(going_on).values(state=state, ended=at).returning(rounds.c.guild_id)
            guild = (await connection.execute(ended)).one_or_none()
            if guild is None:
                return
            await connection.execute(delete(round_players).where(round_players.c.round_id == round_id))
            if results:
                common = {"source": f"round:{round_id}", "guild_id": guild.guild_id, "at": at}
                # Some may count already: they do before the results are shown.
                rows = [{**common, **asdict(score)} for score in results]
                await connection.execute(upsert(connection, scores, rows))

    async def get(self, round_id: int) -> SavedRound | None:
        """Return one round, None for an unknown number."""
        async with self._database.reading() as connection:
            found = await _load(connection, rounds.c.id == round_id)
        return found[0] if found else None

    async def live(self) -> list[SavedRound]:
        """Return every round that has not ended: after a start, those that a restart cut off."""
        async with self._database.reading() as connection:
            return await _load(connection, rounds.c.ended.is_(None))

    async def missed(self, round_id: int) -> list[tuple[str, str]]:
        """Return (topic, item) of the questions that anyone had wrong or nobody had right, most missed first.

        Of a question that came again, the last time counts.
        """
        total = func.count(answers.c.member_id)
        right = func.coalesce(func.sum(cast(answers.c.correct, Integer)), 0)
        share = func.coalesce(cast(right, Double) / func.nullif(total, 0), 0.0)
        mine = (answers.c.round_id == round_questions.c.round_id) & (answers.c.number == round_questions.c.number)
        later = round_questions.alias()
        again = (
            (later.c.round_id == round_questions.c.round_id)
            & (later.c.number > round_questions.c.number)
            & (later.c.topic == round_questions.c.topic)
            & (later.c.item == round_questions.c.item)
        )
        query = (
            select(round_questions.c.topic, round_questions.c.item)
            .outerjoin(answers, mine)
            .where(round_questions.c.round_id == round_id, ~select(later.c.number).where(again).exists())
            .group_by(round_questions.c.number, round_questions.c.topic, round_questions.c.item)
            .having(share < 1)
            .order_by(share, round_questions.c.number)
        )
        async with self._database.reading() as connection:
            return [(row.topic, row.item) for row in await connection.execute(query)]

    async def asked(self, channel_id: int, limit: int = 50) -> list[tuple[str, str]]:
        """Return (topic, item) of the questions a channel was asked last, in its threads too, the newest first."""
        query = (
            select(round_questions.c.topic, round_questions.c.item)
            .join(rounds, rounds.c.id == round_questions.c.round_id)
            .where((rounds.c.channel_id == channel_id) | (rounds.c.parent_id == channel_id))
            .order_by(rounds.c.id.desc(), round_questions.c.number.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [(row.topic, row.item) for row in await connection.execute(query)]


async def _load(connection: AsyncConnection, condition: Any) -> list[SavedRound]:  # noqa: ANN401 - a clause
    found = (await connection.execute(select(rounds).where(condition).order_by(rounds.c.id))).mappings().all()
    return [SavedRound(**dict(row), **await _parts(connection, row["id"])) for row in found]


async def _parts(connection: AsyncConnection, round_id: int) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for part, table, kind, order in (
        ("questions", round_questions, StoredQuestion, ("number",)),
        ("players", round_players, StoredPlayer, ("member_id",)),
        ("answers", answers, StoredAnswer, ("number", "member_id")),
    ):
        columns = [column for column in table.c if column.name != "round_id"]
        query = select(*columns).where(table.c.round_id == round_id).order_by(*(table.c[name] for name in order))
        rows = (await connection.execute(query)).mappings()
        parts[part] = tuple(kind(**dict(each)) for each in rows)
    return parts
