"""Imports an interview document: drafts topics from its questions, and finds out which of its snippets work.

    reading    bytes → text
    lines      text → prose, fences, labels, numbered headings
    document   those → questions
    grouping   questions → groups that ask the same thing
    drafting   groups → draft folders
    snippets   questions → verdicts, by running; the only part that needs a runner
"""

from __future__ import annotations

from knowledge.importer.document import Question, Snippet, parse
from knowledge.importer.drafting import Draft, write
from knowledge.importer.grouping import Group, group
from knowledge.importer.reading import read
from knowledge.importer.snippets import Tried, Verdict, try_all

__all__ = ["Draft", "Group", "Question", "Snippet", "Tried", "Verdict", "group", "parse", "read", "try_all", "write"]
