"""The bank in the formats of other programs.

    Topic  → notebook → .ipynb
    topics → anki     → .apkg
    topics → table    → .csv

- markup: the bank's Markdown as Jupyter and as HTML read it
- cells and drills: what a notebook is made of
"""
