"""Explains errors that are due to the sandbox: what the program needed and the sandbox does not have."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from runners.inside.tell import tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: What learners import, and what may be installed beside Epoch.
_KNOWN = (
    "numpy", "scipy", "sklearn", "matplotlib", "tensorflow", "keras", "torch", "transformers", "sentence_transformers",
    "PIL", "pandas", "seaborn", "statsmodels", "torchvision", "xgboost", "lightgbm", "cv2", "plotly", "nltk", "gym",
    "gymnasium", "jax", "networkx", "tqdm", "faiss", "datasets", "joblib",
)  # fmt: skip
#: Names of Python 2 → what they are called now.
_PYTHON2 = {
    "raw_input": "input", "xrange": "range", "unicode": "str", "unichr": "chr", "basestring": "str", "long": "int",
    "reduce": "functools.reduce", "execfile": "exec(open(…).read())", "cmp": "(a > b) - (a < b)",
    "urllib2": "urllib.request", "urlparse": "urllib.parse", "cPickle": "pickle", "Queue": "queue",
    "StringIO": "io.StringIO", "cStringIO": "io.StringIO", "ConfigParser": "configparser", "Tkinter": "tkinter",
    "izip": "zip", "imap": "map", "ifilter": "filter", "has_key": "in", "iteritems": "items", "itervalues": "values",
    "iterkeys": "keys",
}  # fmt: skip
_PYTHON2_SYNTAX = ("Missing parentheses in call to", "multiple exception types must be parenthesized", "leading zeros")
#: Errors of a name that nobody resolved, or a connection that was never made, whichever library words them.
_NETWORK = frozenset({
    "gaierror", "herror", "URLError", "NameResolutionError", "MaxRetryError", "NewConnectionError", "ConnectError",
    "ClientConnectorError", "ClientConnectorDNSError", "OfflineModeIsEnabled", "LocalEntryNotFoundError",
})  # fmt: skip
_MOST_CAUSES = 20


def explain(error: BaseException, given_input: bool) -> None:
    """Tell what can be said about an error that ended the program.

    Args:
        error: with its causes and contexts.
        given_input: whether the program was given any standard input.
    """
    if isinstance(error, SyntaxError):
        _syntax(error)
        return
    for each in _causes(error):
        if _one(each, given_input):
            return


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it: the first word on why is often the last cause's."""
    for _ in range(_MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _one(error: BaseException, given_input: bool) -> bool:
    """Tell about one error; whether there was anything to tell."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        _missing(error.name)
    elif isinstance(error, NameError | AttributeError) and (name := error.name or "") in _PYTHON2:
        tell("python2_name", name, _PYTHON2[name])
    elif isinstance(error, EOFError) and str(error) == "EOF when reading a line":
        tell("input_ended" if given_input else "no_input")
    elif isinstance(error, OSError) and _passes(error.__traceback__, "multiprocessing"):
        tell("processes")  # before the network: its queues are made of sockets, too
    elif type(error).__name__ in _NETWORK or _refused_socket(error) or _no_place_for_data(error):
        tell("no_network", *_data_sets())
    elif isinstance(error, FileNotFoundError) and isinstance(error.filename, str | bytes):
        tell("no_file", os.fsdecode(error.filename))
    elif "CUDA" in str(error) and isinstance(error, RuntimeError | AssertionError | ValueError):
        tell("no_gpu")
    else:
        return False
    return True


def _syntax(error: SyntaxError) -> None:
    if isinstance(error, TabError):
        tell("tabs", str(error.lineno or 0))
    elif (error.msg or "").startswith(_PYTHON2_SYNTAX):
        tell("python2", str(error.lineno or 0))


def _missing(name: str) -> None:
    top = name.partition(".")[0]
    if top in _PYTHON2:
        tell("python2_name", top, _PYTHON2[top])
    elif top != name and _is_here(top):
        tell("missing_part", name, top)
    else:
        here = [each for each in _KNOWN if _is_here(each)]
        from difflib import get_close_matches

        near = get_close_matches(top, here, 1, 0.8) or get_close_matches(top, sys.stdlib_module_names, 1, 0.8)
        tell("missing", top, near[0] if near and near[0] != top else "", *here)


def _is_here(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return name in sys.modules or find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _passes(trace: TracebackType | None, package: str) -> bool:
    """Whether an error came through a file of `package`."""
    while trace is not None:
        if f"{os.sep}{package}{os.sep}" in trace.tb_frame.f_code.co_filename:
            return True
        trace = trace.tb_next
    return False


def _refused_socket(error: BaseException) -> bool:
    """Whether it was the wall that refused a socket."""
    return isinstance(error, PermissionError) and error.filename is None and _passes_file(error, "socket.py")


def _no_place_for_data(error: BaseException) -> bool:
    """Whether a package's data sets had no place to be downloaded to: the network would have been next."""
    return isinstance(error, PermissionError) and _passes(error.__traceback__, "datasets")


def _passes_file(error: BaseException, name: str) -> bool:
    trace = error.__traceback__
    while trace is not None:
        if os.path.basename(trace.tb_frame.f_code.co_filename) == name:
            return True
        trace = trace.tb_next
    return False


def _data_sets() -> list[str]:
    """Return the data sets that come with scikit-learn, by the functions that load them."""
    names = ("load_iris", "load_wine", "load_breast_cancer", "load_digits", "load_diabetes", "make_classification")
    return list(names) if _is_here("sklearn") else []
