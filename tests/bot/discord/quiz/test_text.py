from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.quiz.controls import question_view, reveal_view
from bot.discord.quiz.podium import SIZE, Stand, podium_png
from bot.discord.quiz.text import lobby_page, podium_page, question_page, reply_text, reveal_page
from bot.discord.ui.fonts import drawable, font, glyphs
from bot.discord.ui.text import MESSAGE_TEXT, width
from bot.study.item_runs import ItemOutput
from bot.study.rounds.machine import Join, RoundCommand, RoundReply
from bot.study.rounds.questions import LETTERS, Question, present, present_trivia
from bot.study.rounds.state import Rules, State
from bot.wording import say
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang
from tests.bot.study.rounds.worlds import ALICE, BEGIN, BOB, MEMBERS, OWNER, after, asking, closed, lobby, press

BANK = load_bank()
ITEMS = [(topic, item) for topic in BANK.topics.values() for item in topic.quiz if item.kind != "open"]
HOSTILE = "@everyone <@123> `x` **b** ```\n\u202e z" + "\u0301" * 50 + "😀" * 40
LOUD = ItemOutput("line\n" * 5_000, 1.0)


def texts(page: object) -> str:
    return "\n".join(page.blocks)  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", LANGS)
def test_every_question_of_the_bank_fits_its_messages(lang: Lang) -> None:
    for topic, item in ITEMS:
        question = present(topic, item, lang, Random(0))
        state = asking(questions=(question,))
        state = after(state, *(press(member, "A", 5) for member in MEMBERS))
        ended = closed(state)
        for page in (question_page(state, BANK, lang), reveal_page(ended, BANK, lang, LOUD)):
            assert sum(map(width, page.blocks)) <= MESSAGE_TEXT, f"{topic.slug}/{item.id}"
            assert texts(page).count("```") % 2 == 0


def test_nothing_shown_before_the_reveal_depends_on_the_answer() -> None:
    for topic, item in ITEMS[:40]:
        question = present(topic, item, "en", Random(1))
        shown = set()
        for right in LETTERS:
            other = replace(question, right=(right,), why=f"because {right}", fixed=right, lines=(1,))
            state = asking(questions=(other,))
            view = question_view(12, state, BANK, "en")
            shown.add((texts(question_page(state, BANK, "en")), str(view.to_components())))
        assert len(shown) == 1


def test_the_reveal_does_depend_on_it() -> None:
    question = present(*ITEMS[0], "en", Random(1))
    states = [closed(asking(questions=(replace(question, right=(right,)),))) for right in LETTERS]
    assert len({texts(reveal_page(state, BANK, "en")) for state in states}) == 4


def test_no_reply_before_the_reveal_says_whether_an_answer_is_right() -> None:
    for lang in LANGS:
        for reply in ("counted", "changed", "same", "changed_already"):
            text = reply_text(reply, lang, "B")  # type: ignore[arg-type]
            assert "B" in text
            assert not any(mark in text for mark in "✅❌")


@pytest.mark.parametrize("lang", LANGS)
def test_every_reply_has_words(lang: Lang) -> None:
    from typing import get_args

    for reply in get_args(RoundReply):
        assert reply_text(reply, lang)


@given(st.text(max_size=200), st.text(min_size=1, max_size=1000), st.text(max_size=3_000))
def test_foreign_names_questions_and_outputs_neither_ping_nor_overflow(name: str, prompt: str, output: str) -> None:
    state = after(
        asking(questions=(present_trivia("p", 1, f"{prompt}{HOSTILE}", ["x"]),)), Join(ALICE, f"{name}{HOSTILE}"),
        press(BOB, "x", 5),
    )  # fmt: skip
    state = replace(state, players={m: replace(p, name=f"{name}{HOSTILE}") for m, p in state.players.items()})
    ended = closed(state)
    over = after(ended, RoundCommand("stop", OWNER))
    pages = [
        lobby_page(state, BANK, "en"), question_page(state, BANK, "zh"), podium_page(over, "en"),
        reveal_page(ended, BANK, "en", ItemOutput(f"{output}{HOSTILE}", 1.0)),
    ]  # fmt: skip
    for page in pages:
        assert sum(map(width, page.blocks)) <= MESSAGE_TEXT
        assert "@everyone" not in texts(page)
        assert "<@123>" not in texts(page)
        assert texts(page).count("```") % 2 == 0


def test_a_large_lobby_and_a_large_round_fit() -> None:
    crowd = {member: f"a name of thirty-two characters {member}" for member in range(100, 400)}
    state = after(lobby(Rules(teams=4)), *(Join(member, name, member % 4 + 1) for member, name in crowd.items()))
    assert sum(map(width, lobby_page(state, BANK, "en").blocks)) <= MESSAGE_TEXT
    assert "and 63 more" in texts(lobby_page(state, BANK, "en"))
    answered = closed(after(asking(), *(press(member, "B", 5) for member in crowd)))
    page = reveal_page(answered, BANK, "zh")
    assert "等 288 人" in texts(page)
    assert sum(map(width, page.blocks)) <= MESSAGE_TEXT


def test_a_paused_question_says_so_instead_of_a_countdown() -> None:
    paused = after(asking(), RoundCommand("pause", OWNER), now=BEGIN + 3)
    assert "⏸️" in texts(question_page(paused, BANK, "en"))
    assert "<t:" not in texts(question_page(paused, BANK, "en"))
    assert f"<t:{int(asking().until)}:R>" in texts(question_page(asking(), BANK, "en"))


def test_the_reveal_of_code_waits_for_its_run_and_says_so_where_it_could_not_be_run() -> None:
    topic, item = next((t, i) for t, i in ITEMS if i.kind == "predict")
    state: State = closed(asking(questions=(present(topic, item, "en", Random(0)),)))
    assert "Running the code" in texts(reveal_page(state, BANK, "en", None))
    assert "could not be run" in texts(reveal_page(state, BANK, "en", ItemOutput(failed=True)))
    assert "```\n1.50\n```" in texts(reveal_page(state, BANK, "en", ItemOutput("1.50\n", 0.4)))


@pytest.mark.parametrize("name", ["小明", "李华🎉", "Zoë Ångström", "Иван", "さくら", "김민수", "ασδφ"])
def test_names_in_many_scripts_are_drawn_in_full(name: str) -> None:
    assert drawable(name) == name.replace("🎉", "")
    assert all(ord(character) in glyphs() for character in drawable(name) if character != " ")


def test_what_the_font_cannot_draw_is_left_out_and_not_drawn_as_a_box() -> None:
    from PIL import Image, ImageChops, ImageDraw

    assert drawable("🦊\u0e01\ue000") == ""
    strange = podium_png([Stand(1, "🦊🦊", "Player 1", "10 pts")], "Results")
    assert strange == podium_png([Stand(1, "", "Player 1", "10 pts")], "Results")
    # The negative control: a box would have been drawn, and differs from nothing.
    canvas, empty = (Image.new("L", (80, 80)) for _ in range(2))
    ImageDraw.Draw(canvas).text((5, 5), "\ue000", font=font(40), fill=255)
    assert ImageChops.difference(canvas, empty).getbbox() is not None


def test_every_text_on_the_picture_has_its_glyphs() -> None:
    for lang in LANGS:
        for key in ("title", "player", "points"):
            text = say(f"quiz.podium.{key}", lang, place=1, points=12_345).replace("🏆 ", "")
            assert drawable(text) == text


def test_a_name_that_is_too_long_is_cut() -> None:
    png = podium_png([Stand(place, "永" * 40, "x", "1 pts") for place in (1, 2, 3)], "结果")
    assert png.startswith(b"\x89PNG")


def test_questions_of_a_pack_are_one_harmless_line() -> None:
    state = asking(questions=(Question("pack:p", "q1", "trivia", HOSTILE, ("x",)),))
    assert "```" not in texts(question_page(state, BANK, "en"))


def test_a_picture_in_a_question_of_a_pack_is_shown_as_a_picture() -> None:
    url = "https://example.org/plots/roc_curve_1.png"
    state = asking(questions=(present_trivia("p", 1, f"Which curve is this? {url}", ["ROC curve"]),))
    for view in (question_view(12, state, BANK, "en"), reveal_view(12, closed(state), BANK, "en", None)):
        (box,) = view.to_components()
        (gallery,) = (part for part in box["components"] if part["type"] == 12)
        assert [item["media"]["url"] for item in gallery["items"]] == [url]
        assert url not in str([part.get("content") for part in box["components"]])


def steps(*places: int) -> list[bool]:
    """Which of the steps 1, 2 and 3 the picture has, for people on these places."""
    import io

    from PIL import Image

    png = podium_png([Stand(place, f"n{number}", "?", "10 pts") for number, place in enumerate(places)], "Results")
    picture = Image.open(io.BytesIO(png))
    foot = [picture.getpixel((x, SIZE[1] - 2)) for x in (400, 140, 660)]
    return [colour != picture.getpixel((1, 1)) for colour in foot]


@pytest.mark.parametrize(
    ("places", "drawn"),
    [
        ((1, 2, 3), [True, True, True]),
        ((1, 1, 3), [True, False, True]),
        ((1, 2, 2), [True, True, False]),
        ((1, 2, 2, 2), [True, True, False]),
        ((1, 1, 1), [True, False, False]),
        ((1,) * 40, [True, False, False]),
        ((1, 2), [True, True, False]),
        ((), [False, False, False]),
    ],
)
def test_who_shares_a_place_stands_on_one_step(places: tuple[int, ...], drawn: list[bool]) -> None:
    assert steps(*places) == drawn


def test_all_who_share_a_step_are_on_the_picture() -> None:
    shared = [Stand(place, name, "?", "10 pts") for place, name in ((1, "Ada"), (1, "Bo"), (3, "Cy"))]
    assert podium_png(shared, "Results") != podium_png([shared[0], shared[2]], "Results")
    for name in ("Bob", "🦊"):
        changed = [shared[0], Stand(1, name, "?", "10 pts"), shared[2]]
        assert podium_png(changed, "Results") != podium_png(shared, "Results")
