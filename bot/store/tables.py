"""The schema. Times are Unix seconds, members and places are Discord's ids, documents are JSON.

A member's rows are found by a column named `member_id` (what is theirs, deleted with them) or `owner_id` (what they
started and others took part in, kept without them). `store.members` relies on these two names, and
`store.guilds` on `guild_id` for what is a server's.

The migrations make what stands here (a test compares both). The condition of an index over a part of the rows stands in
its `info`: in SQLAlchemy's own arguments for it, each start would load the drivers of both databases.
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
    Column("parent_id", BigInteger),  # the channel of the lobby, where the round has a thread of its own
    Column("began", Double, nullable=False),
    Column("ended", Double),
)
one_round_a_channel = Index(
    "uq_rounds_live_channel",
    rounds.c.channel_id,
    unique=True,
    info={"where": "ended IS NULL"},
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

#: FSRS's parameters as they were fitted to a member; see `bot.study.fitter`.
fits = Table(
    "fits",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("parameters", JSON(none_as_null=True)),
    Column("told", Integer, nullable=False),
    Column("log_loss", Double),
    Column("usual_log_loss", Double),
    Column("next_at", Integer, nullable=False),  # with how many answers the next fit comes
    Column("at", Double, nullable=False),
)

activity = Table(
    "activity",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),  # in the member's own zone
    Column("answers", Integer, nullable=False),
)

#: What a member studies for, and the list of one day; see `bot.study.agenda`.
goals = Table(
    "goals",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date),  # of the interview; None for no day in particular
    Column("minutes", Integer, nullable=False),  # a day
    Column("since", Double, nullable=False),
    Column("listed", Date),  # the member's day that the list is of
    Column("made", Double),  # when it was made
    Column("steps", JSON(none_as_null=True)),  # [[topic, item, why, topic that needs it or null], …]
)

#: Who asked to be reminded, and when; see `bot.study.reminders`.
reminders = Table(
    "reminders",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("hour", SmallInteger),  # of the member's day; None where they want none any more
    Column("lang", String(2), nullable=False),
    Column("since", Double, nullable=False),  # when the hour was set
    Column("last", Date),  # the newest of the member's days that was seen to, with a reminder or without
    Column("sent", Double),  # when the last reminder was sent
    Column("unanswered", SmallInteger, nullable=False, server_default=text("0")),  # reminders nobody came after
    Column("closed", Double),  # since when the member takes no direct messages
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
    # Looked for in all servers every half minute, among years of questions:
    Index("ix_daily_day", "day"),
)
Index(
    "ix_daily_untold",
    daily.c.day,
    daily.c.id,
    info={"where": "told IS NULL"},
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
    # Why it is a 👎, where the member said so:
    Column("reason", String(20)),
    Column("why", Text),  # in their own words, for the host of the server
    Column("guild_id", BigInteger),  # where they were said
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

drafts = Table(
    "drafts",
    metadata,
    Column("slug", Slug, primary_key=True),  # of its folder in the data folder
    Column("guild_id", BigInteger),  # None for drafts of the terminal
    Column("owner_id", BigInteger),  # who suggested it
    Column("lang", String(2), nullable=False),
    Column("key", String(64), nullable=False),  # of the first question, as in `gaps`
    Column("asks", JSON, nullable=False),  # {lang: [wording, …]}
    Column("note", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("made", Double, nullable=False),
    Column("changed", Double, nullable=False),  # of the state
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("patch", Text),  # once it is accepted
    Index("ix_drafts_guild_id_state", "guild_id", "state"),
    Index("ix_drafts_owner_id", "owner_id"),
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

#: What members did at drills; see `bot.study.drills.attempts`.
drill_attempts = Table(
    "drill_attempts",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", Slug, primary_key=True),
    Column("item", Slug, primary_key=True),
    Column("began", Double, nullable=False),
    Column("variant", String(10), nullable=False),
    Column("codes", JSON, nullable=False),  # {variant: the last code}
    Column("tries", Integer, nullable=False),
    Column("hints", Integer, nullable=False),
    Column("end", String(10)),  # passed, given_up
    Column("ended", Double),
    Column("passed", Double),
    Column("seen", Double),
)

#: Two members at the same drill; see `bot.study.drills.duels`.
duels = Table(
    "duels",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("owner_id", BigInteger),  # who asked for it
    Column("lang", String(2), nullable=False),
    Column("topic", Slug, nullable=False),
    Column("item", Slug, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("limit_s", Double, nullable=False),
    Column("asked", Double, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("began", Double),
    Column("ended", Double),
    Column("end", String(10)),
    Index("ix_duels_ended", "ended"),
)

duel_players = Table(
    "duel_players",
    metadata,
    Column("duel_id", ForeignKey("duels.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("place", SmallInteger, nullable=False),  # 0 asked, 1 was asked
    Column("name", Name, nullable=False),
    Column("best", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("handed", Double),
    Column("passed", Double),
    Column("gave_up", Boolean, nullable=False),
    Index("ix_duel_players_member_id", "member_id"),
)

#: Whole interviews; see `bot.study.loops.machine`.
loops = Table(
    "loops",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("member_id", BigInteger, nullable=False),
    Column("role", Slug, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("state", JSON, nullable=False),  # its clock and its parts, with what was answered
    Column("began", Double, nullable=False),
    Column("ended", Double),
    Index("ix_loops_member_id_id", "member_id", "id"),
)
Index(
    "uq_loops_live_member",
    loops.c.member_id,
    unique=True,
    info={"where": "ended IS NULL"},
)

#: Questions that one member asks another; see `bot.study.pairs`.
pairs = Table(
    "pairs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("lang", String(2), nullable=False),
    Column("topic", Slug, nullable=False),
    Column("item", Slug, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("begun", Boolean, nullable=False),
    Column("asked", Double, nullable=False),
    Column("ended", Double),
)

pair_members = Table(
    "pair_members",
    metadata,
    Column("pair_id", ForeignKey("pairs.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("part", String(20), nullable=False),  # interviewer, candidate
    Column("text", Text, nullable=False),  # the comment of the one, the written answer of the other
    Column("points", JSON(none_as_null=True)),  # that were made, as the interviewer or the grader says
    Column("unsure", JSON, nullable=False),
    Index("ix_pair_members_member_id", "member_id"),
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

#: Packs that the hosts of servers uploaded, each for its server alone; those above are for all.
guild_packs = Table(
    "guild_packs",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Slug, primary_key=True),
    Column("author", Name),
    Column("sha256", String(64), nullable=False),
    Column("questions", JSON, nullable=False),  # as in `packs`
    Column("source", Text, nullable=False),  # the file, to be taken back and corrected
    Column("imported", Double, nullable=False),
)

#: Places of the bank's pages that members saved.
saved = Table(
    "saved",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", Slug, primary_key=True),
    Column("section", String(20), primary_key=True),
    Column("unit", Slug, primary_key=True),  # empty for the whole section
    Column("lang", String(2), nullable=False),  # in which it was read
    Column("at", Double, nullable=False),
)

#: What the host told whatever processes serve to do (`epoch admin`): each finds what is new to it by the number.
orders = Table(
    "orders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("target", BigInteger),  # the round, member or server that it is about
    Column("given", Double, nullable=False),
    Column("done", Double),
    Column("rows", Integer),  # that were deleted by it
    sqlite_autoincrement=True,  # no number comes twice, though rows are deleted
)

#: Whom Epoch does not answer. Not found by `member_id`: who is blocked cannot undo it with `/forget-me`.
blocks = Table(
    "blocks",
    metadata,
    Column("kind", String(10), primary_key=True),  # member, server
    Column("blocked_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
)

#: Random bytes that belong to this database alone.
keys = Table(
    "keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(128), nullable=False),
    CheckConstraint(text("length(value) >= 32"), name="length"),
)
