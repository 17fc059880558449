"""KL(N(mu, sigma^2) || N(0, I)): the closed form against an average over reparameterised samples."""
import numpy as np

SAMPLES = 200_000  # draws of z for the estimate, 10000..500000
FACTOR = 0.5  # sigma = exp(FACTOR * log_var), 0.1..2
SEED = 0  # random seed, 0..9999

rng = np.random.default_rng(SEED)

def log_normal(z, mu, log_var):  # log density of a diagonal Gaussian
    return -0.5 * (np.log(2 * np.pi) + log_var + (z - mu) ** 2 / np.exp(log_var)).sum(-1)

cases = {  # what an encoder might say of one image: mu and log_var of two latent numbers
    "the prior itself": ([0.0, 0.0], [0.0, 0.0]),
    "mean moved": ([1.5, -0.5], [0.0, 0.0]),
    "narrow": ([0.0, 0.0], [-4.0, -4.0]),
    "wide": ([0.0, 0.0], [1.0, 1.0]),
    "one unit unused": ([2.0, 0.0], [-3.0, 0.0]),
}
print(f"{'':17}closed   estimate")
gaps = {}
for name, case in cases.items():
    mu, log_var = np.array(case)
    closed = 0.5 * (mu**2 + np.exp(log_var) - 1 - log_var).sum()
    noise = rng.standard_normal((SAMPLES, 2))
    z = mu + np.exp(FACTOR * log_var) * noise  # a sample of q(z|x), and differentiable
    ratio = log_normal(z, mu, log_var) - log_normal(z, 0.0, np.zeros(2))
    estimate, error = ratio.mean(), ratio.std() / SAMPLES**0.5
    gaps[name] = abs(estimate - closed) / max(error, 1e-9)  # in standard errors
    print(f"{name:17}{closed:6.2f}   {estimate:6.2f} +- {error:.3f}")
print(f"largest gap: {max(gaps.values()):.1f} standard errors")
assert max(gaps.values()) < 5, "the samples do not have the variance that the formula speaks of"
