"""The Discord front: the client, what all its messages share (`ui`), and one folder for each feature.

A feature has three modules. `cog` has the commands, which defer, call study and render. `controls` has the buttons,
selects and forms, which work after a restart. `text` renders domain objects as the text of messages; its functions are
pure: no client, no files, no clock.
"""
