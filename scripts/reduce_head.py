"""Makes ``src/facialis/data/head`` from the full MakeHuman assets: ``python scripts/reduce_head.py FOLDER [OUT]``.

FOLDER holds ``base.obj``, ``high-poly.obj``, ``high-poly.mhclo`` (the eyes and how they sit in a head),
``arkit/*.target``, ``targets/*.target`` (people), ``skins/*.png`` and ``brown_eye.png``, all CC0. What a camera before
the face can never see is left out, and so are the shapes that no phantom uses.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDED = (
    "eyeBlink",
    "eyeSquint",
    "eyeWide",
    "cheekSquint",
    "mouthSmile",
    "mouthUpperUp",
    "noseSneer",
    "browDown",
    "browOuterUp",
    "mouthFrown",
    "mouthPress",
    "mouthDimple",
    "mouthStretch",
    "mouthLowerDown",
    "eyeLookDown",
    "eyeLookUp",
    "eyeLookIn",
    "eyeLookOut",
)
WHOLE = (
    "browInnerUp",
    "mouthPucker",
    "mouthFunnel",
    "mouthClose",
    "jawOpen",
    "mouthLeft",
    "mouthRight",
    "cheekPuff",
    "mouthShrugUpper",
    "viseme_aa",
    "viseme_E",
    "viseme_O",
    "viseme_PP",
    "viseme_FF",
    "viseme_DD",
    "viseme_SS",
)
SPLIT = {"mouthShrugLower": "chinRaise", "browInnerUp": "browInnerUp"}
"""Two-sided shapes that are also needed for one side: divided by a smooth step across the midline."""

PEOPLE = {
    "man_a": "caucasian-male-young",
    "woman_a": "caucasian-female-young",
    "woman_b": "asian-female-young",
    "man_b": "african-male-young",
}
LAYERS = {"socket": 0, "eye": 1, "mouth": 2, "tooth": 3, "tongue": 4, "skin": 5}
CUT_Y = 6.45  # decimetres, as all lengths here: just above the collar bones
CHART_X = 1290.0  # texels: left of this is the chart of the trunk, of which only the neck is kept
VIEW_YAW_DEG, VIEW_PITCH_DEG = 50.0, 35.0  # widest pose that keeps its silhouette


@dataclass(frozen=True)
class Mesh:
    """Triangles of an OBJ file: positions, texture coordinates and group of each triangle."""

    vertices: Floats
    uv: Floats
    triangles: Ints
    corners: Ints
    groups: NDArray[np.str_]


def read_obj(path: Path) -> Mesh:
    vertices: list[list[float]] = []
    uv: list[list[float]] = []
    triangles: list[list[int]] = []
    corners: list[list[int]] = []
    groups: list[str] = []
    group = ""
    for line in path.read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif word == "vt":
            uv.append([float(x) for x in rest.split()[:2]])
        elif word == "g":
            group = rest.strip()
        elif word == "f":
            pairs = [tuple(int(q) - 1 for q in corner.split("/")[:2]) for corner in rest.split()]
            for k in range(1, len(pairs) - 1):  # a fan
                fan = (pairs[0], pairs[k], pairs[k + 1])
                triangles.append([p[0] for p in fan])
                corners.append([p[1] for p in fan])
                groups.append(group)
    return Mesh(np.array(vertices), np.array(uv), np.array(triangles), np.array(corners), np.array(groups))


def read_target(path: Path, count: int) -> Floats:
    delta = np.zeros((count, 3))
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) == 4 and words[0].isdigit():
            delta[int(words[0])] = [float(x) for x in words[1:]]
    return delta


class EyeFit:
    """Where the eye mesh sits in a head: each eye vertex hangs on three head vertices."""

    def __init__(self, path: Path, count: int) -> None:
        self.scale: list[tuple[int, int, float, int]] = []
        rows: list[list[float]] = []
        reading = False
        for line in path.read_text().splitlines():
            words = line.split()
            if words and words[0] in ("x_scale", "y_scale", "z_scale"):
                self.scale.append((int(words[1]), int(words[2]), float(words[3]), "xyz".index(words[0][0])))
            elif words and words[0] == "verts":
                reading = True
            elif reading and len(words) == 9:
                rows.append([float(x) for x in words])
        fit = np.array(rows)[:count]
        self.index, self.weight, self.offset = fit[:, :3].astype(int), fit[:, 3:6], fit[:, 6:9]

    def __call__(self, head: Floats) -> Floats:
        size = np.ones(3)
        for a, b, length, axis in self.scale:
            size[axis] = abs(head[a, axis] - head[b, axis]) / length
        return np.asarray((head[self.index] * self.weight[:, :, None]).sum(1) + self.offset * size)


def sphere(points: Floats) -> tuple[Floats, float]:
    """Centre and radius of the sphere through points, by least squares."""
    left = np.concatenate([2 * points, np.ones((len(points), 1))], 1)
    solution = np.linalg.lstsq(left, (points**2).sum(1), rcond=None)[0]
    return solution[:3], float(np.sqrt(solution[3] + solution[:3] @ solution[:3]))


def seen(vertices: Floats, triangles: Ints) -> NDArray[np.bool_]:
    """Triangles that face the camera in some pose of the allowed range."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    any_view = np.zeros(len(triangles), bool)
    for yaw in np.radians(np.linspace(-VIEW_YAW_DEG, VIEW_YAW_DEG, 9)):
        for pitch in np.radians(np.linspace(-VIEW_PITCH_DEG, VIEW_PITCH_DEG, 5)):
            view = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
            any_view |= normal @ view > -0.15  # a margin: shapes turn triangles
    return any_view


def layers(body: Mesh, man: Floats, size: int) -> Ints:
    """Which layer each triangle of the base mesh belongs to; -1 for none."""
    uv = body.uv[body.corners].mean(1) * size
    uv[:, 1] = size - uv[:, 1]
    y = man[body.triangles][:, :, 1]
    out = np.full(len(body.triangles), -1)
    skin = (body.groups == "body") & (y.min(1) > CUT_Y)
    out[skin] = LAYERS["skin"]
    out[skin & (uv[:, 0] < 400) & (y.mean(1) > 7.9)] = LAYERS["socket"]  # its own island of the texture
    out[skin & (uv[:, 1] > 1700) & (uv[:, 0] > 1450)] = LAYERS["mouth"]  # likewise
    for group, layer in (("helper-upper-teeth", "tooth"), ("helper-lower-teeth", "tooth"), ("helper-tongue", "tongue")):
        out[body.groups == group] = LAYERS[layer]
    return out


def shapes(folder: Path, vertices: Floats) -> dict[str, Floats]:
    names = [f"{name}{side}" for name in SIDED for side in ("Left", "Right")] + list(WHOLE)
    out = {name: read_target(folder / "arkit" / f"{name}.target", len(vertices)) for name in names}
    width = 0.25  # decimetres: the step from one side to the other, about the width of the mouth
    left = np.clip(0.5 + vertices[:, 0] / width, 0, 1)
    left = left * left * (3 - 2 * left)
    for name, stem in SPLIT.items():
        whole = read_target(folder / "arkit" / f"{name}.target", len(vertices))
        out[f"{stem}Left"], out[f"{stem}Right"] = whole * left[:, None], whole * (1 - left)[:, None]
    return out


def pack(
    skin: NDArray[np.uint8], uv: Floats, charts: tuple[NDArray[np.bool_], ...]
) -> tuple[NDArray[np.uint8], Floats]:
    """The used parts of the skin one above the other, and the texture coordinates moved along."""
    moved = uv.copy()
    pieces = []
    top = 0
    for chart in charts:
        low = np.maximum(np.floor(uv[chart].min(0)).astype(int) - 4, 0)
        high = np.minimum(np.ceil(uv[chart].max(0)).astype(int) + 4, skin.shape[0])
        moved[chart] = uv[chart] - low + [0, top]
        pieces.append(skin[low[1] : high[1], low[0] : high[0]])
        top += len(pieces[-1])
    width = max(piece.shape[1] for piece in pieces)
    filled = [cv2.copyMakeBorder(p, 0, 0, 0, width - p.shape[1], cv2.BORDER_REPLICATE) for p in pieces]
    return np.concatenate(filled), moved


def reduce(folder: Path, out: Path) -> None:
    body = read_obj(folder / "base.obj")
    skin = cv2.imread(str(sorted((folder / "skins").glob("*.png"))[0]), cv2.IMREAD_COLOR)
    assert skin is not None
    size = skin.shape[0]
    count = len(body.vertices)
    people = {name: read_target(folder / "targets" / f"{stem}.target", count) for name, stem in PEOPLE.items()}
    eye = read_obj(folder / "high-poly.obj")
    fit = EyeFit(folder / "high-poly.mhclo", len(eye.vertices))
    man = body.vertices + people["man_a"]
    layer = layers(body, man, size)
    keep = (layer >= 0) & seen(man, body.triangles)
    keep &= ~((layer == LAYERS["mouth"]) & (man[body.triangles][:, :, 2].max(1) < 0.4))  # the throat
    used, triangles = np.unique(body.triangles[keep], return_inverse=True)
    uv_used, corners = np.unique(body.corners[keep], return_inverse=True)
    uv = body.uv[uv_used] * size
    uv[:, 1] = size - uv[:, 1]
    trunk = (uv[:, 0] <= CHART_X) & np.isin(uv_used, body.corners[keep & (layer == LAYERS["skin"])])
    texture, uv = pack(np.asarray(skin, np.uint8), uv, (trunk, (uv[:, 0] > CHART_X) & (uv[:, 1] < 1700)))
    table = shapes(folder, body.vertices)
    index: list[Ints] = []
    delta: list[Floats] = []
    stops = [0]
    for values in table.values():
        rows = np.flatnonzero(np.abs(values[used]).max(1) > 0)
        index.append(rows)
        delta.append(values[used][rows])
        stops.append(stops[-1] + len(rows))
    corner_uv = eye.uv[eye.corners].mean(1)
    ball = ~((corner_uv[:, 0] > 0.85) & (corner_uv[:, 1] < 0.15))  # without the clear cornea
    placed = fit(man)
    depth = placed[eye.triangles].mean(1)[:, 2]
    ball &= depth > depth[ball].min() + 0.25 * np.ptp(depth[ball])  # the back of the eye is never seen
    eye_used, eye_triangles = np.unique(eye.triangles[ball], return_inverse=True)
    eye_corner, eye_corners = np.unique(eye.corners[ball], return_inverse=True)
    heads, centres, offsets = [], [], []
    for person in people.values():
        points = fit(body.vertices + person)[eye_used]
        is_left = points[:, 0] > 0
        centre = np.zeros((2, 3))  # right, left
        for side, rows in enumerate((~is_left, is_left)):
            centre[side] = sphere(points[rows])[0]
        between = centre.mean(0)
        centres.append(centre - between)
        offsets.append(points - centre[is_left.astype(int)])
        heads.append((body.vertices + person)[used] - between)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "head.npz",
        vertices=heads[0].astype(np.float32),  # of the first person; the origin is midway between the eyes
        people=np.array(list(PEOPLE)),
        person_delta=(np.array(heads) - heads[0]).astype(np.float16),
        triangles=triangles.reshape(-1, 3).astype(np.uint16),
        layer=layer[keep].astype(np.uint8),
        corners=corners.reshape(-1, 3).astype(np.uint16),
        uv_px=uv.astype(np.float32),
        shapes=np.array(list(table)),
        shape_stops=np.array(stops, np.int32),
        shape_index=np.concatenate(index).astype(np.uint16),
        shape_delta=np.concatenate(delta).astype(np.float16),
        eye_centres=np.array(centres, np.float32),
        eye_offsets=np.array(offsets, np.float16),
        eye_is_left=is_left,
        eye_triangles=eye_triangles.reshape(-1, 3).astype(np.uint16),
        eye_corners=eye_corners.reshape(-1, 3).astype(np.uint16),
        eye_uv=(eye.uv[eye_corner] * [1, -1] + [0, 1]).astype(np.float32),
    )
    cv2.imwrite(str(out / "skin.jpg"), texture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    iris = cv2.imread(str(folder / "brown_eye.png"), cv2.IMREAD_COLOR)
    assert iris is not None
    cv2.imwrite(
        str(out / "eye.jpg"), cv2.resize(iris, (512, 512), interpolation=cv2.INTER_AREA), [cv2.IMWRITE_JPEG_QUALITY, 90]
    )
    print(
        f"{len(used)} vertices, {keep.sum()} triangles, {ball.sum()} of the eyes, {len(table)} shapes, "
        f"texture {texture.shape[1]} x {texture.shape[0]}"
    )
    print(f"{sum(p.stat().st_size for p in out.iterdir()) / 1e6:.2f} MB in {out.name}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = Path(__file__).parents[1] / "src" / "facialis" / "data" / "head"
    reduce(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else default)
