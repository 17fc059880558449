"""Judge of LoRA: forward and merge."""

import numpy as np


def reference(x, w, a, b, alpha, mask=None):
    """The update as a sum of rank-one terms."""
    rank = len(a)
    merged = np.array(w, dtype=float)
    dropped = x if mask is None else x * mask
    output = np.einsum("...i,oi->...o", x, w)
    for row in range(rank):
        merged += alpha / rank * np.multiply.outer(b[:, row], a[row])
        output = output + alpha / rank * np.multiply.outer((dropped * a[row]).sum(axis=-1), b[:, row])
    return output, merged


def _inputs(rng, lead, d_in, d_out, rank, alpha):
    return (
        rng.normal(size=(*lead, d_in)), rng.normal(size=(d_out, d_in)), rng.normal(size=(rank, d_in)),
        rng.normal(size=(d_out, rank)), alpha,
    )


def _dropped(rng, arguments, keep):
    mask = (rng.random(arguments[0].shape) < keep) / keep
    mask[..., 0], mask[..., -1] = 0.0, 1 / keep
    return (*arguments, mask)


def probes(rng):
    """Inputs of each check."""
    fresh = [_inputs(rng, (1,), 3, 2, 1, 2.0), _inputs(rng, (2, 3), 4, 6, 5, 7.0)]
    for _, _, _, b, _ in fresh:
        b[:] = 0.0
    return {
        "shape": [_inputs(rng, (), 3, 4, 2, 1.0), _inputs(rng, (1,), 2, 3, 4, 8.0), _inputs(rng, (2, 3), 5, 4, 6, 6.0)],
        "fresh": fresh,
        "output": [
            _inputs(rng, (), 3, 4, 2, 3.0), _inputs(rng, (5,), 4, 3, 2, -1.5), _inputs(rng, (2, 3), 6, 5, 4, 16.0),
            _inputs(rng, (2,), 5, 3, 1, 0.5),
        ],
        "merged": [
            _inputs(rng, (2,), 3, 4, 1, 0.5), _inputs(rng, (), 4, 3, 2, 5.0), _inputs(rng, (2, 4), 6, 5, 3, 16.0),
            _inputs(rng, (3,), 2, 4, 5, -2.0),
        ],
        "agree": [_inputs(rng, (1,), 2, 3, 4, 8.0), _inputs(rng, (2, 5), 6, 4, 3, 7.0)],
        "dropout": [
            _dropped(rng, _inputs(rng, (), 3, 4, 2, 3.0), 0.5), _dropped(rng, _inputs(rng, (5,), 4, 3, 2, 7.0), 0.8),
            _dropped(rng, _inputs(rng, (2, 3), 7, 5, 4, 9.0), 0.6),
        ],
    }


def _is_pair(arguments, given):
    x, w = arguments[:2]
    return len(given) == 2 and np.shape(given[0]) == (*x.shape[:-1], len(w)) and np.shape(given[1]) == w.shape


def holds_shape(arguments, given):
    """Two arrays of the right shapes."""
    return _is_pair(arguments, given)


def holds_output(arguments, given):
    """The output, whatever the merged weight is."""
    return _is_pair(arguments, given) and np.allclose(given[0], reference(*arguments)[0], rtol=1e-6, atol=1e-6)


def holds_merged(arguments, given):
    """The merged weight, whatever the output is."""
    return _is_pair(arguments, given) and np.allclose(given[1], reference(*arguments)[1], rtol=1e-6, atol=1e-6)


def holds_agree(arguments, given):
    """The merged weight alone gives the output."""
    return _is_pair(arguments, given) and np.allclose(given[0], arguments[0] @ np.asarray(given[1]).T, rtol=1e-6, atol=1e-6)
