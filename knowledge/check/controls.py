"""Names of controls in a topic's texts: only words that the interface has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.bank.controls import CONTROLS
from knowledge.bank.models import LANGS, Lang, Problem, Topic
from knowledge.check.texts import problem

_QUOTED_ZH, _QUOTED_EN = r"[“「]([^”」。]{1,10})[”」]", r"(?<!\*)[*“]([^*”.]{1,30})[*”](?!\*)"
#: How a control is named: by what one does to it, by what it is, or as an example's own.
_NAMED: dict[Lang, tuple[re.Pattern[str], ...]] = {
    "zh": (
        re.compile(rf"(?:点击(?!率)|点一下|按下|按一下|[里中请再可，；]点|[里中请再可，；]按){_QUOTED_ZH}"),
        re.compile(rf"{_QUOTED_ZH}(?:按钮|键|菜单)"),
        re.compile(rf"示例(?:里|中)?的{_QUOTED_ZH}"),
        # Without quotation marks the name ends nowhere, so it is none of the interface's.
        re.compile(r"(?:示例(?:里|中)点|点击(?!率)|点一下)([^“「\s，。；：、]{2,6})"),
    ),
    "en": (
        re.compile(rf"\b(?:[Pp]ress|[Cc]lick|[Tt]ap)(?:ing)?(?: on)?(?: the)? {_QUOTED_EN}"),
        re.compile(rf"{_QUOTED_EN} (?:button|menu)\b"),
        re.compile(r"\bexample\b[^.*]{0,40}(?<!\*)\*([A-Z][^*.]{1,30})\*(?!\*)"),
        re.compile(r"(?<!\*)\*([A-Z][^*.]{1,30})\*(?!\*)[^.*]{0,40}\bexample\b"),
    ),
}


def controls(topic: Topic) -> Iterator[Problem]:
    """Check what a topic calls the interface's controls."""
    for lang in LANGS:
        texts = [(f"{topic.slug}/{lang}.md", text) for text in topic.sections[lang].values()]
        texts += [(f"{topic.slug}/topic.toml", example.counter_why[lang]) for example in topic.meta.examples.values()]
        texts += [(f"{topic.slug}/quiz.toml", item.why[lang]) for item in topic.quiz if item.why is not None]
        known = [control[lang] for control in CONTROLS.values()]
        for path, text in texts:
            for name in dict.fromkeys(found[1] for pattern in _NAMED[lang] for found in pattern.finditer(text)):
                if name not in known:
                    fix = f"use the interface's own words: {', '.join(known)}"
                    yield problem(path, f"names a control '{name}' that the interface does not have", fix)
