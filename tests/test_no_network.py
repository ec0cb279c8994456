"""Nothing in facialis reaches for a network."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard import sealed

SEALED = Path(sealed.__file__)


def test_guard_refuses_connections_here_and_in_children(tmp_path: Path) -> None:
    log = tmp_path / "attempts.log"
    child = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"],
        env=os.environ | {"FACIALIS_TEST_NETWORK_LOG": str(log)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 1
    assert "the tests allow no network" in child.stderr
    assert "socket.getaddrinfo" in log.read_text()


def test_guard_refuses_look_ups_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACIALIS_TEST_NETWORK_LOG", str(tmp_path / "attempts.log"))
    with pytest.raises(PermissionError, match="no network"):
        socket.getaddrinfo("example.invalid", 80)


@pytest.mark.skipif(not sealed.possible(), reason="needs Linux on x86-64 or arm64")
def test_seal_kills_whoever_makes_an_internet_socket() -> None:
    made = subprocess.run(
        [sys.executable, str(SEALED), sys.executable, "-c", "import socket; socket.socket(socket.AF_INET)"], check=False
    )
    assert made.returncode == -signal.SIGSYS
    local = subprocess.run(
        [sys.executable, str(SEALED), sys.executable, "-c", "import socket; socket.socket(socket.AF_UNIX).close()"],
        check=False,
    )
    assert local.returncode == 0


@pytest.mark.skipif(not sealed.possible(), reason="needs Linux on x86-64 or arm64")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_analysis_does_not_even_try(clips: Path, tmp_path: Path, jobs: int) -> None:
    # Two recordings, so that two jobs are two workers; the second is refused early.
    arguments = ["-m", "facialis", "analyse", str(clips / "face.mp4"), str(clips / "text.mp4"), "--jobs", str(jobs)]
    done = subprocess.run(
        [sys.executable, str(SEALED), sys.executable, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert (tmp_path / "facialis-out" / "face" / "report.html").stat().st_size > 0


def test_no_page_refers_to_another_host(clips: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "facialis", "analyse", str(clips / "face.mp4"), "--quiet"], cwd=tmp_path, check=True
    )
    page = (tmp_path / "facialis-out" / "face" / "report.html").read_text(encoding="utf-8")
    loads = re.findall(
        r"""(?:src|srcset|data|action|poster)\s*=\s*["']?(?!data:|#)[^"'\s>]+|@import|url\((?!["']?(?:data:|#))""", page
    )
    links = re.findall(r"<link\b[^>]*>", page)
    assert [item for item in loads if "//" in item or "@import" in item or "url(" in item] == []
    assert [item for item in links if "//" in item] == []
