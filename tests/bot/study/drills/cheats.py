"""Programs that want to pass the softmax drill without writing a softmax, by name, and by what becomes of each."""

from __future__ import annotations

#: The right answer by what the drill forbids. Each way to get at it is a cheat.
_BY_FORBIDDEN = "np.exp(logits - {}.reduce(logits, axis=-1, keepdims=True))"
_WRONG = "return logits * 0 + 0.5"


def _answer(body: str, top: str = "") -> str:
    lines = "\n    ".join(body.strip("\n").split("\n"))
    return f"import numpy as np\n{top}\n\ndef softmax(logits):\n    {lines}\n"


#: What the rules refuse, before anything runs.
REFUSED: dict[str, str] = {
    "reads_the_judge_from_disk": _answer("return eval(open('judge.py').read())"),
    "reads_the_solution_among_the_packages": _answer(
        "text = pathlib.Path('/usr/lib/python3/site-packages/knowledge/topics').rglob('solution.py')\n" + _WRONG,
        "import pathlib",
    ),
    "reads_the_memory_of_its_parent": _answer(
        "open(f'/proc/{os.getppid()}/mem', 'rb').read(10)\n" + _WRONG, "import os"
    ),
    "reads_open_descriptors": _answer("os.read(3, 1 << 20)\n" + _WRONG, "import os"),
    "reads_the_environment": _answer("return np.array(os.environ['EXPECTED'])", "import os"),
    "leaves_at_once_with_zero": _answer(_WRONG, "import os; os._exit(0)"),
    "forges_the_results_on_standard_output": _answer(
        "os.write(1, b'\\nepoch-drill-0:{\"returned\": []}\\n')\n" + _WRONG, "import os"
    ),
    "finds_the_mark_in_the_frames_above": _answer(
        "frame = sys._getframe()\nwhile frame.f_back:\n    frame = frame.f_back\nprint(frame.f_globals)\n" + _WRONG,
        "import sys",
    ),
    "looks_at_its_caller": _answer("return inspect.stack()[1].frame.f_locals['expected']", "import inspect"),
    "looks_through_all_objects": _answer(
        "return [each for each in gc.get_objects() if isinstance(each, np.ndarray)][-1]", "import gc"
    ),
    "looks_through_loaded_modules": _answer(
        "return sys.modules['knowledge.grading.drills.judging'].reference(logits)", "import sys"
    ),
    "starts_a_thread_that_rewrites_results": _answer(
        "threading.Thread(target=lambda: logits.fill(0)).start()\n" + _WRONG, "import threading"
    ),
    "leaves_work_for_the_exit": _answer(_WRONG, "import atexit; atexit.register(print, 'passed')"),
    "handles_signals": _answer(_WRONG, "import signal; signal.signal(signal.SIGTERM, lambda *a: None)"),
    "patches_json": _answer(_WRONG, "import json; json.dumps = lambda *a, **k: '{}'"),
    "patches_base64": _answer(_WRONG, "import base64; base64.b64encode = lambda data: b''"),
    "calls_what_is_forbidden": _answer("return " + _BY_FORBIDDEN.format("np.logaddexp")),
    "imports_what_is_forbidden_from_its_module": _answer(
        "return " + _BY_FORBIDDEN.format("lae"), "from numpy import logaddexp as lae"
    ),
    "imports_everything": _answer("return " + _BY_FORBIDDEN.format("logaddexp"), "from numpy import *"),
    "gives_the_module_another_name": _answer("q = np\nreturn " + _BY_FORBIDDEN.format("q.logaddexp")),
    "hides_the_module_in_a_list": _answer("return " + _BY_FORBIDDEN.format("[np][0].logaddexp")),
    "gets_it_by_name": _answer("return " + _BY_FORBIDDEN.format("getattr(np, 'logaddexp')")),
    "gets_it_by_pieces_of_a_name": _answer("return " + _BY_FORBIDDEN.format("getattr(np, 'logadd' + 'exp')")),
    "gets_it_by_a_getter_of_attributes": _answer(
        "return " + _BY_FORBIDDEN.format("attrgetter('logadd' + 'exp')(np)"), "from operator import attrgetter"
    ),
    "maps_getattr": _answer("return " + _BY_FORBIDDEN.format("next(map(getattr, [np], ['logadd' + 'exp']))")),
    "gets_it_from_the_namespace": _answer("return " + _BY_FORBIDDEN.format("vars(np)['logadd' + 'exp']")),
    "gets_it_from_the_dictionary": _answer("return " + _BY_FORBIDDEN.format("np.__dict__['logadd' + 'exp']")),
    "gets_it_from_a_private_module": _answer("return " + _BY_FORBIDDEN.format("np._core.umath.logaddexp")),
    "gets_it_by_a_pattern": _answer(
        "match np:\n    case object(logaddexp=f):\n        return " + _BY_FORBIDDEN.format("f")
    ),
    "gets_it_by_importlib": _answer(
        "return importlib.import_module('scipy.special').softmax(logits, axis=-1)", "import importlib"
    ),
    "gets_it_by_dunder_import": _answer("return __import__('scipy.special').special.softmax(logits, axis=-1)"),
    "gets_it_by_exec": _answer(
        "names = {}\nexec('from scipy.special import softmax as s', names)\nreturn names['s'](logits)"
    ),
    "gets_it_by_eval": _answer("return eval('np.logadd' + 'exp').reduce(logits)"),
    "gets_it_by_type_hints": _answer(
        "def f(x: \"__import__('scipy.special')\"): ...\n"
        "return get_type_hints(f)['x'].special.softmax(logits, axis=-1)",
        "from typing import get_type_hints",
    ),
    "gets_it_by_the_fields_of_a_format": _answer(
        "got = string.Formatter().get_field('0.logadd' + 'exp', [np], {})[0]\nreturn " + _BY_FORBIDDEN.format("got"),
        "import string",
    ),
    "gets_it_by_wrapping": _answer(
        "class Box: ...\nbox = functools.update_wrapper(Box(), np, assigned=('logadd' + 'exp',))\nreturn logits",
        "import functools",
    ),
    "gets_it_by_a_library": _answer("return s(logits, axis=-1)", "from scipy.special import softmax as s"),
    "gets_it_by_another_framework": _answer("return torch.softmax(torch.tensor(logits), -1).numpy()", "import torch"),
    "gets_it_by_a_module_that_another_carries": _answer(
        "return typing.sys.modules['scipy.special'].softmax(logits, axis=-1)", "import typing"
    ),
    "reloads_what_was_removed": _answer(
        "return " + _BY_FORBIDDEN.format("importlib.reload(np).logaddexp"), "import importlib"
    ),
    "walks_the_classes": _answer(
        "for each in ().__class__.__base__.__subclasses__():\n"
        "    if each.__name__ == 'Popen':\n        return each('x')"
    ),
    "matches_by_position": _answer(
        "class M(type):\n    def __instancecheck__(cls, other): return True\n"
        "class C(metaclass=M):\n    __match_args__ = ('logadd' + 'exp',)\n"
        "match np:\n    case C(f):\n        return " + _BY_FORBIDDEN.format("f")
    ),
    "makes_a_class_that_matches_by_position": _answer(
        "class M(type):\n    def __instancecheck__(cls, other): return True\n"
        "C = M('C', (), {'__match_args__': ('logadd' + 'exp',)})\n"
        "match np:\n    case C(f):\n        return " + _BY_FORBIDDEN.format("f")
    ),
    "loads_a_pickle": _answer("return np.load('x.npy', allow_pickle=True)"),
    "starts_another_python": _answer(
        "code = 'from scipy.special import softmax; print(softmax([0, 1]))'\n"
        "return np.array(eval(subprocess.check_output([sys.executable, '-c', code])))",
        "import subprocess, sys",
    ),
    "forks_and_leaves": _answer("if os.fork(): os._exit(0)\n" + _WRONG, "import os"),
    "kills_its_guard": _answer("os.kill(os.getppid(), 9)\n" + _WRONG, "import os"),
    "replaces_standard_output": _answer("sys.stdout = open('/dev/null', 'w')\n" + _WRONG, "import sys"),
    "closes_all_descriptors": _answer("os.closerange(0, 256)\n" + _WRONG, "import os"),
}

#: What the rules let pass, and what the run or the judge is there for.
RUN: dict[str, str] = {
    "patches_the_comparisons_of_numpy": _answer(
        _WRONG, "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True"
    ),
    "patches_how_numpy_makes_arrays": _answer(_WRONG, "np.array = np.asarray = np.frombuffer = lambda *a, **k: 0.5"),
    "patches_its_clock": _answer(_WRONG, "import time; time.perf_counter = lambda: 0.0"),
    "raises_system_exit": _answer("raise SystemExit(0)"),
    "raises_an_error_that_will_not_be_told": _answer(
        "raise E", "class E(BaseException):\n    def __str__(self): raise self"
    ),
    "ends_with_an_exit_at_the_top": _answer(_WRONG, "raise SystemExit(0)"),
    "prints_that_it_passed": _answer("print('passed')\n" + _WRONG, "print('{\"passed\": true}')"),
    "prints_results": _answer("print('\\nepoch-drill-0:{\"top\": null}')\n" + _WRONG),
    "prints_without_end": _answer("print('x' * 10**7)\n" + _WRONG),
    "returns_what_it_was_given": _answer("return logits"),
    "returns_what_the_property_wants": _answer("return np.ones(logits.shape)"),
    "returns_nan_everywhere": _answer("return np.full(logits.shape, np.nan)"),
    "returns_true": _answer("return True"),
    "returns_the_word": _answer("return 'passed'"),
    "returns_nothing": _answer("pass"),
    "returns_far_too_much": _answer("return np.zeros(10**7)"),
    "returns_objects_to_unpickle": _answer(
        "class Bomb:\n    def __reduce__(self): return print, ('passed',)\n"
        "return np.array([[Bomb() for _ in row] for row in logits], dtype=object)"
    ),
    "returns_an_array_that_equals_everything": _answer(
        "return logits.view(Same)",
        "class Same(np.ndarray):\n    def __eq__(self, other): return np.ones(self.shape, bool)\n"
        "    def tobytes(self, *a): return b''\n    def __array__(self, *a, **k): return 0.5",
    ),
    "returns_something_lazy": _answer(
        "return Lazy()", "class Lazy:\n    shape = (1, 3)\n    def __array__(self, *a, **k): return np.ones((1, 3))"
    ),
    "returns_a_number_that_equals_everything": _answer(
        "return Number(1)", "class Number(float):\n    def __eq__(self, other): return True\n    __hash__ = None"
    ),
    "returns_generators_of_generators": _answer(
        "value = logits\nfor _ in range(1000):\n    value = (each for each in [value])\nreturn value"
    ),
    "returns_a_list_within_itself": _answer("value = []\nvalue.append(value)\nreturn value"),
    "returns_lists_a_thousand_deep": _answer(
        "value = logits\nfor _ in range(1000):\n    value = [value]\nreturn value"
    ),
    "works_in_place": _answer(
        "logits -= logits.max(axis=-1, keepdims=True)\nnp.exp(logits, out=logits)\n"
        "logits /= logits.sum(axis=-1, keepdims=True)\nreturn logits"
    ),
    "runs_without_end": _answer("while True: pass"),
    "recurses_without_end": _answer("return softmax(logits)"),
    "takes_all_memory": _answer("return [np.ones(10**8) for _ in range(100)]"),
    "knows_the_numbers_of_an_earlier_seed": _answer("return KNOWN.get(logits.tobytes(), logits)", "KNOWN = {known}"),
    "gets_it_through_a_function_of_its_own_name": _answer(
        "class Own:\n    def logaddexp(self): ...\nf = (lambda: np)()\nreturn " + _BY_FORBIDDEN.format("f.logaddexp")
    ),
}
#: Programs that the rules refuse, and that would get what they want if nothing read them first: they climb from one
#: object to the next, or the sandbox leaves them what they look for.
CLIMBING = frozenset({"gets_it_from_the_dictionary", "gets_it_from_a_private_module"})

#: Honest answers that look like something else.
HONEST: dict[str, str] = {
    "with_a_print_and_a_main": """\
        import numpy as np

        def softmax(logits):
            print("max", logits.max())
            exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return exps / exps.sum(axis=-1, keepdims=True)

        if __name__ == "__main__":
            print(softmax(np.eye(3)))
        """,
    "as_a_class_with_private_parts": """\
        from __future__ import annotations
        from dataclasses import dataclass
        from typing import Any
        import numpy

        @dataclass
        class Softmax:
            axis: int = -1
            def __post_init__(self) -> None:
                self._top = None
            def load(self, x: numpy.ndarray) -> numpy.ndarray:
                self._top = x.max(self.axis, keepdims=True)
                return x - self._top
            def __call__(self, x: Any) -> Any:
                e = numpy.exp(self.load(x))
                return e / e.sum(self.axis, keepdims=True)

        def softmax(logits):
            return Softmax()(logits)
        """,
    "in_plain_python": """\
        import math
        from functools import reduce

        def softmax(logits):
            out = []
            for row in logits.tolist():
                top = reduce(max, row)
                exps = [math.exp(x - top) for x in row]
                total = sum(exps)
                out.append([e / total for e in exps])
            return out
        """,
    "by_getattr_of_something_allowed": """\
        import numpy as np

        def softmax(input):
            x = input - getattr(np, "max")(input, axis=-1, keepdims=True)
            e = getattr(np, "exp")(x)
            return e / getattr(e, "sum")(axis=-1, keepdims=True)
        """,
    "with_a_forbidden_name_of_its_own": """\
        import numpy as np

        def logsumexp(x):
            top = x.max(axis=-1, keepdims=True)
            return top + np.log(np.exp(x - top).sum(axis=-1, keepdims=True))

        def softmax(logits):
            return np.exp(logits - logsumexp(logits))
        """,
}
