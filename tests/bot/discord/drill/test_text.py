"""What a drill's messages say: what failed first and how, harmless whatever a program wrote, and within a message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.discord.drill.duel_message import duel_view
from bot.discord.drill.message import drill_view, list_view, solution_message, verdict_message
from bot.discord.drill.text import difference, verdict_blocks
from bot.discord.ui.text import MESSAGE_TEXT, width
from bot.store.duels import StoredDuel
from bot.study.drills.attempts import Attempt, typed
from bot.study.drills.duels import Duellist, accept, ask, decline, give_up, judged, tick
from bot.study.drills.models import CheckResult, Counterexample, DrillRefusal, Verdict
from bot.wording import say
from knowledge.bank.models import LANGS, Lang
from tests.bot.study.drills.doubles import BROKEN, PASSED, SHOWN, WRONG
from tests.bot.study.drills.samples import DRILL, SOLUTION, START, WRONG_AXIS
from tests.bot.world import bank
from tests.discord.validation import validate

GO = typed(Attempt(7, "gan", DRILL.item, 1.0, tries=2), "numpy", WRONG_AXIS)
HOSTILE = "```\n@everyone <@123> \x1b[31mred\x1b[0m \u202eevil " + "`" * 9
LONG = "漢😀x" * 4_000


def sent(view: object, files: tuple[object, ...] = ()) -> str:
    """Return all text of a view that Discord takes."""
    components = view.to_components()  # type: ignore[attr-defined]
    body = {"flags": (1 << 15) | 64, "components": components, "allowed_mentions": {"parse": []}}
    assert not files or "attachment://" in str(components)
    if not files:
        validate("PATCH", "/webhooks/1/token/messages/@original", body, [])
    return "\n".join(part["content"] for box in components for part in box["components"] if part["type"] == 10)


@pytest.mark.parametrize("lang", LANGS)
def test_a_failed_answer_tells_checks_in_order_the_mistake_shapes_then_values_and_times(lang: Lang) -> None:
    text = sent(verdict_message(DRILL, WRONG, GO, lang).view)
    parts = [DRILL.meta.checks[name][lang] for name in ("shape", "values", "large")]
    parts += [DRILL.meta.mistakes["wrong-axis"][lang], "(1, 3)", "0.1, 0.2", "0.4, 0.4", "0.3, 0.33", "here I am"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "✅ " + DRILL.meta.checks["shape"][lang] in text
    assert "❌ " + DRILL.meta.checks["values"][lang] in text
    assert "1.2 s" in text
    assert "0.5 ms" in text
    assert SOLUTION.splitlines()[-1] not in text, "nobody who goes on is shown the solution"


def test_an_error_stands_where_the_result_would() -> None:
    raised = Counterexample(
        "array([1.])", error="ValueError: no (line 5)", expected="array([2.])", expected_shape="(1,)"
    )
    verdict = replace(WRONG, checks=(CheckResult("values", False, raised),), mistake=None)
    text = "\n".join(verdict_blocks(DRILL, verdict, GO, "en"))
    assert "# error\nValueError: no (line 5)" in text
    assert "# got" not in text
    assert "shape" not in text.split("# error")[0].split("arguments")[1]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("refusal", ["syntax", "forbidden", "missing", "limit", "ended", "unreadable"])
def test_what_could_not_be_judged_says_why(refusal: DrillRefusal, lang: Lang) -> None:
    text = sent(verdict_message(DRILL, replace(BROKEN, refusal=refusal), GO, lang).view)
    assert say(f"drilling.refusal.{refusal}", lang, function="softmax") in text
    assert ("invalid syntax (line 6)" in text) == (refusal != "missing")
    limit = sent(verdict_message(DRILL, replace(BROKEN, refusal="limit", reason="cpu"), GO, lang).view)
    assert say("drilling.limit.cpu", lang) in limit
    assert "```" not in limit


@pytest.mark.parametrize("bad", [HOSTILE, LONG, "\x00", "```" * 500])
def test_whatever_a_program_says_stays_in_its_block_and_within_a_message(bad: str) -> None:
    found = Counterexample(bad, bad, bad, bad, bad + "2")
    wrong = Verdict(False, (CheckResult("values", False, found),), mistake=bad, printed=bad, seconds=1.0)
    raised = replace(wrong, checks=(CheckResult(bad, False, Counterexample(bad, error=bad)),))
    refused = replace(BROKEN, reason=bad, printed=bad)
    for verdict in (wrong, raised, refused):
        view = verdict_message(DRILL, verdict, GO, "en").view
        for block in (
            part["content"] for box in view.to_components() for part in box["components"] if part["type"] == 10
        ):
            assert block.count("```") in (0, 2), block
        text = sent(view)
        assert "@everyone" not in text
        assert "<@123>" not in text
        assert "\u202e" not in text
        assert width(text) <= MESSAGE_TEXT


@pytest.mark.parametrize("code", [WRONG_AXIS, LONG, HOSTILE, f"{SOLUTION}\n" * 40])
def test_the_solution_stands_beside_ones_own_as_a_diff_or_in_a_file(code: str) -> None:
    go = typed(GO, "numpy", code)
    for message in (solution_message(DRILL, go, "numpy", "en"), verdict_message(DRILL, PASSED, go, "en", "counted")):
        text = sent(message.view, message.files)
        if code == WRONG_AXIS:
            assert "```diff" in text
            assert "\n-    exps = np.exp(shifted)" not in text, "what is the same is no difference"
            assert "+    return exps / exps.sum(axis=-1, keepdims=True)" in text
            assert message.files == ()
        else:
            assert text.count("```") in (0, 2)
            assert len(message.files) <= 1
            assert message.files or "```diff" in text
    assert "counted" in text


def test_without_a_try_the_solution_stands_alone_and_ones_own_may_be_it() -> None:
    for go in (Attempt(7, "gan", DRILL.item, 1.0), typed(GO, "numpy", START)):
        text = sent(solution_message(DRILL, go, "numpy", "en").view)
        assert f"```py\n{SOLUTION.strip()}\n```" in text
    same = typed(GO, "numpy", SOLUTION.replace("\n", " \n"))
    assert say("drilling.end.same", "en") in sent(solution_message(DRILL, same, "numpy", "en").view)
    assert difference(SOLUTION, SOLUTION) == ""


@pytest.mark.parametrize("lang", LANGS)
def test_a_drill_shows_what_to_write_and_offers_the_other_variant(lang: Lang) -> None:
    view = drill_view(DRILL, "GAN", "numpy", lang, None)
    text = sent(view)
    assert DRILL.meta.statement[lang] in text
    assert "def softmax(logits):" in text
    assert "raise NotImplementedError" in text
    labels = [part.get("label") for row in view.to_components()[0]["components"] for part in row.get("components", ())]
    assert say("drilling.button.torch", lang) in labels
    assert say("drilling.button.again", lang) not in labels, "there is no last try"
    again = drill_view(DRILL, "GAN", "numpy", lang, replace(GO, passed=5.0))
    assert "<t:5:R>" in sent(again)
    assert say("drilling.button.again", lang) in str(again.to_components())


def test_a_list_suggests_what_was_not_passed_yet() -> None:
    other = DRILL.model_copy(update={"name": "other", "meta": DRILL.meta.model_copy(update={"level": "advanced"})})
    fresh = sent(list_view(bank(), [DRILL, other], {}, "en"))
    assert "0 of 2 drills" in fresh
    assert "**Next**: A stable softmax (basic, 8 min)" in fresh
    passed = replace(GO, passed=1.0)
    one = sent(list_view(bank(), [DRILL, other], {("gan", DRILL.item): passed}, "en"))
    assert "1 of 2 drills" in one
    assert "(advanced, 8 min)" in one
    both = {("gan", each.item): passed for each in (DRILL, other)}
    assert "All passed" in sent(list_view(bank(), [DRILL, other], both, "en"))
    assert "no drills yet" in sent(list_view(bank(), [], {}, "en"))
    many = [other.model_copy(update={"name": f"d{n}"}) for n in range(40)]
    sent(list_view(bank(), many, {}, "zh"))


def test_what_is_known_of_the_shapes_comes_first() -> None:
    text = "\n".join(verdict_blocks(DRILL, WRONG, GO, "en"))
    assert text.index("shape: got (1, 3), expected (2, 3)") < text.index("# arguments")
    same = replace(SHOWN, given_shape="(2, 3)")
    text = "\n".join(verdict_blocks(DRILL, replace(WRONG, checks=(CheckResult("values", False, same),)), GO, "en"))
    assert "shape: got" not in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("bad", [HOSTILE, LONG, "", "**bold** <@&5>"])
def test_a_duel_names_its_players_harmlessly_whatever_they_are_called(lang: Lang, bad: str) -> None:
    asked = ask(DRILL, Duellist(1, bad), Duellist(2, "bob"), 100.0)
    going = judged(accept(asked, 2, 110.0), 1, 120.0, 2, 121.0)
    ended = [decline(asked, 1, 110.0), tick(asked, 9_999.0), tick(going, 9_999.0), give_up(going, 2, 130.0)]
    ended += [judged(going, 1, 130.0, 3, 195.0), tick(replace(going, players=going.players[:1]), 120.0)]
    for each in (asked, going, *ended):
        for drill in (DRILL, None):
            text = sent(duel_view(StoredDuel(1, 2, 3, lang, each, 4), drill))
            assert "@everyone" not in text
            assert "<@" not in text
            assert "**bold**" not in text
    won = sent(duel_view(StoredDuel(1, 2, 3, lang, ended[-2], 4), DRILL))
    assert "0:20" in won, "from accepting it to handing it in"
