"""Descriptions are not numbers: adding or multiplying them is answered by what to do instead."""

from typing import Any, ClassVar, NoReturn

from mftheory.errors import InvalidCall

OF_COUPLINGS = (
    "couplings are not added or multiplied: give a strength as an argument, such as IID(4.0); one network with both is "
    "mf.Given(first.sample(n, 0).dense() + second.sample(n, 1).dense()), and the theory of a sum that of a "
    "mf.GaussianEnsemble"
)


OF_ENSEMBLES = (
    "ensembles are not added or multiplied: declare one mf.GaussianEnsemble with the populations, couplings and "
    "covariances of both"
)
OF_OPERATORS = (
    "an operator is one field times a weight, such as 2 * D * x.activity: it is multiplied by numbers and parameters "
    "only; a sum of two is two couplings"
)
OF_PARTS = "parts of an ensemble are not added or multiplied: multiply a field of a population, such as D * x.activity"


class NoArithmetic:
    """A class without arithmetic: its operators say in one line what to do instead, to NumPy's arrays too."""

    _instead: ClassVar[str] = OF_COUPLINGS
    __array_ufunc__ = None

    def _refuse(self, *_: Any) -> NoReturn:
        raise InvalidCall(f"{type(self).__name__}: {self._instead}")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __matmul__ = __rmatmul__ = __pow__ = __neg__ = __abs__ = _refuse
