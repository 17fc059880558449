"""Printing a quiz item, in a round or a review: its prompt, code and options, and the fix that its answer shows."""

from __future__ import annotations

from bot.study.rounds.questions import Question
from bot.terminal.lines import Voice, put_code
from bot.wording.foreign import printable


def put_question(voice: Voice, question: Question) -> None:
    """Print what is asked, with its code and its options."""
    voice.put(printable(question.prompt))
    if question.picture:
        voice.put(printable(question.picture))
    if question.code:
        put_code(voice.out, printable(question.code))
    for letter, option in zip(question.letters, question.options, strict=True):
        first, *rest = printable(option).split("\n")
        voice.put("\n".join([f"  {letter}  {first}", *(f"     {line}" for line in rest)]))


def put_fix(voice: Voice, question: Question) -> None:
    """Print the code as it should have been, where the question has it."""
    if question.fixed:
        voice.say("quiz.reveal.fix")
        put_code(voice.out, question.fixed)
