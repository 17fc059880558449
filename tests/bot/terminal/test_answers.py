"""Replies as a terminal shows them, and as `epoch ask --json` gives them."""

import io

import pytest
from rich.console import Console

from bot.cli.ask import reply_json
from bot.terminal.answers import Answers
from bot.wording.phrases.replies import near, whole_text
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang
from knowledge.search.retriever import Candidate, Reply
from knowledge.search.terms import UnitRef

BANK = load_bank()
NEAR = (Candidate("gan", 0.5), Candidate("vae", 0.2), Candidate("cnn", 0.05))
FAR = (Candidate("gan", 0.06), Candidate("vae", 0.05), Candidate("cnn", 0.05))
DROPOUT = UnitRef("regularization", "how", "dropout")


def shown(reply: Reply, *, once: bool = False) -> str:
    out = io.StringIO()
    Answers(Console(file=out, width=100), BANK, once=once).show(reply)
    return out.getvalue()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("once", [False, True])
def test_two_definitions_stand_below_each_other_and_it_is_said_that_nothing_compares(lang: Lang, once: bool) -> None:
    reply = Reply("answer", "gan", "answer", 0.9, lang, NEAR, "answer", also=("regularization",), below=(DROPOUT,))
    text = shown(reply, once=once)
    said = {"zh": "题库没有专门比较它们", "en": "The bank does not compare them"}[lang]
    places = [text.index(part) for part in (BANK["gan"].title[lang], BANK["regularization"].title[lang], said)]
    assert places == sorted(places)
    assert said not in shown(Reply("answer", "gan", "answer", 0.9, lang, NEAR, "answer"), once=once)


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "题库里还没有讲“SVM”的主题。"), ("en", "The bank has no topic on “SVM” yet.")]
)
def test_what_is_not_covered_is_named_and_the_other_side_shown(lang: Lang, said: str) -> None:
    reply = Reply("decline", None, None, 0.01, lang, FAR, below=(DROPOUT,), missing=("SVM",))
    text = shown(reply)
    assert text.index(said) < text.index(BANK["regularization"].title[lang])
    assert said not in shown(Reply("decline", None, None, 0.01, lang, FAR))


@pytest.mark.parametrize("lang", LANGS)
def test_topics_are_offered_only_where_near(lang: Lang) -> None:
    offered = {"zh": "最接近的主题", "en": "Nearest topics"}[lang]
    for missing in ((), ("SVM",)):
        assert offered in shown(Reply("decline", None, None, 0.01, lang, NEAR, missing=missing))
        assert offered not in shown(Reply("decline", None, None, 0.01, lang, FAR, missing=missing))
    assert near(Reply("decline", None, None, 0.01, lang, NEAR)) == ("gan", "vae")
    assert len(near(Reply("clarify", None, None, 0.3, lang, FAR))) == 3, "who is asked what was meant is offered all"


def test_a_name_that_was_typed_commands_no_terminal() -> None:
    assert "\x1b" not in shown(Reply("decline", None, None, 0.01, "en", FAR, missing=("a\x1b[31mb",)))


def test_json_has_the_agreed_keys_with_the_other_topics_and_all_that_is_shown() -> None:
    reply = Reply("answer", "gan", "answer", 0.9, "en", NEAR, "answer", also=("regularization",), below=(DROPOUT,))
    found = reply_json(reply, BANK)
    assert list(found) == ["outcome", "topic", "section", "unit", "also", "text", "confidence", "lang", "candidates"]
    assert found["also"] == ["regularization"]
    passages = [BANK["gan"].passage("answer", "en", "answer"), BANK["regularization"].passage("how", "en", "dropout")]
    assert all(passage.strip() in found["text"] for passage in passages)
    assert found["text"].endswith("what it says of each.")
    assert whole_text(Reply("decline", None, None, 0.01, "en", FAR), BANK) is None
