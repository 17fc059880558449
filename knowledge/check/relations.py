"""Rules about a topic's entry and about the bank as a whole: names, questions, paraphrases and relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from knowledge.bank.formerly import old_names
from knowledge.bank.models import LANGS, Problem, Topic, TopicMeta
from knowledge.bank.rules import key
from knowledge.check.texts import problem

MIN_ASKS = 10
KEY_POINTS = range(5, 9)
#: The topics the bank is planned to hold. `related` and `requires` may name one before its folder exists, so that
#: topics can be written in any order; nothing else may be named that is not there.
PLANNED = frozenset(
    {
        "activation-functions", "autoencoder", "backpropagation", "batch-normalization", "cnn",
        "conv-layer-hyperparameters", "convolutional-layer", "cross-validation", "dense-layer",
        "dense-layer-hyperparameters", "gan", "gradient-descent", "learning-rate", "loss-functions", "lstm",
        "model-evaluation", "optimizers", "overfitting", "pooling-layer", "pooling-layer-hyperparameters",
        "regularization", "resnet", "rnn", "transfer-learning", "vae", "vanishing-exploding-gradients",
    }
)  # fmt: skip


def entry(topic: Topic, known: Collection[str]) -> Iterator[Problem]:
    """Check one topic's `topic.toml` by itself.

    Args:
        topic: the topic.
        known: slugs that relations may name, besides the planned ones.
    """
    path, meta = f"{topic.slug}/topic.toml", topic.meta
    for lang in LANGS:
        if (count := len(meta.asks[lang])) < MIN_ASKS:
            fix = f"write at least {MIN_ASKS}, as learners type them"
            yield problem(path, f"asks.{lang} has {count} paraphrases", fix)
    if (count := len(meta.key_points)) not in KEY_POINTS:
        fix = f"give it {KEY_POINTS.start} to {KEY_POINTS.stop - 1}"
        yield problem(path, f"key_points has {count} entries", fix)
    if not meta.aliases:
        yield problem(path, "aliases is empty", "add what people type after /run, in both languages")
    yield from _questions(path, meta, {unit.id for unit in topic.units["zh"]})
    yield from _relations(path, topic, known)


def _questions(path: str, meta: TopicMeta, units: Collection[str]) -> Iterator[Problem]:
    numbers, titled = {str(number) for number in meta.questions}, set(meta.question_titles)
    for number in sorted(numbers - titled, key=int):
        fix = f"add {number} = {{ zh = …, en = … }} to [question_titles]"
        yield problem(path, f"question {number} has no title", fix)
    for number in sorted(titled - numbers, key=int):
        yield problem(path, f"question_titles.{number} is not among questions", "remove it or add the number")
    for number, title in meta.question_titles.items():
        if title.unit is not None and title.unit not in units:
            what = f"question_titles.{number} names unit '{title.unit}', which the page does not have"
            yield problem(path, what, "name a unit of the page, or leave it out")


def _relations(path: str, topic: Topic, known: Collection[str]) -> Iterator[Problem]:
    for field, named in (("related", topic.meta.related), ("requires", topic.meta.requires)):
        for slug, times in Counter(named).items():
            if times > 1:
                yield problem(path, f"{field} names '{slug}' twice", "remove one")
            if slug == topic.slug:
                yield problem(path, f"{field} names the topic itself", "remove it")
            elif slug not in known and slug not in PLANNED:
                yield problem(path, f"{field} names '{slug}', which is no topic", "correct it or remove it")


def bank(topics: Iterable[Topic], selected: Collection[str]) -> Iterator[Problem]:
    """Check what must be unique or free of circles over all `topics`; report what concerns the `selected` slugs."""
    topics = sorted(topics, key=lambda topic: topic.slug)
    yield from _unique(topics, selected)
    yield from _former(topics, selected)
    yield from _circles(topics, selected)


def _unique(topics: list[Topic], selected: Collection[str]) -> Iterator[Problem]:
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for topic in topics:
        for kind, text, shown in _claims(topic):
            if "'TODO " in shown:
                continue  # the same placeholder in every new topic, each reported where it stands
            if (kind, text) not in owners:
                owners[kind, text] = topic.slug, shown
                continue
            owner, before = owners[kind, text]
            if kind == "name" and owner == topic.slug and not _both_aliases(before, shown):
                continue  # an alias that repeats the topic's own title or slug does no harm
            if owner in selected or topic.slug in selected:
                place, other = (topic.slug, owner) if topic.slug in selected else (owner, topic.slug)
                where = "twice" if owner == topic.slug else f"here and in '{other}'"
                fix = "keep one (case, width, spaces and hyphens count for nothing)"
                yield problem(f"{place}/topic.toml", f"{shown} stands {where}", fix)


def _claims(topic: Topic) -> Iterator[tuple[str, str, str]]:
    """Yield what a topic claims for itself: kind, normalised text, and how to name it."""
    yield "name", key(topic.slug), f"slug '{topic.slug}'"
    for lang in LANGS:
        yield "name", key(topic.title[lang]), f"title '{topic.title[lang]}'"
    for alias in topic.meta.aliases:
        yield "name", key(alias), f"alias '{alias}'"
    for lang in LANGS:
        for ask in topic.meta.asks[lang]:
            yield "ask", key(ask), f"ask '{ask}'"
    for number in topic.meta.questions:
        yield "question", str(number), f"question {number}"


def _both_aliases(before: str, shown: str) -> bool:
    return before.startswith("alias") and shown.startswith("alias")


def _former(topics: list[Topic], selected: Collection[str]) -> Iterator[Problem]:
    """Check that a name that something once had leads to one thing, and is not that of another today."""
    slugs = {topic.slug for topic in topics}
    here = {(topic.slug, item.id) for topic in topics for item in topic.quiz}
    owners: dict[object, str] = {}
    for topic in topics:
        path = f"{topic.slug}/topic.toml"
        for old in topic.meta.formerly:
            if (wrong := _clash(old, old in slugs, owners.get(old))) and topic.slug in selected:
                yield problem(path, *wrong)
            owners.setdefault(old, f"'{topic.slug}'")
        path = f"{topic.slug}/quiz.toml"
        for item in topic.quiz:
            for name in old_names(topic, item):
                shown = "/".join(name)
                if (wrong := _clash(shown, name in here, owners.get(name))) and topic.slug in selected:
                    yield problem(path, *wrong)
                owners.setdefault(name, f"'{topic.slug}/{item.id}'")


def _clash(name: str, is_taken: bool, owner: str | None) -> tuple[str, str] | None:
    if is_taken:
        return f"formerly names '{name}', which is a name of today", "remove it: a name leads to what has it now"
    if owner is not None:
        return f"formerly names '{name}', as does {owner}", "keep it where the larger part went"
    return None


def _circles(topics: list[Topic], selected: Collection[str]) -> Iterator[Problem]:
    slugs = {topic.slug for topic in topics}
    graph = {topic.slug: {slug for slug in topic.meta.requires if slug in slugs - {topic.slug}} for topic in topics}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][:0:-1]
            first = circle.index(min(circle))
            circle = circle[first:] + circle[:first]
            graph[circle[0]].discard(circle[1])  # so that the next round finds the next circle
            place = next((slug for slug in circle if slug in selected), None)
            if place:
                shown = " → ".join([*circle, circle[0]])
                yield problem(f"{place}/topic.toml", f"requires goes in a circle: {shown}", "remove one of these")
        else:
            return
