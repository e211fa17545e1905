"""Has a run forgotten its initial condition? Its parts are compared."""

import numpy as np

from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, leave_one_out_mean, leave_one_out_pair_mean, normal_deviate
from mftheory.simulate.estimators import Samples

BURN_IN = 40.0
"""Relaxation times of a neuron discarded by default. C(0) is then within 0.1% of its limit and Ψ(0,0) within 1% for
g_eff >= 3 (leaky units)."""

THRESHOLD = 4.0
"""Drift, in standard errors, above which a run counts as not equilibrated. By chance: about one run in 10⁴."""

NEGLIGIBLE = 1e-3
"""Relative change that is no drift, however many standard errors: fixed points and cycles have next to no error."""


def drift(samples: Samples) -> float:
    """Change of C^φ(0) or Ψ^φ(0,0) between the halves of the samples, whichever is larger, in standard errors.

    Trajectories are independent, so the errors are a jackknife over them, their small number allowed for. A drift
    slower than the whole run is not seen: near the onset of chaos, lengthen `duration` and compare.
    """
    middle = samples.times // 2
    if middle < 2:
        return 0.0
    halves = (0, middle), (middle, samples.times)
    two = [samples.two_point("phi", 0, span) for span in halves]
    four = [samples.pair_products("phi", 0, 0, span) for span in halves]
    change = two[1] - two[0]
    scores = [
        _score(jackknife(float(change.mean()), leave_one_out_mean(change)), float(two[1].mean()), samples),
        _score(jackknife(*leave_one_out_pair_mean(four[1] - four[0])), leave_one_out_pair_mean(four[1])[0], samples),
    ]
    return max(scores)


KEPT = 0.02
"""Fraction of C^φ(0) in means that trajectories keep to themselves, above which a run counts as having attractors."""


def attractors(samples: Samples) -> float:
    """Fraction of C^φ(0) that lies in means which each trajectory keeps to itself; 0 if that may be chance.

    Trajectories that share one attractor have the same long-time means, so that what the first and the last third of a
    trajectory deviate from the average of all is independent. Where φ is odd nothing is subtracted and nothing looked
    for.
    """
    third = samples.times // 3
    if not samples.centred or third < 1:
        return 0.0
    first, last = (samples.observable("phi", *span) for span in ((0, third), (samples.times - third, samples.times)))
    first, last = (part.mean(axis=1, dtype=np.float64) for part in (first, last))
    kept = np.mean((first - first.mean(axis=0)) * (last - last.mean(axis=0)), axis=1)
    found = jackknife(float(kept.mean()), leave_one_out_mean(kept))
    variance = float(samples.two_point("phi", 0).mean())
    if variance == 0 or found.error == 0 or normal_deviate(found.z(0.0), samples.trajectories - 1) < THRESHOLD:
        return 0.0
    return found.value / variance


def _score(change: Estimate, value: float, samples: Samples) -> float:
    if abs(change.value) <= NEGLIGIBLE * abs(value) or change.error == 0:
        return 0.0
    return abs(normal_deviate(change.z(0.0), samples.trajectories - 1))
