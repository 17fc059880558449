"""The schema. Times are Unix seconds, members and places are Discord's ids, documents are JSON.

A member's rows are found by a column named `member_id` (what is theirs, deleted with them) or `owner_id` (what they
started and others took part in, kept without them). `store.members` relies on these two names.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

#: A row's own number. SQLite counts only in a column of its one integer type.
RowId = BigInteger().with_variant(Integer(), "sqlite")
Slug, Name = String(80), String(200)

members = Table(
    "members",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lang", String(2)),
    Column("zone", String(64)),
    Column("since", Double, nullable=False),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger),
    Column("lang", String(2), nullable=False),
    Column("state", JSON, nullable=False),  # of the machine, without anything about a member
    Column("message_id", BigInteger),  # the message that the round goes on under
    Column("began", Double, nullable=False),
    Column("ended", Double),
)
one_round_a_channel = Index(
    "uq_rounds_live_channel",
    rounds.c.channel_id,
    unique=True,
    sqlite_where=rounds.c.ended.is_(None),
    postgresql_where=rounds.c.ended.is_(None),
)

round_questions = Table(
    "round_questions",
    metadata,
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("topic", Slug, nullable=False),
    Column("item", Slug, nullable=False),
    Column("content", JSON, nullable=False),  # as it is shown, so that a new bank changes no round under way
    Index("ix_round_questions_topic_item", "topic", "item"),
)

round_players = Table(
    "round_players",
    metadata,
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Name, nullable=False),
    Column("team", SmallInteger),
    Column("away", Boolean, nullable=False, server_default=false()),  # left, with answers that stay
)

answers = Table(
    "answers",
    metadata,
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("first", Text, nullable=False),  # the option's letter, or what was typed
    Column("first_id", BigInteger, nullable=False, unique=True),  # of the interaction, which carries its time
    Column("final", Text, nullable=False),
    Column("final_id", BigInteger, nullable=False, unique=True),
    Column("correct", Boolean),
    Column("points", Integer),
    Index("ix_answers_member_id", "member_id"),
)

scores = Table(
    "scores",
    metadata,
    Column("source", String(40), primary_key=True),  # `round:12`, `daily:5`
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger),
    Column("points", Integer, nullable=False),
    Column("correct", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_scores_guild_id_at", "guild_id", "at"),
    Index("ix_scores_member_id", "member_id"),
)

cards = Table(
    "cards",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", Slug, primary_key=True),
    Column("item", Slug, primary_key=True),
    Column("state", JSON, nullable=False),  # of the scheduler
    Column("due", Double, nullable=False),
    Index("ix_cards_member_id_due", "member_id", "due"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("member_id", BigInteger, nullable=False),
    Column("topic", Slug, nullable=False),
    Column("item", Slug, nullable=False),
    Column("rating", SmallInteger, nullable=False),  # 1 again, 2 hard, 3 good, 4 easy
    Column("source", String(40), nullable=False),  # what it was an answer to: `review:<interaction>`, `round:12:3`
    Column("at", Double, nullable=False),
    UniqueConstraint("member_id", "source"),
    Index("ix_reviews_member_id_at", "member_id", "at"),
    CheckConstraint("rating BETWEEN 1 AND 4", name="rating"),
)

activity = Table(
    "activity",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),  # in the member's own zone
    Column("answers", Integer, nullable=False),
)

daily = Table(
    "daily",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),  # in the zone that the host set
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),  # None until it is known to be posted
    Column("topic", Slug, nullable=False),
    Column("item", Slug, nullable=False),
    Column("content", JSON, nullable=False),
    Column("closed", Double),  # since when no answer counts
    Column("told", Double),  # when its results were posted, or there was no place for them
    UniqueConstraint("guild_id", "day"),
)

daily_answers = Table(
    "daily_answers",
    metadata,
    Column("daily_id", ForeignKey("daily.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("first", Text, nullable=False),
    Column("first_id", BigInteger, nullable=False, unique=True),
    Column("final", Text, nullable=False),
    Column("final_id", BigInteger, nullable=False, unique=True),
    Column("correct", Boolean, nullable=False),
    Index("ix_daily_answers_member_id", "member_id"),
)

guilds = Table(
    "guilds",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("settings", JSON, nullable=False),
    Column("changed", Double, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("voter", String(64), primary_key=True),  # says nothing of who it is without the key, and differs by message
    Column("topic", Slug, nullable=False),
    Column("section", String(20), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("good", Boolean, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_feedback_topic_section", "topic", "section"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),  # 0 for direct messages, and before 0003
    Column("lang", String(2), primary_key=True),
    Column("key", String(64), primary_key=True),  # digest of the question without case, width and punctuation
    Column("question", Text, nullable=False),
    Column("nearest", JSON, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("member_id", BigInteger, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("began", Double, nullable=False),
    Column("over", Boolean, nullable=False, server_default=false()),  # nothing is going on under this id
    Column("answers_id", BigInteger),  # the interaction that its message answers
    # One of these three, none in a row of which only the message is known:
    Column("asked", JSON(none_as_null=True)),  # the program of a run, to run it again
    Column("pieces", JSON(none_as_null=True)),  # {codes: […], origin}: pieces of code, one of which is to be run
    Column("form", JSON(none_as_null=True)),  # {custom_id, typed: {field: text}}: a form to fill in again
)

packs = Table(
    "packs",
    metadata,
    Column("name", Slug, primary_key=True),
    Column("author", Name),
    Column("sha256", String(64), nullable=False),
    Column("questions", JSON, nullable=False),  # [[question, [answer, …]], …]
    Column("imported", Double, nullable=False),
)

#: Random bytes that belong to this database alone.
keys = Table(
    "keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(128), nullable=False),
    CheckConstraint(text("length(value) >= 32"), name="length"),
)
