"""Calculates the intervals of simulated experiments again: python judge.py CSV MEAN LIFT prints the figures, as JSON.

Fails if an interval or a probability of the sample ratio in the CSV is another one.
"""

import csv
import json
import sys

import numpy as np
from scipy.integrate import quad
from scipy.special import betaln, lambertw
from scipy.stats import norm

ALPHA = 0.05
TUNED_VIEWERS = 5000
PRIOR_VIEWERS = 1000
TUNING = float(-lambertw(-(ALPHA**2) / np.e, k=-1).real - 1)


def factor(viewers):
    information = TUNING * viewers / TUNED_VIEWERS
    return np.sqrt((1 + 1 / information) * np.log((1 + information) / ALPHA**2))


def check_boundary() -> None:
    """At the boundary, the mixture of the likelihood ratios over normal drifts is 1 / ALPHA."""
    for viewers in (200, TUNED_VIEWERS, 100_000):
        score, scale = factor(viewers) * np.sqrt(viewers), np.sqrt(TUNING / TUNED_VIEWERS)
        ratio = lambda drift: np.exp(drift * score - drift**2 * viewers / 2) * norm.pdf(drift, scale=scale)
        mixture, _ = quad(ratio, -8 * scale, 8 * scale, limit=200, points=[score / viewers])
        if abs(mixture * ALPHA - 1) > 1e-3:
            raise SystemExit(f"the boundary at {viewers} viewers has the mixture {mixture}, not {1 / ALPHA}")


def near(what: str, ours, theirs, scale) -> None:
    worst = np.max(np.abs(ours - theirs) / scale)
    if not worst < 1e-4:
        raise SystemExit(f"{what}: the largest difference is {worst}")


def judge(path: str, mean: float, lift: float) -> dict:
    check_boundary()
    rows = list(csv.DictReader(open(path, encoding="utf8")))
    column = lambda name: np.array([float(row[name] or "nan") for row in rows])
    kinds, runs = np.array([row["kind"] for row in rows]), np.array([int(row["run"]) for row in rows])
    n, total, squares = ([column(f"{name}{group}") for group in (0, 1)] for name in ("n", "sum", "squares"))
    means = [total[group] / n[group] for group in (0, 1)]
    errors = [(squares[group] - total[group] ** 2 / n[group]) / (n[group] - 1) / n[group] for group in (0, 1)]
    reach = factor(n[0] + n[1])
    known = ~np.isnan(column("lower"))
    half = reach * np.sqrt(errors[0] + errors[1])
    difference = means[1] - means[0]
    half_log = reach * np.sqrt(errors[0] / means[0] ** 2 + errors[1] / means[1] ** 2)
    log_ratio = np.log(means[1] / means[0])
    bounds = {
        "lower": difference - half,
        "upper": difference + half,
        "liftLower": np.expm1(log_ratio - half_log),
        "liftUpper": np.expm1(log_ratio + half_log),
    }
    for name, theirs in bounds.items():
        near(name, column(name)[known], theirs[known], (half_log if name.startswith("lift") else half)[known])
    if not np.array_equal(known, np.minimum(n[0], n[1]) >= 100):
        raise SystemExit("an interval is missing, or has too few viewers")

    fixed = 2 * (norm.ppf(1 - ALPHA / 2) + norm.ppf(0.8)) ** 2 * (2 * mean * (2 + lift)) / (mean * lift) ** 2
    if np.max(n[0] + n[1]) > 2 * np.ceil(fixed) + 4:
        raise SystemExit(f"a run has {np.max(n[0] + n[1])} viewers, more than twice {fixed}")

    evidence = betaln(PRIOR_VIEWERS / 2 + n[0], PRIOR_VIEWERS / 2 + n[1]) - betaln(PRIOR_VIEWERS / 2, PRIOR_VIEWERS / 2)
    evidence += (n[0] + n[1]) * np.log(2)
    count, per_kind = len(set(runs)), {}
    for kind in ("same", "more"):
        of = [np.flatnonzero((kinds == kind) & (runs == run)) for run in range(count)]
        probability = np.array([np.exp(-max(0, np.max(evidence[days]))) for days in of])
        near("ratioP", column("ratioP")[[days[-1] for days in of]], probability, probability)
        decided = [np.any((bounds["lower"] > 0)[days] | (bounds["upper"] < 0)[days], where=known[days]) for days in of]
        inside = (bounds["liftLower"] <= lift) & (bounds["liftUpper"] >= lift)
        covered = [np.all(inside[days], where=known[days]) for days in of]
        per_kind[kind] = [100 * float(np.mean(values)) for values in (decided, covered, probability < 0.01)]
    return {
        "falsePositive": per_kind["same"][0],
        "power": per_kind["more"][0],
        "coverage": per_kind["more"][1],
        "sampleRatioAlarms": max(per_kind[kind][2] for kind in per_kind),
    }


print(json.dumps(judge(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))
