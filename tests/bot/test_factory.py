from __future__ import annotations

from threading import Thread

from bot.factory import Lazy


class Scale:
    made = 0

    def __init__(self) -> None:
        Scale.made += 1

    def weigh(self, *things: str) -> int:
        return len(things)


def test_what_is_lazy_is_made_once_and_at_the_first_call() -> None:
    Scale.made = 0
    scale = Lazy(Scale)
    weigh = scale.weigh
    assert Scale.made == 0, "to name a method makes nothing"
    threads = [Thread(target=weigh, args=("a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert weigh("a", "b") == 2
    assert scale.get().weigh() == 0
    assert Scale.made == 1
