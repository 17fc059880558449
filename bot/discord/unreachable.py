"""Why Discord cannot be reached, told by kind: a name, a refusal, silence, TLS, a proxy, Discord itself."""

from __future__ import annotations

import errno
import os
import socket

import aiohttp
import discord

from bot import exits
from bot.endings import Ending

#: What connecting to Discord raises when that does not work. Not every `OSError`: files and programs raise it, too.
UNREACHABLE = (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, TimeoutError)
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")
_LIMITED = 429


def unreachable(error: BaseException, address: str) -> Ending:
    """Return what to tell the host about an error of `UNREACHABLE`, and the exit status.

    Args:
        error: what connecting raised.
        address: of Discord's API, as it is set.
    """
    reason, fix, status = _kind(error)
    proxy = next((name for name in _PROXIES if os.environ.get(name)), None)
    if proxy and status in (exits.NO_HOST, exits.UNAVAILABLE) and not isinstance(error, discord.HTTPException):
        fix = f"{fix} ({proxy} is set, but Epoch uses no proxy: let it connect directly)"
    return Ending(f"Discord cannot be reached at {address}: {reason}; {fix}, then start again", status)


def _kind(error: BaseException) -> tuple[str, str, int]:
    """Return the reason, what to do, and the exit status."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match error:
        case discord.HTTPException():
            return _answered(error)
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return "the proxy does not let it through", "check the proxy", exits.UNAVAILABLE
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            fix = "check the machine's clock, its CA certificates, and whether something on the way reads along"
            return f"the encrypted connection fails ({_line(_of_tls(error))})", fix, exits.PROTOCOL
    if isinstance(cause, socket.gaierror) or isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"its name cannot be resolved ({_line(cause)})", "check the network and its DNS", exits.NO_HOST
    if isinstance(cause, ConnectionRefusedError):
        fix = "check DISCORD_API_URL if it is set, and the firewall"
        return "nothing takes connections there (Connection refused)", fix, exits.UNAVAILABLE
    if isinstance(cause, TimeoutError):
        return "no answer in time", "check the network and the firewall", exits.UNAVAILABLE
    if isinstance(cause, OSError) and cause.errno in _NO_WAY:
        fix = "check that the machine is connected and its service starts after network-online.target"
        return f"there is no way to it ({_line(cause)})", fix, exits.UNAVAILABLE
    return _line(error), "check the network", exits.UNAVAILABLE


def _answered(error: discord.HTTPException) -> tuple[str, str, int]:
    if error.status == _LIMITED:
        return "it limits this address (429)", "wait for an hour", exits.TRY_AGAIN
    if error.status >= 500:
        fix = "wait until discordstatus.com says that it works"
        return f"it answers with an error of its own ({error.status})", fix, exits.UNAVAILABLE
    fix = "check that DISCORD_API_URL is unset, or the address of its API"
    return f"it does not take what every bot asks for ({error.status})", fix, exits.CONFIG


def _of_tls(error: BaseException) -> BaseException:
    return getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error


def _line(error: BaseException | None) -> str:
    """Return what an error says, on one line; an error of the system in the system's words alone."""
    said = getattr(error, "strerror", None) or str(error)
    return " ".join(str(said).split()) or type(error).__name__
