"""Answers to questions: commands, mentions, the controls below an answer, votes, follow-ups."""
