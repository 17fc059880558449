"""Binary search finds each of many sorted numbers in about log2(n) looks."""

SIZE = 1000  # how many numbers to search in, 10..50000
SORTED = True  # whether they are in order

numbers = list(range(0, 2 * SIZE, 2))
wanted = list(enumerate(numbers))
if not SORTED:
    numbers.reverse()


def search(target):
    """Return the first place that is not less than the target, and how many numbers were looked at."""
    low, high, looks = 0, len(numbers), 0
    while low < high:
        middle = (low + high) // 2
        looks += 1
        if numbers[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low, looks


found = [(place, *search(number)) for place, number in wanted]
right = sum(place == at for place, at, _ in found)
most = max(looks for *_, looks in found)
print(f"{right} of {SIZE} numbers found")
print(f"looks: {most} at most; one by one up to {SIZE}")
assert right == SIZE, f"{SIZE - right} numbers were not found where they are"
assert most <= SIZE.bit_length(), f"{most} looks are more than log2 of {SIZE}"
