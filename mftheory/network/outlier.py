"""An eigenvalue of one J that stands apart from all others: of a mode on which activity may condense."""

import numpy as np

from mftheory.network.couplings import Couplings

POWER_ITERATIONS = (
    40  # of the power iteration: reaches RELATIVE_TOLERANCE where the next eigenvalue is below 0.85 of the first
)
RELATIVE_TOLERANCE = 1e-3


def outlying_eigenvalue(J: Couplings) -> float | None:
    """Return the eigenvalue of largest modulus, if it is real, positive and apart from all others; None if not.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.network.outlier import outlying_eigenvalue
    >>> bulk = mf.IID(1.5).sample(100, 0).dense()
    >>> outlying_eigenvalue(mf.Given(bulk).sample(100, 0)) is None
    True
    >>> 4.0 < outlying_eigenvalue(mf.Given(bulk + 4 / 100).sample(100, 0)) < 4.5
    True
    """
    v = np.random.default_rng(0).standard_normal(J.n)
    for _ in range(POWER_ITERATIONS):
        image = np.asarray(J @ v, dtype=np.float64)
        length = float(np.linalg.norm(image))
        if length == 0:
            return None
        v = image / length
    image = np.asarray(J @ v, dtype=np.float64)
    value = float(v @ image)
    apart = value > 0 and float(np.linalg.norm(image - value * v)) < RELATIVE_TOLERANCE * value
    return value if apart else None
