"""Interview documents for the importer's tests: small ones, and where the big one lies if it is there."""

from __future__ import annotations

from pathlib import Path

SEED = Path(__file__).parents[3] / "shared" / "seed" / "interview-questions.zh.md"

ZH = """\
# 面试题

#### 1. 什么是过拟合？

**题目：** 过拟合是什么？

**答案：**

1. **记住**了噪声。
2. 泛化差。

**举例：**

```python
print("好")
```

**解析：** 完。

#### 2. 什么是神经网络中的过拟合？有哪些办法？

**题目：** 怎样发现过拟合？

**答案：** 看验证集。

**举例：**

```python
print(missing)
```
"""

EN = """\
Q1: What is dropout?
A: It drops units.

Q2: What is an optimizer (SGD)?
A: It updates weights.

~~~python
import time
print("ok")
~~~
"""
