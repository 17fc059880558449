"""Short documents, one oddity each, and the questions in them (number, title, answer): see `documents`."""

from __future__ import annotations

ODD: dict[str, tuple[str, list[tuple[int, str, str]]]] = {
    "chapters w bold chapter and plain lists": (
        """\
# 面试准备

**基础**

1. 什么是监督学习？
有标签。
2. 什么是无监督学习？
无标签。

**进阶**

1. 什么是强化学习？
有奖励。
2. 什么是半监督学习？
部分标签。
""",
        [
            (1, "什么是监督学习？", "有标签。"),
            (2, "什么是无监督学习？", "无标签。"),
            (1, "什么是强化学习？", "有奖励。"),
            (2, "什么是半监督学习？", "部分标签。"),
        ],
    ),
    "python notes non asking numbered headings code": (
        """\
# Python 面试

## 1. 列表推导式
```python
[x for x in range(3)]
```
## 2. 装饰器
```python
def deco(f): return f
```
### 2.1 带参数
略
## 3. GIL
全局锁。
""",
        [
            (1, "列表推导式", ""),
            (2, "装饰器", "### 2.1 带参数\n略"),
            (3, "GIL", "全局锁。"),
        ],
    ),
    "no blank lines bold q": (
        """\
**Q: What is X?**
X is.
**Q: What is Y?**
Y is.
**Q: Explain Z**
Z is.
""",
        [
            (1, "What is X?", "X is."),
            (2, "What is Y?", "Y is."),
            (3, "Explain Z", "Z is."),
        ],
    ),
    "md bold a": (
        """\
### What is overfitting?

**A:** Memorising.

### What is underfitting?

**A:** Too simple.
""",
        [
            (1, "What is overfitting?", "Memorising."),
            (2, "What is underfitting?", "Too simple."),
        ],
    ),
    "numbered plain without asks but labels": (
        """\
1. 过拟合
答案：记住噪声
1) 数据少
2) 模型大
2. 欠拟合
答案：太简单
""",
        [
            (1, "过拟合", "记住噪声\n1) 数据少\n2) 模型大"),
            (2, "欠拟合", "太简单"),
        ],
    ),
    "ordered with tabs": (
        """\
1.	What is A?

	Text a

2.	What is B?

	Text b

	1. one
	2. two
""",
        [
            (1, "What is A?", "Text a"),
            (2, "What is B?", "Text b\n\n1. one\n2. two"),
        ],
    ),
    "labels alone on their lines": (
        """\
题目：
什么是A？
答案：
a1

a2
解析：
因为

题目：
什么是B？
答案：
b
""",
        [
            (1, "什么是A？", "a1\n\na2"),
            (2, "什么是B？", "b"),
        ],
    ),
    "table of contents bullets w out link": (
        """\
# Contents
- What is A?
- What is B?

# What is A?
aa
# What is B?
bb
""",
        [
            (1, "What is A?", "aa"),
            (2, "What is B?", "bb"),
        ],
    ),
    "numbers continuing over chapters": (
        """\
## Part I
### 1. What is A?
a
### 2. B
b
## Part II
### 3. What is C?
c
### 4. D
d
""",
        [
            (1, "What is A?", "a"),
            (2, "B", "b"),
            (3, "What is C?", "c"),
            (4, "D", "d"),
        ],
    ),
    "q number bold dash": (
        """\
**Q1 - What is A?**

a

**Q2 - What is B?**

b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "headings with wen": (
        """\
### 问：什么是A？

答：a

### 问：什么是B？

答：b
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "yes no list": (
        """\
# Q&A
1. Is SGD stochastic? Yes, it samples.
2. Is GD stochastic? No, it uses all data.
3. Does Adam adapt? Yes.
""",
        [
            (1, "Is SGD stochastic?", "Yes, it samples."),
            (2, "Is GD stochastic?", "No, it uses all data."),
            (3, "Does Adam adapt?", "Yes."),
        ],
    ),
    "nested bullets with bold question": (
        """\
- **什么是A？**

  a 的解释

- **什么是B？**

  b 的解释
    - 细节1
    - 细节2
""",
        [
            (1, "什么是A？", "a 的解释"),
            (2, "什么是B？", "b 的解释\n  - 细节1\n  - 细节2"),
        ],
    ),
    "h1 h2 h3 mixed leaf": (
        """\
# 机器学习
## 线性模型
### 线性回归和逻辑回归的区别？
xx
### 逻辑回归为什么用交叉熵
yy
## 树模型
### XGBoost 与 GBDT 的区别
zz
### 随机森林
ww
# 深度学习
## CNN
### 卷积的作用
vv
""",
        [
            (1, "线性回归和逻辑回归的区别？", "xx"),
            (2, "逻辑回归为什么用交叉熵", "yy"),
            (3, "XGBoost 与 GBDT 的区别", "zz"),
            (4, "随机森林", "ww"),
            (5, "卷积的作用", "vv"),
        ],
    ),
    "unnumbered topic headings with answers label": (
        """\
## Bias

**Answer:** systematic error

## Variance

**Answer:** spread
""",
        [
            (1, "Bias", "systematic error"),
            (2, "Variance", "spread"),
        ],
    ),
    "asks with long text after colon": (
        """\
1、请介绍一下你做过的项目：
   从背景、方法、结果三方面说。

2、项目中遇到的困难？
   数据脏。

3、如果重来一次
   会先做数据。
""",
        [
            (1, "请介绍一下你做过的项目：", "从背景、方法、结果三方面说。"),
            (2, "项目中遇到的困难？", "数据脏。"),
            (3, "如果重来一次", "会先做数据。"),
        ],
    ),
    "answers numbered bold headings": (
        """\
### 什么是集成学习？

**1. Bagging**

并行。

**2. Boosting**

串行。

### 什么是 Stacking？

**1. 第一层**

多个模型。

**2. 第二层**

元模型。
""",
        [
            (1, "什么是集成学习？", "**1. Bagging**\n\n并行。\n\n**2. Boosting**\n\n串行。"),
            (2, "什么是 Stacking？", "**1. 第一层**\n\n多个模型。\n\n**2. 第二层**\n\n元模型。"),
        ],
    ),
    "qa lower level": (
        """\
#### Question: What is A?
#### Answer: a

#### Question: What is B?
#### Answer: b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "question n text multi lines": (
        """\
Question 1. A bag has
3 red balls. What is P(red)?

Answer. One.

Question 2. And P(blue)?

Answer. Zero.
""",
        [
            (1, "A bag has", "One."),
            (2, "And P(blue)?", "Zero."),
        ],
    ),
    "circled": (
        """\
①什么是A？
a
②什么是B？
b
③什么是C？
c
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
            (3, "什么是C？", "c"),
        ],
    ),
    "stars imperative bullets": (
        """\
## Coding

* Implement quicksort.
* Write a function to reverse a string.
* Explain the complexity.

## ML

* What is SGD?
* Describe Adam.
""",
        [
            (1, "Implement quicksort.", ""),
            (2, "Write a function to reverse a string.", ""),
            (3, "Explain the complexity.", ""),
            (4, "What is SGD?", ""),
            (5, "Describe Adam.", ""),
        ],
    ),
    "numbered code fence between": (
        """\
1. What does this print?

```python
print(1)
```

Answer: 1

2. What does that print?

```python
print(2)
```

Answer: 2
""",
        [
            (1, "What does this print?", "1"),
            (2, "What does that print?", "2"),
        ],
    ),
    "blockquote answers": (
        """\
**1. What is A?**

> a is a thing.
> 1. one

**2. What is B?**

> b is.
""",
        [
            (1, "What is A?", "> a is a thing.\n> 1. one"),
            (2, "What is B?", "> b is."),
        ],
    ),
    "hr separated": (
        """\
What is A?

a

---

What is B?

b

***

What is C?

c
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
            (3, "What is C?", "c"),
        ],
    ),
    "question header no unnumbered majority": (
        """\
# ML 面试八股

## 过拟合
模型记住噪声。
## 正则化
惩罚权重。
## Dropout
随机置零。
""",
        [
            (1, "过拟合", "模型记住噪声。"),
            (2, "正则化", "惩罚权重。"),
            (3, "Dropout", "随机置零。"),
        ],
    ),
    "interviewer dialog": (
        """\
面试官：什么是A？
我：a
面试官：什么是B？
我：b
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "ordered by letters roman": (
        """\
I. What is A?
a
II. What is B?
b
III. What is C?
c
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
            (3, "What is C?", "c"),
        ],
    ),
    "chinese full width colon number": (
        """\
问题一：什么是A？
回答：a
问题二：什么是B？
回答：b
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "chapters of an exam by han numbers": (
        """\
一、选择题
1. 下列哪个是损失函数？（ ）
A. ReLU
B. 交叉熵
答案：B
2. 下列哪个是优化器？（ ）
A. Adam
B. BN
答案：A
二、简答题
1. 什么是梯度？
答案：方向导数最大的方向。
2. 什么是动量？
答案：累积梯度。
""",
        [
            (1, "下列哪个是损失函数？（ ）", "B"),
            (2, "下列哪个是优化器？（ ）", "A"),
            (1, "什么是梯度？", "方向导数最大的方向。"),
            (2, "什么是动量？", "累积梯度。"),
        ],
    ),
    "heading with trailing colon link": (
        """\
## [1. What is A?](https://x.y/a)
a
## [2. What is B?](https://x.y/b)
b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "unclosed comment": (
        """\
<!-- todo
## 1. What is A?
a
## 2. What is B?
b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "two space sub numbered": (
        """\
1. What is A?
  1. one thing?
  2. another thing?
2. What is B?
  1. third?
3. What is C?
""",
        [
            (1, "What is A?", "1. one thing?\n2. another thing?"),
            (2, "What is B?", "1. third?"),
            (3, "What is C?", ""),
        ],
    ),
    "tail rule": (
        """\
1. 什么是A？
a

2. 什么是B？
b

---

感谢阅读，欢迎关注。
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "rules between and tail": (
        """\
## 什么是A？
a

---

## 什么是B？
b

---

更多见公众号
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "wenti within an answer": (
        """\
### 1. 什么是反向传播？

按链式法则求梯度。
问题：
1. 梯度消失

### 2. 什么是A？

问题：这里问 A 是什么

是 a。
""",
        [
            (1, "什么是反向传播？", "按链式法则求梯度。\n问题：\n1. 梯度消失"),
            (2, "什么是A？", "是 a。"),
        ],
    ),
    "h1 title question": (
        """\
# 你准备好面试了吗？

本文收集题目。

## 1. 什么是A？
a
## 2. 什么是B？
b
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "b"),
        ],
    ),
    "bold dotted": (
        """\
**1.1 什么是A？**
a
**1.2 什么是B？**
1. x
2. y
**2.1 什么是C？**
c
""",
        [
            (1, "什么是A？", "a"),
            (2, "什么是B？", "1. x\n2. y"),
            (3, "什么是C？", "c"),
        ],
    ),
    "triple star": (
        """\
***What is X?***

x

***What is Y?***

y
""",
        [
            (1, "What is X?", "x"),
            (2, "What is Y?", "y"),
        ],
    ),
    "list same number as next with labels": (
        """\
1. Name hyperparameters?
Answer:

1. Batch size.

* Adam and others.

2. Learning rate.

2. What is parameter sharing?
Answer: same weights.
""",
        [
            (1, "Name hyperparameters?", "1. Batch size.\n\n* Adam and others.\n\n2. Learning rate."),
            (2, "What is parameter sharing?", "same weights."),
        ],
    ),
    "details open h3": (
        """\
<details open><summary><h3>Q1: What is A?</h3></summary>

a

</details>
<details open><summary><h3>Q2: What is B?</h3></summary>

b

</details>

Thanks for reading.
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "qa with a label bold q plain": (
        """\
Q1. 什么是 A？

A1. 甲

Q2. 什么是 B？

A2. 乙
""",
        [
            (1, "什么是 A？", "甲"),
            (2, "什么是 B？", "乙"),
        ],
    ),
    "numbers then answers indented w dash": (
        """\
1. What is A?
- a is x
- Why? because

2. What is B?
- b is y
""",
        [
            (1, "What is A?", "- a is x\n- Why? because"),
            (2, "What is B?", "- b is y"),
        ],
    ),
    "chinese paren heading": (
        """\
### （一）什么是A？
a
### （二）B 的原理
b
""",
        [
            (1, "什么是A？", "a"),
            (2, "B 的原理", "b"),
        ],
    ),
    "python doctest": (
        """\
## Q: How to add?

>>> 1 + 1
2

## Q: How to sub?

>>> 1 - 1
0
""",
        [
            (1, "How to add?", ">>> 1 + 1\n2"),
            (2, "How to sub?", ">>> 1 - 1\n0"),
        ],
    ),
    "numbered with code as list children": (
        """\
1. How to sort?
   ```python
   sorted([2, 1])
   ```
2. How to reverse?
   ```python
   [1, 2][::-1]
   ```
""",
        [
            (1, "How to sort?", ""),
            (2, "How to reverse?", ""),
        ],
    ),
    "empty answers w label": (
        """\
### 1. A？
**答案：**

### 2. B？
**答案：**
b
""",
        [
            (1, "A？", ""),
            (2, "B？", "b"),
        ],
    ),
    "heading numbering with chapter 1": (
        """\
# 1 Basics
## 1.1 What is A?
a
## 1.2 What is B?
b
# 2 More
## 2.1 What is C?
c
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
            (3, "What is C?", "c"),
        ],
    ),
    "en answers ans": (
        """\
Q.1 What is A?
Ans: a

Q.2 What is B?
Ans: b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "q style": (
        """\
Q) What is A?
A) a

Q) What is B?
A) b
""",
        [
            (1, "What is A?", "a"),
            (2, "What is B?", "b"),
        ],
    ),
    "number bold answer": (
        """\
1. What is A?

**a**

2. What is B?

**b**
""",
        [
            (1, "What is A?", "**a**"),
            (2, "What is B?", "**b**"),
        ],
    ),
    "h5 deep": (
        """\
##### 1. What is A?
a
###### note
n
##### 2. What is B?
b
""",
        [
            (1, "What is A?", "a\n###### note\nn"),
            (2, "What is B?", "b"),
        ],
    ),
    "answer stolen by list item": (
        """\
### Q1: Name hyperparameters of a network. ###
Answer:

1. Batch size.

* Adam and others improve on it.

2. Learning rate: how far each step goes.

### Q2: What is parameter sharing? ###
Answer:
The same weights are used at every position.
""",
        [
            (
                1,
                "Name hyperparameters of a network.",
                "1. Batch size.\n\n* Adam and others improve on it.\n\n2. Learning rate: how far each step goes.",
            ),
            (2, "What is parameter sharing?", "The same weights are used at every position."),
        ],
    ),
    "dotted numbers": (
        """\
# 第三章 基础

## 3.1 基本概念

### 3.1.1 神经网络由什么组成？

由层组成：

1. 输入层
2. 隐藏层

### 3.1.2 为什么要用激活函数？

引入非线性。

## 3.2 训练

### 3.2.1 什么是反向传播？

按链式法则求梯度。问题：

1. 梯度消失的原因是什么？饱和。
""",
        [
            (1, "神经网络由什么组成？", "由层组成：\n\n1. 输入层\n2. 隐藏层"),
            (2, "为什么要用激活函数？", "引入非线性。"),
            (3, "什么是反向传播？", "按链式法则求梯度。问题：\n\n1. 梯度消失的原因是什么？饱和。"),
        ],
    ),
    "dotted one list item": (
        """\
# 第四章 训练

## 4.1 梯度

### 4.1.1 什么是梯度？

函数上升最快的方向。

### 4.1.2 梯度为零说明什么？

可能是：

1. 极小值
2. 会不会是鞍点？

### 4.1.3 什么是学习率？

每步走多远。
""",
        [
            (1, "什么是梯度？", "函数上升最快的方向。"),
            (2, "梯度为零说明什么？", "可能是：\n\n1. 极小值\n2. 会不会是鞍点？"),
            (3, "什么是学习率？", "每步走多远。"),
        ],
    ),
    "example part dropped": (
        """\
### 1. 什么是学习率？

**答案：** 每一步走多远。

**举例：** 学习率 0.1 时参数每步移动梯度的十分之一；1.5 时会来回震荡。

| 学习率 | 结果 |
|---|---|
| 0.1 | 收敛 |

### 2. 什么是动量？

**答案：** 累积过去的梯度。

**示例代码：** 下面的程序画出轨迹。

```cpp
double v = 0.9 * v + g;
```

**解析：** 像小球滚下山。
""",
        [
            (1, "什么是学习率？", "每一步走多远。"),
            (2, "什么是动量？", "累积过去的梯度。"),
        ],
    ),
    "html comment": (
        """\
<!-- ## 0. draft question? -->
<!--
## 9. hidden question?
hidden answer
-->
## 1. What is dropout?
Zeroing.
## 2. What is an epoch?
One pass.
""",
        [
            (1, "What is dropout?", "Zeroing."),
            (2, "What is an epoch?", "One pass."),
        ],
    ),
    "imperative in a numbered list": (
        """\
# Questions

1. **What is a kernel?**
   A similarity of two points.

2. **Explain PCA.**
   Directions of largest variance.

3. **Define recall.**
   Found positives over all positives.

4. **What is a margin?**
   Distance to the boundary.
""",
        [
            (1, "What is a kernel?", "A similarity of two points."),
            (2, "Explain PCA.", "Directions of largest variance."),
            (3, "Define recall.", "Found positives over all positives."),
            (4, "What is a margin?", "Distance to the boundary."),
        ],
    ),
    "q without answer label": (
        """\
# Interview questions

### Q1: What is dropout?

Dropout zeroes random units during training, so that no unit relies on another one.
It is switched off at inference.

### Q2: What is batch normalisation?

It standardises a layer's inputs with the statistics of the mini-batch.
""",
        [
            (
                1,
                "What is dropout?",
                "Dropout zeroes random units during training, so that no unit relies on another one.\n"
                "It is switched off at inference.",
            ),
            (
                2,
                "What is batch normalisation?",
                "It standardises a layer's inputs with the statistics of the mini-batch.",
            ),
        ],
    ),
    "snippets that build on each other": (
        """\
## 1. How to use numpy?
First import it:
```python
import numpy as np
```
Then use it:
```python
print(np.ones(2))
```
""",
        [
            (1, "How to use numpy?", "First import it:\nThen use it:"),
        ],
    ),
    "stray example line": (
        """\
# NLP questions

### 1. What is stemming?

Cutting words to a stem.

Example: running becomes run.

### 2. What is lemmatisation?

Looking up the dictionary form.
""",
        [
            (1, "What is stemming?", "Cutting words to a stem.\n\nExample: running becomes run."),
            (2, "What is lemmatisation?", "Looking up the dictionary form."),
        ],
    ),
    "tail swallowed": (
        """\
# 面经

1. 你的优势是什么？
2. 你为什么离职？

## 公司 A 一面

聊项目。

## 公司 B 二面

手写快排。
""",
        [
            (1, "你的优势是什么？", ""),
            (2, "你为什么离职？", ""),
        ],
    ),
    "toc links": (
        """\
# Questions

* [Q1: What is dropout?](#q1-what-is-dropout)
* [Q2: What is an epoch?](#q2-what-is-an-epoch)

## Answers

### Q1: What is dropout? ###
Answer: Random units are zeroed.

### Q2: What is an epoch? ###
Answer: One pass over the data.
""",
        [
            (1, "What is dropout?", "Random units are zeroed."),
            (2, "What is an epoch?", "One pass over the data."),
        ],
    ),
    "unnumbered bold": (
        """\
# Theory

**What is supervised learning?**

Learning from labelled pairs.

**What is regression?**

Predicting a number.
""",
        [
            (1, "What is supervised learning?", "Learning from labelled pairs."),
            (2, "What is regression?", "Predicting a number."),
        ],
    ),
    "zero padded": (
        """\
### 01. 什么是 dropout？
随机置零。
### 02. 什么是 epoch？
过一遍。
""",
        [
            (1, "什么是 dropout？", "随机置零。"),
            (2, "什么是 epoch？", "过一遍。"),
        ],
    ),
    "tail after a rule within a rule": (
        """\
1. 什么是A？
a

---

a2

2. 什么是B？
b

---

b2
""",
        [
            (1, "什么是A？", "a\n\n\na2"),
            (2, "什么是B？", "b\n\n\nb2"),
        ],
    ),
    "pictures for bullets": (
        """\
▶ What is a GAN?
Two nets that play.
▶ What is a VAE
An encoder and a decoder.
■ with a noisy code
▶ BERT
Reads both ways.
""",
        [
            (1, "What is a GAN?", "Two nets that play."),
            (2, "What is a VAE", "An encoder and a decoder.\n■ with a noisy code"),
            (3, "BERT", "Reads both ways."),
        ],
    ),
    "one picture asks and another answers": (
        """\
❓ 什么是动量？
💡 累积过去的梯度。
❓ 什么是学习率
💡 每一步走多远。
""",
        [
            (1, "什么是动量？", "💡 累积过去的梯度。"),
            (2, "什么是学习率", "💡 每一步走多远。"),
        ],
    ),
    "ques and ans": (
        """\
Ques 1. What is AUC?
Ans: The probability of a right order.

Ques 2. What is a ROC curve?
Ans: All thresholds.
""",
        [
            (1, "What is AUC?", "The probability of a right order."),
            (2, "What is a ROC curve?", "All thresholds."),
        ],
    ),
    "numbered by letters in brackets": (
        """\
ML interview questions

(a) What is overfitting?
It is when a model learns the noise.

(b) What is dropout?
Units are dropped at random in training.

(c) Why do we normalise?
So that all features weigh alike.

(d) Name three optimizers.
SGD, Adam, RMSprop.
""",
        [
            (1, "What is overfitting?", "It is when a model learns the noise."),
            (2, "What is dropout?", "Units are dropped at random in training."),
            (3, "Why do we normalise?", "So that all features weigh alike."),
            (4, "Name three optimizers.", "SGD, Adam, RMSprop."),
        ],
    ),
    "numbered by letters, a request among them": (
        """\
（a）简述 GAN
两个网络相互对抗。

（b）简述 VAE
中间是分布。

（c）简述扩散模型
一步步去噪。
""",
        [(1, "简述 GAN", "两个网络相互对抗。"), (2, "简述 VAE", "中间是分布。"), (3, "简述扩散模型", "一步步去噪。")],
    ),
    "letters from a to k, i and so on are no Roman numbers": (
        """\
a) What is a GAN?
Two networks that play.

b) What is a VAE?
An autoencoder.

c) What is diffusion?
Noise is removed.

d) What is a kernel?
An inner product.

e) What is a prior?
A belief.

f) What is bagging?
Votes of many.

g) What is boosting?
One after another.

h) What is dropout?
Units are dropped.

i) What is a margin?
The gap.

j) What is a stump?
A shallow tree.

k) What is a leaf?
The end of a path.
""",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise is removed."),
            (4, "What is a kernel?", "An inner product."),
            (5, "What is a prior?", "A belief."),
            (6, "What is bagging?", "Votes of many."),
            (7, "What is boosting?", "One after another."),
            (8, "What is dropout?", "Units are dropped."),
            (9, "What is a margin?", "The gap."),
            (10, "What is a stump?", "A shallow tree."),
            (11, "What is a leaf?", "The end of a path."),
        ],
    ),
    "capital letters": (
        """\
A) What is a GAN?
Two networks that play.

B) What is a VAE?
An autoencoder.

C) What is diffusion?
Noise is removed.

D) What is a kernel?
An inner product.

E) What is a prior?
A belief.

F) What is bagging?
Votes of many.

G) What is boosting?
One after another.

H) What is dropout?
Units are dropped.

I) What is a margin?
The gap.

J) What is a stump?
A shallow tree.

K) What is a leaf?
The end of a path.
""",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise is removed."),
            (4, "What is a kernel?", "An inner product."),
            (5, "What is a prior?", "A belief."),
            (6, "What is bagging?", "Votes of many."),
            (7, "What is boosting?", "One after another."),
            (8, "What is dropout?", "Units are dropped."),
            (9, "What is a margin?", "The gap."),
            (10, "What is a stump?", "A shallow tree."),
            (11, "What is a leaf?", "The end of a path."),
        ],
    ),
    "numbers in words": (
        """\
Interview prep

One. What is overfitting?
It is when a model learns the noise.

Two. What is dropout?
Units are dropped at random in training.

Three. Why do we normalise?
So that all features weigh alike.

Four. Name three optimizers.
SGD, Adam, RMSprop.
""",
        [
            (1, "What is overfitting?", "It is when a model learns the noise."),
            (2, "What is dropout?", "Units are dropped at random in training."),
            (3, "Why do we normalise?", "So that all features weigh alike."),
            (4, "Name three optimizers.", "SGD, Adam, RMSprop."),
        ],
    ),
    "numbers in words behind question": (
        """\
### Question one
What is a GAN?

Two networks that play.

### Question two
What is a VAE?

An autoencoder.

### Question three
What is diffusion?

Noise is removed.

### Question four
What is a kernel?

An inner product.

### Question five
What is a prior?

A belief.

### Question six
What is bagging?

Votes of many.

### Question seven
What is boosting?

One after another.

### Question eight
What is dropout?

Units are dropped.

### Question nine
What is a margin?

The gap.

### Question ten
What is a stump?

A shallow tree.

### Question eleven
What is a leaf?

The end of a path.
""",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise is removed."),
            (4, "What is a kernel?", "An inner product."),
            (5, "What is a prior?", "A belief."),
            (6, "What is bagging?", "Votes of many."),
            (7, "What is boosting?", "One after another."),
            (8, "What is dropout?", "Units are dropped."),
            (9, "What is a margin?", "The gap."),
            (10, "What is a stump?", "A shallow tree."),
            (11, "What is a leaf?", "The end of a path."),
        ],
    ),
    "stems": (
        """\
甲、简述 GAN
两个网络相互对抗。

乙、简述 VAE
中间是分布。

丙、简述扩散模型
一步步去噪。
""",
        [(1, "简述 GAN", "两个网络相互对抗。"), (2, "简述 VAE", "中间是分布。"), (3, "简述扩散模型", "一步步去噪。")],
    ),
    "html in one line": (
        "<h1>Questions</h1>"
        "<h3>What is overfitting?</h3>"
        "<p>It learns the noise.</p>"
        "<h3>What is dropout?</h3>"
        "<p>Units are dropped.</p>"
        "<h3>What is a kernel?</h3>"
        "<p>An inner product.</p>\n",
        [
            (1, "What is overfitting?", "It learns the noise."),
            (2, "What is dropout?", "Units are dropped."),
            (3, "What is a kernel?", "An inner product."),
        ],
    ),
    "html in one line, numbered, in Chinese": (
        "<h2>面试题</h2>"
        "<h3>1. 什么是过拟合？</h3>"
        "<p>模型记住了噪声。</p>"
        "<h3>2. 什么是 dropout？</h3>"
        "<p>训练时随机丢弃神经元。</p>"
        "<h3>3. 什么是核函数？</h3>"
        "<p>一个内积。</p>\n",
        [
            (1, "什么是过拟合？", "模型记住了噪声。"),
            (2, "什么是 dropout？", "训练时随机丢弃神经元。"),
            (3, "什么是核函数？", "一个内积。"),
        ],
    ),
    "html definition list": (
        """\
<dl>
<dt>What is a GAN?</dt>
<dd>Two networks that play against each other.</dd>
<dt>What is a VAE?</dt>
<dd>An autoencoder with a distribution inside.</dd>
<dt>What is diffusion?</dt>
<dd>Noise is removed step by step.</dd>
</dl>
""",
        [
            (1, "What is a GAN?", "Two networks that play against each other."),
            (2, "What is a VAE?", "An autoencoder with a distribution inside."),
            (3, "What is diffusion?", "Noise is removed step by step."),
        ],
    ),
    "html list in one line": (
        "<ol><li><b>What is a GAN?</b> Two networks that play.</li>"
        "<li><b>What is a VAE?</b> An autoencoder with a distribution.</li>"
        "<li><b>What is diffusion?</b> Noise is removed.</li>"
        "</ol>\n",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder with a distribution."),
            (3, "What is diffusion?", "Noise is removed."),
        ],
    ),
    "html breaks in one line": (
        "<b>Q1: What is a GAN?</b>"
        "<br>"
        "Two networks that play.<br>"
        "<br>"
        "<b>Q2: What is a VAE?</b>"
        "<br>"
        "An autoencoder with a distribution.<br>"
        "<br>"
        "<b>Q3: What is diffusion?</b>"
        "<br>"
        "Noise is removed.\n",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder with a distribution."),
            (3, "What is diffusion?", "Noise is removed."),
        ],
    ),
    "html folded in one line": (
        "<details><summary>What is a GAN?</summary>Two networks that play.</details>"
        "<details><summary>What is a VAE?</summary>An autoencoder.</details>"
        "<details><summary>What is diffusion?</summary>Noise is removed.</details>\n",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise is removed."),
        ],
    ),
    "html bold paragraphs in one line": (
        "<p><strong>1. What is a GAN?</strong>"
        "</p>"
        "<p>Two networks that play.</p>"
        "<p><strong>2. What is a VAE?</strong>"
        "</p>"
        "<p>An autoencoder.</p>"
        "<p><strong>3. What is diffusion?</strong>"
        "</p>"
        "<p>Noise is removed.</p>\n",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise is removed."),
        ],
    ),
    "html page in one line": (
        "<!DOCTYPE html><html><head><title>Questions</title>"
        "</head>"
        "<body><h1>Questions</h1>"
        "<h2>What is a GAN?</h2>"
        "<p>Two networks.</p>"
        "<ul><li>generator</li>"
        "<li>discriminator</li>"
        "</ul>"
        "<h2>What is a VAE?</h2>"
        "<p>An autoencoder.</p>"
        "<h2>What is diffusion?</h2>"
        "<p>Noise removed.</p>"
        "</body>"
        "</html>\n",
        [
            (1, "What is a GAN?", "Two networks.\n\n\n\n- generator\n\n- discriminator"),
            (2, "What is a VAE?", "An autoencoder."),
            (3, "What is diffusion?", "Noise removed."),
        ],
    ),
    "html with preformatted code in one line": (
        "<h3>What does this print?</h3>"
        "<p>Two.</p>"
        '<pre><code class="language-python">print(1 + 1)\n'
        "</code>"
        "</pre>"
        "<h3>And this?</h3>"
        "<p>Three.</p>"
        '<pre><code class="language-python">print(1 + 2)</code>'
        "</pre>\n",
        [(1, "What does this print?", "Two."), (2, "And this?", "Three.")],
    ),
    "tags in a sentence": (
        """\
## What does `<p>` mean in HTML?

<p> is a paragraph and <br> a break; <li> is an item.

## What is BeautifulSoup?

A parser: `<li>a</li><li>b</li>` becomes two items.
""",
        [
            (1, "What does `<p>` mean in HTML?", "<p> is a paragraph and <br> a break; <li> is an item."),
            (2, "What is BeautifulSoup?", "A parser: `<li>a</li><li>b</li>` becomes two items."),
        ],
    ),
    "tags in a fence": (
        "## How do I parse HTML?\n"
        "\n"
        "```html\n"
        "<ul><li>What is a GAN?</li>"
        "<li>What is a VAE?</li>"
        "</ul>\n"
        "```\n"
        "\n"
        "## How do I strip tags?\n"
        "\n"
        "```python\n"
        'html = """\n'
        "<p>one</p>"
        "<p>two</p>\n"
        '"""\n'
        "print(html)\n"
        "```\n",
        [
            (1, "How do I parse HTML?", "```html\n<ul><li>What is a GAN?</li><li>What is a VAE?</li></ul>\n```"),
            (2, "How do I strip tags?", ""),
        ],
    ),
    "headings underlined by tildes": (
        """\
什么是 GAN？
~~~~~~~~~~~~

两个网络相互对抗。

什么是 VAE？
~~~~~~~~~~~~

中间是分布。

什么是扩散模型？
~~~~~~~~~~~~~~~~

一步步去噪。
""",
        [
            (1, "什么是 GAN？", "两个网络相互对抗。"),
            (2, "什么是 VAE？", "中间是分布。"),
            (3, "什么是扩散模型？", "一步步去噪。"),
        ],
    ),
    "a fence of tildes below a line as long": (
        """\
## What does it print?

~~~python
print(1)
~~~

## And this?

A line
~~~~~~
print(2)
~~~~~~
""",
        [(1, "What does it print?", ""), (2, "And this?", "A line")],
    ),
    "letters in answers": (
        """\
1. What is a GAN?

(a) A generator makes images.
(b) A discriminator judges them.

2. What is a VAE?

(a) An encoder.
(b) A decoder.

3. What is diffusion?

(a) Noise is added.
(b) Noise is removed.
""",
        [
            (1, "What is a GAN?", "(a) A generator makes images.\n(b) A discriminator judges them."),
            (2, "What is a VAE?", "(a) An encoder.\n(b) A decoder."),
            (3, "What is diffusion?", "(a) Noise is added.\n(b) Noise is removed."),
        ],
    ),
    "letters within numbers": (
        """\
1. GANs
(a) What is a generator?
It makes images.
(b) What is a discriminator?
It judges them.

2. VAEs
(a) What is an encoder?
It makes codes.
(b) What is a decoder?
It makes images.
""",
        [
            (1, "What is a generator?", "It makes images."),
            (2, "What is a discriminator?", "It judges them."),
            (1, "What is an encoder?", "It makes codes."),
            (2, "What is a decoder?", "It makes images."),
        ],
    ),
    "counted answers in English": (
        "## How does training a GAN go?\n"
        "\n"
        "First, the generator makes images. \n"
        "Second, the discriminator judges them.\n"
        "Third, both learn.\n"
        "\n"
        "## How does training a VAE go?\n"
        "\n"
        "First. Encode.\n"
        "Second. Sample.\n"
        "Third. Decode.\n",
        [
            (
                1,
                "How does training a GAN go?",
                "First, the generator makes images. \nSecond, the discriminator judges them.\nThird, both learn.",
            ),
            (2, "How does training a VAE go?", "First. Encode.\nSecond. Sample.\nThird. Decode."),
        ],
    ),
    "counted answers in Chinese": (
        """\
### 1. 为什么会过拟合？

其一，数据太少。
其二，模型太大。

### 2. 如何防止过拟合？

第一，加数据。
第二，加正则。
""",
        [
            (1, "为什么会过拟合？", "其一，数据太少。\n其二，模型太大。"),
            (2, "如何防止过拟合？", "第一，加数据。\n第二，加正则。"),
        ],
    ),
    "cards with tabs": (
        "什么是 GAN？\t两个网络相互对抗。\n什么是 VAE？\t中间是分布。\n什么是扩散模型？\t一步步去噪。\n",
        [
            (1, "什么是 GAN？", "两个网络相互对抗。"),
            (2, "什么是 VAE？", "中间是分布。"),
            (3, "什么是扩散模型？", "一步步去噪。"),
        ],
    ),
    "cards with tabs and a head": (
        "Front\tBack\nGAN\tTwo networks.\nVAE\tAn autoencoder.\nDiffusion\tNoise removed.\n",
        [(1, "GAN", "Two networks."), (2, "VAE", "An autoencoder."), (3, "Diffusion", "Noise removed.")],
    ),
    "cards with double colons": (
        """\
What is a GAN? :: Two networks that play.
What is a VAE? :: An autoencoder with a distribution.
What is diffusion? :: Noise is removed step by step.
""",
        [
            (1, "What is a GAN?", "Two networks that play."),
            (2, "What is a VAE?", "An autoencoder with a distribution."),
            (3, "What is diffusion?", "Noise is removed step by step."),
        ],
    ),
    "cards with commas": (
        """\
问题,答案
什么是 GAN？,两个网络相互对抗。
什么是 VAE？,"中间是分布, 有采样"
什么是扩散模型？,一步步去噪。
""",
        [
            (1, "什么是 GAN？", "两个网络相互对抗。"),
            (2, "什么是 VAE？", "中间是分布, 有采样"),
            (3, "什么是扩散模型？", "一步步去噪。"),
        ],
    ),
}
