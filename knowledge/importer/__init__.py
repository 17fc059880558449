"""Imports an interview document: drafts topics from its questions, and finds out which of its snippets work.

reading    bytes → text
blocks     HTML's blocks → a line each
lines      text → prose, code, what is hidden; labels of parts
marks      a line → what it would be if it opened a question
layout     all lines → what each may be
runs       lines of one style, and where the question of each ends
counting   of numbered ones, those that go on through the document
styles     runs → where questions start, decided over the whole document
mending    what one style leaves open
tables     flashcards in a table or in lines → lines with labels
document   starts → questions, and what belongs to none
code       which snippets need which before them
known      questions → the topics that the bank has already
grouping   questions → groups that ask the same thing
drafting   groups → draft folders
snippets   questions → verdicts, by running; the only part that needs a runner
"""

from __future__ import annotations

from knowledge.importer.document import CharacterTally, DocumentQuestion, DocumentSnippet, parse, tally
from knowledge.importer.drafting import DraftFolder, slug_of, write
from knowledge.importer.grouping import QuestionGroup, group, subject
from knowledge.importer.known import known
from knowledge.importer.reading import read, read_text
from knowledge.importer.snippets import SnippetVerdict, TriedCode, try_all

__all__ = [
    "DraftFolder", "QuestionGroup", "DocumentQuestion", "DocumentSnippet", "CharacterTally", "SnippetVerdict",
    "TriedCode", "group", "known", "parse", "read", "read_text", "slug_of", "subject", "tally", "try_all", "write",
]  # fmt: skip
