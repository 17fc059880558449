"""Questions that ask for the same thing, put together: what the bank should answer next.

(question, language, count) + their similarity → average-linkage clusters → Cluster
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.models import Lang

#: Clusters whose questions are less alike than this on average stay apart (`Retriever.alike` says how alike two are).
#: Over 31 questions of 11 kinds in two languages, anything from .20 to .30 takes them apart without a mistake.
ALIKE = 0.25
_EXAMPLES = 5
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question without an answer, and how often it was asked."""

    question: str
    lang: Lang
    count: int
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask for the same thing.

    Attributes:
        question: the one that is most like all others, each weighed by how often it was asked.
        count: how often any of them was asked.
        langs: how often in each language.
        nearest: slugs of the topics that came nearest, the most frequent first.
        examples: other questions of the cluster, the most frequent first.
    """

    question: str
    count: int
    langs: dict[Lang, int]
    nearest: tuple[str, ...]
    examples: tuple[str, ...]


def clusters(
    asked: Sequence[UnansweredQuestion], similarity: NDArray[np.floating[Any]], alike: float = ALIKE
) -> list[Cluster]:
    """Return the clusters, the most often asked first.

    Args:
        asked: the questions.
        similarity: similarity of each two questions, shape (questions, questions), 0 to 1.
        alike: mean similarity over all pairs of two clusters from which on they are merged.
    """
    rows = groups(similarity, alike)
    found = [_cluster([asked[i] for i in group], similarity[np.ix_(group, group)]) for group in rows]
    return sorted(found, key=lambda cluster: (-cluster.count, cluster.question))


def groups(similarity: NDArray[np.floating[Any]], alike: float) -> list[list[int]]:
    """Return the rows that belong together, by average linkage (UPGMA; Sokal & Michener 1958), in order."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    size = len(similarity)
    if size < 2:
        return [[row] for row in range(size)]
    distance = 1.0 - np.clip((similarity + similarity.T) / 2, 0.0, 1.0)
    labels = fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - alike, "distance")
    together: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        together.setdefault(label, []).append(row)
    return list(together.values())


def _cluster(members: Sequence[UnansweredQuestion], similarity: NDArray[np.floating[Any]]) -> Cluster:
    counts = np.array([each.count for each in members])
    middle = int(np.argmax(similarity @ counts))
    often = sorted(members, key=lambda each: (-each.count, each.question))
    langs: Counter[Lang] = Counter()
    nearest: Counter[str] = Counter()
    for each in members:
        langs[each.lang] += each.count
        for rank, slug in enumerate(each.nearest):
            nearest[slug] += each.count * (_NEAREST - rank)
    return Cluster(
        question=members[middle].question,
        count=int(counts.sum()),
        langs=dict(sorted(langs.items())),
        nearest=tuple(slug for slug, _ in sorted(nearest.items(), key=lambda pair: (-pair[1], pair[0]))[:_NEAREST]),
        examples=tuple(each.question for each in often if each is not members[middle])[:_EXAMPLES],
    )
