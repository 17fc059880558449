"""The Discord front: the client, what all its messages share (`ui`), and a folder a feature.

A feature has a `cog` (commands: defer, call study, show), `controls` (buttons, selects, forms, which outlive a restart)
and `text` (domain objects → what a message says; pure: no client, no files, no clock).
"""
