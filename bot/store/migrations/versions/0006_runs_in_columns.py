"""What is kept under the id of a run has a column for each of its meanings."""

from __future__ import annotations

import json
import logging
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

log = logging.getLogger(__name__)


def upgrade() -> None:
    """Carry the document `what` over into columns; of a row that cannot be read, the message stays known."""
    with op.batch_alter_table("runs") as table:
        table.add_column(sa.Column("over", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("answers_id", sa.BigInteger(), nullable=True))
        for name in ("asked", "pieces", "form"):
            table.add_column(sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    _carry_over(op.get_bind())
    with op.batch_alter_table("runs") as table:
        table.drop_column("what")


def _carry_over(connection: sa.Connection) -> None:
    # Bytes on SQLite: its driver would give up on all rows for the sake of one that is no UTF-8.
    raw = "CAST(what AS BLOB)" if connection.dialect.name == "sqlite" else "CAST(what AS TEXT)"
    runs = sa.table(
        "runs",
        sa.column("id", sa.String()),
        sa.column("over", sa.Boolean()),
        sa.column("answers_id", sa.BigInteger()),
        *(sa.column(name, sa.JSON(none_as_null=True)) for name in ("asked", "pieces", "form")),
    )
    for run_id, written in connection.execute(sa.text(f"SELECT id, {raw} FROM runs ORDER BY id")).all():
        try:
            what = json.loads(written)
        except (ValueError, TypeError, RecursionError) as error:
            _left(run_id, str(error))
            continue
        columns = _columns(run_id, what)
        if columns:
            connection.execute(sa.update(runs).where(runs.c.id == run_id).values(**columns))


def _columns(run_id: str, what: Any) -> dict[str, Any]:  # noqa: ANN401 - what JSON held
    if not isinstance(what, dict):
        _left(run_id, "it is no JSON object")
        return {}
    columns: dict[str, Any] = {"over": bool(what.pop("over", False))}
    answers = what.pop("answers", None)
    if type(answers) is int and 0 < answers < 2**63:
        columns["answers_id"] = answers
    match what:
        case {"pieces": [*codes], **others} if all(isinstance(code, str) for code in codes):
            columns["pieces"] = {"codes": codes, "origin": str(others.get("origin", ""))}
        case {"form": str(form), "typed": dict(typed)}:
            columns["form"] = {"custom_id": form, "typed": typed}
        case {"pieces": _} | {"form": _}:
            _left(run_id, "it is not what a button needs")
        case _:
            columns["asked"] = what
    return columns


def _left(run_id: str, why: str) -> None:
    log.error("what was kept for run %s cannot be read, so only its message stays known: %s", run_id, why)
