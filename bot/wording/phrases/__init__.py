"""Sentences that both fronts say of what `bot.study` tells them: plain text, with no front's markup or limits.

Bold words are marked with `**`, as in the texts of the interface; a front that shows none takes the marks out.
"""
