"""The verbs: thin functions that check a call, and hand it to the packages that answer it.

In: what a user gives. Out: a result of `mftheory.results`, or an error of `mftheory.errors`. Each verb has its module:
`solving` (with `ensemble_problem` for an ensemble of one's own), `listing_states`, `simulating`, `comparing`,
`sweeping` (whose workers call `work`), `planning`, `predicting`, `measuring`, `loading`, `citing`, `method`. Read
`solving` first.
"""

from mftheory.api.comparing import compare
from mftheory.api.planning import plan
from mftheory.api.predicting import predict
from mftheory.api.simulating import simulate
from mftheory.api.solving import solve
from mftheory.api.sweeping import sweep

__all__ = ["compare", "plan", "predict", "simulate", "solve", "sweep"]
