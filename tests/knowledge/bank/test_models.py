import pytest
from pydantic import ValidationError

from knowledge.bank.models import LANGS, SECTIONS, Bank, Example, ExampleMeta, Problem, Text


def test_a_text_has_both_languages_and_nothing_blank() -> None:
    text = Text(zh="均值", en="mean")
    assert [text[lang] for lang in LANGS] == ["均值", "mean"]
    for zh, en in (("", "mean"), ("均值", "  ")):
        with pytest.raises(ValidationError):
            Text(zh=zh, en=en)


def test_a_typo_in_a_key_is_an_error() -> None:
    with pytest.raises(ValidationError, match="eng"):
        Text.model_validate({"zh": "均值", "en": "mean", "eng": "mean"})


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Text(zh="均值", en="mean").zh = "别的"


def test_the_sha256_of_an_example_is_that_of_its_bytes() -> None:
    title = Text(zh="例", en="example")
    meta = ExampleMeta(title=title, counter="A=1", counter_why=title)
    example = Example(name="main", file="example.py", source="abc", meta=meta)
    assert example.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert example.sha256 != example.model_copy(update={"source": "abc\n"}).sha256


@pytest.mark.parametrize("counter", ["lower=1", "COUNT", "COUNT=", "=1", "1A=2"])
def test_a_counter_is_one_change_of_one_parameter(counter: str) -> None:
    title = Text(zh="例", en="example")
    with pytest.raises(ValidationError):
        ExampleMeta(title=title, counter=counter, counter_why=title)


def test_there_are_five_sections_in_both_languages() -> None:
    assert list(SECTIONS) == ["answer", "how", "practice", "pitfalls", "interview"]
    assert all(set(titles) == set(LANGS) for titles in SECTIONS.values())


def test_a_problem_reads_as_one_line() -> None:
    assert str(Problem(path="gan/zh.md", problem="is missing", fix="add it")) == "gan/zh.md: is missing; add it"


def test_an_empty_bank_is_a_bank() -> None:
    assert len(Bank(topics={})) == 0
    with pytest.raises(KeyError):
        Bank(topics={})["gan"]
