"""Messages as pictures, to be looked at while one works on them: payload → HTML in Discord's look → PNG.

    python -m tests.discord.picture message.json message.png --theme light --width 400

A development aid: nothing in the package uses it. It knows the components that Epoch sends and no more, raises on any
other, and needs a headless Chromium for the last step (`apt install chromium fonts-noto-cjk fonts-noto-color-emoji`).
"""

from __future__ import annotations

import argparse
import base64
import html
import json
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.discord.wire import JsonObject

Theme = Literal["dark", "light"]

#: Width in CSS pixels of the message column: a phone's, and a desktop window's.
PHONE, DESKTOP = 380, 760
_TALLEST = 4_000
_COLOURS: Mapping[Theme, Mapping[str, str]] = {
    "dark": {"page": "#313338", "box": "#2b2d31", "code": "#1e1f22", "text": "#dbdee1", "faint": "#949ba4",
             "line": "#3f4147", "button": "#4e5058", "label": "#ffffff", "select": "#1e1f22"},
    "light": {"page": "#ffffff", "box": "#f2f3f5", "code": "#e3e5e8", "text": "#313338", "faint": "#5c5e66",
              "line": "#d9dade", "button": "#e3e5e8", "label": "#313338", "select": "#ebedef"},
}  # fmt: skip
_BUTTONS = {1: ("#5865f2", "#ffffff"), 3: ("#248046", "#ffffff"), 4: ("#da373c", "#ffffff")}
_STYLE = """
* { box-sizing: border-box; margin: 0; }
body { background: PAGE; color: TEXT; width: WIDTHpx; padding: 14px;
       font: 15px/1.38 "gg sans", "Noto Sans", "Noto Sans CJK SC", "Noto Color Emoji", sans-serif; }
.message { display: flex; gap: 12px; margin-bottom: 16px; }
.face { flex: 0 0 36px; height: 36px; border-radius: 50%; background: #5865f2; color: #fff;
        font-weight: 700; display: grid; place-items: center; }
.body { flex: 1; min-width: 0; } .who { font-weight: 600; margin-bottom: 2px; }
.app { background: #5865f2; color: #fff; font-size: 10px; border-radius: 3px; padding: 1px 4px; margin-left: 4px; }
.only { color: FAINT; font-size: 12px; margin-top: 4px; }
.box { background: BOX; border: 1px solid LINE; border-left: 4px solid ACCENT; border-radius: 8px;
       padding: 12px; max-width: 560px; display: flex; flex-direction: column; gap: 8px; }
.text { overflow-wrap: break-word; } .text p { white-space: pre-wrap; } .text p + * { margin-top: 4px; }
h1 { font-size: 22px; } h2 { font-size: 19px; } h3 { font-size: 16px; line-height: 1.4; }
.sub { color: FAINT; font-size: 12px; } ul, ol { padding-left: 22px; }
blockquote { border-left: 4px solid LINE; padding-left: 10px; }
code { background: CODE; border-radius: 4px; padding: 1px 4px; font: 13px/1.35 "Noto Sans Mono", "DejaVu Sans Mono",
       "Noto Sans Mono CJK SC", monospace; }
pre { background: CODE; border: 1px solid LINE; border-radius: 4px; padding: 7px; margin: 4px 0; }
pre code { white-space: pre-wrap; overflow-wrap: anywhere; padding: 0; }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
.button { background: BUTTON; color: LABEL; border-radius: 8px; padding: 6px 14px; font-size: 14px; font-weight: 500; }
.off { opacity: .5; } .select { background: SELECT; border: 1px solid LINE; border-radius: 8px; padding: 9px 12px;
       flex: 1 1 100%; color: FAINT; display: flex; justify-content: space-between; }
.option { width: 100%; background: SELECT; border-radius: 8px; padding: 6px 12px; } .option .sub { overflow: hidden;
       text-overflow: ellipsis; white-space: nowrap; }
.media { display: flex; flex-direction: column; gap: 4px; } .media img { max-width: 100%; border-radius: 8px; }
.file { background: BOX; border: 1px solid LINE; border-radius: 8px; padding: 10px; }
hr { border: 0; border-top: 1px solid LINE; } .section { display: flex; gap: 12px; align-items: flex-start; }
.section > .text { flex: 1; min-width: 0; } .modal .box { border-left-width: 1px; margin-bottom: 16px; }
.label { font-weight: 600; } .input { background: SELECT; border: 1px solid LINE; border-radius: 8px; padding: 9px;
       white-space: pre-wrap; min-height: 38px; font-size: 14px; }
a { color: #00a8fc; text-decoration: none; } .mention { background: #5865f24d; border-radius: 3px; padding: 0 2px; }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, or one modal, as it was sent.

    Attributes:
        payload: the body of the request: a message's `components` or `content`, or a modal's `title` and `components`.
        files: what was attached, by file name.
        private: whether only one member sees it.
        author: who is shown beside it.
    """

    payload: JsonObject
    files: Mapping[str, bytes] = field(default_factory=dict)
    private: bool = False
    author: str = "Epoch"


def page(messages: Iterable[Shown], *, theme: Theme = "dark", width: int = PHONE) -> str:
    """Return the HTML page that shows `messages` below each other, `width` CSS pixels wide.

    Raises:
        ValueError: a component that Discord would show and this does not know.
    """
    style = _STYLE.replace("WIDTH", str(width)).replace("ACCENT", "var(--accent)")
    for name, colour in _COLOURS[theme].items():
        style = re.sub(rf"\b{name.upper()}\b", colour, style)
    shown = "".join(map(_message, messages))
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{shown}</body>"


def _message(shown: Shown) -> str:
    payload = shown.payload
    parts = [f'<div class="text">{markdown(payload["content"])}</div>'] if payload.get("content") else []
    body = "".join([*parts, *(_component(component, shown.files) for component in payload.get("components") or ())])
    if "title" in payload:
        head = f'<div class="text"><h3>{html.escape(payload["title"])}</h3></div>'
        return f'<div class="modal"><div class="box" style="--accent: transparent">{head}{body}</div></div>'
    bot = '<span class="app">APP</span>' if shown.author == "Epoch" else ""
    who = f'<div class="who">{html.escape(shown.author)}{bot}</div>'
    only = '<div class="only">👁 Only you can see this · Dismiss message</div>' if shown.private else ""
    face = f'<div class="face">{html.escape(shown.author[:1].upper())}</div>'
    return f'<div class="message">{face}<div class="body">{who}{body}{only}</div></div>'


def _component(it: JsonObject, files: Mapping[str, bytes]) -> str:
    draw = _DRAWN.get(it["type"])
    if draw is None:
        raise ValueError(f"component of type {it['type']}: say in tests/discord/picture.py how Discord shows it")
    return draw(it, files)


def _inside(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return "".join(_component(child, files) for child in it.get("components") or ())


def _upload(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return '<div class="input">📎 …</div>'


def _row(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return f'<div class="row">{_inside(it, files)}</div>'


def _button(it: JsonObject, files: Mapping[str, bytes]) -> str:
    background, label = _BUTTONS.get(it["style"], ("", ""))
    colours = f"background: {background}; color: {label}" if background else ""
    emoji = (it.get("emoji") or {}).get("name") or ""
    text = html.escape(f"{emoji} {it.get('label') or ''}".strip())
    return f'<span class="button{" off" if it.get("disabled") else ""}" style="{colours}">{text}</span>'


def _select(it: JsonObject, files: Mapping[str, bytes]) -> str:
    chosen = [option["label"] for option in it.get("options") or () if option.get("default")]
    signs = {"channel": "#channel", "role": "@role", "user": "@user"}
    chosen += [f"{signs[default['type']]}-{default['id']}" for default in it.get("default_values") or ()]
    text = html.escape(", ".join(chosen) or it.get("placeholder") or "Make a selection")
    options = it.get("options") or ()
    opened = "".join(map(_option, options)) if all(each.get("description") for each in options) else ""
    return f'<div class="select"><span>{text}</span><span>⌄</span></div>{opened}'


def _option(option: JsonObject) -> str:
    """Draw an option of a select whose options all have a line below their label; any other opens at a press only."""
    label, below = html.escape(option["label"]), html.escape(option["description"])
    return f'<div class="option"><div>{label}</div><div class="sub">{below}</div></div>'


def _input(it: JsonObject, files: Mapping[str, bytes]) -> str:
    label = f'<div class="label">{html.escape(it["label"])}</div>' if it.get("label") else ""
    return f'{label}<div class="input">{html.escape(it.get("value") or it.get("placeholder") or "")}</div>'


def _section(it: JsonObject, files: Mapping[str, bytes]) -> str:
    aside = _component(it["accessory"], files)
    return f'<div class="section"><div class="text">{_inside(it, files)}</div>{aside}</div>'


def _text(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return f'<div class="text">{markdown(it["content"])}</div>'


def _thumbnail(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return f'<img width="72" src="{_source(it["media"]["url"], files)}">'


def _gallery(it: JsonObject, files: Mapping[str, bytes]) -> str:
    pictures = (f'<img src="{_source(item["media"]["url"], files)}">' for item in it["items"])
    return f'<div class="media">{"".join(pictures)}</div>'


def _file(it: JsonObject, files: Mapping[str, bytes]) -> str:
    name = it["file"]["url"].removeprefix("attachment://")
    return f'<div class="file">📄 {html.escape(name)} · {len(files.get(name, b"")):,} bytes</div>'


def _separator(it: JsonObject, files: Mapping[str, bytes]) -> str:
    return "<hr>" if it.get("divider", True) else "<div></div>"


def _container(it: JsonObject, files: Mapping[str, bytes]) -> str:
    colour = it.get("accent_color")
    accent = f"#{colour:06x}" if colour is not None else "transparent"
    return f'<div class="box" style="--accent: {accent}">{_inside(it, files)}</div>'


def _label(it: JsonObject, files: Mapping[str, bytes]) -> str:
    hint = f'<div class="sub">{html.escape(it["description"])}</div>' if it.get("description") else ""
    return f'<div class="label">{html.escape(it["label"])}</div>{hint}{_component(it["component"], files)}'


#: How each type of component is drawn; the numbers are Discord's.
_DRAWN = {
    1: _row, 2: _button, 3: _select, 4: _input, 5: _select, 6: _select, 7: _select, 8: _select, 9: _section,
    10: _text, 11: _thumbnail, 12: _gallery, 13: _file, 19: _upload, 14: _separator, 17: _container, 18: _label,
}  # fmt: skip


def _source(url: str, files: Mapping[str, bytes]) -> str:
    data = files.get(url.removeprefix("attachment://"), b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def markdown(text: str) -> str:
    """Return Discord's Markdown as HTML: headings, lists, quotes, code, subtext, emphasis, mentions, timestamps."""
    parts = re.split(r"```(?:[\w+-]*\n)?(.*?)```", text, flags=re.DOTALL)
    blocks = [f"<pre><code>{html.escape(part.strip(chr(10)))}</code></pre>" if n % 2 else _lines(part)
              for n, part in enumerate(parts)]  # fmt: skip
    return "".join(blocks)


def _lines(text: str) -> str:
    found: list[str] = []
    for line in text.strip("\n").split("\n") if text.strip() else ():
        if match := re.match(r"(#{1,3}) (.*)", line):
            found.append(f"<h{len(match[1])}>{_inline(match[2])}</h{len(match[1])}>")
        elif line.startswith("-# "):
            found.append(f'<div class="sub">{_inline(line[3:])}</div>')
        elif match := re.match(r"\s*[-*] (.*)", line):
            found.append(f"<ul><li>{_inline(match[1])}</li></ul>")
        elif match := re.match(r"\s*(\d+)\. (.*)", line):
            found.append(f'<ol start="{match[1]}"><li>{_inline(match[2])}</li></ol>')
        elif line.startswith("> "):
            found.append(f"<blockquote>{_inline(line[2:])}</blockquote>")
        else:
            found.append(f"<p>{_inline(line) or '&nbsp;'}</p>")
    return "".join(found)


def _inline(text: str) -> str:
    parts = re.split(r"(?<!\\)`([^`]+)`", text)
    return "".join(f"<code>{html.escape(part)}</code>" if n % 2 else _emphasis(part) for n, part in enumerate(parts))


def _emphasis(text: str) -> str:
    text = html.escape(text, quote=False)
    text = re.sub(r"&lt;t:\d+:[DFdf]&gt;", '<span class="mention">25 November 2026 at 09:00</span>', text)
    text = re.sub(r"&lt;t:(\d+)(?::R)?&gt;", '<span class="mention">in 20 seconds</span>', text)
    text = re.sub(r"&lt;([@#])[!&amp;]*(\d+)&gt;", r'<span class="mention">\1\2</span>', text)
    text = re.sub(r"&lt;/([^:]+):\d+&gt;", r'<span class="mention">/\1</span>', text)
    text = re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r'<a href="\2">\1</a>', text)
    for mark, tag in ((r"\*\*", "b"), ("__", "u"), ("~~", "s"), (r"\*", "i"), ("_", "i")):
        edge = r"(?<![\w\\])" if mark == "_" else r"(?<!\\)"
        text = re.sub(rf"{edge}{mark}(?=\S)(.+?)(?<=[^\s\\]){mark}", rf"<{tag}>\1</{tag}>", text)
    return re.sub(r"\\([*_~`|>#\-\[\]()\\])", r"\1", text)


def shoot(source: str, target: Path, width: int) -> None:
    """Write the picture of an HTML page, cut off below its last line.

    Raises:
        FileNotFoundError: no Chromium on this machine.
        subprocess.CalledProcessError: it could not draw the page.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise FileNotFoundError("pictures of messages need Chromium: apt install chromium")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(source, encoding="utf-8")
        switches = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic",
                    "--no-first-run", "--disable-background-networking", "--disable-component-update",
                    "--disable-sync", f"--user-data-dir={folder}/profile"]  # fmt: skip
        measure = file.with_name("measure.html")
        script = "<script>document.title = document.body.scrollHeight</script>"
        measure.write_text(source + script, encoding="utf-8")
        shape = [f"--window-size={width},600", "--dump-dom", measure.as_uri()]
        dom = subprocess.run([chromium, *switches, *shape], check=True, capture_output=True, text=True).stdout
        title = re.search(r"<title>(\d+)</title>", dom)
        height = min(int(title[1]) if title else _TALLEST, _TALLEST)
        shape = [f"--window-size={width},{height}", "--force-device-scale-factor=2", f"--screenshot={target}"]
        subprocess.run([chromium, *switches, *shape, file.as_uri()], check=True, capture_output=True)
    width_px, _ = struct.unpack(">II", target.read_bytes()[16:24])
    assert width_px == 2 * width, "Chromium drew another size"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the message, or the list of messages, in a JSON file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--width", type=int, default=PHONE)
    given = parser.parse_args(arguments)
    read = json.loads(given.source.read_text(encoding="utf-8"))
    messages = [Shown(payload) for payload in (read if isinstance(read, list) else [read])]
    shoot(page(messages, theme=given.theme, width=given.width), given.target, given.width)


if __name__ == "__main__":
    main()
