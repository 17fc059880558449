"""The bank in the formats of other programs.

    Topic  → notebook → .ipynb
    topics → anki     → .apkg

- markup: the bank's Markdown as Jupyter and as HTML read it
- files: writing a file whole or not at all
"""
