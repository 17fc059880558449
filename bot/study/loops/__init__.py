"""The whole interview: three open questions with a follow-up each, a bug to find, a drill to write, under a clock.

roles.py     which topics a role is asked about
machine.py   the parts, their clock and what became of them; a pure state machine
choosing.py  what is asked of whom
conduct.py   an answer is kept, judged, counted as a review, and the next part begins
report.py    what came of it, beside the last time
"""
