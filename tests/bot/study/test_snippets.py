"""Which part of a message is code."""

from __future__ import annotations

import pytest

from bot.study.snippets import blocks, without_code

PRINT = "print(6 * 7)"
LOOP = "for i in range(3):\n    print(i)"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # fences
        (f"```py\n{PRINT}\n```", [PRINT]),
        (f"```\n{PRINT}\n```", [PRINT]),
        (f"```{PRINT}```", [PRINT]),
        (f"```Python3\r\n{PRINT}\r\n```", [PRINT]),
        (f"为什么报错？\n```python\n{LOOP}\n```\n谢谢", [LOOP]),
        (f"~~~python\n{PRINT}\n~~~", [PRINT]),
        (f"````py\n{PRINT}\n````", [PRINT]),
        (f"```py\n{PRINT}", [PRINT]),
        (f"```py\n{PRINT}\n```\nand\n```\n{LOOP}\n```", [PRINT, LOOP]),
        (f"```py\n{PRINT}\n```\n```js\nalert(1)\n```", [PRINT]),
        (f"```py\n    {PRINT}\n```", [f"    {PRINT}"]),
        ("```\n```", []),
        ("```js\nalert(1)\n```", []),
        ("```py\nx = = 1\n```", ["x = = 1"]),
        # sessions
        ("```pycon\n>>> x = 6\n>>> x * 7\n42\n```", ["x = 6\nx * 7"]),
        (">>> for i in range(2):\n...     print(i)\n...\n0\n1", ["for i in range(2):\n    print(i)"]),
        (">>> print(1)\n1\n>>> 1/0\nTraceback (most recent call last):\nZeroDivisionError", ["print(1)\n1/0"]),
        ("In [1]: import math\n\nIn [2]: math.pi\nOut[2]: 3.14159", ["import math\nmath.pi"]),
        ("```ipython\nIn [3]: for i in range(2):\n   ...:     print(i)\n   ...:\n0\n1\n```",
         ["for i in range(2):\n    print(i)"]),
        ("look:\n>>> print(1)", ["print(1)"]),
        (f">>> {LOOP}", [LOOP]),
        # quotes
        (f"> ```py\n> {PRINT}\n> ```", [PRINT]),
        (f"> {PRINT}", [PRINT]),
        ("> for i in range(3):\n>     print(i)", [LOOP]),
        ("> that is right\nprint it", []),
        # indented, below prose
        (f"try this\n\n    {PRINT}", [PRINT]),
        (f"试试\n\t{PRINT}\n好吗", [PRINT]),
        ("first\n\n    x = 1\n\n    print(x)\n\nthen\n\n    y = 2", ["x = 1\n\nprint(x)", "y = 2"]),
        ("my list\n    apples and pears", []),
        # bare
        (PRINT, [PRINT]),
        (LOOP, [LOOP]),
        ("    x = 1\n    print(x)", ["x = 1\nprint(x)"]),
        ("import numpy as np\n\nnp.ones(3)", ["import numpy as np\n\nnp.ones(3)"]),
        ("x = 1", ["x = 1"]),
        ("def f():\n    return 1", ["def f():\n    return 1"]),
        ("[i for i in range(3)]", ["[i for i in range(3)]"]),
        ("await main()", ["await main()"]),
        (f"`{PRINT}`", [PRINT]),
        (f"``{PRINT}``", [PRINT]),
        # prose
        ("hello", []), ("GAN", []), ("a and b", []), ("why?", []), ("什么是过拟合？", []), ("precision, recall", []),
        ("(really)", []), ("not now", []), ("1", []), ("note: later", []), ("x + y", []), ('"quoted"', []), ("", []),
        ("no code here, `print(1)`", []), ("L1", []), ("True", []), ("# heading", []), ("print it", []), ("...", []),
        ("what does print(x) do?", []),
    ],
)  # fmt: skip
def test_code_is_found_however_it_was_put_into_a_message(text: str, codes: list[str]) -> None:
    assert [piece.code.removesuffix("\n") for piece in blocks([text])] == codes


@pytest.mark.parametrize(
    ("text", "around"),
    [
        (f"为什么报错？\n```python\n{LOOP}\n```", "为什么报错？"),
        (f"```py\n{PRINT}\n```", ""),
        (f"what is this\n\n    {PRINT}", "what is this"),
        (PRINT, ""),
        (">>> print(1)\n1", "1"),
        ("what is a GAN?", "what is a GAN?"),
    ],
)
def test_what_is_said_around_the_code_is_the_question(text: str, around: str) -> None:
    assert without_code(text) == around
