"""Removing stop words removes "not": then "good" and "not good" look the same to the model."""
import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

NEGATED = 0.4  # share of sentences with "not", 0.0..0.5
SENTENCES = 1200  # made sentences, half to train and half to test, 200..5000
SEED = 0  # random seed, 0..100000

rng = np.random.default_rng(SEED)
THINGS = ["food", "room", "film", "phone", "service", "book", "seat", "coffee"]
PRAISE, BLAME = ["good", "great", "fresh", "pleasant"], ["bad", "awful", "stale", "rude"]

def sentence():
    positive, negated = rng.random() < 0.5, rng.random() < NEGATED
    word = rng.choice(PRAISE if positive else BLAME)
    text = f"the {rng.choice(THINGS)} was {'not ' if negated else ''}{word}"
    return text, int(positive != negated)  # "not" turns the meaning round

texts, labels = zip(*[sentence() for _ in range(SENTENCES)])
half = SENTENCES // 2

def accuracy(**settings):
    model = make_pipeline(TfidfVectorizer(**settings), LogisticRegression(C=10))
    model.fit(texts[:half], labels[:half])
    return model.score(texts[half:], labels[half:])

print("is 'not' in scikit-learn's English list:", "not" in ENGLISH_STOP_WORDS)
single = accuracy()
pairs = accuracy(ngram_range=(1, 2))
without = accuracy(ngram_range=(1, 2), stop_words="english")
print(f"single words                    accuracy {single:.2f}")
print(f"words and pairs                 accuracy {pairs:.2f}")
print(f"words and pairs, stop words out accuracy {without:.2f}")

assert pairs > 0.95, "pairs such as 'not good' did not settle the meaning"
assert pairs - without > 0.2, "removing the stop words did no harm"
