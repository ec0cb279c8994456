"""The course on its grid against NUTS on the same model without a grid (NumPyro), on a dozen made courses.

Each has one wandering and one number of jumps of one kind, in turn, and likelihoods count in full; all else is as in
numeric/statistics/trends and scatter, and the rate is continuous.

It needs what facialis does not: `pip install numpyro`, then `python -m validation.course_oracle`. Minutes a course.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from facialis.core.calendar import YEAR_DAYS
from facialis.numeric.statistics import scatter, trends
from facialis.numeric.statistics.daily import Daily, by_day
from facialis.numeric.statistics.trends import fit_trend
from validation.course_worlds import KINDS, make_course
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin

__all__ = ["run"]

Array = NDArray[np.float64]

_TAIL = 0.05
_JUMP_SD = 3.0
_Z = np.linspace(-5.5, 5.5, 1101)
# One wandering and one number of jumps a course, in turn: a sampler cannot be trusted to weigh them.
_FIXED = ((0.08, 0.05), (0.3, 0.9), (0.7, 6.0), (1.5, 0.9))


def _steps(gap_years: float) -> Array:
    """What a standard normal becomes, so that it is a step of the walk or, now and then, a jump (no mode to miss)."""
    jumped = 1 - np.exp(-trends._JUMPS[0] * gap_years)
    x = np.sinh(np.linspace(-11, 11, 40_001)) * 5e-4
    near = special.ndtr(x / (trends._WANDER[0] * np.sqrt(gap_years)))
    chance = (1 - jumped) * near + jumped * special.ndtr(x / _JUMP_SD)
    return np.asarray(np.interp(special.ndtr(_Z), chance, x))


def _model(npy: Any, dist: Any, jnp: Any, jsp: Any, daily: Daily, now: float) -> Any:
    """The densities of numeric/trends with all grids made continuous or summed over."""
    days = np.unique(np.append(daily.days, now))
    gaps = np.diff(days) / YEAR_DAYS
    index = np.searchsorted(days, daily.days)
    age = (days - daily.days.mean()) / YEAR_DAYS
    normal = _Z
    kinds = scatter.SCATTERS
    table = jnp.array([_steps(float(gap)) for gap in gaps])

    def model() -> None:
        first = npy.sample("first", dist.Normal(*trends._LEVEL))
        drift = jnp.array(trends._DRIFT)
        z = npy.sample("z", dist.Normal(0, 1).expand([len(gaps)]))
        place = jnp.clip((z - normal[0]) / (normal[1] - normal[0]), 0, len(normal) - 1.001)
        cell = jnp.floor(place).astype(int)
        rows = jnp.arange(len(gaps))
        steps = table[rows, cell] + (place - cell) * (table[rows, cell + 1] - table[rows, cell])
        path = first + jnp.concatenate([jnp.zeros(1), jnp.cumsum(steps)])
        # Scatter and drift are summed over as they stand in the grid.
        x = path[index][None, None, :] + drift[None, :, None] * age[index]
        log_mean = x + jnp.log(daily.seen_min[0])
        y = daily.counts

        def counted(log_mean: Any, variance: Any) -> Any:
            shape = 1.0 / (variance[:, None, None] * daily.spread)
            ratio = jnp.exp(log_mean) / shape
            chance = y * (jnp.log(ratio) - jnp.log1p(ratio)) - shape * jnp.log1p(ratio)
            return chance + jsp.gammaln(y + shape) - jsp.gammaln(shape)

        usual = log_mean - np.log(kinds.mean)[:, None, None]
        log_like = np.log1p(-kinds.burst - kinds.empty)[:, None, None] + counted(usual, kinds.usual**2)
        for share, (times, own) in ((kinds.burst, scatter._BURST), (kinds.empty, scatter._EMPTY)):
            other = counted(usual + np.log(times), np.full(len(share), own**2))
            log_like = jnp.logaddexp(log_like, np.log(share)[:, None, None] + other)
        log_like = log_like.sum(2)
        weight = np.log(np.outer(kinds.weight, np.asarray(trends._DRIFT_WEIGHTS)))
        total = log_like + weight
        npy.factor("counts", jsp.logsumexp(total))
        npy.deterministic("drift_share", jnp.exp(total - jsp.logsumexp(total)).sum(0))
        npy.deterministic("ends", path[jnp.array([0, len(days) - 1])])

    return model, age


def _sampled(daily: Daily, now: float, draws: int, seed: int) -> tuple[Array, Array]:
    npy, dist = importlib.import_module("numpyro"), importlib.import_module("numpyro.distributions")
    infer, jax = importlib.import_module("numpyro.infer"), importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    jnp, jsp = importlib.import_module("jax.numpy"), importlib.import_module("jax.scipy.special")
    model, age = _model(npy, dist, jnp, jsp, daily, now)
    start = {
        "first": float(np.log((daily.counts[0] + 0.5) / daily.seen_min[0, 0])),
        "z": np.full(len(age) - 1, 1e-2),
    }
    kernel = infer.NUTS(
        model, target_accept_prob=0.9, max_tree_depth=9, init_strategy=infer.init_to_value(values=start)
    )
    run = infer.MCMC(kernel, num_warmup=draws, num_samples=draws, num_chains=1, progress_bar=False)
    run.run(jax.random.PRNGKey(seed))
    found = {key: np.asarray(value) for key, value in run.get_samples().items()}
    rng = np.random.default_rng(seed)
    share = found["drift_share"]
    drawn = (rng.random(len(share))[:, None] > np.cumsum(share / share.sum(1, keepdims=True), axis=1)).sum(1)
    drift = np.asarray(trends._DRIFT)[np.minimum(drawn, len(trends._DRIFT) - 1)]
    first, last = found["ends"][:, 0] + drift * age[0], found["ends"][:, 1] + drift * age[-1]
    return last, last - first


def run(trial: Trial) -> Outcome:
    """A dozen courses (two with ``--quick``): middles and ends of the intervals, in log."""
    rows, off, ends = [], [], []
    many = 2 if trial.quick else 12
    for k in range(many):
        made = make_course(KINDS[k % 5], 77_000 + k, judged=False, sessions=(8, 15, 25)[k % 3])
        file = made.casefile
        days = np.array([(row.day - made.first).days for row in file.sessions], float)
        counts = np.array([row.twitches for row in file.sessions], float)
        minutes = np.array([row.usable_min for row in file.sessions], float)
        daily = by_day(days, counts, minutes, np.ones((1, len(days))), np.zeros(len(days)))
        now = float((file.as_of - made.first).days)
        wander, jumps = _FIXED[k % len(_FIXED)]
        trends._WANDER, trends._WANDER_WEIGHTS = (wander,), (1.0,)  # type: ignore[assignment]
        trends._JUMPS, trends._JUMP_WEIGHTS = (jumps,), (1.0,)  # type: ignore[assignment]
        trends._JUMP_SIZES, trends._TRUST, trends._ALIKE = ((_JUMP_SD, 1.0),), 1.0, 0.0  # type: ignore[assignment]
        trend = fit_trend(daily, np.ones(1), start=0.0, now=now, asked=np.zeros(0))
        last, change = _sampled(daily, now, 300 if trial.quick else 3000, k)
        cells = [file.name]
        for mass, sample in ((trend.now, last), (trend.change, change)):
            ours = [mass.quantile(p) for p in (_TAIL, 0.5, 1 - _TAIL)]
            theirs = [float(v) for v in np.quantile(sample, [_TAIL, 0.5, 1 - _TAIL])]
            width = max(theirs[2] - theirs[0], 0.1)
            off.append(abs(ours[1] - theirs[1]) / width)
            ends.append(max(abs(ours[0] - theirs[0]), abs(ours[2] - theirs[2])) / width)
            cells += [" ".join(f"{v:.2f}" for v in ours), " ".join(f"{v:.2f}" for v in theirs)]
        rows.append(tuple(cells))
        trial.say(" | ".join(cells))
    head = ("course", "now: grid", "now: NUTS", "change: grid", "change: NUTS")
    middle, end = float(np.median(off)), float(np.median(ends))
    return Outcome(
        name="course_oracle",
        title="The grid against NUTS",
        about="Logs: 5 %, 50 %, 95 %.",
        command=trial.command("course_oracle"),
        tables=[Table(title="Log of the rate now, and of its change", head=head, rows=tuple(rows))],
        goals=[
            Goal(what="middle off by, share of the interval's width (median)", value=middle, most=0.05, digits=3),
            Goal(what="ends off by, share of the interval's width (median)", value=end, most=0.1, digits=3),
        ],
    )


if __name__ == "__main__":
    told = begin("validation.course_oracle", __doc__, needs_footage=False, seeds=1)
    outcome = run(told)
    told.end([outcome])
    sys.exit(finish([outcome]))
