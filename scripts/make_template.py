"""Makes ``data/face_template.npz``: the mesh of a symmetric face at rest, from a picture of the rendered head.

usage: python scripts/make_template.py PICTURE

The picture must show the head frontally with a neutral face. The mesh is mirrored about its own midline and averaged,
so that the template is exactly symmetric; coordinates are in interocular distances from the midpoint between the eyes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from facialis.core.records import Frame
from facialis.measure.face.mesh import FaceMesh

OUT = Path(__file__).parent.parent / "src" / "facialis" / "data" / "face_template.npz"


def main(picture: str) -> None:
    """Writes the template."""
    colours = cv2.imread(picture)
    assert colours is not None, f"{picture} is no picture"
    rgb = cv2.cvtColor(colours, cv2.COLOR_BGR2YCrCb)
    half = cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    frame = Frame(
        index=0,
        time_s=0.0,
        luma=np.ascontiguousarray(rgb[..., 0]),
        chroma=np.ascontiguousarray(np.stack([half[..., 2], half[..., 1]])),
    )
    backend = FaceMesh()
    for _ in range(5):
        mesh = backend.look(frame).mesh
    assert mesh is not None
    points = mesh.points_px
    right, left = points[[33, 133]].mean(0), points[[362, 263]].mean(0)
    axis = (left - right) / np.linalg.norm(left - right)
    down = np.array([-axis[1], axis[0], 0.0])
    down /= np.linalg.norm(down)
    depth = np.cross(axis, down)
    unit = (points - (right + left) / 2) @ np.stack([axis, down, depth], 1) / np.linalg.norm(left - right)
    mirrored = unit * [-1, 1, 1]
    cost = np.linalg.norm(mirrored[:, None] - unit[None], axis=2)
    from scipy.optimize import linear_sum_assignment

    pair = linear_sum_assignment(cost**2)[1]
    assert np.array_equal(pair[pair], np.arange(len(pair))), "mirror pairs are not mutual"
    template = (unit + mirrored[pair]) / 2
    np.savez_compressed(OUT, points_iod=template.astype(np.float32), mirror=pair.astype(np.int16))
    print(
        "largest asymmetry",
        np.abs(unit - template).max(),
    )


if __name__ == "__main__":
    main(sys.argv[1])
