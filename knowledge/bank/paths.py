"""Learning paths: in which order to study what a topic requires."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import Bank, Topic


def learning_path(bank: Bank, goal: Topic) -> list[Topic]:
    """Return what to study before `goal`, prerequisites first, `goal` last.

    Requirements that the bank does not hold are passed over. Ties are broken by slug: the path never varies.

    Raises:
        KnowledgeError: the requirements go in a circle.
    """
    graph: dict[str, list[str]] = {}
    waiting = [goal.slug]
    while waiting:
        slug = waiting.pop()
        if slug not in graph:
            graph[slug] = sorted(other for other in bank[slug].meta.requires if other in bank.topics)
            waiting.extend(graph[slug])
    try:
        order = list(TopologicalSorter({slug: graph[slug] for slug in sorted(graph)}).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise KnowledgeError(f"topics require each other in a circle: {circle}; drop one from `requires`") from error
    return [bank[slug] for slug in order]
