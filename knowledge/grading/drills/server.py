"""The judge's process: `python -m knowledge.grading.drills.server`. A question a line in, an answer a line out.

It runs the packaged bank's judges, solutions and mistakes; an answer's code it only reads, as text. It knows NumPy, no
network and no secret, and ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from knowledge.grading.drills.verdicts import Verdicts


def main() -> None:
    """Answer until standard input ends."""
    # What a judge or a mistake prints must not come between two answers.
    way = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    verdicts = Verdicts()
    for line in sys.stdin:
        question = json.loads(line)
        way.write(json.dumps({"id": question["id"], **_answer(verdicts, question)}) + "\n")
        way.flush()


def _answer(verdicts: Verdicts, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return verdicts.answer(question)
    except Exception as error:  # the edge of this process: whoever asked is told, and the next question answered
        traceback.print_exc()
        return {"error": f"the judge failed ({type(error).__name__}: {error})"}


if __name__ == "__main__":
    main()
