def learn_bpe(words: dict[str, int], count: int) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Learn byte-pair merges from counted words.

    Args:
        words: how often each word occurs, {word: positive count}.
        count: the most merges to learn.

    Returns:
        (merges, splits): pairs in the order learned, and {word: its symbols after all merges}.
        Of pairs that are equally frequent the smallest is merged first.
    """
    raise NotImplementedError
