"""Questions without an answer belong to the server they were asked in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Questions without an answer belong to the server they were asked in; of the old ones nobody knows it: 0."""
    with op.batch_alter_table("gaps") as table:
        table.add_column(sa.Column("guild_id", sa.BigInteger(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("pk_gaps"), type_="primary")
        table.create_primary_key(op.f("pk_gaps"), ["guild_id", "lang", "key"])
    with op.batch_alter_table("gaps") as table:
        table.alter_column("guild_id", server_default=None)
