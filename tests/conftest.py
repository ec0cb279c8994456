"""What every test gets: no network, the footage where there is any, and no unexplained skips."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A time limit for single examples would fail whichever test is the first to wait for a function to be compiled.
settings.register_profile("facialis", deadline=None)
settings.load_profile("facialis")

pytest_plugins = ("tests.recordings",)

ROOT = Path(__file__).resolve().parent.parent
GUARD = Path(__file__).resolve().parent / "guard"

# A skip on a continuous-integration machine is a failure unless its reason starts with one of these.
EXPLAINED_SKIPS = ("needs footage", "needs Linux")

_unexplained: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    log = Path(config.rootpath) / ".pytest_cache" / f"network-{os.getpid()}.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    os.environ["FACIALIS_TEST_NETWORK_LOG"] = str(log)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(GUARD), *filter(None, [os.environ.get("PYTHONPATH")])])
    os.environ["BROWSER"] = "false"  # no test opens a browser
    spec = importlib.util.spec_from_file_location("facialis_network_guard", GUARD / "sitecustomize.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fails any test in which this process or a child of it tried to reach a network, even if it hid the failure."""
    yield
    log = Path(os.environ["FACIALIS_TEST_NETWORK_LOG"])
    if log.exists():
        attempts = log.read_text(encoding="utf-8")
        log.unlink()
        pytest.fail(f"network attempts:\n{attempts}", pytrace=False)


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of real recordings, from FACIALIS_FOOTAGE or beside the repository; skips where there is none."""
    folder = Path(os.environ.get("FACIALIS_FOOTAGE") or ROOT.parent / "shared" / "footage")
    if not folder.is_dir():
        pytest.skip("needs footage of real people, which is not part of the project")
    return folder


@pytest.hookimpl
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if not reason.startswith(EXPLAINED_SKIPS):
            _unexplained.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if _unexplained and os.environ.get("CI") and exitstatus == 0:
        sys.stderr.write("\nskipped without a listed reason:\n" + "\n".join(_unexplained) + "\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
