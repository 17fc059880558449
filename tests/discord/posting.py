"""Messages come into being, change and go: here bodies become message objects, and the gateway hears of each."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from time import perf_counter

from tests.discord import payloads
from tests.discord.gateway import Gateway, message_intent, visible
from tests.discord.limits import Upload, walk
from tests.discord.payloads import User
from tests.discord.state import LOADING, Interaction, Message, State
from tests.discord.wire import Json, JsonObject, Payload

DEFAULT, REPLY, CHAT_INPUT_COMMAND = 0, 19, 20
_MENTION = re.compile(r"<@!?(\d+)>")


class Posting:
    """Posts, edits and deletes messages on behalf of the bot and of people."""

    def __init__(self, state: State, gateway: Gateway) -> None:
        self.state = state
        self.gateway = gateway
        self.cdn = ""

    async def post(
        self,
        author: User,
        channel: JsonObject,
        body: JsonObject,
        files: Sequence[Upload] = (),
        interaction: Interaction | None = None,
    ) -> Message:
        """Post a message; an ephemeral one stays between the bot and the member, so no event tells of it."""
        nonce = body.get("nonce") if body.get("enforce_nonce") else None
        if nonce is not None and (same := self._with_nonce(channel, nonce)) is not None:
            return same
        reference = body.get("message_reference")
        referenced = self.state.message(str(reference["message_id"])) if reference else None
        payload: Payload = {
            "id": self.state.ids.next(),
            "type": CHAT_INPUT_COMMAND if interaction else REPLY if reference else DEFAULT,
            "channel_id": channel["id"],
            "author": author.payload,
            "content": body.get("content") or "",
            "embeds": [],
            "components": [],
            "attachments": [],
            "mentions": self._mentioned(author, body, referenced),
            "mention_roles": [],
            "mention_everyone": False,
            "timestamp": payloads.now_text(),
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "flags": body.get("flags") or 0,
            **({"nonce": body["nonce"]} if "nonce" in body else {}),
        }
        if referenced is not None:
            payload["message_reference"] = {"message_id": referenced.id, "channel_id": channel["id"]}
            payload["referenced_message"] = referenced.payload
        if interaction is not None:
            who = {"user": interaction.user.payload, "authorizing_integration_owners": {}}
            payload |= {"interaction_metadata": {"id": interaction.id, "type": interaction.kind, **who}}
            payload |= {"webhook_id": self.state.bot.id, "application_id": self.state.bot.id}
        message = Message(payload)
        self._fill(message, body, files)
        self.state.messages.append(message)
        await self._tell("MESSAGE_CREATE", message)
        return message

    def _with_nonce(self, channel: JsonObject, nonce: Json) -> Message | None:
        """Return the message posted with an enforced nonce before; Discord remembers them for a few minutes."""
        there = (m for m in self.state.from_bot() if m.payload["channel_id"] == channel["id"])
        return next((m for m in there if m.payload.get("nonce") == nonce), None)

    async def edit(self, message: Message, body: JsonObject, files: Sequence[Upload] = ()) -> None:
        """Change what the body names; whatever was loading has come."""
        if "content" in body:
            message.payload["content"] = body.get("content") or ""
        message.payload["flags"] = (message.flags & ~LOADING) | (body.get("flags") or 0)
        message.payload["edited_timestamp"] = payloads.now_text()
        self._fill(message, body, files)
        message.edited_at.append(perf_counter())
        await self._tell("MESSAGE_UPDATE", message)

    async def delete(self, message: Message) -> None:
        """Take the message away."""
        message.deleted = True
        place: Payload = {
            key: message.payload[key] for key in ("id", "channel_id", "guild_id") if key in message.payload
        }
        channel = self.state.channels[message.payload["channel_id"]]
        await self.gateway.dispatch("MESSAGE_DELETE", place, intent=message_intent(channel))
        self.state.changed()

    def _fill(self, message: Message, body: JsonObject, files: Sequence[Upload]) -> None:
        """Take files, embeds and components over from the body, with what Discord adds to each."""
        if (listed := body.get("attachments")) is not None:
            kept = {str(item["id"]) for item in listed}
            message.payload["attachments"] = [item for item in message.payload["attachments"] if item["id"] in kept]
            names = {item["filename"] for item in message.payload["attachments"]}
            message.files = {name: data for name, data in message.files.items() if name in names}
        message.files |= {file.filename: file.data for file in files}
        message.payload["attachments"] = [
            *message.payload["attachments"], *(self._attachment(message, file) for file in files)
        ]  # fmt: skip
        urls = {f"attachment://{item['filename']}": item["url"] for item in message.payload["attachments"]}
        if "embeds" in body:
            message.payload["embeds"] = [{"type": "rich", **embed} for embed in _located(body["embeds"] or [], urls)]
        if "components" in body:
            message.payload["components"] = _located(body["components"] or [], urls)
            for number, component in enumerate(walk(message.payload["components"]), start=1):
                component.setdefault("id", number)  # type: ignore[attr-defined]  # _located made new dicts

    def _attachment(self, message: Message, file: Upload) -> Payload:
        url = f"{self.cdn}/{message.id}/{file.filename}"
        kind = mimetypes.guess_type(file.filename)[0] or "application/octet-stream"
        return {
            "id": self.state.ids.next(), "filename": file.filename, "size": len(file.data), "url": url,
            "proxy_url": url, "content_type": kind,
        }  # fmt: skip

    def _mentioned(self, author: User, body: JsonObject, referenced: Message | None) -> list[Payload]:
        """Return who is mentioned: by the text, or by a reply that pings. The bot's own mentions are switched off."""
        if author.bot:
            return []
        named = set(_MENTION.findall(body.get("content") or ""))
        if referenced is not None and body.get("ping"):
            named.add(str(referenced.payload["author"]["id"]))
        everyone = [self.state.bot, *self.state.people.values()]
        return [{**user.payload, "member": user.member(with_user=False)} for user in everyone if user.id in named]

    async def _tell(self, event: str, message: Message) -> None:
        if not message.ephemeral:
            channel = self.state.channels[message.payload["channel_id"]]
            data = dict(message.payload)
            if "guild_id" in channel:
                author = next((u for u in self.state.people.values() if u.id == data["author"]["id"]), self.state.bot)
                data |= {"guild_id": channel["guild_id"], "member": author.member(with_user=False)}
            seen = visible(data, self.state.bot.id)
            await self.gateway.dispatch(event, seen, intent=message_intent(channel))
        self.state.changed()


def _located(value: Json, urls: dict[str, str]) -> Json:
    """Return a copy in which `attachment://name` is the file's address."""
    if isinstance(value, dict):
        return {key: _located(item, urls) for key, item in value.items()}
    if isinstance(value, list):
        return [_located(item, urls) for item in value]
    return urls.get(value, value) if isinstance(value, str) else value
