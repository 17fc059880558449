"""The pictures are for people to look at; what stands here is that nothing is left out of them unnoticed."""

from __future__ import annotations

from typing import get_args

import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS
from tests.discord.gallery import DRAWN
from tests.discord.limits import IS_COMPONENTS_V2, Upload
from tests.discord.picture import Shown, Theme, markdown, page
from tests.discord.validation import validate


@pytest.mark.parametrize("theme", get_args(Theme))
def test_a_message_shows_its_text_controls_and_files_in_both_looks(theme: Theme) -> None:
    button = {"type": 2, "style": 1, "label": "Run <example>", "emoji": {"name": "▶️"}, "custom_id": "x"}
    parts = [{"type": 10, "content": "### GAN\n`a_b` **bold**"}, {"type": 1, "components": [button]}]
    file = {"type": 13, "file": {"url": "attachment://out.txt"}}
    container = {"type": 17, "accent_color": 0x5865F2, "components": [*parts, file]}
    drawn = page([Shown({"components": [container]}, {"out.txt": b"1234"}, private=True)], theme=theme)
    for expected in (
        "<h3>GAN</h3>",
        "<code>a_b</code> <b>bold</b>",
        "Run &lt;example&gt;",
        "out.txt · 4 bytes",
        "#5865f2",
    ):
        assert expected in drawn
    assert "Only you can see this" in drawn
    assert not any(f": {name};" in drawn for name in ("PAGE", "BOX", "TEXT", "FAINT", "LINE", "CODE"))


def test_a_modal_shows_its_fields() -> None:
    field = {"type": 18, "label": "EPOCHS", "component": {"type": 4, "custom_id": "e", "style": 1, "value": "5"}}
    drawn = page([Shown({"title": "Change values", "components": [field]})])
    assert "Change values" in drawn
    assert 'class="input">5<' in drawn


def test_a_component_nobody_drew_yet_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(ValueError, match="type 99"):
        page([Shown({"components": [{"type": 99}]})])


def test_code_is_shown_as_it_is() -> None:
    assert markdown("```py\na < *b*\n```") == "<pre><code>a &lt; *b*</code></pre>"
    assert markdown("snake_case_name") == "<p>snake_case_name</p>"
    assert markdown("\\*not bold\\*") == "<p>*not bold*</p>"


def test_every_message_of_the_gallery_can_be_drawn_and_would_be_taken() -> None:
    bank = load_bank()
    for name, draw in DRAWN.items():
        for shown in (shown for lang in LANGS for shown in draw(bank, lang)):
            assert page([shown]), name
            if shown.author == "Epoch" and "title" not in shown.payload:
                files = [(name, data) for name, data in shown.files.items() if data]
                uploads = [Upload(number, *file) for number, file in enumerate(files)]
                listed = [{"id": upload.index, "filename": upload.filename} for upload in uploads]
                flags = 0 if "content" in shown.payload else IS_COMPONENTS_V2
                body = {**shown.payload, "flags": flags, "attachments": listed, "allowed_mentions": {"parse": []}}
                validate("POST", "/channels/1/messages", body, uploads)
