"""A second bank, as a host would have one: three topics that have nothing to do with machine learning."""

from __future__ import annotations

import shutil
from pathlib import Path

from knowledge.bank.banks import joined
from knowledge.bank.models import Bank
from knowledge.check.scaffold import new_bank
from tests.knowledge.banks import small_bank

SLUGS = frozenset({"binary-search", "hash-tables", "sql-joins"})
#: What lies beside: two topics and what the bank says of itself. The third is the one that every new bank begins with.
_DATA = Path(__file__).parents[1] / "data" / "second_bank"


def write_second_bank(folder: Path) -> Path:
    """Write the bank and return its folder."""
    return Path(shutil.copytree(_DATA, new_bank(folder), dirs_exist_ok=True))


def both_banks(folder: Path) -> Bank:
    """Return the small bank, which stands for the packaged one, and the second one, written into `folder`."""
    return joined(small_bank(), [str(write_second_bank(folder))])
