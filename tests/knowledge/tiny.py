"""Writes a small topic that breaks no rule, for tests that then break exactly one."""

from __future__ import annotations

from pathlib import Path

from knowledge.bank.loader import load_bank

TOPIC = """\
level = "basic"
aliases = ["mean", "平均值"]
questions = [1]
related = ["gan"]
requires = []
checked = "2026-11"
sources = ["A. Author 2001, Means, doi:10.1000/182", "Some Body, A book of means, chapter 3"]

[title]
zh = "均值"
en = "Sample mean"

[question_titles]
1 = { zh = "怎样估计均值", en = "Estimating a mean" }

[asks]
zh = [
  "怎么求平均", "平均数怎么算", "样本均值是什么", "为什么取平均", "平均能去噪吗",
  "均值稳不稳", "平均会被极端值带偏吗", "mean 怎么算", "多少样本才够", "算术平均咋算",
]
en = [
  "how to average", "what is a sample mean", "why average at all", "does averaging remove noise", "mean of numbers",
  "is the mean stable", "outliers ruin my average", "how many samples are enough", "avg formula", "expected value",
]

[[key_points]]
zh = "均值是总和除以个数。"
en = "The mean is the sum divided by the count."
[[key_points]]
zh = "它的标准误随样本数的平方根下降。"
en = "Its standard error falls with the square root of the sample size."
[[key_points]]
zh = "它对离群点敏感。"
en = "It is sensitive to outliers."
[[key_points]]
zh = "中位数更稳健。"
en = "The median is more robust."
[[key_points]]
zh = "它是均方误差的最小点。"
en = "It minimises the squared error."

[examples.main]
title = { zh = "大数定律", en = "Law of large numbers" }
counter = "COUNT=1"
counter_why = { zh = "一个样本什么也平均不了。", en = "A single sample averages nothing out." }
parameters.COUNT = "样本数"
"""

ZH = """\
## 回答
均值是所有样本的**总和**除以个数。样本越多，它离真值越近。

## 原理
独立样本的方差按样本数缩小：
```
Var(m) = s² / n
```
所以标准误是 `s / √n`。

## 实践
- 先看分布，再决定用不用均值。
- 报告均值时附上标准误。

## 常见误区
均值怕离群点，一个极端值就能把它带偏。

## 面试追问
**什么时候用中位数？** 分布有长尾或离群点的时候。
"""

EN = """\
## Answer
The mean is the **sum** of the samples divided by their number. The more samples, the closer it comes to the truth.

## How it works
The variance of independent samples shrinks with their number:
```
Var(m) = s² / n
```
So the standard error is `s / √n`.

## In practice
- Look at the distribution before you trust a mean.
- Report the standard error beside it.

## Pitfalls
A mean fears outliers: a single extreme value pulls it away.

## In the interview
**When would you take the median?** When the distribution has a long tail or outliers.
"""

EXAMPLE = '''\
"""The mean of many samples comes close to the true one."""
import random

COUNT = 2000  # samples drawn, 1..5000
SEED = 0  # random seed, 0..9999

rng = random.Random(SEED)
mean = sum(rng.gauss(0.0, 1.0) for _ in range(COUNT)) / COUNT
print(f"mean of {COUNT} samples is near 0: {abs(mean) < 0.1}")
assert COUNT > 1 and abs(mean) < 0.15, f"the mean {mean:.3f} is far from 0"
'''

QUIZ = """\
[[item]]
id = "what-it-is"
kind = "choice"
prompt = { zh = "均值是什么？", en = "What is a mean?" }
options = [
  { zh = "总和除以个数", en = "sum over count" }, { zh = "排序后的中点", en = "middle of the order" },
  { zh = "出现最多的值", en = "most frequent one" }, { zh = "最大与最小之差", en = "largest minus least" },
]
answer = 0
why = { zh = "这就是定义。", en = "That is its definition." }

[[item]]
id = "standard-error"
kind = "choice"
prompt = { zh = "样本数乘四，标准误怎样？", en = "Four times the samples: what of the standard error?" }
options = [
  { zh = "变成四倍", en = "four times it" }, { zh = "减半", en = "half of it" },
  { zh = "不变", en = "unchanged" }, { zh = "变成四分之一", en = "a quarter of it" },
]
answer = 1
why = { zh = "它按平方根下降。", en = "It falls with the square root." }

[[item]]
id = "outlier"
kind = "choice"
prompt = { zh = "谁最怕离群点？", en = "Which one fears outliers most?" }
options = [
  { zh = "中位数", en = "the median" }, { zh = "众数", en = "the mode" },
  { zh = "均值", en = "the mean" }, { zh = "四分位数", en = "a quartile" },
]
answer = 2
why = { zh = "它把每个值都算进去。", en = "It counts every value in full." }

[[item]]
id = "prints-mean"
kind = "predict"
prompt = { zh = "这段代码打印什么？", en = "What does this print?" }
code = '''
values = [1, 2, 6]
print(sum(values) / len(values))
'''
options = ["2.0", "3.0", "3", "9"]
answer = 1
why = { zh = "9 除以 3，真除法得浮点数。", en = "9 over 3; true division gives a float." }

[[item]]
id = "prints-median"
kind = "predict"
prompt = { zh = "这段打印什么？", en = "And this one?" }
code = '''
values = sorted([9, 1, 2])
print(values[1])
'''
options = ["1", "9", "2", "4"]
answer = 2
why = { zh = "排序后中间的是 2。", en = "2 stands in the middle once sorted." }

[[item]]
id = "bug-count"
kind = "find_bug"
prompt = { zh = "哪一行错了？", en = "Which line is wrong?" }
broken = '''
values = [1, 2, 6]
mean = sum(values) / 2
assert mean == 3.0, mean
'''
fixed = '''
values = [1, 2, 6]
mean = sum(values) / len(values)
assert mean == 3.0, mean
'''
answer_lines = [2]
why = { zh = "个数写死了。", en = "The count is hard-wired." }

[[item]]
id = "bug-order"
kind = "find_bug"
prompt = { zh = "中位数哪一行错了？", en = "Which line spoils the median?" }
broken = '''
values = [9, 1, 2]
assert values[1] == 2, values
'''
fixed = '''
values = sorted([9, 1, 2])
assert values[1] == 2, values
'''
answer_lines = [1]
why = { zh = "先排序。", en = "Sort first." }

[[item]]
id = "say-it"
kind = "open"
prompt = { zh = "说说均值：定义、离群点、和中位数比。", en = "Speak of the mean, of outliers, of the median." }
points = [0, 2, 3]
"""

FILES = {"topic.toml": TOPIC, "zh.md": ZH, "en.md": EN, "example.py": EXAMPLE, "quiz.toml": QUIZ}


def write_topic(root: Path, slug: str = "mean") -> Path:
    """Write the topic under `root` (without its transcript) and return its folder."""
    folder = root / slug
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return folder


def accept_by_hand(folder: Path) -> None:
    """Write the transcript that the unchanged example would leave, without a run."""
    example = load_bank(folder.parent)[folder.name].example()
    text = f"# sha256: {example.sha256}\nmean of 2000 samples is near 0: True\n"
    (folder / "output.txt").write_text(text, encoding="utf-8", newline="\n")


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first `old` in `file`; it must be there, or the test would prove nothing."""
    content = file.read_text(encoding="utf-8")
    assert old in content, f"{file.name} does not hold {old!r}"
    file.write_text(content.replace(old, new, 1), encoding="utf-8", newline="\n")
