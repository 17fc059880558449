"""Domain objects → what a Discord message says, within Discord's limits. Pure: no client, no files, no clock.

- text: foreign text made harmless; lengths as Discord counts them
- split: Markdown cut into pieces that read well and rejoin
- answers: topics and replies
- runs: a run while it goes and when it is over
- errors: what went wrong, in words for the member who met it
"""
