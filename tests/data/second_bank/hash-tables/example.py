"""With enough buckets, a chained hash table looks at few keys for each look-up."""

KEYS = 2000  # keys to put in, 100..20000
BUCKETS = 4000  # buckets of the table, 1..50000

table = [[] for _ in range(BUCKETS)]
words = [f"key-{number}" for number in range(KEYS)]


def bucket(word):
    """Return the number of a word's bucket, the same in every run."""
    value = 0
    for letter in word:
        value = (31 * value + ord(letter)) % 1_000_003
    return value % BUCKETS


for word in words:
    table[bucket(word)].append(word)

looks = [table[bucket(word)].index(word) + 1 for word in words]
mean = sum(looks) / KEYS
print(f"{KEYS} keys in {BUCKETS} buckets")
print(f"keys looked at: {mean:.2f} on average, {max(looks)} at most")
assert mean < 5, f"{mean:.1f} looks a key: the buckets are too full"
