"""Interview documents as people write them, and what must be found in each: the importer's corpus.

Each is one shape: how questions are marked up and numbered, what their answers hold that looks like a question, what
stands around them. `questions` are the titles, in order, each with phrases that belong to it and to no other question.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One document: its name, its text, and its questions (title → phrases of its own parts and snippets)."""

    name: str
    text: str
    questions: list[tuple[str, list[str]]]


DOCUMENTS = [
    Document(
        "github_list_in_details",
        """# Machine learning interview questions

A list of questions. Pull requests are welcome.

## Table of contents

1. [Basics](#basics)
2. [Deep learning](#deep-learning)

## Basics

<details>
<summary>1. What is the bias-variance tradeoff?</summary>

Simple models miss the pattern.

1. High bias underfits.
2. High variance overfits.

</details>

<details>
<summary><b>2. Explain cross-validation</b></summary><br>

Each fold is held out once.

```python
print(1)
```

</details>

## Deep learning

<details>
<summary>3. What is dropout?</summary>
Units are zeroed at random.
</details>

## License

MIT
""",
        [
            ("What is the bias-variance tradeoff?", ["Simple models", "High bias underfits.", "High variance"]),
            ("Explain cross-validation", ["Each fold", "print(1)"]),
            ("What is dropout?", ["Units are zeroed"]),
        ],
    ),
    Document(
        "headings_with_folded_answers",
        """# Interview

### What is a kernel?
<details><summary>Answer</summary>

A similarity of two points.
</details>

### Why scale features?
<details><summary>Answer</summary>
<p>

Distances would be ruled by one of them.

</p>
</details>
""",
        [
            ("What is a kernel?", ["A similarity of two points."]),
            ("Why scale features?", ["Distances would be ruled"]),
        ],
    ),
    Document(
        "folded_answers_in_chinese",
        """## 1. 什么是过拟合？

<details>
<summary>点击查看答案</summary>

训练好而测试差。

</details>

## 2. 什么是欠拟合？

<details>
<summary>点击查看答案</summary>

训练都不好。

</details>
""",
        [("什么是过拟合？", ["训练好而测试差"]), ("什么是欠拟合？", ["训练都不好"])],
    ),
    Document(
        "summary_over_several_lines",
        """<details>
  <summary>
    What is recall?
  </summary>
  Found positives over all positives.
</details>
<details>
  <summary>
    What is precision?
  </summary>
  Right positives over all found.
</details>
""",
        [("What is recall?", ["Found positives"]), ("What is precision?", ["Right positives"])],
    ),
    Document(
        "chapters_by_han_numbers_questions_by_digits",
        """# 机器学习面经

## 一、基础

1. 什么是梯度下降？

沿负梯度方向更新参数。

2. 学习率过大会怎样？

会震荡甚至发散。

## 二、深度学习

1. 什么是批归一化？

按小批量标准化输入。

2. 介绍一下残差网络

加一条恒等的捷径。
""",
        [
            ("什么是梯度下降？", ["沿负梯度方向"]),
            ("学习率过大会怎样？", ["会震荡甚至发散"]),
            ("什么是批归一化？", ["按小批量标准化"]),
            ("介绍一下残差网络", ["恒等的捷径"]),
        ],
    ),
    Document(
        "questions_by_han_numbers",
        """深度学习面试题

一、什么是卷积？

（1）滑动窗口。
（2）共享权重。

二、什么是池化？

1. 取最大值
2. 取平均值

三、请解释感受野

输出的一点看到的输入范围。
""",
        [
            ("什么是卷积？", ["滑动窗口", "共享权重"]),
            ("什么是池化？", ["取最大值", "取平均值"]),
            ("请解释感受野", ["看到的输入范围"]),
        ],
    ),
    Document(
        "questions_by_han_numbers_in_headings",
        """## 一、什么是卷积？
### 1. 定义
滑动窗口。
### 2. 作用
提取局部特征。
## 二、什么是池化？
### 1. 定义
取最大值。
## 三、感受野
输出看到的范围。
""",
        [
            ("什么是卷积？", ["滑动窗口", "提取局部特征"]),
            ("什么是池化？", ["取最大值"]),
            ("感受野", ["输出看到的范围"]),
        ],
    ),
    Document(
        "plain_question_headings",
        """# FAQ for interviews

Some words before.

## What is attention?

A weighted sum of values.

### Why scale by the root of d?

Otherwise the softmax saturates.

## How does beam search work?

It keeps the k best prefixes.

## Positional encodings

They tell the order.

## References

- Vaswani et al. 2017
""",
        [
            ("What is attention?", ["A weighted sum", "Why scale by the root of d?", "softmax saturates"]),
            ("How does beam search work?", ["k best prefixes"]),
            ("Positional encodings", ["They tell the order."]),
        ],
    ),
    Document(
        "textbook_chapter_without_question_marks",
        """# Chapter 3: Training

## 3.1 Optimisation

### 3.1.1 Gradient descent

Steps against the gradient.

1. Compute the gradient.
2. Take a step.

### 3.1.2 Momentum

A running mean of gradients.

## 3.2 Generalisation

### 3.2.1 Weight decay

Shrinks weights in each step.

#### Remark

The same as L2 for plain SGD.
""",
        [
            ("Gradient descent", ["Steps against", "Compute the gradient.", "Take a step."]),
            ("Momentum", ["A running mean"]),
            ("Weight decay", ["Shrinks weights", "The same as L2"]),
        ],
    ),
    Document(
        "dotted_numbers_without_headings",
        """第二章 线性模型

2.1 什么是线性回归？
用直线拟合数据。

2.2 什么是逻辑回归？
用 sigmoid 输出概率。

2.3 为什么不用均方误差？
非凸，梯度小。学习率取 0.1 时
3.5 个周期后收敛。
""",
        [
            ("什么是线性回归？", ["用直线拟合"]),
            ("什么是逻辑回归？", ["sigmoid"]),
            ("为什么不用均方误差？", ["非凸", "3.5 个周期后收敛"]),
        ],
    ),
    Document(
        "flashcards",
        """Q: What is an epoch?
A: One pass over the data.

Q: What is a batch?
A: What one step sees.
   It may be small.

Q: What is a step?
A: One update.
""",
        [
            ("What is an epoch?", ["One pass"]),
            ("What is a batch?", ["What one step sees.", "It may be small."]),
            ("What is a step?", ["One update."]),
        ],
    ),
    Document(
        "flashcards_in_chinese_on_one_line",
        """问：什么是召回率？答：找回的正例占全部正例的比例。
问：什么是精确率？答：判为正的里面真正为正的比例。
""",
        [("什么是召回率？", ["找回的正例"]), ("什么是精确率？", ["判为正的里面"])],
    ),
    Document(
        "numbered_flashcards",
        """**Q1:** What is PCA?

**A1:** Directions of largest variance.

**Q2:** What is LDA?

**A2:** Directions that separate classes.

A: and B: are no labels here, or are they.
""",
        [
            ("What is PCA?", ["Directions of largest variance."]),
            ("What is LDA?", ["Directions that separate", "no labels here"]),
        ],
    ),
    Document(
        "options_of_a_choice",
        """### Q1: Which loss is robust?
A: squared
B: absolute
C: both

Answer: B

### Q2: Which is convex?
A: MSE of a linear model
B: an MLP

Answer: A
""",
        [("Which loss is robust?", ["A: squared", "C: both"]), ("Which is convex?", ["MSE of a linear model"])],
    ),
    Document(
        "bold_numbered_with_lists_in_bold",
        """**1. 如何评估模型？**

1. **准确率**：正确的比例。
2. **召回率**：找回的比例。

**方法：**

- 交叉验证

**2. 如何防止过拟合？**

1. **正则化**：惩罚权重。
2. **早停**：验证集变差就停。
""",
        [
            ("如何评估模型？", ["准确率", "召回率", "交叉验证"]),
            ("如何防止过拟合？", ["正则化", "验证集变差就停"]),
        ],
    ),
    Document(
        "bold_question_and_answer_on_one_line",
        """# Quick ones

**What is a tensor?** An array with any number of axes.

**What is broadcasting?** Axes of length one are repeated.
It costs no memory.

**Name two optimisers.** Adam and SGD.
""",
        [
            ("What is a tensor?", ["An array with any number of axes."]),
            ("What is broadcasting?", ["Axes of length one", "It costs no memory."]),
            ("Name two optimisers.", ["Adam and SGD."]),
        ],
    ),
    Document(
        "bullets_with_nested_answers",
        """# Warm-up

- What is a feature?
  - A measured property.
  - Also called a covariate.
- What is a label?
  - What is to be predicted.
- Why split the data?
  - To measure on what was not seen.
""",
        [
            ("What is a feature?", ["A measured property.", "Also called a covariate."]),
            ("What is a label?", ["What is to be predicted."]),
            ("Why split the data?", ["what was not seen"]),
        ],
    ),
    Document(
        "unmarked_lines_that_ask",
        """Notes from an interview

What is a hyperparameter?
A value set before training.
For example the learning rate.

How do you tune it?
By random search. Why random? It covers each axis better.

Is grid search ever better?

With one parameter, yes.
""",
        [
            ("What is a hyperparameter?", ["A value set before", "For example the learning rate."]),
            ("How do you tune it?", ["By random search. Why random?"]),
            ("Is grid search ever better?", ["With one parameter, yes."]),
        ],
    ),
    Document(
        "contents_in_plain_text",
        """# 面试题

目录：

1. 什么是词向量？
2. 什么是注意力？

---

1. 什么是词向量？

把词变成向量。

2. 什么是注意力？

对值加权求和。
""",
        [("什么是词向量？", ["把词变成向量"]), ("什么是注意力？", ["对值加权求和"])],
    ),
    Document(
        "contents_in_a_table",
        """| No. | Questions |
|---|---|
| 1 | [What is React?](#what-is-react) |
| 2 | [What is JSX?](#what-is-jsx) |

1. ### What is React?

    A library for interfaces.

    **[⬆ Back to Top](#table-of-contents)**

2. ### What is JSX?

    A syntax extension.

    ```javascript
    const a = <h1>Hi</h1>
    ```

    **[⬆ Back to Top](#table-of-contents)**
""",
        [
            ("What is React?", ["A library for interfaces."]),
            ("What is JSX?", ["A syntax extension.", "const a = <h1>Hi</h1>"]),
        ],
    ),
    Document(
        "nested_contents_in_a_list",
        """# Questions
- [Basics](#basics)
  - [What is bias?](#what-is-bias)
  - [What is variance?](#what-is-variance)

## Basics

#### What is bias?

A systematic error.

#### What is variance?

How much it changes with the sample.

[Back to top](#questions)
""",
        [("What is bias?", ["A systematic error."]), ("What is variance?", ["How much it changes"])],
    ),
    Document(
        "comments_in_code_that_look_like_headings",
        """## 1. 怎么读文件？

```python
# 1. 打开文件？
## 2. 什么是编码？
with open("a.txt", "w") as file:
    file.write("x")
```

## 2. 怎么写文件？

没有围栏的代码：

# 写入
import json
# 关闭
print(json.dumps({}))

## 3. 怎么删文件？

用 os.remove。
""",
        [
            ("怎么读文件？", ["# 1. 打开文件？", "## 2. 什么是编码？"]),
            ("怎么写文件？", ["# 写入", "import json", "# 关闭"]),
            ("怎么删文件？", ["os.remove"]),
        ],
    ),
    Document(
        "indented_code",
        """# Python questions

## How to make an array?

Like this:

    import numpy as np

    print(np.zeros(3))

It has three zeros.

## How to sum it?

    total = sum([1, 2])
    assert total == 3
""",
        [
            ("How to make an array?", ["Like this:", "print(np.zeros(3))", "It has three zeros."]),
            ("How to sum it?", ["total = sum([1, 2])\nassert total == 3"]),
        ],
    ),
    Document(
        "formulas",
        """### 1. 什么是交叉熵？

$$
1. H(p, q)
= -\\sum_x p(x) \\log q(x)
$$

### 2. 什么是 $L_2$ 正则化？

$\\lambda \\|w\\|_2^2$，见 $$w \\leftarrow w - \\eta g$$
""",
        [("什么是交叉熵？", ["\\sum_x p(x)", "1. H(p, q)"]), ("什么是 $L_2$ 正则化？", ["\\lambda", "\\leftarrow"])],
    ),
    Document(
        "pictures_and_tables",
        """### 1、什么是混淆矩阵？

![矩阵](img/cm.png "图 1")

| 真实 | 预测 |
|---|---|
| 1. 正？ | 负 |

### 2、ROC 曲线是什么？

<img src="roc.png" width="300">

横轴是假正率。
""",
        [("什么是混淆矩阵？", ["img/cm.png", "1. 正？"]), ("ROC 曲线是什么？", ["roc.png", "横轴是假正率"])],
    ),
    Document(
        "front_matter",
        """---
title: 面试题
tags:
  - ml
---

## 1. 什么是熵？
不确定性的度量。

## 2. 什么是 KL 散度？
两个分布之间的差异。
""",
        [("什么是熵？", ["不确定性的度量"]), ("什么是 KL 散度？", ["两个分布之间"])],
    ),
    Document(
        "underlined_headings",
        """Interview notes
===============

What is boosting?
-----------------

Learners that correct one another.

What is bagging?
----------------

Learners on resampled data. A rule follows.
---

And it is still bagging.
""",
        [("What is boosting?", ["Learners that correct"]), ("What is bagging?", ["resampled data", "still bagging"])],
    ),
    Document(
        "full_width_numbers",
        """第１题　什么是偏差？
系统性误差。

第２题　什么是方差？
随样本的变化。

第１０题　什么是噪声？
不可约的误差。
""",
        [("什么是偏差？", ["系统性误差"]), ("什么是方差？", ["随样本的变化"]), ("什么是噪声？", ["不可约的误差"])],
    ),
    Document(
        "numbers_in_brackets",
        """（1）什么是 SVM？
最大间隔分类器。
① 线性
② 核函数

（2）什么是核函数？
高维空间的内积。

（3）软间隔有什么用？
允许少量错误。
""",
        [
            ("什么是 SVM？", ["最大间隔", "① 线性", "② 核函数"]),
            ("什么是核函数？", ["高维空间的内积"]),
            ("软间隔有什么用？", ["允许少量错误"]),
        ],
    ),
    Document(
        "every_item_is_one",
        """# Questions

1. What is a graph?

   Nodes and edges.

1. What is a tree?

   A graph without cycles.

1. What is a forest?

   Several trees.
""",
        [
            ("What is a graph?", ["Nodes and edges."]),
            ("What is a tree?", ["without cycles"]),
            ("What is a forest?", ["Several trees."]),
        ],
    ),
    Document(
        "lists_in_answers_in_the_same_style",
        """1. 什么是过拟合？
常见原因：
1. 数据太少
2. 模型太大
3. 训练太久
2. 什么是正则化？
常见方法：
1. L1
2. L2
3. 什么是早停？
验证集变差就停。
""",
        [
            ("什么是过拟合？", ["数据太少", "模型太大", "训练太久"]),
            ("什么是正则化？", ["L1", "L2"]),
            ("什么是早停？", ["验证集变差"]),
        ],
    ),
    Document(
        "companies_and_rounds",
        """# 2024 秋招面经

## 字节跳动 一面

- 自我介绍
1. 讲讲 Transformer 的结构
2. 为什么要用多头注意力？
3. 手撕：二分查找

## 美团 二面

1. BN 和 LN 的区别
2. 为什么 Transformer 用 LN？

总体感觉不错，等通知。
""",
        [
            ("讲讲 Transformer 的结构", []),
            ("为什么要用多头注意力？", []),
            ("手撕：二分查找", []),
            ("BN 和 LN 的区别", []),
            ("为什么 Transformer 用 LN？", ["总体感觉不错"]),
        ],
    ),
    Document(
        "labels_of_every_part",
        """### 题目1：什么是 K 近邻？

【参考答案】
看最近的 K 个点。

【解析】
1. K 小则过拟合
2. K 大则欠拟合

【示例代码】
```python
from sklearn.neighbors import KNeighborsClassifier
```

### 题目2：K 怎么选？

【参考答案】
交叉验证。

【解析】
取误差最小的。
""",
        [
            ("什么是 K 近邻？", ["看最近的", "K 小则过拟合", "KNeighborsClassifier"]),
            ("K 怎么选？", ["交叉验证", "取误差最小的"]),
        ],
    ),
    Document(
        "questions_with_sections_that_recur",
        """## 1. Reverse a list

### Approach

Swap the ends.

### Complexity

Linear.

## 2. Merge two lists

### Approach

Take the smaller head.

### Complexity

Linear, too.
""",
        [
            ("Reverse a list", ["Swap the ends.", "Linear."]),
            ("Merge two lists", ["Take the smaller head.", "Linear, too."]),
        ],
    ),
    Document(
        "sections_at_the_level_of_questions",
        """### 1. Reverse a list
### Approach
Swap the ends.
### 2. Merge two lists
### Approach
Take the smaller head.
### Closing words
Good luck.
""",
        [("Reverse a list", ["Swap the ends."]), ("Merge two lists", ["Take the smaller head."])],
    ),
    Document(
        "emoji_stars_and_tags",
        """### ⭐ 1. What is RAG? 🔥🔥

Retrieval before generation.

### ⭐⭐ 2. What is LoRA? (Google, 2023)

Low-rank updates.

### 3. 什么是 RLHF？【高频】

从人类反馈中强化学习。
""",
        [
            ("What is RAG? 🔥🔥", ["Retrieval before"]),
            ("What is LoRA? (Google, 2023)", ["Low-rank updates."]),
            ("什么是 RLHF？【高频】", ["人类反馈"]),
        ],
    ),
    Document(
        "anchors_and_html_headings",
        """<h2 id="q1">What is a CNN?</h2>

Convolutions in layers.

<h2 id="q2">What is an RNN?</h2>

A state carried along.

<h2><a name="q3"></a>What is a GAN?</h2>

<b>Two</b> networks compete.
""",
        [
            ("What is a CNN?", ["Convolutions"]),
            ("What is an RNN?", ["carried along"]),
            ("What is a GAN?", ["networks compete"]),
        ],
    ),
    Document(
        "escaped_numbers_and_html_code",
        """1\\. What is a list?

<pre><code class="language-python">x = [1 &lt; 2]
print(x)
</code></pre>

2\\. What is a dict?

A map from keys.
""",
        [("What is a list?", ["x = [1 < 2]\nprint(x)"]), ("What is a dict?", ["A map from keys."])],
    ),
    Document(
        "everything_in_a_quotation",
        """> ### 1. 什么是 BERT？
> 双向编码器。
>
> ```python
> x = 1
> ```

> ### 2. 什么是 GPT？
> 单向解码器。
""",
        [("什么是 BERT？", ["双向编码器", "x = 1"]), ("什么是 GPT？", ["单向解码器"])],
    ),
    Document(
        "hashes_without_a_space",
        """###1.什么是熵？
不确定性。
###2.什么是互信息？
共享的信息。
""",
        [("什么是熵？", ["不确定性"]), ("什么是互信息？", ["共享的信息"])],
    ),
    Document(
        "numbers_without_a_sign",
        """## 01 什么是熵？
不确定性。
## 02 什么是互信息？
共享的信息。
## 03 信息增益
熵的减少。
""",
        [("什么是熵？", ["不确定性"]), ("什么是互信息？", ["共享的信息"]), ("信息增益", ["熵的减少"])],
    ),
    Document(
        "number_in_the_heading_question_below",
        """## Question 1

What is a p-value?

The chance of data at least as extreme.

## Question 2

What is a prior?

What is believed before the data.
""",
        [("What is a p-value?", ["at least as extreme"]), ("What is a prior?", ["believed before"])],
    ),
    Document(
        "missing_and_repeated_numbers",
        """### 1. 什么是 A 算法？
甲。
### 2. 什么是 B 算法？
乙。
### 4. 什么是 D 算法？
丁。
### 4. 什么是 E 算法？
戊。
""",
        [
            ("什么是 A 算法？", ["甲"]),
            ("什么是 B 算法？", ["乙"]),
            ("什么是 D 算法？", ["丁"]),
            ("什么是 E 算法？", ["戊"]),
        ],
    ),
    Document(
        "one_question_marked_up_otherwise",
        """### 1. What is a mean?
The average.
### 2. What is a median?
The middle.

**3. What is a mode?**
The most frequent.

### 4. What is a range?
Largest minus smallest.
""",
        [
            ("What is a mean?", ["The average."]),
            ("What is a median?", ["The middle."]),
            ("What is a mode?", ["The most frequent."]),
            ("What is a range?", ["Largest minus"]),
        ],
    ),
    Document(
        "questions_at_two_levels",
        """# ML

## What is learning?

Improving with data.

## Supervised

### What is regression?

Predicting numbers.

### What is classification?

Predicting classes.
""",
        [
            ("What is learning?", ["Improving with data."]),
            ("What is regression?", ["Predicting numbers."]),
            ("What is classification?", ["Predicting classes."]),
        ],
    ),
    Document(
        "answers_at_the_end",
        """# Quiz

## Questions

1. What is a bit?
2. What is a nat?
3. Name a unit of information.

## Answers

1. A choice of two.
2. The unit with base e.
3. The shannon.
""",
        [
            ("What is a bit?", ["A choice of two."]),
            ("What is a nat?", ["The unit with base e."]),
            ("Name a unit of information.", ["The shannon."]),
        ],
    ),
    Document(
        "question_and_answer_in_a_table",
        """# Cards

| Question | Answer |
|---|---|
| What is a unit test? | A test of one piece. |
| What is a mock? | A stand-in. |
""",
        [("What is a unit test?", ["A test of one piece."]), ("What is a mock?", ["A stand-in."])],
    ),
    Document(
        "mixed_languages",
        """## Q1. What is softmax（归一化指数函数）？

把 logits 变成概率。

## Q2. 为什么要减去 max？

To avoid overflow.
""",
        [
            ("What is softmax（归一化指数函数）？", ["把 logits 变成概率"]),
            ("为什么要减去 max？", ["To avoid overflow."]),
        ],
    ),
    Document(
        "a_list_that_asks_within_one_answer",
        """### 1. 如何分析一个模型？

先问自己：

1. 数据够吗？
2. 标签对吗？
3. 指标合适吗？

### 2. 如何上线？

灰度发布。

### 3. 数据漂移

分布变了。
""",
        [
            ("如何分析一个模型？", ["数据够吗？", "标签对吗？", "指标合适吗？"]),
            ("如何上线？", ["灰度发布"]),
            ("数据漂移", ["分布变了"]),
        ],
    ),
    Document(
        "long_paragraphs_below_indented_numbers",
        """  1. What is caching?
     Keeping what was computed.

     ```python
     from functools import cache
     ```

  2. What is memoisation?
     Caching of calls.

 10. What is a hash?
     A short fingerprint.
""",
        [
            ("What is caching?", ["Keeping what was computed.", "from functools import cache\n"]),
            ("What is memoisation?", ["Caching of calls."]),
            ("What is a hash?", ["A short fingerprint."]),
        ],
    ),
]
