"""In which order a rater sees films: shuffled for each by the seed of the set, with hidden repeats far apart."""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = ["LEAST_REPEATS", "order_of", "repeats_in"]

LEAST_REPEATS = 2  # of one pair of answers nothing can be said
_APART = 5  # chosen: films between the two looks, where there are as many: the first is not before one's eyes; 3 - 10
_TRIES = 200


def repeats_in(films: int, share: float) -> int:
    """How many of so many films are shown twice: the share of them, at least two, at most all."""
    return min(films, max(LEAST_REPEATS, round(share * films)))


def order_of(films: Sequence[int], share: float, seed: int, rater: int) -> list[tuple[int, int]]:
    """The films in a rater's order, each with 1 for the first look at it and 2 for the repeat.

    Parameters
    ----------
    films
        Their numbers.
    share
        Which part of them is shown twice.
    seed
        Of the set: equal seeds give equal orders.
    rater
        Which of its raters, from 0.

    Examples
    --------
    >>> order = order_of([1, 2, 3], 0.2, seed=7, rater=0)
    >>> len(order), sorted(film for film, look in order if look == 1)
    (5, [1, 2, 3])
    """
    rng = random.Random(f"{seed} {rater}")
    again = rng.sample(list(films), repeats_in(len(films), share))
    apart = min(_APART, len(films) - 1)
    for trial in range(_TRIES):
        looks = [*films, *again]
        rng.shuffle(looks)
        first: dict[int, int] = {}
        order, gap = [], len(looks)
        for place, film in enumerate(looks):
            if film in first:
                gap = min(gap, place - first[film] - 1)
            order.append((film, 2 if film in first else 1))
            first.setdefault(film, place)
        if gap >= apart - trial * (apart + 1) // _TRIES:  # less apart where it cannot be
            break
    return order
