"""``facialis info``: what a bug report needs. Nothing about the user or their recordings is in it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from importlib import metadata, resources
from typing import Any

from facialis.cli.faults import put
from facialis.core.knowledge import data_bytes
from facialis.core.settings import Settings
from facialis.core.version import __version__

__all__ = ["collect", "info"]

MODEL = "models/face_landmarker.task"

LIBRARIES = (
    "ai-edge-litert",
    "av",
    "cryptography",
    "django",
    "django-ninja",
    "fido2",
    "jinja2",
    "numba",
    "numpy",
    "opencv-python-headless",
    "pyarrow",
    "pyrage",
    "pysqlite3",
    "pyyaml",
    "rich",
    "scipy",
    "segno",
    "threadpoolctl",
    "typer",
    "typst",
    "waitress",
    "whitenoise",
)


def collect() -> dict[str, Any]:
    """Versions, the model's checksum and where data lie, as plain values."""
    from facialis.measure.face.mesh import MODEL_SHA256

    found = hashlib.sha256(data_bytes(MODEL)).hexdigest()
    return {
        "facialis": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "model": {"file": MODEL, "sha256": found, "as_shipped": found == MODEL_SHA256},
        "settings_fingerprint": Settings().fingerprint(),
        "places": {
            "python": sys.executable,
            "package_data": str(resources.files("facialis") / "data"),
            "results": "facialis-out in the current folder, unless --out says otherwise",
        },
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def info(*, as_json: bool) -> int:
    """Print it; exit code 1 if the model is not the one that was shipped."""
    content = collect()
    if as_json:
        put(json.dumps(content))
    else:
        for key, value in content.items():
            if isinstance(value, dict):
                put(f"{key}:")
                for name, item in value.items():
                    put(f"  {name}: {item}")
            else:
                put(f"{key}: {value}")
    return 0 if content["model"]["as_shipped"] else 1
