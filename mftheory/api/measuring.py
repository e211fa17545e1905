"""`mftheory.measure`: the measurement of activity that was recorded elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from mftheory.arguments import checked_call

if TYPE_CHECKING:
    from mftheory.results.recording import Recording


@checked_call
def measure(
    activity: ArrayLike,
    interval: float = 1.0,
    max_lag: float = 0.0,
    *,
    stretches: int | None = None,
    gap: float | None = None,
) -> Recording:
    """Measure recorded activity as simulations are measured: unbiased C and Ψ, with standard errors.

    Parameters
    ----------
    activity : array of shape (stretches, times, neurons), or (times, neurons)
        Activity of simultaneously recorded neurons, in any units, sampled at equal intervals. Stretches are
        independent of each other, at least 5 (trials, or pieces of a recording far apart); one long recording is cut
        into such pieces. No NaN.
    interval : float
        Time between samples, in any unit: the unit of all times.
    max_lag : float
        Longest lag of C and Ψ; costs grow with its square. Products are taken within blocks of times as long as that,
        so the estimates at lag 0 change with it too, within their errors.
    stretches : int, optional
        Pieces to cut one recording into; 20 by default.
    gap : float, optional
        Time left out between them; by default until C(τ) has fallen to a tenth of C(0).

    Returns
    -------
    Recording

    Raises
    ------
    InvalidNetwork
        Naming the argument, if one is out of range, or the recording is too short to be cut.

    Warns
    -----
    UserWarning
        If there are more neurons than samples, as when the axes are exchanged, or neurons that never vary. If the
        recording is not stationary: a trend of means or of the variance from stretch to stretch, or a course of time
        that all stretches share, either of at least 1% of the variance and less likely than 10⁻⁴ by chance; the result
        keeps these in ``.warnings``. Of fewer than 7 stretches no trend can be told from chance.

    Notes
    -----
    Assumes stationary activity, the same in all stretches: every neuron's mean is subtracted, what all stretches share
    in time (a response to a stimulus) is not and would be taken for covariance. Any number of a circuit's N neurons may
    have been recorded, chosen without regard to their covariances. Theory §1, §8; the guide on recordings says what
    such numbers mean for a network.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.IID(3.0))
    >>> run = mf.simulate(net, n=200, seed=0, trajectories=16, duration=100.0, keep_states=True)
    >>> seen = mf.measure(net.nonlinearity(run.states[:, :, :100]), interval=run.sampling_interval)
    >>> seen.neurons, seen.stretches, abs(seen.dimension(200).z(run.dimension("phi").value)) < 3
    (100, 16, True)
    """
    from mftheory.simulation.recorded import measure_recording

    return measure_recording(activity, interval, max_lag, stretches, gap)
