"""What people do on Discord: type commands, press buttons, pick, fill in modals, write messages."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from time import perf_counter

from tests.discord import limits, payloads
from tests.discord.gateway import Gateway
from tests.discord.posting import Posting
from tests.discord.state import Interaction, Message, State
from tests.discord.webhooks import COMMAND, COMPONENT, SUBMITTED, TYPING
from tests.discord.wire import Json, JsonObject, Payload

CHAT_INPUT, MESSAGE_MENU = 1, 3
SUBCOMMANDS = (1, 2)
USER_OPTION = 6
GUILD_CONTEXT, DM_CONTEXT, GROUP_CONTEXT = 0, 1, 2
GROUP_CHANNEL = 3
#: How an application may be installed.
BY_USERS = 1


class People:
    """Every method is one thing done by `user` (a name; who is new joins), in the channel or in direct messages."""

    def __init__(self, state: State, gateway: Gateway, posting: Posting, ack_limit_s: float) -> None:
        self.state = state
        self._gateway = gateway
        self.posting = posting
        self._ack_limit_s = ack_limit_s
        self._deadlines: set[asyncio.TimerHandle] = set()

    async def slash(
        self,
        name: str,
        options: Mapping[str, Json] | None = None,
        *,
        user: str = "learner",
        locale: str = "en-US",
        dm: bool = False,
        place: JsonObject | None = None,
    ) -> Interaction:
        """Use a slash command, `name` with its subcommand if it has one ("quiz start").

        `place` is a channel the bot is not in, where the member brings it along: they installed it for themselves.
        """
        data = self._command_data(name, options or {}, None)
        channel = place or self._place(user, dm)
        self._is_offered(self._registered(data["name"], CHAT_INPUT), channel)
        return await self.interact(COMMAND, data, user, locale, channel)

    def elsewhere(self, *, server: bool) -> JsonObject:
        """Make a channel that the bot is not in: of a server that never invited it, or a group of friends."""
        ids = self.state.ids
        channel: Payload = {"id": ids.next(), "type": GROUP_CHANNEL, "name": "friends", "recipients": []}
        if server:
            channel = payloads.text_channel(ids.next(), ids.next(), "far")
        self.state.channels[channel["id"]] = channel
        return channel

    async def autocomplete(
        self,
        name: str,
        option: str,
        text: str,
        *,
        options: Mapping[str, Json] | None = None,
        user: str = "learner",
        locale: str = "en-US",
        timeout: float = 3.0,
    ) -> list[Payload]:
        """Type `text` into an option and return the choices offered."""
        data = self._command_data(name, {**(options or {}), option: text}, option)
        interaction = await self.interact(TYPING, data, user, locale, self._place(user, False))
        await self.state.until(lambda: interaction.choices is not None, f"choices for {text!r}", timeout)
        return interaction.choices or []

    async def message_menu(
        self, name: str, message: Message, *, user: str = "learner", locale: str = "en-US"
    ) -> Interaction:
        """Use a context menu on a message."""
        command = self._registered(name, MESSAGE_MENU)
        self._is_offered(command, self._channel_of(message))
        data = {
            "id": command["id"], "name": name, "type": MESSAGE_MENU, "target_id": message.id,
            "resolved": {"messages": {message.id: message.payload}},
        }  # fmt: skip
        return await self.interact(COMMAND, data, user, locale, self._channel_of(message))

    async def click(
        self,
        message: Message,
        custom_id: str | None = None,
        *,
        label: str | None = None,
        user: str = "learner",
        locale: str = "en-US",
    ) -> Interaction:
        """Press the button with this id, or with this text in its label."""
        button = message.component(custom_id=custom_id, label=label)
        assert button["type"] == limits.BUTTON, f"{button} is no button"
        assert not button.get("disabled"), f"the button {button['custom_id']!r} is disabled"
        data = {"custom_id": button["custom_id"], "component_type": limits.BUTTON, "id": button["id"]}
        return await self.interact(COMPONENT, data, user, locale, self._channel_of(message), message)

    async def select(
        self, message: Message, custom_id: str, values: Sequence[str], *, user: str = "learner", locale: str = "en-US"
    ) -> Interaction:
        """Pick from a select."""
        chosen = message.component(custom_id=custom_id)
        offered = [option["value"] for option in chosen["options"]]
        assert set(values) <= set(offered), f"{values} are not all among {offered}"
        data = {"custom_id": custom_id, "component_type": chosen["type"], "id": chosen["id"], "values": list(values)}
        return await self.interact(COMPONENT, data, user, locale, self._channel_of(message), message)

    async def submit_modal(
        self,
        opened_by: Interaction,
        values: Mapping[str, str | Sequence[str]],
        *,
        files: Mapping[str, Mapping[str, bytes]] | None = None,
        locale: str = "en-US",
    ) -> Interaction:
        """Submit the modal that an interaction opened; fields not named keep what they were filled with.

        `values` are texts, and what is picked from selects; `files` are those of each upload, by name.
        """
        modal = await self.state.until(lambda: opened_by.modal, "modal", self._ack_limit_s)
        fields = [part for part in limits.walk(modal["components"]) if part["type"] in limits.FIELDS]
        known = {part["custom_id"] for part in fields}
        named = {*values, *(files or {})}
        assert named <= known, f"{named - known} are no fields of the modal, which has {known}"
        resolved: dict[str, Payload] = {}
        uploads = {name: self._upload(each, resolved) for name, each in (files or {}).items()}
        filled: dict[str, str | Sequence[str]] = {
            part["custom_id"]: part.get("value") or "" if part["type"] == limits.TEXT_INPUT else () for part in fields
        }
        filled |= {**values, **uploads}
        data: Payload = {
            "custom_id": modal["custom_id"], "components": [_filled(part, filled) for part in modal["components"]],
        }  # fmt: skip
        if resolved:
            data["resolved"] = {"attachments": resolved}
        channel = self.state.channels[opened_by.channel_id]
        return await self.interact(SUBMITTED, data, opened_by.user.name, locale, channel, opened_by.message)

    def _upload(self, files: Mapping[str, bytes], resolved: dict[str, Payload]) -> list[str]:
        """Keep files as Discord does, describe them in `resolved`, and return their ids."""
        ids = []
        for name, content in files.items():
            ident = self.state.ids.next()
            self.state.uploads[ident] = {name: content}
            url = f"{self.posting.cdn}/{ident}/{name}"
            resolved[ident] = {"id": ident, "filename": name, "size": len(content), "url": url, "proxy_url": url}
            ids.append(ident)
        return ids

    async def say(self, text: str, *, user: str = "learner", reply_to: Message | None = None) -> Message:
        """Write in the channel; a reply doesn't ping."""
        return await self._write(self.state.channel, text, user, reply_to, ping=False)

    async def mention(self, text: str, *, user: str = "learner") -> Message:
        """Write in the channel and mention the bot."""
        return await self._write(self.state.channel, f"<@{self.state.bot.id}> {text}", user, None, ping=False)

    async def reply(self, message: Message, text: str, *, user: str = "learner") -> Message:
        """Reply to a message, which pings its author."""
        return await self._write(self._channel_of(message), text, user, message, ping=True)

    async def dm(self, text: str, *, user: str = "learner") -> Message:
        """Write to the bot directly."""
        return await self._write(self._place(user, True), text, user, None, ping=False)

    def forget_deadlines(self) -> None:
        """Cancel the timers that watch for missing acknowledgements."""
        for timer in self._deadlines:
            timer.cancel()
        self._deadlines.clear()

    async def _write(
        self, channel: JsonObject, text: str, user: str, reply_to: Message | None, *, ping: bool
    ) -> Message:
        body: Payload = {"content": text, "ping": ping}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to.id}
        return await self.posting.post(self._joined(user), channel, body)

    async def interact(
        self, kind: int, data: JsonObject, user: str, locale: str, channel: JsonObject, message: Message | None = None
    ) -> Interaction:
        who = self._joined(user)
        interaction_id, token = self.state.ids.next(), secrets.token_urlsafe(24)
        payload: Payload = {
            "id": interaction_id, "application_id": self.state.bot.id, "type": kind, "data": data, "token": token,
            "version": 1, "channel_id": channel["id"], "channel": channel, "locale": locale, "entitlements": [],
            "app_permissions": str(payloads.PERMISSIONS), "attachment_size_limit": limits.FILE_BYTES,
        }  # fmt: skip
        if guild_id := channel.get("guild_id"):
            guild = {"id": guild_id, "locale": "en-US", "features": []}
            payload |= {"guild_id": guild_id, "guild_locale": "en-US", "guild": guild, "member": who.member()}
            payload |= {"context": GUILD_CONTEXT, "authorizing_integration_owners": {"0": guild_id}}
            if guild_id != self.state.guild_id:
                payload["authorizing_integration_owners"] = {"1": who.id}
        elif channel["type"] == GROUP_CHANNEL:
            payload |= {"user": who.payload, "context": GROUP_CONTEXT, "authorizing_integration_owners": {"1": who.id}}
        else:
            payload |= {"user": who.payload, "context": DM_CONTEXT, "authorizing_integration_owners": {"0": "0"}}
        if message is not None:
            payload["message"] = message.payload
        interaction = Interaction(interaction_id, token, kind, who, channel["id"], payload, message)
        self.state.interactions.append(interaction)
        interaction.dispatched_at = perf_counter()
        timer = asyncio.get_running_loop().call_later(self._ack_limit_s, self._overdue, interaction)
        self._deadlines.add(timer)
        await self._gateway.dispatch("INTERACTION_CREATE", payload)
        return interaction

    def _overdue(self, interaction: Interaction) -> None:
        if interaction.acked_at is None:
            self.state.violations.append(f"{interaction} was not acknowledged within {self._ack_limit_s} s")
            self.state.changed()

    def _joined(self, name: str) -> payloads.User:
        return self.state.user(name)

    def _place(self, user: str, dm: bool) -> JsonObject:
        if not dm:
            return self.state.channel
        channel = self.state.dm(self._joined(user).id)
        assert channel is not None
        return channel

    def _channel_of(self, message: Message) -> JsonObject:
        return self.state.channels[message.payload["channel_id"]]

    def _registered(self, name: str, kind: int) -> Payload:
        for command in self.state.commands:
            if command["name"] == name and command["type"] == kind:
                return command
        there = ", ".join(command["name"] for command in self.state.commands)
        raise LookupError(f"no command {name!r} of type {kind}; registered are: {there or 'none'}")

    def _is_offered(self, command: JsonObject, channel: JsonObject) -> None:
        """Raise `AssertionError` where Discord's client would not show the command."""
        guild_id = channel.get("guild_id")
        brought = guild_id not in (None, self.state.guild_id) or channel["type"] == GROUP_CHANNEL
        context = GUILD_CONTEXT if guild_id else GROUP_CONTEXT if brought else DM_CONTEXT
        contexts = command.get("contexts") or (GUILD_CONTEXT, DM_CONTEXT, GROUP_CONTEXT)  # as Discord fills them in
        assert context in contexts, f"/{command['name']} is not offered in context {context}"
        installs = command.get("integration_types") or ()
        assert not brought or BY_USERS in installs, f"/{command['name']} cannot be brought along"

    def _command_data(self, name: str, options: Mapping[str, Json], focused: str | None) -> Payload:
        """Wrap the options in the subcommands that `name` names, as Discord nests them."""
        first, *inner = name.split()
        command = self._registered(first, CHAT_INPUT)
        data: Payload = {"id": command["id"], "name": first, "type": CHAT_INPUT, "options": []}
        level, defined = data, command
        for part in inner:
            defined = next(option for option in defined["options"] if option["name"] == part)
            nested = {"name": part, "type": defined["type"], "options": []}
            level["options"] = [nested]
            level = nested
        level["options"] = _given(defined, options, focused)
        members = [str(each["value"]) for each in level["options"] if each["type"] == USER_OPTION]
        if members:
            people = {each.id: each for each in self.state.people.values() if each.id in members}
            data["resolved"] = {
                "users": {ident: each.payload for ident, each in people.items()},
                "members": {ident: _bare(each.member()) for ident, each in people.items()},
            }
        return data


def _bare(member: JsonObject) -> Payload:
    """Return a member as Discord resolves one: without the user, who stands beside it."""
    return {name: value for name, value in member.items() if name not in ("user", "deaf", "mute")}


def _given(defined: JsonObject, options: Mapping[str, Json], focused: str | None) -> list[Payload]:
    known = {option["name"]: option for option in defined.get("options") or () if option["type"] not in SUBCOMMANDS}
    unknown = set(options) - set(known)
    assert not unknown, f"{defined['name']} has no options {unknown}, it has {set(known)}"
    missing = {name for name, option in known.items() if option.get("required") and name not in options}
    assert focused or not missing, f"{defined['name']} needs {missing}: Discord's client would not send it"
    return [
        {"name": name, "type": known[name]["type"], "value": value, **({"focused": True} if name == focused else {})}
        for name, value in options.items()
    ]


def _filled(component: JsonObject, values: Mapping[str, str | Sequence[str]]) -> Payload:
    """Return a modal's component as the submission carries it: type, id and what was typed, picked or uploaded."""
    part: Payload = {key: component[key] for key in ("type", "id", "custom_id") if component.get(key) is not None}
    if component["type"] == limits.TEXT_INPUT:
        part["value"] = values[component["custom_id"]]
    elif component["type"] in limits.FIELDS:
        part["values"] = list(values[component["custom_id"]])
    if "components" in component:
        part["components"] = [_filled(child, values) for child in component["components"]]
    if "component" in component:
        part["component"] = _filled(component["component"], values)
    return part
