"""The real `epoch serve` against the loopback Discord: from login to a posted picture, and to its end."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from bot import exits
from bot.settings import Settings
from tests.discord.process import Serve, build_cache, called, serving, still_running
from tests.discord.server import TOKEN, LoopbackDiscord
from tests.discord.state import Interaction, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

PNG = b"\x89PNG\r\n\x1a\n"
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
#: Far more than any of it takes: two busy cores shall fail no test that times nothing.
START_S, ANSWER_S, RUN_S = 120.0, 90.0, 320.0
CHAT_INPUT = 1
#: How long after a question ONNX Runtime looks up its maker's host, where nobody forbids it: 15 s are enough.
REPORTS_S = 15.0
#: A line of the log, unlike a line said to the host.
LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def cache() -> Path:
    """The cache of who runs the tests, so that the index is built once for all, and before anything is timed."""
    folder = Settings(_env_file=None).cache_dir  # type: ignore[call-arg]
    build_cache(folder)
    return folder


def environment(discord: LoopbackDiscord, cache: Path, folder: Path, token: str | None = TOKEN) -> dict[str, str]:
    given = {
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "EPOCH_CACHE_DIR": str(cache),
        "EPOCH_RUN_DIR": str(folder / "runs"),
        "EPOCH_RUN_SECONDS": str(RUN_S - 20),
    }
    return given if token is None else {**given, "DISCORD_TOKEN": token}


@asynccontextmanager
async def epoch(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Serve]:
    """Start it; whatever the test was about, it must not have written a traceback."""
    async with serving(folder, settings) as served:
        try:
            yield served
        except AssertionError as error:
            error.add_note(f"stderr of epoch serve:\n{served.stderr[-4_000:]}")
            raise
    assert "Traceback" not in served.stderr, served.stderr
    assert "Task exception was never retrieved" not in served.stderr, served.stderr


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(heartbeat_s=2.0) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord: LoopbackDiscord, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serve]:
    """One bot for all that it can be asked while it runs."""
    folder = tmp_path_factory.mktemp("bot")
    async with epoch(folder, environment(discord, cache, folder)) as served:
        login = asyncio.create_task(discord.wait_until_ready(START_S))
        ended = asyncio.create_task(served.ended(START_S))
        await asyncio.wait([login, ended], return_when=asyncio.FIRST_COMPLETED)
        assert not ended.done(), f"epoch serve ended:\n{served.stderr}"
        ended.cancel()
        await login
        yield served


@pytest.fixture(autouse=True)
def nothing_refused(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say in which test a violation came, not only at the end of all."""
    server: LoopbackDiscord | None = request.getfixturevalue("discord") if "bot" in request.fixturenames else None
    yield
    if server is not None:
        server.check()


async def answered(discord: LoopbackDiscord, asked: Interaction) -> Message:
    assert await discord.acknowledged(asked) < 3.0
    return await discord.answer_to(asked, timeout=ANSWER_S)


async def test_login_asks_for_no_privileged_intent(discord: LoopbackDiscord, bot: Serve) -> None:
    assert len(discord.gateway.identifies) == 1
    assert discord.gateway.identifies[0]["intents"] & PRIVILEGED == 0


async def test_commands_are_registered_in_both_languages(discord: LoopbackDiscord, bot: Serve) -> None:
    await discord.until(lambda: discord.commands, "registration of commands", START_S)
    commands = {command["name"]: command for command in discord.commands}
    assert {"ask", "run"} <= set(commands)
    for command in commands.values():
        menu = command.get("type", CHAT_INPUT) != CHAT_INPUT  # what stands in a context menu has a name only
        for part in (command, *command.get("options", ())):
            assert part["name_localizations"]["zh-CN"], f"{part['name']}: no name in zh-CN"
            if not menu:
                assert part["description"]
                assert part["description_localizations"]["zh-CN"], f"{part['name']}: no description in zh-CN"
    options = {option["name"]: option for option in commands["run"]["options"]}
    assert options["topic"]["required"]
    assert options["topic"]["autocomplete"]


def speaks_chinese(message: Message) -> bool:
    return sum("\u4e00" <= char <= "\u9fff" for char in message.text) > 20


@pytest.mark.parametrize(
    ("question", "chinese", "expected"),
    [
        ("什么是梯度消失？", True, "梯度"),
        ("what is a GAN?", False, "generator"),
        ("为什么网络一深，前几层就几乎不更新？", True, "梯度"),
    ],
)
async def test_a_question_is_answered_in_its_own_language_whatever_the_interface_speaks(
    discord: LoopbackDiscord, bot: Serve, question: str, chinese: bool, expected: str
) -> None:
    for locale in ("zh-CN", "en-US"):
        answer = await answered(discord, await discord.slash("ask", {"question": question}, locale=locale))
        offered = str(answer.components)  # for one that names no topic, "did you mean" will do
        assert expected in f"{answer.text} {offered}".casefold()
        assert speaks_chinese(answer) == chinese, answer.text
        assert not answer.ephemeral


async def test_a_question_outside_the_bank_is_declined_with_topics_to_choose_where_some_are_near(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    far = await answered(discord, await discord.slash("ask", {"question": "how do I bake sourdough bread?"}))
    assert "no answer" in far.text
    assert not any(str(part.get("custom_id")).startswith("epoch:topic:") for part in far.components)
    near = await answered(discord, await discord.slash("ask", {"question": "explain U-Net"}))
    assert "“U-Net”" in near.text
    assert any(str(part.get("custom_id")).startswith("epoch:topic:") for part in near.components)


@pytest.mark.parametrize(
    "question", ["🎲🎲🎲", "'; DROP TABLE topics; --", "@everyone <@1> <@&2>", "\x00\x1b[31m\u202e", "x" * 6_000]
)
async def test_bad_questions_get_a_plain_answer(discord: LoopbackDiscord, bot: Serve, question: str) -> None:
    answer = await answered(discord, await discord.slash("ask", {"question": question}))
    assert answer.text
    assert "went wrong" not in answer.text, answer.text


async def test_an_interview_answer_is_judged_by_the_grader_that_serve_opens(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    asked = await answered(discord, await discord.slash("interview", {"topic": "gan"}))
    form = await discord.click(asked, label="Answer")
    said = (
        "The generator turns random noise into samples, the discriminator gives the probability that a sample is real. "
        "Mode collapse: G covers only a few modes of the data and different z give nearly the same sample."
    )
    sent = await discord.submit_modal(form, {"answer": said})
    assert await discord.acknowledged(sent) < 3.0
    await discord.until(lambda: "points" in asked.text and "Noted as" in asked.text, "what it is worth", ANSWER_S)
    assert "✅" in asked.text
    assert asked.ephemeral


def stoppable(message: Message) -> bool:
    return any(part.get("label") == "Stop" for part in message.components)


def over(message: Message) -> bool:
    return any(part.get("label") == "Again" for part in message.components)


async def test_run_posts_the_picture(discord: LoopbackDiscord, bot: Serve) -> None:
    asked = await discord.slash("run", {"topic": "gan"})
    assert await discord.acknowledged(asked) < 3.0
    done = await discord.answer_to(asked, over, RUN_S)
    pictures = [name for name, data in done.files.items() if data.startswith(PNG)]
    assert pictures, done.text
    assert asked.original is not None
    assert len(asked.original.edited_at) >= 2, "the output is not shown while it comes"


FIGURE = """\
import matplotlib.pyplot as plt, time
plt.plot([3, 1, 2])
plt.savefig("loss.png")
print("drawn", flush=True)
time.sleep(600)
"""
GALLERY = 12


async def test_a_figure_is_shown_inline_while_its_program_goes_on_in_the_warm_engine(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    async with asyncio.timeout(RUN_S):
        while "the warm engine is ready" not in bot.stderr:
            await asyncio.sleep(0.2)
    said = await discord.say(f"look:\n```py\n{FIGURE}```", user="mia")
    asked = await discord.message_menu("Run this code", said, user="mia")
    assert await discord.acknowledged(asked) < 3.0
    going = await discord.answer_to(asked, lambda message: stoppable(message) and bool(message.files), RUN_S)
    assert going.files["loss.png"].startswith(PNG)
    assert "drawn" in going.text
    (gallery,) = (part for part in going.components if part["type"] == GALLERY)
    assert gallery["items"][0]["media"]["url"].endswith("/loss.png"), "inline, not a file to download"
    assert programs(bot, "script.py"), "the program has not ended"
    await discord.acknowledged(await discord.click(going, label="Stop", user="mia"))
    await discord.until(lambda: "Stopped" in going.text, "the end of the run", 20)
    assert going.files["loss.png"].startswith(PNG), "what was drawn stays"
    assert still_running(programs(bot, "script.py")) == []


async def test_the_button_under_an_answer_runs_its_example(discord: LoopbackDiscord, bot: Serve) -> None:
    asked = await discord.slash("ask", {"question": "what is a GAN?"})
    answer = await answered(discord, asked)
    buttons = await discord.until(
        lambda: [(m, part) for m in (asked.replies or [answer]) for part in m.components if part["type"] == 2
                 and "run" in (part.get("label") or "").casefold()], "run button",
    )  # fmt: skip
    message, button = buttons[0]
    pressed = await discord.click(message, button["custom_id"], user="kim")  # a member's runs keep a distance in time
    assert await discord.acknowledged(pressed) < 3.0
    done = await discord.answer_to(pressed, over, RUN_S)
    assert any(data.startswith(PNG) for data in done.files.values()), done.text


async def test_everything_is_acknowledged_in_time_while_two_runs_train_and_stop_ends_them(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    runs = {name: await discord.slash("run", {"topic": "gan"}, user=name) for name in ("ann", "bob")}
    training = await discord.until(lambda: programs(bot), "a program in training", 60)
    asked = [await discord.slash("ask", {"question": "what is a GAN?"}) for _ in range(20)]
    times = [await discord.acknowledged(each) for each in (*runs.values(), *asked)]
    assert max(times) < 3.0
    for name, run in runs.items():
        message = await discord.answer_to(run, stoppable)
        assert await discord.acknowledged(await discord.click(message, label="Stop", user=name)) < 3.0
        await discord.until(lambda message=message: not stoppable(message), "end of the run", 20)
    for each in asked:
        await discord.answer_to(each, timeout=ANSWER_S)
    assert still_running(training + programs(bot)) == []


def programs(served: Serve, name: str = "example.py") -> list[psutil.Process]:
    """Return the programs that are running: the warm engine and its spare guards outlive them, and may."""
    return [member for member in served.family() if called(member) == name]


async def test_an_unknown_topic_gets_the_nearest(discord: LoopbackDiscord, bot: Serve) -> None:
    answer = await answered(discord, await discord.slash("run", {"topic": "gam"}))
    assert "gam" in answer.text
    assert "gan" in (answer.text + str(answer.components)).casefold()


@pytest.mark.parametrize(
    ("question", "expected"), [("what is a GAN?", "generator"), ("什么是梯度消失？", "梯度")], ids=["en", "zh"]
)
async def test_a_mention_is_answered(discord: LoopbackDiscord, bot: Serve, question: str, expected: str) -> None:
    answer = await discord.answer_to(await discord.mention(question), timeout=ANSWER_S)
    assert expected in answer.text.casefold()
    assert speaks_chinese(answer) == (expected == "梯度")
    assert answer.payload["message_reference"]


async def test_a_direct_message_is_answered(discord: LoopbackDiscord, bot: Serve) -> None:
    answer = await discord.answer_to(await discord.dm("what is a GAN?"), timeout=ANSWER_S)
    assert "generator" in answer.text.casefold()


async def test_a_pinging_reply_is_answered(discord: LoopbackDiscord, bot: Serve) -> None:
    first = await discord.answer_to(await discord.mention("what is a GAN?"), timeout=ANSWER_S)
    answer = await discord.answer_to(await discord.reply(first, "什么是梯度消失？"), timeout=ANSWER_S)
    assert "梯度" in answer.text


async def test_what_is_not_meant_for_it_stays_unanswered(discord: LoopbackDiscord, bot: Serve) -> None:
    said = await discord.say("what is a GAN?")
    after = await discord.mention("什么是梯度消失？")
    await discord.answer_to(after, timeout=ANSWER_S)
    between = discord.state.messages[discord.state.messages.index(said) : discord.state.messages.index(after)]
    assert not [message for message in between if message.by_bot]


async def test_autocompletion_knows_both_languages(discord: LoopbackDiscord, bot: Serve) -> None:
    english = await discord.autocomplete("run", "topic", "over")
    chinese = await discord.autocomplete("run", "topic", "过拟", locale="zh-CN")
    assert english[0]["value"] == chinese[0]["value"] == "overfitting"
    assert "过拟合" in chinese[0]["name"]
    assert 1 <= len(await discord.autocomplete("run", "topic", "")) <= 25


async def test_a_cut_socket_is_resumed_and_the_question_asked_meanwhile_answered(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    before = len(discord.gateway.resumes)
    await discord.drop_gateway()
    meanwhile = await discord.mention("what is a GAN?")
    await discord.until(lambda: len(discord.gateway.resumes) > before, "resume", 30)
    assert "generator" in (await discord.answer_to(meanwhile, timeout=ANSWER_S)).text.casefold()
    await answered(discord, await discord.slash("ask", {"question": "what is a GAN?"}))
    assert len(discord.gateway.identifies) == 1


async def test_a_process_that_stands_still_for_longer_than_discord_waits_tells_nobody_of_a_mistake(
    discord: LoopbackDiscord, bot: Serve
) -> None:
    answer = await answered(discord, await discord.slash("ask", {"question": "what is a GAN?"}, user="eve"))
    known, logged = list(discord.messages), len(bot.stderr)
    async with standing_still(bot):
        asked = [
            await discord.slash("ask", {"question": "what is a GAN?"}, user="eve"),
            await discord.click(answer, button_that_runs(answer), user="eve"),
            await discord.slash("progress", user="eve"),
        ]
    explained = await discord.wait_for_message(
        lambda message: message not in known and "generator" in message.text.casefold(), ANSWER_S
    )
    shown = await discord.wait_for_message(
        lambda message: message not in known and over(message) and bool(message.files), RUN_S
    )
    assert not explained.ephemeral
    assert any(data.startswith(PNG) for data in shown.files.values())
    assert len(discord.forgive("was not acknowledged within 3.0 s")) == len(asked)  # all three were too late
    await answered(discord, await discord.slash("progress", user="eve"))
    after = [message for message in discord.messages if message not in known]
    assert not [message.text for message in after if "went wrong" in message.text]
    assert "acknowledged too late" in bot.stderr
    assert " in interaction " not in bot.stderr[logged:]  # as the log names a mistake whose id a member was told


#: `epoch serve` that takes a refusal to wait for a mistake of its own.
DEAF_TO_REFUSALS = """
import sys
from bot.discord import acknowledgement
acknowledgement.refusal_of = lambda error: False
sys.argv = ["epoch", "serve"]
from bot.__main__ import main
main()
"""


async def test_that_a_member_is_told_of_a_mistake_would_be_seen(cache: Path, tmp_path: Path) -> None:
    """The control of the test above: without the code that knows a refusal the message comes, and is found."""
    async with LoopbackDiscord(heartbeat_s=2.0) as discord:
        settings = environment(discord, cache, tmp_path)
        async with serving(tmp_path, settings, ("-c", DEAF_TO_REFUSALS)) as served:
            await discord.wait_until_ready(START_S)
            async with standing_still(served):
                await discord.slash("ask", {"question": "what is a GAN?"}, user="eve")
            await discord.wait_for_message(lambda message: "went wrong" in message.text, ANSWER_S)
            assert " in interaction " in served.stderr
        discord.forgive("was not acknowledged within 3.0 s")


@asynccontextmanager
async def standing_still(served: Serve) -> AsyncIterator[None]:
    """Stop the process for longer than Discord waits; what is done meanwhile waits for it."""
    process = psutil.Process(served.pid)
    process.suspend()
    try:
        yield
        await asyncio.sleep(5)
        assert process.status() == psutil.STATUS_STOPPED
    finally:
        process.resume()


def button_that_runs(message: Message) -> str:
    """Return the id of the button that runs an answer's example."""
    runs = [part for part in message.components if part["type"] == 2 and "run" in (part.get("label") or "").casefold()]
    return str(runs[0]["custom_id"])


async def test_an_invalid_session_is_followed_by_a_new_one(discord: LoopbackDiscord, bot: Serve) -> None:
    before = len(discord.gateway.identifies)
    await discord.gateway.invalidate()
    await discord.until(lambda: len(discord.gateway.identifies) > before, "new login", 30)
    await discord.wait_until_ready()
    await answered(discord, await discord.slash("ask", {"question": "what is a GAN?"}))


async def test_sigterm_ends_it_and_leaves_nothing_running(discord: LoopbackDiscord, bot: Serve) -> None:
    """The last one on the shared bot."""
    family = bot.family()
    status, seconds = await bot.terminate(timeout=10)
    assert status == 0
    assert seconds < 10
    assert still_running(family) == []


async def test_sigterm_during_a_run_ends_the_run_too(cache: Path, tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord, epoch(tmp_path, environment(discord, cache, tmp_path)) as served:
        await discord.wait_until_ready(START_S)
        idle = {member.pid for member in served.family()}
        asked = await discord.slash("run", {"topic": "gan"})
        await discord.acknowledged(asked)
        running = await with_children(served, idle)
        status, seconds = await served.terminate(timeout=10)
        assert status == 0
        assert seconds < 10
        assert still_running(running) == []
        last = await discord.answer_to(asked, timeout=1)
        assert last.text, "the member is left with a message that says nothing"


async def with_children(served: Serve, idle: set[int]) -> list[psutil.Process]:
    """Wait until the run's own processes are there and return the whole family."""
    async with asyncio.timeout(60):
        while not {member.pid for member in served.family()} - idle:
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)  # let the sandbox put all its layers up
    return served.family()


@pytest.mark.parametrize(
    ("token", "named"),
    [("bm90LXRoZS10b2tlbg.abcdef.wrong-one", "token"), (None, "DISCORD_TOKEN"), ("", "DISCORD_TOKEN")],
    ids=["wrong", "missing", "empty"],
)
async def test_without_a_good_token_one_line_says_so(
    cache: Path, tmp_path: Path, token: str | None, named: str
) -> None:
    async with LoopbackDiscord() as discord:
        async with epoch(tmp_path, environment(discord, cache, tmp_path, token)) as served:
            assert await served.ended(START_S) == exits.CONFIG
        said = [line for line in served.stderr.splitlines() if not LOGGED.match(line)]
        assert len(said) == 1, served.stderr
        assert said[0].startswith("epoch: ")
        assert named in said[0]
        assert not token or token not in served.stdout + served.stderr
        assert served.stdout == ""
        assert discord.gateway.identifies == []


async def test_a_discord_that_isnt_there_is_said_in_one_line(cache: Path, tmp_path: Path) -> None:
    settings = {
        "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": "http://127.0.0.1:9/api/v10", "EPOCH_CACHE_DIR": str(cache),
    }  # fmt: skip
    async with epoch(tmp_path, settings) as served:
        assert await served.ended(START_S) == exits.UNAVAILABLE
    assert "127.0.0.1:9" in served.stderr
    assert TOKEN not in served.stderr


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
async def test_serving_speaks_to_discord_and_nobody_else(cache: Path, tmp_path: Path) -> None:
    """Every connection and datagram of the process and of all that it starts, from its first line to its end."""
    calls = tmp_path / "calls"
    strace = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmmsg", "-o", str(calls))
    async with LoopbackDiscord(ack_limit_s=30) as server:
        settings = environment(server, cache, tmp_path)
        async with serving(tmp_path, settings, ("-m", "bot", "serve"), under=strace) as served:
            await server.wait_until_ready(START_S)
            assert (
                "Generative" in (await answered(server, await server.slash("ask", {"question": "what is a GAN?"}))).text
            )
            await asyncio.sleep(REPORTS_S)
            psutil.Process(served.pid).children()[0].terminate()
            assert await served.ended(30) == 0
        port = server.api_url.split(":")[2].split("/")[0]
    spoken_to = re.findall(r"sin6?_port=htons\((\d+)\).*?\"([^\"]+)\"", calls.read_text(errors="replace"))
    assert set(spoken_to) == {(port, "127.0.0.1")}
