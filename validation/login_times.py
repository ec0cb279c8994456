"""Whether the time of a refused log-in tells whether there is such a name: ``python -m validation.login_times``.

Names of accounts with a password, with a passkey alone, of a deleted one and an unknown one are tried in turn, each
with a wrong password, at the door of a casebook of its own with the passwords' real hashing. Time is the processor's,
so that other programs on the computer do not matter. Fails where a kind of name can be told from an unknown one
(Mann-Whitney, two-sided, p < 0.001) by more than a hundredth of the time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from numpy import median
from scipy.stats import mannwhitneyu

TRIES = 40
_TELLING_P, _TELLING_SHARE = 0.001, 0.01
_UNKNOWN = "nobody"


def main() -> int:
    """Try, print the times, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="casebook-") as folder:
        times = _times(Path(folder))
    telling = False
    print(f"{TRIES} refused log-ins each, processor time")
    for name, taken in times.items():
        p = float(mannwhitneyu(taken, times[_UNKNOWN]).pvalue) if name != _UNKNOWN else 1.0
        middle = float(median(taken))
        apart = middle / float(median(times[_UNKNOWN])) - 1.0
        telling |= p < _TELLING_P and abs(apart) > _TELLING_SHARE
        print(f"{name:10}  median {1000 * middle:7.1f} ms  against unknown {100 * apart:+.2f} %  p = {p:.3f}")
    print("A kind of name can be told from an unknown one." if telling else "No kind of name can be told.")
    return int(telling)


def _times(folder: Path) -> dict[str, list[float]]:
    from facialis.app.place import Place
    from facialis.app.start import prepare

    prepare(Place(folder))
    from django.db import connection
    from django.test import Client

    from facialis.app.accounts.deeds import close_account
    from facialis.app.accounts.models import Account, FailedLogin

    for name in ("password", "passkey", "deleted"):
        account = Account(name=name)
        account.set_password("cherry boat lamp" if name != "passkey" else None)
        account.save()
        if name == "deleted":
            close_account(account)
    client = Client(SERVER_NAME="localhost")
    times: dict[str, list[float]] = {name: [] for name in ("password", "passkey", "deleted", _UNKNOWN)}
    for _ in range(TRIES + 1):
        for name, taken in times.items():
            FailedLogin.objects.all().delete()
            begun = time.process_time()
            answer = client.post("/login/", {"name": name, "password": "wrong"})
            taken.append(time.process_time() - begun)
            assert answer.status_code == 422
    connection.close()
    return {name: taken[1:] for name, taken in times.items()}  # the first of each loads what is needed


if __name__ == "__main__":
    sys.exit(main())
