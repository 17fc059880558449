"""Imports an interview document: drafts topics from its questions, and finds out which of its snippets work.

reading    bytes → text
lines      text → prose, code, what is hidden; labels of parts
marks      a line → what it would be if it opened a question
layout     all lines → what each may be
runs       lines of one style, and where the question of each ends
counting   of numbered ones, those that go on through the document
styles     runs → where questions start, decided over the whole document
mending    what one style leaves open
tables     flashcards in a table → lines with labels
document   starts → questions, and what belongs to none
code       which snippets need which before them
known      questions → the topics that the bank has already
grouping   questions → groups that ask the same thing
drafting   groups → draft folders
snippets   questions → verdicts, by running; the only part that needs a runner
"""

from __future__ import annotations

from knowledge.importer.document import CharacterTally, DocumentQuestion, DocumentSnippet, parse, tally
from knowledge.importer.drafting import Draft, write
from knowledge.importer.grouping import QuestionGroup, group
from knowledge.importer.known import known
from knowledge.importer.reading import read, read_text
from knowledge.importer.snippets import Tried, Verdict, try_all

__all__ = [
    "Draft", "QuestionGroup", "DocumentQuestion", "DocumentSnippet", "CharacterTally", "Tried", "Verdict",
    "group", "known", "parse", "read", "read_text", "tally", "try_all", "write",
]  # fmt: skip
