"""Standard streams: how text is encoded for the terminal and decoded from it.

A character that the terminal's encoding lacks is replaced by a similar one (✓ by a plus, … by three dots), or else by a
question mark, and never ends the output. Other characters are not changed, so a UTF-8 terminal sees no difference.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata

_HANDLER = "epoch-nearest"
_lost: set[str] = set()
_NEAREST = str.maketrans({
    "✓": "+", "✔": "+", "✗": "x", "✘": "x", "❌": "x", "✅": "+", "⚠": "!", "→": "->", "←": "<-",
    "↑": "^", "↓": "v", "⇒": "=>", "·": "-", "•": "*", "‣": "*", "…": "...", "—": "--", "–": "-",
    "‑": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": "<<", "»": ">>",
    "×": "x", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "inf", "√": "sqrt", "∑": "sum",
    "Σ": "sum", "∏": "prod", "∂": "d", "∇": "grad", "∈": "in", "∝": "~", "‖": "||", "⊙": "*", "⋅": ".",
    "′": "'", "€": "EUR", "°": "deg", "ı": "i", "ß": "ss", "α": "alpha", "β": "beta", "γ": "gamma",
    "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ν": "nu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Ω": "Omega", "，": ", ", "。": ". ", "；": "; ",
    "：": ": ", "？": "? ", "！": "! ", "（": " (", "）": ") ", "、": ", ", "「": '"', "」": '"', "《": '"',
    "》": '"', "│": "|", "┃": "|", "║": "|", "─": "-", "━": "-", "═": "=", "█": "#", "▌": "|", "╸": "-",
    "╺": "-", "\ufe0f": "", "\u200b": "", "\u200d": "", "\ufeff": "",
})  # fmt: skip


def mend() -> None:
    """Make the standard streams fit to be used, whatever the caller made of them; called once, before any other use.

    A stream that was closed becomes the null device: its number would else be the next file's that is opened, a
    database's say, and be printed into. `is_lost` tells of it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _lost.add(name)
            _put_null(number)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - open to the end
    codecs.register_error(_HANDLER, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def is_lost(name: str) -> bool:
    """Tell whether the caller had closed `stdin`, `stdout` or `stderr`."""
    return name in _lost


def finish() -> str | None:
    """Write out what standard output still holds; return why that cannot be done, empty if its reader has just gone."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _put_null(sys.stdout.fileno())  # or the interpreter tries again at its end, and complains of that
        return "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
    return None


def can_show(text: str) -> bool:
    """Tell whether standard output has every character of `text`."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def carries_utf8() -> bool:
    """Tell whether what is printed reaches its reader in UTF-8, which is what JSON is read as."""
    return codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name in ("utf-8", "utf-8-sig")


def typed(line: bytes) -> str:
    """Return a line of standard input as text: UTF-8, or else in the terminal's own encoding, or else in Chinese's."""
    encoding = getattr(sys.stdin, "encoding", None) or "utf-8"
    for each in ("utf-8", encoding, "gb18030"):
        try:
            return line.decode(each)
        except (UnicodeDecodeError, LookupError):
            continue
    return line.decode("utf-8", errors="replace")


def argument(text: str) -> str:
    """Return a text given on the command line, whose bytes the locale's encoding may lack, as `typed` reads it.

    Not for names of files, which have to stay as they are.
    """
    return typed(os.fsencode(text)) if any("\udc80" <= character <= "\udcff" for character in text) else text


def _put_null(number: int) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    parts = (_plain(character, error.encoding) for character in error.object[error.start : error.end])
    return "".join(parts), error.end


def _plain(character: str, encoding: str) -> str:
    for nearest in (character.translate(_NEAREST), _decomposed(character), _drawn(character)):
        if nearest != character and _fits(nearest, encoding):
            return nearest
    return "?"


def _decomposed(character: str) -> str:
    """Return a letter without its accents, a superscript as its digit."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return plain.replace("\N{FRACTION SLASH}", "/")


def _drawn(character: str) -> str:
    """Return what stands for a corner of a box, or for a frame of a spinner, which is a braille cell."""
    return "+" if "\u2500" <= character <= "\u257f" else "*" if "\u2800" <= character <= "\u28ff" else character


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
