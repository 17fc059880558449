"""A member's progress as text, and as a picture that can be read on a phone.

The picture has three times the resolution of a phone's message: a bar for each topic, a column for each day.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.discord.ui.fonts import cut, drawable, font, font_path
from bot.discord.ui.review_text import standing_line
from bot.discord.ui.text import clip, neutralise
from bot.study.learning import Mastery, Progress
from bot.wording import say
from bot.wording.phrases.progress import in_words, percent, shares, short_title
from bot.wording.phrases.scores import score_words
from knowledge.bank.models import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Discord's limit on the description of a picture.
ALT_TEXT = 1_024
_FINE = 3
#: Of a topic's title in a line of its own.
_TITLE = 40
_WIDTH, _EDGE = 300.0, 12.0
_ROW, _BAR, _TOP, _COLUMNS = 20.0, 9.0, 32.0, 56.0
#: Where the bars of topics begin and end.
_LEFT, _RIGHT = 176.0, 258.0
_BACKGROUND, _TRACK, _TEXT, _SOFT = "#1e1f22", "#35373c", "#f2f3f5", "#b5bac1"
_STRONG, _PALE, _DUE = "#5b8def", "#405a8f", "#e0a82e"


def progress_blocks(progress: Progress, lang: Lang) -> list[str]:
    """Return the text above the picture and the one below it; only one where there is nothing to draw."""
    title = f"### {say('member.progress.title', lang)}"
    if not progress.begun:
        return [f"{title}\n{say('member.progress.empty', lang)}"]
    how = say("member.progress.how", lang, begun=len(progress.begun), topics=progress.topics)
    blocks = ["\n".join([title, *in_words(progress, lang, neutralise), standing_line(progress.standing, lang)])]
    if lines := score_words(progress, lang, _titled):
        blocks.append("\n".join(lines))
        how += " " + say("studying.score.how", lang)
    return [*blocks, f"-# {how}"]


def _titled(title: str) -> str:
    return clip(neutralise(title), _TITLE)


def alt_text(progress: Progress, lang: Lang) -> str:
    """Return what the picture shows, in words."""
    counts = " ".join(map(str, progress.forecast))
    bare = say("member.progress.picture", lang, topics="", days=len(progress.forecast), counts=counts)
    topics = clip(shares(progress.begun, lang, neutralise), ALT_TEXT - len(bare))
    return say("member.progress.picture", lang, topics=topics, days=len(progress.forecast), counts=counts)


def progress_png(progress: Progress, lang: Lang) -> bytes:
    """Draw a member's topics, best known first, and what comes up. Blocks for a moment: not for the event loop."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns_top = _TOP + _ROW * len(progress.begun) + 34
    height = columns_top + _COLUMNS + 30
    figure = Figure(figsize=(_WIDTH / 72, height / 72), dpi=72 * _FINE, facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    _legend(axes, lang)
    for row, mastery in enumerate(progress.begun):
        _topic(axes, _TOP + _ROW * row, mastery, lang)
    _forecast(axes, columns_top, progress, lang)
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_BACKGROUND)
    return out.getvalue()


def _legend(axes: Axes, lang: Lang) -> None:
    left = _EDGE
    for key, colour in (("remembered", _STRONG), ("answered", _PALE)):
        text = say(f"member.progress.{key}", lang)
        axes.barh(17, 8, height=8, left=left, color=colour)
        _write(axes, left + 13, 17, text, 10, _SOFT)
        left += 30 + font(10).getlength(text)


def _topic(axes: Axes, top: float, mastery: Mastery, lang: Lang) -> None:
    middle = top + _ROW / 2
    name = cut(drawable(short_title(mastery.topic.title[lang])), 11, _LEFT - _EDGE - 8)
    _write(axes, _EDGE, middle, name, 11)
    for share, colour in ((1.0, _TRACK), (mastery.seen / mastery.items, _PALE), (mastery.recalled, _STRONG)):
        axes.barh(middle, (_RIGHT - _LEFT) * share, height=_BAR, left=_LEFT, color=colour)
    _write(axes, _WIDTH - _EDGE, middle, f"{percent(mastery)}%", 11, align="right")


def _forecast(axes: Axes, top: float, progress: Progress, lang: Lang) -> None:
    days, most = len(progress.forecast), max(progress.forecast)
    _write(axes, _EDGE, top - 18, say("member.progress.forecast", lang, days=days), 11, _SOFT)
    bottom, step = top + _COLUMNS, (_WIDTH - 2 * _EDGE) / days
    axes.barh(bottom, _WIDTH - 2 * _EDGE, height=1, left=_EDGE, color=_TRACK)
    for ahead, count in enumerate(progress.forecast):
        middle, tall = _EDGE + step * (ahead + 0.5), (_COLUMNS - 14) * count / max(most, 1)
        day = progress.today + timedelta(days=ahead)
        _write(axes, middle, bottom + 11, str(day.day), 9, _SOFT if ahead else _TEXT, "center")
        if count:
            axes.bar(middle, -tall, width=step * 0.62, bottom=bottom, color=_DUE)
            _write(axes, middle, bottom - tall - 7, str(count), 9, align="center")
    if not most:
        _write(axes, _WIDTH / 2, top + _COLUMNS / 2, say("member.progress.nothing", lang), 11, _SOFT, "center")


def _write(axes: Axes, x: float, y: float, text: str, size: float, colour: str = _TEXT, align: str = "left") -> None:
    from matplotlib.font_manager import FontProperties

    letters = FontProperties(fname=font_path(), size=size)
    axes.text(x, y, text, fontproperties=letters, color=colour, ha=align, va="center_baseline", parse_math=False)
