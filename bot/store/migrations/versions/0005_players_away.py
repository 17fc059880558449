"""A player may leave a round that goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A player may leave a round that goes on; whoever was in one before this is in it still."""
    op.add_column("round_players", sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false()))
