"""The real bot as a process that a test may kill: everything but the encoder, which no round needs.

python -m tests.discord.quizbot
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

from bot.discord.client import EpochBot
from bot.discord.connection import endpoints
from bot.factory import open_tutor
from bot.logs import log_as_a_service
from bot.settings import Settings
from bot.study.rounds.state import Rules

#: Short enough for a test, long enough to answer on a busy machine.
QUICK = Rules(lobby_s=120, grace_s=0.2, hurry_s=0.5, reveal_s=0.5, restart_s=15)


class QuickBot(EpochBot):
    """The bot with rounds that do not let anyone wait."""

    async def setup_hook(self) -> None:
        """Set up, then make rounds quick."""
        await super().setup_hook()
        self.services.rounds.rules = replace(QUICK, hurry_s=float(os.environ.get("QUIZ_HURRY_S", QUICK.hurry_s)))


async def main() -> None:
    """Run until killed."""
    settings = Settings()
    assert settings.discord_token is not None
    log_as_a_service("INFO", settings.log_format)
    with endpoints(settings):
        await QuickBot(open_tutor(settings), settings).start(settings.discord_token.get_secret_value())


if __name__ == "__main__":
    asyncio.run(main())
