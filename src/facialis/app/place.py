"""Where a casebook lies on the disk: one folder that only its user can read, with one place for each kind of thing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facialis.core.errors import OutputError
from facialis.core.messages import reason, said
from facialis.core.temporary import remove_leftovers

__all__ = ["Place", "default_folder"]

_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.rclone", "davfs"}
_MOUNTS = Path("/proc/self/mounts")


def default_folder() -> Path:
    """The folder that the system keeps for what programs store about their user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "facialis"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "facialis"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "facialis"


@dataclass(frozen=True)
class Place:
    """The folder of a casebook and what lies in it."""

    root: Path

    @property
    def database(self) -> Path:
        """Everything but films and results."""
        return self.root / "casebook.sqlite3"

    @property
    def secret(self) -> Path:
        """The key that signs sessions."""
        return self.root / "secret.key"

    @property
    def vault(self) -> Path:
        """The key of the installation, which opens those of people."""
        return self.root / "vault.key"

    @property
    def demo(self) -> Path:
        """The key of the demo's door; there is none in any other casebook."""
        return self.root / "demo.key"

    @property
    def demo_key(self) -> str:
        """What the demo's door is opened with; empty in any other casebook."""
        return self.demo.read_text(encoding="ascii").split()[0] if self.demo.is_file() else ""

    @property
    def door(self) -> str:
        """The path to begin with: the demo's door, else nothing."""
        return f"/demo/{self.demo_key}/" if self.demo_key else ""

    @property
    def backup_key(self) -> Path:
        """The key that opens automatic backups."""
        return self.root / "backup.key"

    @property
    def restored(self) -> Path:
        """A mark that it came out of a backup and has not been opened since."""
        return self.root / "restored"

    @property
    def recordings(self) -> Path:
        """Films and what was measured in them, each in a folder of a random name."""
        return self.root / "recordings"

    @property
    def incoming(self) -> Path:
        """Uploads that are not whole yet."""
        return self.root / "incoming"

    @property
    def bundles(self) -> Path:
        """Bundles of other casebooks that come in or wait for a yes, still encrypted."""
        return self.root / "bundles"

    @property
    def inbox(self) -> Path:
        """Films that are to be taken in: a folder for each person."""
        return self.root / "inbox"

    @property
    def progress(self) -> Path:
        """How far each job is: beside the database, so that it is not written to several times per second."""
        return self.root / "progress"

    @property
    def practice(self) -> Path:
        """Films of a made face with which raters practise: nobody's, so not encrypted."""
        return self.root / "practice"

    @property
    def backups(self) -> Path:
        """Copies of the database from before it was changed to a new form."""
        return self.root / "backups"

    @property
    def temporary(self) -> Path:
        """What is made for a moment: folders to read or to hand out."""
        return self.root / "temporary"

    def make(self) -> None:
        """Make what is missing, readable for the user alone.

        Raises
        ------
        OutputError
            The folder cannot be made or written, or lies on another computer: a database is not safe there.
        """
        kind = _file_system(self.root)
        if kind in _REMOTE:
            raise OutputError(**said("casebook_remote", folder=self.root, kind=kind))
        try:
            for folder in (
                self.root,
                self.recordings,
                self.incoming,
                self.bundles,
                self.inbox,
                self.progress,
                self.practice,
                self.backups,
                self.temporary,
            ):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
            remove_leftovers(self.temporary)
        except OSError as error:
            why, advice = reason(error)
            raise OutputError(**said("casebook_not_written", folder=self.root, why=why, advice=advice)) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one program at a time.

        Raises
        ------
        OutputError
            Another one holds it.
        """
        handle = os.open(self.root / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(handle):
                raise OutputError(**said("casebook_in_use", folder=self.root))
            yield
        finally:
            os.close(handle)


def _locked(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on, empty where the system does not say."""
    try:
        rows = [line.split() for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    place = Path(os.path.realpath(folder))
    found = [
        (len(row[1]), row[2])
        for row in rows
        if len(row) > 2 and place.is_relative_to(row[1].encode().decode("unicode_escape"))
    ]
    return max(found)[1] if found else ""
