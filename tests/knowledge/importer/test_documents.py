"""The corpus: in documents of every shape all questions are found, each with what is its own, and nothing vanishes."""

from __future__ import annotations

import html
import re

import pytest

from knowledge.importer import DocumentQuestion, drafting, group, parse, tally
from knowledge.importer.reading import decode
from tests.knowledge.documents import DOCUMENTS, Document
from tests.knowledge.odd_documents import ODD

#: Words of labels and of fences: what marks a part up is no part of it.
_MARKUP = set("参考答案解析题目点击查看问举例示代码一二三四五第章") | {"python", "question", "answer"}
#: What the odd documents count with, how they call their parts, and where a heading links to.
_COUNTING = set("甲乙丙第其面试官我回") | {"ans", "ques", "https", "ii", "iii", "iv", "vi", "vii", "viii"}
_COUNTING |= {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"}
corpus = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)


def own(question: DocumentQuestion) -> str:
    """All that belongs to a question, its title aside."""
    return "\n".join([*question.parts.values(), *(snippet.code for snippet in question.snippets)])


def words(text: str) -> list[str]:
    """English words and Chinese characters, without HTML's tags."""
    bare = re.sub(r"</?[a-z][a-z0-9]*\b[^>\n]*>", " ", html.unescape(text))
    return re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", bare)


@corpus
def test_all_questions_are_found_with_what_is_their_own(document: Document) -> None:
    questions = parse(document.text)
    assert [question.title for question in questions] == [title for title, _ in document.questions]
    for question, (title, phrases) in zip(questions, document.questions, strict=True):
        assert [phrase for phrase in phrases if phrase not in own(question)] == [], title
        others = "\n".join(own(other) for other in questions if other is not question)
        assert [phrase for phrase in phrases if len(phrase) > 8 and phrase in others] == [], title


@pytest.mark.parametrize("name", ODD)
def test_odd_documents_give_their_questions_and_answers(name: str) -> None:
    text, wanted = ODD[name]
    assert [(q.number, q.title, q.parts.get("answer", "")) for q in parse(text)] == wanted


@corpus
def test_nothing_of_a_document_vanishes_on_the_way_into_its_drafts(document: Document) -> None:
    drafts = "\n".join(text for each in group(parse(document.text)) for text in drafting.files(each).values())
    there = {word.lower() for word in words(drafts)}
    assert {word for word in words(document.text) if word.lower() not in there} <= _MARKUP


@corpus
def test_characters_out_are_characters_in(document: Document) -> None:
    questions = parse(document.text)
    count = tally(document.text, questions)
    assert count.document == len("".join(document.text.split()))
    assert count.document == count.placed + count.not_placed + count.markup
    assert count.markup >= 0


@corpus
@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(document: Document, ends: str) -> None:
    assert parse(decode(document.text.replace("\n", ends).encode(), "x.md")) == parse(document.text)


@pytest.mark.parametrize("name", ODD)
def test_nothing_of_an_odd_document_vanishes(name: str) -> None:
    text, _ = ODD[name]
    questions = parse(text)
    there = {word.lower() for q in questions for word in words("\n".join([q.title, own(q), q.left]))}
    assert {word.lower() for word in words(text)} - there <= _MARKUP | _COUNTING
    count = tally(text, questions)
    assert count.document == len("".join(text.split()))
    assert count.markup >= 0
