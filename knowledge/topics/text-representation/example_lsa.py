"""Latent semantic analysis: two texts without a common word become similar through the words they share with others."""
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

COMPONENTS = 2  # dimensions kept by the SVD; 8 keeps all, 1..8
DOCS = [
    "car driver road",
    "automobile engine wheel",  # no word in common with the first
    "car engine wheel road",
    "automobile driver wheel",
    "flour oven sugar",
    "dough yeast butter",  # no word in common with the fifth
    "flour dough butter oven",
    "yeast sugar flour butter",
]

X = TfidfVectorizer().fit_transform(DOCS).toarray()
U, S, Vt = np.linalg.svd(X, full_matrices=False)
Z = U[:, :COMPONENTS] * S[:COMPONENTS]  # each text in COMPONENTS numbers

def cosines(rows):
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T

before, after = cosines(X), cosines(Z)
print(f"{X.shape[1]} words, {COMPONENTS} components")
print("                            TF-IDF     LSA")
print(f"car text / automobile text   {before[0, 1]:5.2f} {after[0, 1]:7.2f}")
print(f"flour text / dough text      {before[4, 5]:5.2f} {after[4, 5]:7.2f}")
print(f"car text / flour text        {before[0, 4]:5.2f} {abs(after[0, 4]):7.2f}")

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, table, title in zip(axes, (before, after), ("cosine of TF-IDF rows", f"after LSA, {COMPONENTS} components")):
    image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1)
    ax.set(title=title, xlabel="text", ylabel="text")
fig.colorbar(image, ax=axes)
fig.savefig("lsa.png", dpi=150)

assert before[0, 1] == 0 and before[4, 5] == 0, "these pairs were meant to share no word"
assert min(after[0, 1], after[4, 5]) > 0.8, "texts of one subject did not come together"
assert abs(after[0, 4]) < 0.2, "texts of different subjects came together, too"
