"""Judge of batch normalisation, forward and backward."""

import numpy as np


def reference(x, gamma, beta, dout, eps):
    """Feature by feature; dx through the whole Jacobian of x̂ instead of the short formula."""
    count, features = x.shape
    out, dx = np.empty(x.shape), np.empty(x.shape)
    dgamma, dbeta = np.empty(features), np.empty(features)
    for k in range(features):
        centred = x[:, k] - np.sum(x[:, k]) / count
        spread = np.sqrt(np.sum(centred**2) / count + eps)
        normal = centred / spread
        out[:, k] = gamma[k] * normal + beta[k]
        dgamma[k], dbeta[k] = np.dot(dout[:, k], normal), np.sum(dout[:, k])
        # d normal[i] / d x[j] = (δij − 1/N) / spread − centred[i] · centred[j] / (N · spread³)
        jacobian = (np.eye(count) - 1 / count) / spread - np.outer(centred, centred) / (count * spread**3)
        dx[:, k] = gamma[k] * (jacobian.T @ dout[:, k])
    return out, dx, dgamma, dbeta


def probes(rng):
    """Return the inputs of each check, small ones first."""

    def one(count, features, eps=1e-5, scale=1.0, shift=0.0):
        x = scale * rng.normal(size=(count, features)) + shift
        return x, rng.normal(size=features), rng.normal(size=features), rng.normal(size=(count, features)), eps

    def constant(count, features, eps):
        x, *rest = one(count, features, eps, scale=2.0)
        x[:, 0] = 3.0
        return x, *rest

    return {
        "shapes": [one(3, 2), one(4, 6)],
        "forward": [one(2, 1), one(4, 3), one(6, 5, scale=np.array([0.1, 1, 3, 10, 0.5]), shift=1.0)],
        "eps": [constant(3, 2, 0.25), constant(5, 4, 1e-3), one(4, 3, eps=2.0), one(3, 5, eps=0.01, scale=0.1)],
        "parameters": [one(2, 1), one(4, 3), one(5, 7, scale=3.0)],
        "gradient": [one(2, 1, eps=0.5), one(4, 3), one(5, 7, eps=0.1), one(7, 2, scale=0.2), constant(3, 4, 0.25)],
        "single": [one(1, 2), one(1, 5, eps=0.3)],
        "offset": [one(4, 2, shift=1e6), one(5, 3, shift=np.array([-3e6, 0.0, 500.0]), scale=2.0)],
    }


def _agree(given, wanted, places):
    return len(given) == len(wanted) and all(
        np.shape(given[k]) == wanted[k].shape and np.allclose(given[k], wanted[k], rtol=1e-6, atol=1e-6) for k in places
    )


def holds_shapes(arguments, given):
    """Only the shapes count."""
    return [np.shape(each) for each in given] == [each.shape for each in reference(*arguments)]


def holds_forward(arguments, given):
    """Only the output counts."""
    return _agree(given, reference(*arguments), [0])


holds_eps = holds_offset = holds_forward


def holds_parameters(arguments, given):
    """Only dgamma and dbeta count."""
    return _agree(given, reference(*arguments), [2, 3])


def holds_gradient(arguments, given):
    """Only dx counts."""
    return _agree(given, reference(*arguments), [1])
