"""Another person in the same place is told by the bones of the face; one who turns a little or makes a face is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.measure.face.mesh import Mesh
from facialis.measure.face.same_person import Likeness
from facialis.measure.regions import template

Floats = NDArray[np.float64]


def face(person: int, rng: np.random.Generator, turn_deg: float = 0.0, noise: float = 0.004) -> Mesh:
    """The template with a skull of the person's own, turned, and seen with a little noise."""
    own = np.random.default_rng(person)
    points = template() * (1.0 + 0.08 * own.standard_normal(3)) + 0.05 * own.standard_normal(template().shape)
    turn = np.radians(turn_deg)
    matrix = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    points = points @ matrix + noise * rng.standard_normal(points.shape)
    return Mesh(points_px=100.0 * points + 200.0, presence=1.0)


def told(people: list[int], turns_deg: Floats | None = None, noise: float = 0.004) -> float | None:
    """From when on it is another person, in looks half a second apart."""
    likeness, rng = Likeness(), np.random.default_rng(3)
    for k, person in enumerate(people):
        likeness.add(0.5 * k, face(person, rng, 0.0 if turns_deg is None else float(turns_deg[k]), noise))
    return likeness.another_from_s()


def test_another_person_is_told_when_they_come() -> None:
    assert told([1] * 12 + [2] * 12) == 6.0


def test_one_person_is_one_at_rest_and_turning() -> None:
    assert told([1] * 24) is None
    assert told([1] * 24, turns_deg=np.linspace(-15, 15, 24)) is None


def test_while_a_head_turns_nothing_is_told() -> None:
    assert told([1] * 12 + [2] * 12, turns_deg=np.tile([-10.0, 10.0], 12)) is None


def test_a_mesh_that_shakes_as_much_as_people_differ_tells_nothing() -> None:
    assert told([1] * 12 + [2] * 12, noise=0.2) is None


def test_one_bad_look_is_nobody() -> None:
    assert told([1] * 12 + [2] + [1] * 12) is None


def test_nothing_is_told_of_hardly_any_looks() -> None:
    assert told([]) is None
    assert told([1, 2]) is None
