"""Predicted cross spectra of one given network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import Unsupported
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.functions import checked_observable
from mftheory.results.participation import participation_ratio
from mftheory.results.result import Result
from mftheory.results.schema import stored
from mftheory.results.to_dataset import to_dataset

if TYPE_CHECKING:
    import xarray


class Multiplies(Protocol):
    """One J, gains absorbed, that multiplies arrays."""

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]: ...


class EqualTimes(Protocol):
    """Covariances of one J at equal times."""

    def covariance(self, observable: str) -> NDArray[np.float64]:
        """Return C^a_ij(τ = 0) of "phi" or "x", shape (n, n)."""
        ...

    def diagnosis(self, covariances: Mapping[str, NDArray[np.float64]]) -> Diagnosis:
        """Return what the covariances of "phi" and "x" say of the assumptions."""
        ...


_TIME = "time constant"


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class LinearEquivalent(Result):
    """Cross spectra that the linear-equivalent network predicts for one J, from `mftheory.linear_equivalent`.

    `C^a_ij(ω) = ∫ dτ e^{-iωτ} ⟨a_i(t) a_j(t+τ)⟩`, in units of the neurons' time constant.

    Attributes
    ----------
    omega : array of shape (k,)
        Frequencies, radians per time constant.
    C, S : arrays of shape (k,) or (k, n)
        The order parameters used: C^φ and S^φ of single neurons.
    Q, R : arrays of shape (k,)
        Spectrum of the cavity field and kernel of the self-coupling.
    phi : array of shape (k, n, n), complex
        C^φ_ij(ω).
    weights : mapping of str to array of shape (n,)
        With gains, "Phi" (G_i) and "readout" (w_i): those observables are the weights times φ.
    couplings : Couplings
        J_ij G_j.
    transfer : array of shape (k,)
        H(ω) of the single neurons.
    noise : float
        σ, intensity of independent white noise.
    responses : array of shape (k, n, n), or None without noise
        F_ij(ω), response of φ_i to the input of neuron j.
    at_equal_times : EqualTimes or None
        Covariances at equal times, where the order parameters are known at all frequencies.
    network : Network or None
        The network of these order parameters; None for a J of no known network.
    seed : int or None
        The seed of J, for an ensemble.
    origin : mapping or None
        Where a result that was read from a file came from: versions, date, machine.
    """

    omega: NDArray[np.float64] = field(metadata=stored("angular frequency ω", f"rad / {_TIME}", "omega"))
    C: NDArray[np.float64] = field(
        metadata=stored("order parameter C(ω) of φ of single neurons", _TIME, "omega neuron")
    )
    S: NDArray[np.complex128] = field(
        metadata=stored("order parameter S(ω), response of φ of single neurons", dims="omega neuron")
    )
    Q: NDArray[np.float64] = field(metadata=stored("spectrum of the cavity field", _TIME, "omega"))
    R: NDArray[np.complex128] = field(metadata=stored("kernel of the self-coupling", dims="omega"))
    phi: NDArray[np.complex128] = field(
        metadata=stored("C_ij(ω) of φ, complex and Hermitian", _TIME, "omega neuron other_neuron", name="cross_spectra")
    )
    weights: Mapping[str, NDArray[np.float64]] = field(
        metadata=stored("{key} is this times φ", dims="neuron", name="weight")
    )
    couplings: Multiplies
    transfer: NDArray[np.complex128] = field(metadata=stored("H(ω) of the single neurons", dims="omega"))
    noise: float = field(default=0.0, metadata=stored())
    responses: NDArray[np.complex128] | None = field(
        default=None,
        metadata=stored("response of φ_i to input of neuron j", dims="omega neuron other_neuron"),
    )
    at_equal_times: EqualTimes | None = None
    network: Any = None
    seed: int | None = field(default=None, metadata=stored())
    origin: Mapping[str, Any] | None = None
    _equal_times: dict[str, NDArray[np.float64]] = field(
        init=False,
        default_factory=dict,
        metadata=stored("covariances of {key} at equal times", dims="neuron other_neuron", name="equal_time"),
    )
    _diagnosis: Diagnosis | None = field(init=False, default=None, metadata=stored(name="diagnosis", as_json=True))

    _hidden = frozenset({"at_equal_times"})

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.phi.shape[1])

    @property
    def observables(self) -> tuple[str, ...]:
        """The observables: "phi", "x"; with gains also "Phi" and "readout"."""
        return ("phi", "x", *self.weights)

    def cross_spectra(self, observable: str = "phi") -> NDArray[np.complex128]:
        """Return C^a_ij(ω) at every frequency, Hermitian, shape (k, n, n).

        Raises
        ------
        InvalidNetwork
            If the observable is not one of `observables`.
        """
        checked_observable(observable, self.observables)
        if observable == "phi":
            return self.phi
        return np.stack([self._matrix(observable, k) for k in range(self.omega.size)])

    def spectrum(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return (1/N) Σ_i C^a_ii(ω), shape (k,). Raises as `cross_spectra` does."""
        checked_observable(observable, self.observables)
        return np.array([np.mean(np.diagonal(self._matrix(observable, k)).real) for k in range(self.omega.size)])

    def Psi(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return Ψ^a(ω1, ω2) = (1/N) Σ_ij C^a_ij(ω1) C^a_ij(ω2), with the diagonal, shape (k, k): real and symmetric.

        Raises as `cross_spectra` does.
        """
        matrices = self.cross_spectra(observable).reshape(self.omega.size, -1)
        # Hermitian matrices: the imaginary parts of ij and ji cancel.
        real, imaginary = _parts(matrices)
        return np.asarray((real @ real.T - imaginary @ imaginary.T) / self.n)

    @property
    def mismatch(self) -> NDArray[np.float64]:
        """Deviation of this J from the order parameters used, (1/N) Σ_i C^φ_ii(ω)/C^φ(ω) - 1, shape (k,).

        It falls as 1/N where they describe J, and is not small where a few eigenvalues of J decide.
        """
        expected = self.C if self.C.ndim == 1 else self.C.mean(axis=1)
        # Where C^φ is zero (beyond the theory's highest frequency) so is the prediction.
        ratio = np.divide(self.spectrum("phi"), expected, out=np.ones_like(expected), where=expected > 0)
        return np.asarray(ratio - 1.0)

    def covariance(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return the equal-time covariances C^a_ij(τ = 0), shape (n, n). The first call diagonalises J.

        Raises
        ------
        InvalidNetwork
            If the observable is not one of `observables`.
        Unsupported
            If C and S were given, at some frequencies only; with noise; if neurons are not leaky; for a result from a
            file, if they were not asked for before it was saved.
        CondensedModes
            If the linear network of this J is unstable at these order parameters.
        """
        checked_observable(observable, self.observables)
        single = "x" if observable == "x" else "phi"
        if single not in self._equal_times:
            if self.at_equal_times is None and self.origin is not None:
                what = f"no covariances of {single} at equal times: ask for them before it is saved"
                raise Unsupported(f"the file holds {what}")
            if self.at_equal_times is None:
                raise Unsupported("C and S were given at some frequencies: equal times need all; use Psi")
            self._equal_times[single] = self.at_equal_times.covariance(single)
        if observable == single:
            return self._equal_times[single]
        weight = self.weights[observable]
        return np.asarray(weight[:, None] * self._equal_times[single] * weight)

    def eigenvalues(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return the spectrum of `covariance`, largest first, shape (n,). Raises as it does."""
        return np.asarray(np.linalg.eigvalsh(self.covariance(observable))[::-1])

    def dimension(self, observable: str = "phi") -> float:
        """Return PR^a of `covariance`, per neuron, from 0 to 1; see `dimension_error`, `trusted`. Raises as it does."""
        covariance = self.covariance(observable)
        if self.at_equal_times is not None:
            _ = self.diagnosis  # from now on shown
        return participation_ratio(covariance)

    def dimension_error(self, observable: str = "phi") -> float:
        """Return the standard error of `dimension`, that of the theory for this J. Raises as `covariance` does.

        The relative error of "Phi" and "readout" is that of φ.

        Examples
        --------
        >>> import mftheory as mf
        >>> found = mf.linear_equivalent(mf.Network(mf.IID(3.0)), n=200, seed=1)
        >>> bool(found.dimension_error() > 0.1 * found.dimension()), found.trusted
        (True, False)
        """
        return self.diagnosis.dimension_error("x" if observable == "x" else "phi") * self.dimension(observable)

    @property
    def diagnosis(self) -> Diagnosis:
        """Measures of the theory's assumptions, from `covariance`; raises as it does."""
        if self._diagnosis is None:
            both = {name: self.covariance(name) for name in ("phi", "x")}
            if self.at_equal_times is None:
                raise Unsupported("the file holds no diagnosis: ask for dimension() before it is saved")
            object.__setattr__(self, "_diagnosis", self.at_equal_times.diagnosis(both))
        assert self._diagnosis is not None
        return self._diagnosis

    @property
    def trusted(self) -> bool:
        """True if this J is one that the theory is for; False if there are `warnings`. Raises as `covariance` does."""
        return self.diagnosis.trusted

    @property
    def warnings(self) -> tuple[str, ...]:
        """Reasons not to trust the dimensions and covariances, a line each. Raises as `covariance` does."""
        return self.diagnosis.warnings

    def to_xarray(self) -> xarray.Dataset:
        """Return cross spectra of φ, Ψ(ω1, ω2), mean spectrum, mismatch and order parameters, labelled, with units.

        Examples
        --------
        >>> import mftheory as mf
        >>> data = mf.linear_equivalent(mf.Network(mf.IID(3.0)), n=50, seed=0, omega=[0.0, 0.5]).to_xarray()
        >>> dict(data.sizes), data["cross_spectra"].attrs["units"]
        ({'omega': 2, 'neuron': 50, 'other_neuron': 50, 'other_omega': 2}, 'time constant')
        """
        spectrum = {"units": _TIME, "long_name": "mean over neurons of C_ii(ω) of φ"}
        mismatch = {"units": "1", "long_name": "that over the order parameter C, less 1"}
        psi = {"units": f"({_TIME})^2", "long_name": "Ψ(ω1, ω2) of φ"}
        other = {"units": f"rad / {_TIME}", "long_name": "angular frequency ω2"}
        data = to_dataset(self)[["cross_spectra", "C", "S"]].assign(
            Psi_phi=(("omega", "other_omega"), self.Psi("phi"), psi),
            spectrum_phi=("omega", self.spectrum("phi"), spectrum),
            mismatch=("omega", self.mismatch, mismatch),
            other_omega=("other_omega", self.omega, other),
        )
        return data.assign_attrs(title=repr(self), n=self.n, noise=self.noise)

    def _matrix(self, observable: str, k: int) -> NDArray[np.complex128]:
        """Return C^a_ij at one frequency, shape (n, n)."""
        if observable == "phi":
            return self.phi[k]
        if observable == "x":
            # x = H (J G φ + σ ζ) and ⟨φ ζ†⟩ = σ F; C^φ is Hermitian, C_ij = ⟨a_i* a_j⟩.
            received = self._received(self._received(self.phi[k]).conj().T)
            if self.responses is not None:
                mixed = np.eye(self.n) / 2 + self._received(self.responses[k].conj())
                received += self.noise**2 * (mixed + mixed.conj().T)
            return np.asarray(received * abs(self.transfer[k]) ** 2)
        weight = self.weights[observable]
        return np.asarray(weight[:, None] * self.phi[k] * weight)

    def _received(self, activity: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return J G times a complex matrix, by its parts: a real J would be made complex, at twice the cost."""
        real, imaginary = _parts(activity)
        return np.asarray(self.couplings @ real + 1j * (self.couplings @ imaginary))

    def __repr__(self) -> str:
        worst = float(np.max(np.abs(self.mismatch)))
        doubt = f"; not to be trusted: {'; '.join(self.warnings)}" if self._diagnosis and not self.trusted else ""
        return f"LinearEquivalent(n = {self.n}, {self.omega.size} frequencies: spectra match C to {worst:.1g}{doubt})"


def _parts(values: NDArray[np.complex128]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the real and the imaginary part, each contiguous.

    NumPy 2.0 multiplies views of every second number without BLAS: 25 s instead of 0.3 s for matrices of 1200 rows.
    """
    return np.ascontiguousarray(values.real), np.ascontiguousarray(values.imag)
