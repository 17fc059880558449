"""Chinese in figures: the font that is installed for Epoch's own pictures, under the names that people know.

Matplotlib's own font has no Chinese, so each of its searches gets this one as the last resort; and whoever asks for
`SimHei` or `Microsoft YaHei`, which no server has, gets it at once and not a warning for every label.
"""

from __future__ import annotations

import os
from functools import cache, wraps

from runners.inside.hooks import when_imported

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from typing import Any

#: Radicals, punctuation, kana, ideographs: from here on, none of matplotlib's own fonts has a glyph.
_FIRST_CHINESE = 0x2E80
FONT_FILE = "NotoSansCJKsc-Regular.otf"
#: Fonts with Chinese that tutorials name, of Windows, macOS, Linux and Adobe; in the lists and as families.
NAMES = (
    "SimHei", "SimSun", "NSimSun", "FangSong", "KaiTi", "Microsoft YaHei", "Microsoft YaHei UI", "Microsoft JhengHei",
    "DengXian", "YouYuan", "LiSu", "STHeiti", "STXihei", "STSong", "STKaiti", "STFangsong", "Heiti SC", "Heiti TC",
    "Songti SC", "Kaiti SC", "PingFang SC", "PingFang TC", "PingFang HK", "Hiragino Sans GB", "Arial Unicode MS",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK TC",
    "Noto Sans SC", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Sans SC", "Source Han Sans CN",
    "Source Han Serif SC", "AR PL UMing CN", "AR PL UKai CN", "PMingLiU", "MingLiU",
    "黑体", "宋体", "楷体", "仿宋", "微软雅黑", "等线", "思源黑体", "思源宋体",
)  # fmt: skip
#: Files of such fonts that tutorials give by their path: by these beginnings of their names.
_FILES = (
    "simhei", "simsun", "simkai", "simfang", "msyh", "msjh", "deng", "stheiti", "stsong", "stkaiti", "stxihei",
    "pingfang", "songti", "kaiti", "hiragino", "arial unicode", "wqy", "notosanscjk", "notoserifcjk", "notosanssc",
    "sourcehan", "uming", "ukai", "mingliu",
)  # fmt: skip


def draw_chinese() -> None:
    """See that Chinese is drawn, as soon as the program imports matplotlib's fonts."""
    when_imported("matplotlib.font_manager", _add)
    when_imported("matplotlib._mathtext", _add_to_formulas)


@cache
def font_path() -> str | None:
    """Return the file of the font, without importing the package it comes in; None where that is not installed."""
    from importlib.util import find_spec

    spec = find_spec("mplfonts")
    if spec is None or spec.origin is None:
        return None
    path = os.path.join(os.path.dirname(spec.origin), "fonts", FONT_FILE)
    return path if os.path.exists(path) else None


def _add(module: Any) -> None:
    module._log.addFilter(_once_each())
    path = font_path()
    if path is None:
        return
    manager = module.fontManager
    there = {entry.name for entry in manager.ttflist}
    for name in NAMES:
        if name not in there:
            entry = module.FontEntry(
                fname=path, name=name, style="normal", variant="normal", weight=400, stretch="normal", size="scalable"
            )
            manager.ttflist.append(entry)
    _fall_back(manager, path)
    _find_files(module.FontProperties, path)


def _fall_back(manager: Any, path: str) -> None:
    """Give every search for the fonts of a text this one as the last: glyphs missing in the others come from it."""
    if (search := getattr(manager, "_find_fonts_by_props", None)) is None:
        return

    @wraps(search)
    def search_on(*args: Any, **kwargs: Any) -> list[Any]:
        found = list(search(*args, **kwargs))
        return found if path in found else [*found, path]

    manager._find_fonts_by_props = search_on


def _add_to_formulas(module: Any) -> None:
    """Draw Chinese beside a formula, which is set glyph by glyph and without the search above."""
    path, fonts = font_path(), getattr(module, "UnicodeFonts", None)
    if path is None or fonts is None:
        return
    get_glyph = fonts._get_glyph

    @wraps(get_glyph)
    def get_glyph_or_chinese(self: Any, fontname: str, font_class: str, sym: str) -> Any:
        if len(sym) == 1 and ord(sym) >= _FIRST_CHINESE:
            return self._get_font(path), ord(sym), False
        return get_glyph(self, fontname, font_class, sym)

    fonts._get_glyph = get_glyph_or_chinese


def _find_files(properties: Any, path: str) -> None:
    set_file = properties.set_file

    @wraps(set_file)
    def set_file_here(self: Any, file: Any) -> None:
        if isinstance(file, str | os.PathLike) and not os.path.exists(file):
            name = os.fspath(file)
            if isinstance(name, str) and name.replace("\\", "/").rpartition("/")[2].lower().startswith(_FILES):
                file = path
        set_file(self, file)

    properties.set_file = set_file_here


def _once_each() -> Any:
    said: set[str] = set()

    def new(record: logging.LogRecord) -> bool:
        message = record.getMessage()
        return not (message in said or said.add(message))  # type: ignore[func-returns-value]

    return new
