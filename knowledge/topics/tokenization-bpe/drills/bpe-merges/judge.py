"""Judge of BPE training."""


def reference(words, count):
    """Words as tuples, a cursor to merge, and a sorted list of counts to choose."""
    splits = {word: tuple(word) for word in words}
    merges = []
    while len(merges) < count:
        totals = {}
        for word, parts in splits.items():
            for at in range(len(parts) - 1):
                pair = (parts[at], parts[at + 1])
                totals[pair] = totals.get(pair, 0) + words[word]
        if not totals:
            break
        most = max(totals.values())
        best = sorted(pair for pair, total in totals.items() if total == most)[0]
        merges.append(best)
        for word, parts in splits.items():
            at, new = 0, []
            while at < len(parts):
                if parts[at : at + 2] == best:
                    new.append(parts[at] + parts[at + 1])
                    at += 2
                else:
                    new.append(parts[at])
                    at += 1
            splits[word] = tuple(new)
    return merges, {word: list(parts) for word, parts in splits.items()}


def _letters(rng, count):
    """Letters by chance, in ascending order."""
    return sorted("abcdefghijklmnopqrstuvwxyz"[int(i)] for i in rng.choice(26, size=count, replace=False))


def _words(rng, letters, count, most=9):
    words = {}
    while len(words) < count:
        word = "".join(letters[int(i)] for i in rng.integers(len(letters), size=int(rng.integers(1, 9))))
        words.setdefault(word, int(rng.integers(1, most)))
    return words


def probes(rng):
    """Inputs of each check. The words are fixed in their pattern; the letters are drawn."""
    a, b, c, d = _letters(rng, 4)
    many = int(rng.integers(5, 9))
    return {
        "first": [({a + b: many}, 1), ({c + a + b: 1, b + a + b: 2, c + d: 2}, 1)],
        "weights": [
            ({a + b: 1, a + b + c: 1, d + c: many}, 1), ({a + b: 2, c + a + b: 1, b + c: 4}, 2),
            # twice in one word is more than once in a slightly commoner one
            ({d + c + a + d + c: 2, a + b: 3}, 1),
        ],
        "ties": [
            ({d + c: 2, b + a: 2}, 1), ({c + a: 1, b + d: 1, a + d: 1, a + c: 1}, 3), ({d + a: 3, a + d: 3, c + b: 3}, 2),
            ({c + b: 3, d + a: 1, a + d + a: 1}, 2),
        ],
        "overlap": [({a * 3: 2}, 1), ({a * 4: 1}, 2), ({b * 5 + c: 3, a + b: 4}, 3), ({a * 7: 1, b + a * 2: 2}, 4)],
        "several": [
            ({"low": 5, "lower": 2, "newest": 6, "widest": 3}, 10), (_words(rng, [a, b, c], 6), 6),
            (_words(rng, [a, b], 8, 4), 9), (_words(rng, [a, b, c, d], 12), 12),
        ],
        "boundaries": [
            # (c, a) is learned first, then (a, b): the word c a b is then `ca b`, and must stay so
            ({c + a: 9, c + a + b: 1, a + b: 4, d + a + b: 2}, 2), ({c + a: 9, d + c + a + b: 1, a + b: 5}, 2),
            # and on the other side: (b, d) first, then (a, b): `a bd` must stay
            ({b + d: 9, a + b + d: 1, a + b: 4}, 2), ({a + b + a + b: 2, a + b + c + a + b: 1}, 3),
        ],
        "edges": [
            ({}, 3), ({a: 4}, 2), ({a + b: 3}, 0), ({a + b: 2}, 5), ({b + a + c: 1, a: 2}, 8), ({a + b: 1, c: 7, a + b + c: 1}, 9),
        ],
    }
