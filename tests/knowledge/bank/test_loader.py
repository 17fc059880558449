from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank import markdown
from knowledge.bank.loader import load_bank, load_topic, read_transcript, topics_root, write_transcript
from knowledge.bank.models import LANGS, SECTIONS, Lang, SectionId, Transcript
from tests.knowledge.tiny import EXAMPLE, edit, write_topic

SHA = "0" * 64


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    return write_topic(tmp_path / "topics")


def problems_of(folder: Path) -> list[str]:
    return [str(found) for found in load_topic(folder)[1]]


def test_a_sound_topic_loads_whole(topic: Path) -> None:
    (topic / "output.txt").write_text(f"# sha256: {SHA}\nit ran\n", encoding="utf-8")
    loaded, problems = load_topic(topic)
    assert problems == []
    assert loaded is not None
    assert loaded.slug == "mean"
    assert loaded.title.en == "Sample mean"
    assert list(loaded.sections) == list(LANGS)
    assert all(list(loaded.sections[lang]) == list(SECTIONS) for lang in LANGS)
    assert loaded.sections["en"]["how"].startswith("The variance")
    assert loaded.example().source == EXAMPLE
    assert loaded.example().transcript == Transcript(sha256=SHA, text="it ran\n")
    assert [item.kind for item in loaded.quiz][:4] == ["choice", "choice", "choice", "predict"]


def test_without_a_transcript_a_topic_still_loads(topic: Path) -> None:
    loaded, problems = load_topic(topic)
    assert problems == []
    assert loaded is not None
    assert loaded.example().transcript is None


def test_further_examples_come_after_the_main_one(topic: Path) -> None:
    more = (
        '\n[examples.{}]\ntitle = {{ zh = "例", en = "x" }}\ncounter = "A=1"\ncounter_why = {{ zh = "因", en = "y" }}\n'
    )
    text = (topic / "topic.toml").read_text(encoding="utf-8")
    (topic / "topic.toml").write_text(text + more.format("zebra") + more.format("apple"), encoding="utf-8")
    (topic / "example_zebra.py").write_text("A = 1\n", encoding="utf-8")
    (topic / "example_apple.py").write_text("A = 2\n", encoding="utf-8")
    (topic / "output_apple.txt").write_text(f"# sha256: {SHA}\n", encoding="utf-8")
    loaded, problems = load_topic(topic)
    assert problems == []
    assert loaded is not None
    assert [example.name for example in loaded.examples] == ["main", "zebra", "apple"]
    with pytest.raises(KeyError):
        loaded.example("pear")


BROKEN = [
    ("topic.toml", "[title]", "[title", "mean/topic.toml: is not valid TOML: expected ']'"),
    ("topic.toml", 'level = "basic"\n', "", "mean/topic.toml: level is missing; add it"),
    ("topic.toml", '"basic"', '"easy"', "level is 'easy'; use 'basic', 'intermediate' or 'advanced'"),
    ("topic.toml", "aliases", "alliases", "alliases is not a key of the format; remove it or correct its spelling"),
    ("topic.toml", '"mean", ', '"", ', "aliases[0] is empty; write it"),
    ("topic.toml", '"mean", ', '"  ", ', "aliases[0] is blank; write it"),
    ("topic.toml", '"mean", ', "3, ", "aliases[0] is 3; write a text in quotes"),
    ("topic.toml", "[1]", '["one"]', "questions[0] is 'one'; write a whole number"),
    ("topic.toml", "[1]", "[0]", "questions[0] is 0; use 1 or more"),
    ("topic.toml", '["gan"]', '["G A N"]', "related[0] is 'G A N'; use lower-case words joined by hyphens"),
    ("topic.toml", '["gan"]', '"gan"', "related is 'gan'; write a list in square brackets"),
    ("topic.toml", '"COUNT=1"', '"count"', "examples.main.counter is 'count'; write it as 'NAME=VALUE'"),
    ("topic.toml", "[examples.main]", "[examples.extra]", "examples.main is missing; add [examples.main]"),
    ("topic.toml", "[examples.main]", "[examples.Main]", "use lower-case words joined by underscores"),
    ("quiz.toml", "answer = 0", "answer = 4", "quiz.toml: item 'what-it-is': answer is 4; use 3 or less"),
    ("quiz.toml", '"predict"', '"guess"', "item 'prints-mean' has kind 'guess'; use 'choice', 'predict'"),
    ("quiz.toml", 'kind = "predict"\n', "", "item 'prints-mean' has no kind; add kind ="),
    ("quiz.toml", '"2.0", ', "", "item 'prints-mean': options has 3 entries; give it at least 4"),
    ("quiz.toml", 'id = "outlier"', 'id = "say-it"', "item ids used twice: say-it; make them different"),
    ("quiz.toml", 'id = "outlier"', 'idd = "x"', "item number 3: id is missing; add it"),
    ("quiz.toml", "points = [0, 2, 3]", "points = []", "item 'say-it': points has 0 entries; give it at least 1"),
    ("zh.md", "## 原理", "## 怎么回事", "mean/zh.md: line 4 has the heading '## 怎么回事'; use only these five"),
    ("en.md", "## Pitfalls\n", "", "mean/en.md: line 17 has '## In the interview' where '## Pitfalls' should be"),
    ("en.md", "## In practice", "### In practice", "line 15 has '## Pitfalls' where '## In practice' should be"),
    ("en.md", "## Answer", "Answer", "line 1 stands before the first section; begin the file with '## Answer'"),
    ("en.md", "/ n\n```", "/ n\n", "the code fence opened in line 6 is never closed; add a line ```"),
    ("en.md", "A mean fears outliers: a single extreme value pulls it away.", "", "section '## Pitfalls' is empty"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), BROKEN)
def test_says_what_is_wrong_and_how_to_mend_it(topic: Path, file: str, old: str, new: str, said: str) -> None:
    edit(topic / file, old, new)
    loaded, _ = load_topic(topic)
    problems = problems_of(topic)
    assert loaded is None
    assert any(said in problem for problem in problems), problems


def test_says_everything_at_once(topic: Path) -> None:
    edit(topic / "topic.toml", 'level = "basic"', 'level = "easy"')
    edit(topic / "topic.toml", '"mean", ', '"", ')
    (topic / "quiz.toml").unlink()
    edit(topic / "zh.md", "## 原理", "## 别的")
    assert len(problems_of(topic)) == 4


@pytest.mark.parametrize("file", ["topic.toml", "quiz.toml", "zh.md", "en.md", "example.py"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing; add it"),
        (b"\xff\xfe bad", "is not UTF-8 at byte 0; save it as UTF-8"),
        (b"\xef\xbb\xbfa = 1\n", "begins with a byte-order mark"),
        (b"a = 1\r\n", "has Windows line ends; save it with LF line ends"),
    ],
)
def test_files_that_cannot_be_read_as_text(topic: Path, file: str, content: bytes | None, said: str) -> None:
    (topic / file).unlink()
    if content is not None:
        (topic / file).write_bytes(content)
    assert load_topic(topic)[0] is None
    assert any(f"mean/{file}: {said}" in problem for problem in problems_of(topic))


def test_a_folder_where_a_file_should_be_is_a_problem(topic: Path) -> None:
    (topic / "zh.md").unlink()
    (topic / "zh.md").mkdir()
    assert any("mean/zh.md: cannot be read" in problem for problem in problems_of(topic))


def test_an_example_without_an_entry_and_any_stray_file_are_named_but_do_no_harm(topic: Path) -> None:
    (topic / "example_more.py").write_text("", encoding="utf-8")
    (topic / "notes.txt").write_text("", encoding="utf-8")
    (topic / "__pycache__").mkdir()
    loaded, _ = load_topic(topic)
    assert loaded is not None
    assert problems_of(topic) == [
        "mean/example_more.py: does not belong here; add [examples.more] to topic.toml or remove it",
        "mean/notes.txt: does not belong here; remove it",
    ]


def test_wordings_of_the_key_points_are_read_where_there_are_any(topic: Path) -> None:
    bare, _ = load_topic(topic)
    assert bare is not None
    assert bare.wordings == ()
    count = len(bare.meta.key_points)
    block = '[[point]]\nsaid = ["add up and divide", "加起来除以个数"]\nwrong = ["the middle one"]\n'
    (topic / "points.toml").write_text(block * count, encoding="utf-8")
    loaded, problems = load_topic(topic)
    assert problems == []
    assert loaded is not None
    assert [len(point.said) for point in loaded.wordings] == [2] * count
    assert loaded.wordings[0].wrong == ("the middle one",)


def test_wordings_that_do_not_match_the_key_points_count_as_none_and_say_so(topic: Path) -> None:
    (topic / "points.toml").write_text('[[point]]\nsaid = ["add up and divide"]\n', encoding="utf-8")
    loaded, problems = load_topic(topic)
    assert loaded is not None
    assert loaded.wordings == ()
    assert [str(problem) for problem in problems] == [
        "mean/points.toml: has 1 point, topic.toml has 5 key_points; "
        "give each key point one [[point]], in the same order"
    ]


@pytest.mark.parametrize("content", [b"by hand\n", b"", b"# sha256: 12\nx\n", b"\xff"])
def test_a_damaged_transcript_counts_as_none(topic: Path, content: bytes) -> None:
    (topic / "output.txt").write_bytes(content)
    loaded, problems = load_topic(topic)
    assert loaded is not None
    assert loaded.example().transcript is None
    assert [problem.path for problem in problems] == ["mean/output.txt"]


def test_a_broken_topic_leaves_the_rest_of_the_bank_working(topic: Path) -> None:
    root = topic.parent
    write_topic(root, "other")
    edit(topic / "zh.md", "## 原理", "## 别的")
    (root / "notes.txt").write_text("", encoding="utf-8")
    (root / "Bad Name").mkdir()
    bank = load_bank(root)
    assert list(bank.topics) == ["other"]
    assert [problem.path for problem in bank.problems] == ["Bad Name", "mean/zh.md", "notes.txt"]
    assert load_bank(root) == bank


@pytest.mark.parametrize("file", ["topic.toml", "zh.md", "en.md", "quiz.toml", "example.py"])
def test_a_topic_with_something_left_to_write_never_goes_live_and_is_named(topic: Path, file: str) -> None:
    with (topic / file).open("a", encoding="utf-8") as text:
        text.write("\n# TODO say why\n")
    bank = load_bank(topic.parent)
    assert list(bank.topics) == []
    (left,) = bank.problems
    assert (left.path, "TODO say why" in left.problem) == (f"mean/{file}", True)
    assert list(load_bank(topic.parent, drafts=True).topics) == ["mean"]


@pytest.mark.parametrize("text", ["x = " + "[" * 3000 + "]" * 3000, "x = " + "{a=" * 3000 + "1" + "}" * 3000])
def test_a_file_nested_too_deeply_is_a_problem_and_no_crash(topic: Path, text: str) -> None:
    (topic / "quiz.toml").write_text(text)
    found, problems = load_topic(topic)
    assert found is None
    assert problems


def test_no_folder_of_topics_is_an_empty_bank_that_says_so(tmp_path: Path) -> None:
    bank = load_bank(tmp_path / "nowhere")
    assert len(bank) == 0
    assert "cannot be read (no such file or directory)" in str(bank.problems[0])


def test_the_bank_of_the_package_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert topics_root().is_absolute()
    assert topics_root().is_dir()
    load_bank()


@given(st.text(alphabet=st.characters(exclude_characters="\r", codec="utf-8")))
def test_transcripts_come_back_as_they_went_in(text: str) -> None:
    transcript = Transcript(sha256=SHA, text=text)
    assert read_transcript(write_transcript(transcript)) == transcript


def explanation(lang: Lang, body: str) -> str:
    return "\n".join(f"## {titles[lang]}\n{body}\n" for titles in SECTIONS.values())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "body",
    [
        "```\n## Answer\n```",
        "````md\n```\n## Answer\n```\n````",
        "~~~\n## Answer\n```\n~~~",
        "- x\n  ```\n## Answer\n  ```",
    ],
)
def test_headings_inside_code_fences_are_code(lang: Lang, body: str) -> None:
    assert set(markdown.split(explanation(lang, body), lang).values()) == {body}


@given(st.lists(st.sampled_from(["text", "", "- item", "```\ncode\n```", "**bold** `x`", "# no code", "##no heading"])))
def test_sections_rejoin_to_what_was_written(parts: list[str]) -> None:
    body = "\n".join(["begin", *parts, "end"])
    sections: dict[SectionId, str] = markdown.split(explanation("en", body), "en")
    assert list(sections) == list(SECTIONS)
    assert set(sections.values()) == {body}
