"""The store: one database, and one repository for each subject."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from bot.store.daily import DailyQuestions
from bot.store.database import Database, read_url
from bot.store.drafts import Drafts
from bot.store.drills import DrillAttempts
from bot.store.duels import Duels
from bot.store.feedback import Feedback
from bot.store.fits import Fits
from bot.store.gaps import Gaps
from bot.store.goals import Goals
from bot.store.guilds import Guilds
from bot.store.keys import Keys
from bot.store.loops import Loops
from bot.store.members import Members
from bot.store.migrate import migrate
from bot.store.names import Names
from bot.store.orders import HostOrders
from bot.store.packs import Packs
from bot.store.pairs import PairInterviews
from bot.store.reminders import Reminders
from bot.store.reviews import Reviews
from bot.store.rounds import Rounds
from bot.store.runs import Runs
from bot.store.saved import Saved
from bot.store.scores import Scores


class Store:
    """All repositories over one database. A method that writes has committed when it returns.

    Args:
        database: brought up to date already; `Store.open` does it all.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.members = Members(database)
        self.rounds = Rounds(database)
        self.scores = Scores(database)
        self.reviews = Reviews(database)
        self.goals = Goals(database)
        self.reminders = Reminders(database)
        self.fits = Fits(database)
        self.daily = DailyQuestions(database)
        self.guilds = Guilds(database)
        self.feedback = Feedback(database)
        self.gaps = Gaps(database)
        self.drafts = Drafts(database)
        self.runs = Runs(database)
        self.drills = DrillAttempts(database)
        self.duels = Duels(database)
        self.loops = Loops(database)
        self.pairs = PairInterviews(database)
        self.packs = Packs(database)
        self.saved = Saved(database)
        self.keys = Keys(database)
        self.names = Names(database)
        self.orders = HostOrders(database)

    @classmethod
    async def open(cls, url: str, *, clock: Callable[[], float] = time.time, look_through: bool = False) -> Self:
        """Open the database at `url` and bring it up to date.

        Args:
            url: in SQLAlchemy's form.
            clock: Unix time.
            look_through: whether to look for damage first, for whoever is going to use it for long.

        Raises:
            bot.store.errors.StoreError: it cannot be used; the error says why and what to do.
        """
        database = Database(read_url(url))
        try:
            if look_through:
                await database.look_through()
            await migrate(database, clock=clock)
            database.hold()
        except BaseException:
            await database.close()
            raise
        return cls(database)

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
