"""`epoch admin`: what the host does beside a serving process, through the database that both have."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from bot.cli._base import JsonFlag, UsageProblem, app, fail, plain_errors, print_json
from bot.cli._consoles import out, tell
from bot.settings import Settings
from bot.store.location import open_store
from knowledge.counting import counted

if TYPE_CHECKING:  # the store loads SQLAlchemy, which help and usage do without
    from bot.store.orders import Order, OrderKind
    from bot.store.store import Store

admin = typer.Typer(
    name="admin", help="What a host does while the bot runs: end, forget, block, resend.", no_args_is_help=True
)
app.add_typer(admin)

T = TypeVar("T")
Who = Literal["member", "server"]
WhoArgument = Annotated[Who, typer.Argument(help="member or server.")]
IdArgument = Annotated[
    int, typer.Argument(min=1, max=2**63 - 1, help="The id, as Discord copies it in developer mode.")
]

#: How long a serving process is waited for: it looks every 2 seconds.
_WAIT_S, _LOOK_S = 6.0, 0.2
_LATER = "no bot answers on this database: one that is busy will do it soon, else the next one that starts"


@admin.command()
@plain_errors
def rounds(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the quiz rounds that are going on."""
    live = _with_store(ctx, lambda store: store.rounds.live())
    for each in live:
        began = datetime.fromtimestamp(each.began, UTC)
        if as_json:
            print_json({
                "id": each.id, "server": each.guild_id, "channel": each.channel_id, "began": began.isoformat(),
                "players": len(each.players),
            })  # fmt: skip
            continue
        where = f"server {each.guild_id}" if each.guild_id else "direct messages"
        said = f"round {each.id}: {where}, channel {each.channel_id}, since {began:%Y-%m-%d %H:%M} UTC"
        tell(f"{said}, {counted(len(each.players), 'player')}", out)
    if not live:
        tell("no round is going on")


@admin.command()
@plain_errors
def end_round(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="Its number, as `epoch admin rounds` lists it.")],
) -> None:
    """End a round as its moderator would: the answer is shown, points count."""

    async def order(store: Store) -> Order:
        if not any(each.id == number for each in await store.rounds.live()):
            fail(f"no round {number} is going on; `epoch admin rounds` lists those that are")
        return await _ordered(store, "end_round", number)

    tell(f"round {number} is ended" if _with_store(ctx, order).done else _LATER, out)


@admin.command()
@plain_errors
def forget(
    ctx: typer.Context,
    who: WhoArgument,
    of: IdArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; without this, only tell how much it is.")] = False,
) -> None:
    """Delete all that is kept of a member or a server, for good.

    Of a member: what `/forget-me` deletes. Of a server: its settings, rounds, daily questions, points and gaps; what
    members learned stays theirs.
    """

    async def count(store: Store) -> int:
        if who == "server":
            return await store.guilds.kept(of)
        kept = await store.members.export(of)
        return sum(len(rows) for table, rows in kept.items() if table != "blocks")

    async def order(store: Store) -> int:
        done = await _ordered(store, "forget_member" if who == "member" else "forget_server", of)
        if done.rows is not None:
            return done.rows
        rows = await (store.members.forget(of) if who == "member" else store.guilds.forget(of))
        await store.orders.finish(done.id, time.time(), rows)
        return rows

    if not yes:
        kept = _with_store(ctx, count)
        if not kept:
            tell("nothing is kept of that id", out)
            return
        raise UsageProblem(f"{counted(kept, 'entry', 'entries')} would be deleted for good; add --yes to do it")
    tell(f"{counted(_with_store(ctx, order), 'entry', 'entries')} deleted", out)


@admin.command()
@plain_errors
def block(ctx: typer.Context, who: WhoArgument, of: IdArgument) -> None:
    """Answer a member or a server no more: commands get one polite line, for their eyes only, messages nothing."""

    async def order(store: Store) -> None:
        await store.orders.block(who, of, time.time())
        await store.orders.give("blocks", None, time.time())

    _with_store(ctx, order)
    tell("blocked; a running bot knows within seconds", out)


@admin.command()
@plain_errors
def unblock(ctx: typer.Context, who: WhoArgument, of: IdArgument) -> None:
    """Answer a member or a server again."""

    async def order(store: Store) -> bool:
        was = await store.orders.unblock(who, of)
        await store.orders.give("blocks", None, time.time())
        return was

    if not _with_store(ctx, order):
        fail("that id is not blocked; `epoch admin blocked` lists those that are")
    tell("no longer blocked; a running bot knows within seconds", out)


@admin.command()
@plain_errors
def blocked(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List who is blocked."""
    found = _with_store(ctx, lambda store: store.orders.blocked())
    for each in found:
        since = datetime.fromtimestamp(each.at, UTC)
        if as_json:
            print_json({"who": each.kind, "id": each.blocked_id, "since": since.isoformat()})
        else:
            tell(f"{each.kind} {each.blocked_id}, since {since:%Y-%m-%d %H:%M} UTC", out)
    if not found:
        tell("nobody is blocked")


@admin.command("commands")
@plain_errors
def resend_commands(ctx: typer.Context) -> None:
    """Have the running bot register its commands with Discord anew, for when they were deleted."""
    done = _with_store(ctx, lambda store: _ordered(store, "commands", None)).done
    tell("the running bot registers its commands anew; Discord shows them within a minute" if done else _LATER, out)


async def _ordered(store: Store, kind: OrderKind, target: int | None) -> Order:
    """Give an order and return it: carried out, or as it was given where nobody has done so within some seconds."""
    number = await store.orders.give(kind, target, time.time())
    until = time.monotonic() + _WAIT_S
    while True:
        found = await store.orders.get(number)
        assert found is not None  # it stays for an hour at least
        if found.done is not None or time.monotonic() > until:
            return found
        await asyncio.sleep(_LOOK_S)


def _with_store(ctx: typer.Context, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        read: Settings = ctx.obj
        async with await open_store(read) as store:
            return await work(store)

    return asyncio.run(opened())
