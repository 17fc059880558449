"""TF-IDF by hand and by scikit-learn: the same numbers, and a query ranked by the cosine."""
import math
from collections import Counter
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

SMOOTH = 1  # added to both counts in the idf: 1 as scikit-learn does by default, 0..1
query = "fresh bread from the oven"
docs = [
    "the baker takes fresh bread out of the oven",
    "fresh snow fell on the quiet street",
    "the oven is cold and the baker sleeps",
    "bread and butter and more bread",
    "the train left the station on time",
]

words = [text.split() for text in docs]
vocabulary = sorted(set(w for doc in words for w in doc))
holding = Counter(w for doc in words for w in set(doc))  # in how many documents a word occurs
N = len(docs)
idf = {w: math.log((SMOOTH + N) / (SMOOTH + holding[w])) + 1 for w in vocabulary}

def by_hand(tokens):
    counts = Counter(tokens)
    row = np.array([counts[w] * idf[w] for w in vocabulary])  # unknown words of a query count nothing
    return row / np.linalg.norm(row)  # length 1

hand = np.array([by_hand(doc) for doc in words])
library = TfidfVectorizer(token_pattern=r"\S+")
matrix = library.fit_transform(docs)  # sparse
difference = np.abs(hand - matrix.toarray()).max()
print(f"{N} documents, {len(vocabulary)} words, {matrix.nnz} entries that are not 0")
print(f"largest difference by hand / scikit-learn: {difference:.1e}")
for w in ("the", "fresh", "snow"):
    print(f"idf({w}) = {idf[w]:.3f}   in {holding[w]} of {N} documents")

scores = hand @ by_hand(query.split())  # cosine: all rows have length 1
print("query:", query)
for i in scores.argsort()[::-1]:
    print(f"  {scores[i]:.3f}  {docs[i]}")

assert list(library.get_feature_names_out()) == vocabulary
assert difference < 1e-6, "the formula by hand is not the one scikit-learn uses"
assert scores.argmax() == 0, "the document about fresh bread is not first"
