"""Drafts of topics that members asked for: never searched, and never an answer, before a person has merged them.

models     a draft, and how it stands
folders    its folder in the data folder, as `epoch new` makes one
uploads    what a reviewer attaches → files of a topic
checking   `epoch check` on a draft, in a process of its own
patch      a topic's files → a patch that `git apply` takes at the root of the repository
"""
