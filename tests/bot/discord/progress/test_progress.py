"""`/progress`: what the text and the picture say, and the message on Discord."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.discord.progress.controls import progress_view
from bot.discord.progress.text import ALT_TEXT, alt_text, progress_blocks, progress_png
from bot.discord.ui.fonts import drawable, font
from bot.discord.ui.text import MESSAGE_TEXT, width
from bot.study.fitter import KeptFit
from bot.study.learning import FORECAST_DAYS, Mastery, Progress, ReviewStatus
from bot.study.schedule import AGAIN, EASY
from bot.study.scores import ExpectedScore, ExpectedScores, TopicScore
from bot.wording import entries, say
from bot.wording.phrases.progress import short_title
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang, Text, Topic
from tests.bot.world import bank, discord_world, review, text_of

BANK = load_bank()
HOSTILE = "```@everyone <@123> \x1b[31m$\\frac{1}{0}$ \u202e🦊\ue000" + "長" * 60
TODAY = date(2026, 11, 24)


def of(
    *shares: float, forecast: tuple[int, ...] = (2, *[0] * (FORECAST_DAYS - 1)), topics: list[Topic] | None = None
) -> Progress:
    """Progress in as many topics as shares are given, best first."""
    known = [Mastery(topic, share, 5, 10) for topic, share in zip(topics or BANK.topics.values(), shares, strict=False)]
    return Progress(ReviewStatus(2, 100, 1, 3), tuple(known), len(BANK), TODAY, forecast)


def strange(title: str) -> Topic:
    topic = next(iter(BANK.topics.values()))
    return topic.model_copy(update={"meta": topic.meta.model_copy(update={"title": Text(zh=title, en=title)})})


def test_the_text_names_the_strongest_and_the_weakest_and_no_topic_as_both() -> None:
    topics = list(BANK.topics.values())
    shares = [0.9, 0.8, 0.7, 0.6, 0.5]
    text = progress_blocks(of(*shares), "en")[0]
    strongest, weakest = (line.split(": ")[1].split(", ") for line in text.split("\n")[1:3])
    named = [f"{short_title(t.title.en)} {round(100 * share)}%" for t, share in zip(topics, shares, strict=False)]
    assert strongest == named[:3]
    assert weakest == [named[4], named[3]]
    assert "**Due today**: 2; within 14 days: 2" in text
    assert "🔥 3-day streak" in text
    assert "Weakest" not in progress_blocks(of(0.9, 0.1), "en")[0]


@pytest.mark.parametrize("lang", LANGS)
def test_who_has_answered_nothing_gets_one_clear_line_and_no_plot(lang: Lang) -> None:
    blocks = progress_blocks(of(), lang)
    assert len(blocks) == 1
    assert say("member.progress.empty", lang) in blocks[0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_picture_has_a_row_for_each_topic_and_room_for_each(lang: Lang) -> None:
    # A glyph that the font lacks is a warning of matplotlib's, and so an error here.
    few, all_of_them = (Image.open(io.BytesIO(progress_png(of(*[0.5] * n), lang))) for n in (3, len(BANK)))
    assert few.width == all_of_them.width == 900
    assert all_of_them.height - few.height == (len(BANK) - 3) * 60


def test_a_bar_is_as_long_as_the_share_it_stands_for() -> None:
    def blue(share: float) -> int:
        picture = Image.open(io.BytesIO(progress_png(of(share), "en"))).convert("RGB")
        row = picture.crop((500, 120, 800, 135))
        return max(sum(row.getpixel((x, y)) == (0x5B, 0x8D, 0xEF) for x in range(row.width)) for y in range(row.height))

    assert blue(0.0) == 0
    assert blue(0.5) == pytest.approx(82 * 3 / 2, abs=2)
    assert blue(0.25) == pytest.approx(blue(0.5) / 2, abs=2)


def test_days_without_anything_due_say_so() -> None:
    picture = progress_png(of(0.5, forecast=(0,) * FORECAST_DAYS), "en")
    assert picture != progress_png(of(0.5), "en")


def test_a_glyph_that_the_font_lacks_would_be_an_error() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    from bot.discord.ui.fonts import font_path

    figure = Figure()
    FigureCanvasAgg(figure)
    figure.text(0, 0, "\ue000", fontproperties=FontProperties(fname=font_path()))
    with pytest.warns(UserWarning, match="Glyph"):
        figure.savefig(io.BytesIO(), format="png")


def test_every_name_and_word_of_the_picture_has_its_glyphs() -> None:
    words = [entries()[f"member.progress.{key}"] for key in ("remembered", "answered", "forecast", "nothing")]
    for lang in LANGS:
        for text in [word[lang] for word in words] + [topic.title[lang] for topic in BANK.topics.values()]:
            assert drawable(text) == text


def test_nothing_runs_out_of_the_picture() -> None:
    for key in ("forecast", "nothing"):
        assert all(font(11).getlength(text) < 276 for text in entries()[f"member.progress.{key}"].values())
    for lang in LANGS:
        png = progress_png(of(*[1.0] * len(BANK), forecast=(99,) * FORECAST_DAYS), lang)
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        edges = [picture.crop((0, 0, 24, picture.height)), picture.crop((876, 0, 900, picture.height))]
        assert all(edge.getcolors() == [(24 * picture.height, (0x1E, 0x1F, 0x22))] for edge in edges)


def test_a_hostile_title_neither_breaks_the_picture_nor_the_text() -> None:
    shown = of(0.5, topics=[strange(HOSTILE)])
    assert progress_png(shown, "en").startswith(b"\x89PNG")
    text = "\n".join(progress_blocks(shown, "en")) + alt_text(shown, "en")
    assert not any(bad in text for bad in ("@everyone", "<@123>", "\x1b", "\u202e"))
    assert text.count("```") == 0


@given(
    st.lists(st.floats(0, 1), max_size=26),
    st.lists(st.integers(0, 10**6), min_size=FORECAST_DAYS, max_size=FORECAST_DAYS),
)
def test_every_progress_fits_into_a_message(shares: list[float], forecast: list[int]) -> None:
    shown = of(*sorted(shares, reverse=True), forecast=tuple(forecast))
    for lang in LANGS:
        assert sum(map(width, progress_blocks(shown, lang))) <= MESSAGE_TEXT
        assert len(alt_text(shown, lang)) <= ALT_TEXT
        progress_view(shown, lang)


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Dense (fully connected) layer", "Dense layer"),
        ("Optimisers (momentum, RMSProp, Adam, AdamW)", "Optimisers"),
        ("池化层：最大、平均与全局池化", "池化层"),
        ("批量归一化（Batch Normalization）", "批量归一化"),
        ("(all of it)", "(all of it)"),
    ],
)
def test_a_title_is_shortened_to_what_it_is_known_by(title: str, short: str) -> None:
    assert short_title(title) == short


def test_short_titles_still_tell_the_topics_apart() -> None:
    for lang in LANGS:
        assert len({short_title(topic.title[lang]) for topic in BANK.topics.values()}) == len(BANK)


async def test_progress_of_today_is_that_of_the_members_own_day(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        learning, me = world.bot.services.learning, world.alice.id
        world.clock.now = 1_760_029_200.0  # 2025-10-09 17:00 UTC, past midnight in Shanghai
        await world.bot.services.store.members.set_zone(me, "Asia/Shanghai", 0.0)
        await review(learning, me, "gan", "first", AGAIN, "review:1")
        await review(learning, me, "gan", "second", EASY, "review:2")
        found = await learning.progress(me, FORECAST_DAYS)
        assert found.today == date(2025, 10, 10)
        assert [(each.topic.slug, each.seen, each.items) for each in found.begun] == [("gan", 2, 3)]
        assert found.forecast[0] == 1
        assert len(found.forecast) == FORECAST_DAYS
        assert found.topics == sum(bool(topic.quiz) for topic in bank().topics.values())


async def test_the_picture_comes_to_the_member_alone_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def draw(shown: Progress, lang: Lang) -> bytes:
        threads.append(threading.current_thread())
        return progress_png(shown, lang)

    async with discord_world(tmp_path) as world:
        monkeypatch.setattr(world.bot.extensions["bot.discord.progress.cog"], "progress_png", draw)
        nothing = await world.alice.slash(world.channel, "progress")
        assert nothing.ephemeral
        assert "Nothing to show yet" in text_of(nothing.response)
        assert nothing.response is not None
        assert nothing.response.message.attachments == []
        assert not threads, "nothing is drawn for nothing"
        await review(world.bot.services.learning, world.alice.id, "gan", "first", EASY, "review:1")
        shown = await world.alice.slash(world.channel, "progress")
        assert shown.ephemeral
        assert shown.response is not None
        assert "**Strongest**: Generative adversarial networks 33%" in text_of(shown.response)
        assert "1-day streak" in text_of(shown.response)
        (gallery,) = [c for c in shown.response.message.components[0].to_dict()["components"] if c["type"] == 12]
        assert gallery["items"][0]["description"].startswith("Bars: how much of each topic is remembered.")
        assert [file.filename for file in shown.response.message.attachments] == ["progress.png"]
        assert threads
        assert threads[0] is not threading.main_thread(), "the event loop goes on while it is drawn"
        world.locale = "zh-CN"
        assert "你的进度" in text_of((await world.alice.slash(world.channel, "progress")).response)


async def test_what_would_be_scored_is_told_with_its_interval_and_on_a_date(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await review(world.bot.services.learning, world.alice.id, "gan", "first", EASY, "review:1")
        shown = await world.alice.slash(world.channel, "progress")
        text = text_of(shown.response)
        assert re.search(r"\*\*If asked today\*\*: about \d+% of the bank \(\d+–\d+%\)", text)
        assert re.search(r"- Generative adversarial networks \d+% \(\d+–\d+%\) · 1/4 · drills 0/1", text)
        assert "if you study nothing more" not in text
        dated = text_of((await world.alice.slash(world.channel, "progress", date="+14")).response)
        assert re.search(r"\*\*On \d{4}-\d\d-\d\d\*\* \(14 days\): \d+% \(\d+–\d+%\) if you study nothing", dated)
        for typed in ("2020-01-01", "someday", "+9999"):
            refused = await world.alice.slash(world.channel, "progress", date=typed)
            assert f"“{typed}” is no day to come" in text_of(refused.response)


@pytest.mark.parametrize("lang", LANGS)
def test_scores_of_topics_with_strange_titles_fit_beside_the_rest(lang: Lang) -> None:
    topics = [strange(HOSTILE), *list(BANK.topics.values())[1:]]
    begun = tuple(TopicScore(topic.slug, ExpectedScore(0.5, 0.123, 0.987), 99, 100, 9, 10) for topic in topics)
    shown = of(*[0.5] * len(BANK), topics=topics)
    expected = ExpectedScores(ExpectedScore(0.5, 0.4, 0.6), 730, ExpectedScore(0.3, 0.2, 0.4), begun)
    scored = replace(shown, scores=expected, fit=KeptFit(None, 99_999, 0.4444, 0.5555, 100_511))
    blocks = progress_blocks(scored, lang)
    assert sum(map(width, blocks)) <= MESSAGE_TEXT
    assert "@everyone" not in "".join(blocks).replace("@\u200beveryone", "")
    assert len(blocks[1].splitlines()) == 2 + 6 + 1, "today, the day, three best, three worst, the intervals"
    assert all(width(line) <= 90 for line in blocks[1].splitlines()[2:8]), "two lines of a phone at most"
    assert progress_blocks(shown, lang)[0] == blocks[0]
