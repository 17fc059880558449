"""Autodiff in forty lines: walk the graph backwards once, and add up what comes from every use."""

import math

ACCUMULATE = True  # False: a value used twice keeps only the gradient of one use
DOUBLINGS = 30  # how often y = y + y is applied, 2..60

class Value:
    """A number that remembers what it was made from, and its slope along each of its parents."""

    def __init__(self, data, name="", parents=(), slopes=()):
        self.data, self.name, self.grad = data, name, 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, "+", (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, "*", (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, "tanh", (self,), (1 - t * t,))  # reuses t from the forward pass

def backward(root):
    """Fill in droot/dvalue for every value behind root; return the number of edges walked."""
    order, seen = [], set()
    def visit(value):  # parents come before the values made from them
        if value not in seen:
            seen.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)
    visit(root)
    root.grad = 1.0
    for value in reversed(order):  # its own gradient is complete: all its users came before
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad = slope * value.grad + (parent.grad if ACCUMULATE else 0.0)
    return sum(len(value.parents) for value in order)

def f(w, x, b):
    return (w * x + b).tanh() * w  # w is used twice

w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.3, "b")
out = f(w, x, b)
backward(out)
print(f"f = tanh(w·x + b)·w = {out.data:.4f}\n     value  df/dvalue")
for value in (w, x, b):
    print(f"{value.name}  {value.data:8.2f}  {value.grad:9.4f}")
numeric = (f(Value(0.5 + 1e-6), x, b).data - f(Value(0.5 - 1e-6), x, b).data) / 2e-6
print(f"df/dw by finite differences: {numeric:.4f}")

y = start = Value(1.0, "start")
for _ in range(DOUBLINGS):
    y = y + y
edges = backward(y)
print(f"{DOUBLINGS} doublings: {2**DOUBLINGS:,} paths, {edges} edges walked")
print(f"dy/dstart = {start.grad:,.0f}")
assert abs(w.grad - numeric) < 1e-8, "df/dw should add up both uses of w"
assert (start.grad, edges) == (2**DOUBLINGS, 2 * DOUBLINGS), "each edge once, all paths counted"
