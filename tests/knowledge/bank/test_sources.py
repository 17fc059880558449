"""Reading the lines of a topic's `sources`."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.bank.loader import load_bank
from knowledge.bank.sources import Source, parse


@pytest.mark.parametrize(
    ("line", "label", "url"),
    [
        ("Goodfellow et al. 2014, Nets, arXiv:1406.2661", "Goodfellow et al. 2014, Nets", "https://arxiv.org/abs/1406.2661"),
        ("Old, arXiv:cs/0112017v1, section 3", "Old, section 3", "https://arxiv.org/abs/cs/0112017v1"),
        ("Old, ArXiv: hep-th/9901001.", "Old", "https://arxiv.org/abs/hep-th/9901001"),
        ("Back-propagating errors (1986), doi:10.1038/323533a0", "Back-propagating errors (1986)",
         "https://doi.org/10.1038/323533a0"),
        ("Networks, doi:10.1016/0893-6080(89)90014-2", "Networks", "https://doi.org/10.1016/0893-6080%2889%2990014-2"),
        ("Networks (doi:10.1016/0893-6080(89)90014)", "Networks", "https://doi.org/10.1016/0893-6080%2889%2990014"),
        ("Keras documentation, https://keras.io/api/layers/#conv.", "Keras documentation",
         "https://keras.io/api/layers/#conv"),
        ("Docs (see https://example.org/a_(b).html)", "Docs (see", "https://example.org/a_%28b%29.html"),
        ("https://example.org/?a=1&b=%20", "https://example.org/?a=1&b=%20", "https://example.org/?a=1&b=%20"),
        ("arXiv:1406.2661 and doi:10.1038/323533a0", "and doi:10.1038/323533a0", "https://arxiv.org/abs/1406.2661"),
        ("Deep Learning (MIT Press 2016), chapter 6", "Deep Learning (MIT Press 2016), chapter 6", None),
        ("arXiv:14.2661", "arXiv:14.2661", None),
        ("doi:10.1/2", "doi:10.1/2", None),
    ],
)  # fmt: skip
def test_a_line_is_read_as_what_it_says_and_where_it_is(line: str, label: str, url: str | None) -> None:
    assert parse(line) == Source(label, url)


@given(st.text() | st.from_regex(r"[\w ,.()\[\]]*(arXiv:\d{4}\.\d{5}|doi:10\.\d{4}/\S*|https://\S*)[\w ,.()\[\]]*"))
@example("(https://[::1")
def test_an_address_can_always_be_linked(line: str) -> None:
    source = parse(line)
    assert source.label or not line.split()
    if source.url is not None:
        assert source.url.startswith(("https://", "http://")) or source.url[:4].lower() == "http"
        assert not set(source.url) & set(' ()<>[]"\n')
        assert source.url.isascii()


def test_every_id_in_the_bank_is_read_as_one() -> None:
    for topic in load_bank().topics.values():
        for line in topic.meta.sources:
            named = any(sign in line.lower() for sign in ("arxiv:", "doi:", "http"))
            source = parse(line)
            assert (source.url is not None) == named, line
            assert source.url is None or urlsplit(source.url).netloc
            assert "arxiv:" not in source.label.lower()
            assert source.label.count("(") == source.label.count(")"), source
