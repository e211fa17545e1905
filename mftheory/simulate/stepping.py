"""What every integrator is made of: the protocol, the noise of a step, the check of its outcome."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged


class Stepper(Protocol):
    """Advances a batch of states in time."""

    x: NDArray[Any]

    def advance(self, steps: int) -> None: ...


class Noise:
    """Independent normal numbers of a given scale, at the precision of the state."""

    def __init__(self, scale: float, like: NDArray[Any], stream: np.random.Generator | None) -> None:
        self.scale = like.dtype.type(scale)
        self._stream = np.random.default_rng(0) if stream is None else stream
        self._numbers = np.empty_like(like) if scale > 0 else like

    def draw(self) -> NDArray[Any]:
        """New numbers, in an array that the next call overwrites."""
        self._stream.standard_normal(out=self._numbers, dtype=self._numbers.dtype)
        self._numbers *= self.scale
        return self._numbers

    def kick(self, x: NDArray[Any]) -> None:
        """Add new numbers to x; without noise, nothing."""
        if self.scale > 0:
            x += self.draw()


def check_finite(x: NDArray[Any]) -> None:
    """Stop a run whose state overflowed."""
    if not np.isfinite(np.sum(x, dtype=np.float64)):
        raise NotConverged("the simulated state is no longer finite: reduce dt, or check the couplings")
