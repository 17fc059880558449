"""What a line of prose would be if it opened a question: how it is marked up, its number, its title.

    line → tidy → mark → `### 1. …`, `**Q2: …**`, `第 3 题`, `3.1.2 …`, `（4）…`, `五、…`, `- …`, `<summary>…`, `…？`

A mark only says what the line looks like. Whether lines that look like it open questions in this document, as `styles`
decides, only all of them together tell.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from knowledge.importer.lines import label, number

MarkKind = Literal["hash", "summary", "label", "bold", "number", "bullet", "plain"]

#: No question's own line is longer; what is has not to be looked at, and cannot cost its square.
_LONGEST = 1500
_DIGITS = r"\d{1,4}"
_HAN = "[零一二三四五六七八九十百]{1,5}"
_SPELT_OUT = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
""".split()  # noqa: SIM905 - prose reads better as prose
_CARDINALS = 20
#: The longest first: `six` begins `sixteen`.
_SPELT = "|".join(sorted(_SPELT_OUT, key=len, reverse=True))
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_QUOTE = re.compile(r"(?:[ ]{0,3}>)+[ ]?")
_HASH = re.compile(r"[ ]{0,3}(?P<hash>\#{1,6})(?:\s+|(?<=\#\#)(?=[^\s\#])|(?=\d{1,3}[.、．]|[Qq]\d)|$)")
_HTML_HEADING = re.compile(r"\s{0,3}<h(?P<level>[1-6])\b[^>]{0,200}>(?P<title>.*?)(?:</h[1-6]>)?\s*", re.IGNORECASE)
_SUMMARY = re.compile(
    r"\s*(?:<details\b[^>]{0,200}>\s*)?<summary\b[^>]{0,200}>(?P<title>.*?)</summary>(?P<rest>.*)", re.IGNORECASE
)
_BULLET = re.compile(r"(?:[-*+•·●■◆▪–][ ]{1,4}(?:\[[ xX]\][ ])?|[•·●■◆▪](?=\S))")
_NUMBERED = re.compile(
    rf"""(?:
    第\s?(?P<ordinal>{_DIGITS}|{_HAN})\s?(?:道小?题|小?题|个问题|问题|[问道])\s{{0,2}}[:：、.．]?
    |(?:problem|exercise|quiz|question|ques|q|面试题|问题|题目|考题|题)[.．]?\s?(?:no\.?|[\#№])?\s?
        (?P<word>{_DIGITS}|{_HAN}|{_SPELT})(?![\w%])\s?(?P<wordend>\*\*)?\s?(?:[:：、.．)）|】\]]|[-–—](?=\s))?
    |(?P<dotted>\d{{1,3}}(?:[.．]\d{{1,3}}){{1,4}})(?!\d)[.．、:：]?
    |(?P<open>[（(【\[])?\s?(?P<arabic>{_DIGITS})\s?\\?(?P<sep>[.．、)）】\]:：]|[-–—](?=\s))(?!\d)
    |(?P<openhan>[（(【\[])?(?P<han>{_HAN})\s?(?P<sephan>[、.．)）】\]:：])
    |(?P<openletter>[（(])?(?:(?P<roman>[IVX]{{1,5}})|(?P<letter>[A-Z]))\s?(?P<sepletter>[.、)）])(?=\s|[\u4e00-\u9fff])
    |(?P<stem>[甲乙丙丁戊己庚辛壬癸])\s?(?P<sepstem>[.．、)）:：])
    |(?P<spelt>{_SPELT})(?P<sepspelt>[.:)、])(?=\s)
    |(?:其|第)(?P<nth>[一二三四五六七八九十]{{1,3}})[、，,:：]
    |(?P<circled>[①-⑳])\s?[.、]?
    |(?P<bare>\d{{1,3}})(?=\s|$)
    )\s*(?P<title>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\]\((?P<to>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s\"[^\"]*\")?\)")
_ANCHOR = re.compile(
    r"<a\b[^>]{0,300}>|</a>|\{#[\w-]+\}|</?(?:span|font|center|u|div|p|h[1-6])\b[^>]{0,200}>|<br\s*/?>", re.IGNORECASE
)
_CODE = re.compile(r"(`[^`]+`)")
_STRONG = re.compile(r"<(?:b|strong)>|\s?</(?:b|strong)>", re.IGNORECASE)
#: What may follow a question mark and still belong to the title: a tag in brackets, stars, how often it was asked.
_TAGS = re.compile(r"\s*(?:[（(\[【<][^）)\]】>]*[）)\]】>]|[^\w\s（(\[【<])*\s*")
_ASKS = re.compile(
    r"[?？]\s*$|什么|为何|为什么|如何|怎么|怎样|哪[些个种类一]|区别|吗[。]?\s*$|是否|"
    r"^(?:请|解释|简述|简要|简单|详细|介绍|说[说一下明]|谈谈|聊聊|讲[讲一述]|描述|比较|对比|列[举出]|阐述|论述|推导|手[写推撕]|"
    r"实现|写[出一]|给出|证明|试述|计算)|"
    r"^(?:what|why|how|when|where|which|who|whose|is|are|can|could|do|does|did|should|would|will|has|have|explain|"
    r"describe|define|compare|contrast|name|list|give|discuss|tell|write|implement|derive|state|outline|differentiate|"
    r"distinguish|prove|suppose|mention|summari[sz]e|illustrate|identify|calculate|compute|design|walk|in what|"
    r"for what|given|you (?:have|are))\b",
    re.IGNORECASE,
)
#: Headings that no document means as questions.
_MATTER = re.compile(
    r"(?:table of contents?|contents?|toc|index|introduction|intro|overview|preface|references?|further reading|"
    r"resources|links|licen[cs]e|contribut(?:ing|ors?|e)|about|acknowledge?ments?|credits|questions?|answers?|changelog|"
    r"summary|conclusions?|appendix|目录|目次|索引|前言|序言?|引言|简介|概述|总结|小结|结语|参考(?:资料|文献|链接)?|附录|更新(?:日志|记录)|"
    r"许可证?|致谢|贡献(?:指南)?|面试题|问题|答案|参考答案|题目|推荐阅读|扩展阅读|写在(?:前面|最后))\W*",
    re.IGNORECASE,
)


class Style(NamedTuple):
    """How a line is marked up; lines of one style are one run. `level` is of hashes, or of indentation."""

    kind: MarkKind
    level: int = 0
    numbering: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one line says, if it opens a question.

    Attributes:
        style: how it is marked up.
        number: its own, if it has a whole one.
        title: without markup and number; may be empty.
        rest: what follows the title on the same line, and belongs to the answer.
        numbered: it counts, though perhaps in a way (3.1.2) that is no whole number.
        path: a dotted number's own levels, (3, 1, 2) for 3.1.2.
        firm: nothing but a number counts like that (`3.`; a bare `3` does not).
        links: it only leads to another place of the document, as entries of a table of contents do.
    """

    style: Style
    number: int | None
    title: str
    rest: str = ""
    numbered: bool = False
    firm: bool = False
    links: bool = False
    path: tuple[int, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the title reads like a question or a request."""
        return bool(_ASKS.search(self.title)) or self.asks_outright

    @property
    def asks_outright(self) -> bool:
        """Whether the title ends with a question mark, tags behind it aside."""
        at = max(self.title.rfind("?"), self.title.rfind("？"))
        return at >= 0 and _TAGS.fullmatch(self.title, at + 1) is not None

    @property
    def matter(self) -> bool:
        """Whether it heads something that is in every document: contents, references, a summary."""
        return _MATTER.fullmatch(self.title) is not None


def tidy(text: str) -> str:
    """Return a line with HTML's bold as Markdown's, without anchors, and without the pictures before its words."""
    text = _unanchored(text)
    if "<" in text:
        text = _STRONG.sub("**", text)
    start = len(text) - len(text.lstrip(" \t>#*-"))
    end = start
    while end < len(text) and (text[end] in "\ufe0f\u200d\u20e3▷ " or unicodedata.category(text[end]) == "So"):
        end += 1
    picture = text[start:end].strip()
    return text[:start] + text[end:] if picture and not "①" <= picture[0] <= "⑳" else text


def _unanchored(text: str) -> str:
    """Return a text without anchors and without tags that only lay it out; in `code` they are what is meant."""
    if "`" not in text:
        return _ANCHOR.sub("", text)
    return "".join(part if n % 2 else _ANCHOR.sub("", part) for n, part in enumerate(_CODE.split(text)))


def heading_level(text: str) -> int:
    """Return the level of a heading in hashes or in HTML; 0 for any other line."""
    if (match := _HASH.match(text)) is not None:
        return len(match["hash"])
    found = _HTML_HEADING.fullmatch(text) if "<" in text and len(text) < _LONGEST else None
    return int(found["level"]) if found else 0


def summary(text: str) -> tuple[str, str] | None:
    """Return the text of a `<summary>`, and what follows it on the line, if the line has one."""
    found = _SUMMARY.fullmatch(text) if "<summary" in text.lower() and len(text) < _LONGEST else None
    return (found["title"].strip(), found["rest"]) if found else None


def mark(text: str) -> Mark | None:
    """Return what the line would be if it opened a question; None if it could not."""
    if not text.strip() or len(text) > _LONGEST or text.lstrip().startswith("|"):
        return None
    if (folded := summary(text)) is not None:
        title, rest = folded
        inner = _read(tidy(title).replace("**", "").strip(" #"), strong=True)
        return replace(inner, style=Style("summary"), rest=rest.strip()) if inner else None
    line = tidy(text.expandtabs(4))
    if (found := _HTML_HEADING.fullmatch(text)) is not None:
        line = f"{'#' * int(found['level'])} {tidy(found['title'])}"
    quoted = _QUOTE.match(line)
    line = line[quoted.end() :] if quoted else line
    body = line.lstrip()
    indent = len(line) - len(body)
    if (level := _HASH.match(line)) is not None:
        title = re.sub(r"\s+#+\s*$", "", line[level.end() :])
        found_mark = _read(title.strip(), strong=True)
        return replace(found_mark, style=Style("hash", len(level["hash"]))) if found_mark else None
    digits = len(re.match(r"\d*", body)[0])  # type: ignore[index]  # ` 9.` stands above `10.`
    column = indent + max(0, digits - 1) if indent else 0
    opens = _unheaded(body, 0 if column < 2 else 1 + column // 4)
    picture = _picture(text.lstrip())
    if opens is not None and opens.style.kind == "plain" and picture:  # `▶ What is …?`: each picture is a style
        return replace(opens, style=Style("bullet", 0 if column < 2 else 1 + column // 4, picture))
    return opens


def _picture(text: str) -> str:
    """Return the picture that a line begins with; empty where it begins with anything else."""
    first = text[:1]
    return first if first and (first == "▷" or unicodedata.category(first) == "So") and not "①" <= first <= "⑳" else ""


def _unheaded(body: str, depth: int) -> Mark | None:
    bullet = _BULLET.match(body)
    inner = body[bullet.end() :] if bullet else body
    found = _read(inner, strong=inner.startswith(("**", "__")))
    if found is None:
        return None
    kind, _, numbering = found.style
    if kind == "plain" and bullet:
        return replace(found, style=Style("bullet", depth))
    if kind == "number":
        nested = _HASH.match(found.title)  # `1. ### What is …?`
        if nested is not None and found.number is not None:
            title = found.title[nested.end() :].strip()
            return replace(found, style=Style("hash", len(nested["hash"])), title=title)
        return replace(found, style=Style("number", depth, numbering))
    return found


def _read(text: str, *, strong: bool) -> Mark | None:
    """Return the mark of a line without its hashes or bullet; `strong` lets a bare number count."""
    if not text:
        return None
    bold = text[:2] if text.startswith(("**", "__")) else ""
    body = text[len(bold) :].lstrip()
    links = _only_links(body)
    if (whole := _LINK.fullmatch(body.rstrip("*_ "))) is not None and not whole[0].startswith("!"):
        text = body = whole["text"]
        bold = ""
    labelled = label(text)
    if labelled is not None and labelled.part == "question":
        return _titled(Style("label"), labelled.number, labelled.rest, links=links)
    counted = _NUMBERED.match(body)
    if counted is None or (counted["bare"] and not strong):
        return _titled_bold(body, bold, links=links) if bold else _titled(Style("plain"), None, body, links=links)
    numbering, ordinal = _numbering(counted)
    kind: MarkKind = "label" if counted["word"] or counted["ordinal"] else "number"
    rest = counted["title"]
    if bold and kind == "number":
        kind = "bold"
    inner = label(rest)
    if inner is not None and inner.part == "question":
        kind, rest = "label", inner.rest
    elif inner is not None:
        return None  # `1. 答案：…`
    rest = rest.removeprefix(bold).lstrip(" :：") if bold and not rest.startswith(bold + bold) else rest
    found = _titled_bold(rest, bold, links=links) if bold and bold in rest else None
    if found is None:
        found = _lead(rest, links=links) or _titled(Style("plain"), None, rest, links=links)
    path = tuple(int(each) for each in re.split("[.．]", counted["dotted"])) if counted["dotted"] else ()
    firm = counted["bare"] is None
    return replace(found, style=Style(kind, 0, numbering), number=ordinal, numbered=True, firm=firm, path=path)


def _titled(style: Style, ordinal: int | None, title: str, *, links: bool) -> Mark:
    return Mark(style, ordinal, plain(title), numbered=ordinal is not None, firm=ordinal is not None, links=links)


def _titled_bold(body: str, bold: str, *, links: bool) -> Mark | None:
    """Return the mark of `Title** and the rest`: a bold line, or a bold question and its answer."""
    title, closed, rest = body.partition(bold)
    if not closed:
        return _titled(Style("plain"), None, body, links=links)
    found = _titled(Style("bold"), None, title, links=links)
    if not rest.strip(" :：") or _TAGS.fullmatch(rest):
        return replace(found, title=plain(f"{title} {rest.strip(' :：')}"))
    if found.asks or title.rstrip().endswith((".", "。")):
        return replace(found, rest=rest.strip().lstrip(":：").strip())
    return _titled(Style("plain"), None, body, links=links)


def _lead(text: str, *, links: bool) -> Mark | None:
    """Return the mark of `**Title** rest`, with which a numbered line may go on."""
    if not text.startswith(("**", "__")):
        return None
    return _titled_bold(text[2:], text[:2], links=links)


def _numbering(counted: re.Match[str]) -> tuple[str, int | None]:
    """Return how a line counts, and its number."""
    if (word := counted["ordinal"] or counted["word"]) is not None:
        return "word", _spelt(word) or number(word)
    if counted["dotted"]:
        return f"{len(re.split('[.．]', counted['dotted']))} levels", None
    if (letters := counted["roman"] or counted["letter"]) is not None:
        how = "I" if counted["roman"] else "A" if letters.isupper() else "a"
        ordinal = _roman(letters.upper()) if counted["roman"] else ord(letters.upper()) - ord("@")
        sep = unicodedata.normalize("NFKC", counted["sepletter"])
        return f"{'(' * bool(counted['openletter'])}{how}{sep}", ordinal
    if counted["stem"]:
        return "甲", _STEMS.index(counted["stem"]) + 1
    if counted["spelt"]:
        return "one", _spelt(counted["spelt"])
    if counted["nth"]:
        return "其一", number(counted["nth"])
    if counted["circled"]:
        return "①", int(unicodedata.numeric(counted["circled"]))
    opened = "(" if counted["open"] or counted["openhan"] else ""
    sep = unicodedata.normalize("NFKC", counted["sep"] or counted["sephan"] or " ")
    return f"{opened}{'一' if counted['han'] else '1'}{sep}", number(
        counted["arabic"] or counted["han"] or counted["bare"]
    )


def _spelt(text: str) -> int | None:
    """Return `two` or `second` as a number; None for what is none."""
    word = text.lower()
    if word not in _SPELT_OUT:
        return None
    at = _SPELT_OUT.index(word)
    return at % _CARDINALS + 1


def _roman(text: str) -> int | None:
    """Return a Roman number up to 39; None for letters that are none."""
    found = re.fullmatch(r"(X{0,3})(IX|IV|V?I{0,3})", text)
    units = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    return len(found[1]) * 10 + units.index(found[2]) if found else None


def _only_links(text: str) -> bool:
    """Tell whether the line is nothing but links to places in a document."""
    targets = [link["to"] for link in _LINK.finditer(text)]
    return bool(targets) and all("#" in to for to in targets) and not _LINK.sub("", text).strip("*_ .、|-·0123456789")


def plain(text: str) -> str:
    """Return a title as one line of text: links by their words, without emphasis and entities."""
    text = _unanchored(_LINK.sub(lambda link: link["text"], text))
    text = html.unescape(re.sub(r"\\([\\`*_{}\[\]()#+.!?-])", r"\1", text))
    # `__init__` is a name, and `C#` another.
    text = re.sub(
        r"\*\*|(?<![a-z])__(?![a-z]+__)|^[*_#>\s]+(?=[^\w*]|\w(?!\w*\*(?!\*)))|(?:\s#+)?[*_\s]+$|\s#+$", "", text
    )
    return " ".join(re.sub(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])", r"\1", text).split())
