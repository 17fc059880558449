"""The pictures are for people to look at; what stands here is that nothing is left out of them unnoticed."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.discord.picture import Shown, Theme, markdown, page


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
