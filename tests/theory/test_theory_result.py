"""The Theory object: shapes, labels, validity, refusals."""

import numpy as np
import pytest

from mftheory import IID, InvalidNetwork, Network, RandomMode
from mftheory.api.solving import solve
from mftheory.theory.settings import Settings

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def theory():
    return solve(Network(RandomMode.exponential(g_eff=3.0, effective_rank=1.0)))


def test_functions_take_any_shape(theory):
    tau = np.linspace(-3, 3, 12).reshape(3, 4)
    for name in ("x", "phi", "xphi"):
        assert theory.C(name, tau).shape == (3, 4)
        assert theory.spectrum(name, tau).shape == (3, 4)
    assert theory.S(tau).shape == (3, 4)
    assert theory.Psi("phi", tau[:, :1], tau[0]).shape == (3, 4)
    assert theory.timescale("x", tau).shape == (3, 4)
    assert theory.timescale("x", 0.0) == pytest.approx(1.0, rel=1e-14)
    assert theory.C("phi", 0.0).shape == ()


def test_spectra_belong_together(theory):
    omega = np.linspace(0, 5, 11)
    s = theory.S(omega)
    assert s == pytest.approx(theory.gain / (1 + 1j * omega))
    # C^x(ω) = g_eff² |S^x|² C^φ(ω), exact by construction
    power = 9.0 * np.abs(theory.S(omega, "x")) ** 2
    assert theory.spectrum("x", omega) == pytest.approx(power * theory.spectrum("phi", omega), rel=1e-13)
    assert theory.spectrum("xphi", omega) == pytest.approx(theory.gain * theory.spectrum("x", omega), rel=1e-13)


def test_dimension_is_the_ratio_of_its_parts(theory):
    for name in ("x", "phi"):
        ratio = theory.C(name, 0.0) ** 2 / theory.Psi(name, 0.0, 0.0)
        assert theory.dimension(name) == pytest.approx(float(ratio), rel=1e-12)  # two quadratures; seen 3e-14
        assert 0 < theory.dimension_error(name) < 1e-10 * theory.dimension(name)


def test_validity(theory):
    assert theory.number_of_dimensions(1000) == pytest.approx(28.0088559, rel=1e-8)
    assert theory.trusted(1000)
    doubt = theory.trusted(100)
    assert not doubt
    assert "2.8 dimensions" in doubt.reason
    # 9.98 dimensions are not called 10, of which it says that they are needed.
    assert theory.trusted(356).reason == "predicts 9.97 dimensions for n = 356; at least 10 are needed (n >= 358)"
    with pytest.raises(InvalidNetwork, match="n = "):
        theory.number_of_dimensions(0)


def test_labelled_data(theory):
    data = theory.to_xarray(tau=[0.0, 1.0, 2.0], omega=[0.0, 0.5])
    assert data.sizes == {"tau": 3, "omega": 2, "observable": 2}
    for name in [*data.data_vars, "tau", "omega"]:
        assert data[name].attrs["units"]
        assert data[name].attrs["long_name"]
    assert float(data.dimension.sel(observable="phi")) == theory.dimension("phi")
    assert float(data.timescale_x[1]) == pytest.approx(float(theory.timescale("x", 1.0)))
    assert data.attrs["status"] == "converged"
    assert theory.to_xarray().sizes["tau"] > 100


def test_repr_is_one_line(theory):
    assert repr(theory) == "Theory(random-mode, g_eff = 3: C_x(0) = 5.63743, gain = 0.318541, converged)"


@pytest.mark.parametrize("method", ["C", "spectrum", "timescale"])
def test_unknown_observable(theory, method):
    with pytest.raises(InvalidNetwork, match=r"observable = 'y': must be one of 'phi', 'x'"):
        getattr(theory, method)("y", 0.0)
    with pytest.raises(InvalidNetwork, match="observable"):
        theory.dimension("xphi")


def test_lags_must_be_finite(theory):
    with pytest.raises(InvalidNetwork, match="tau"):
        theory.C("phi", [0.0, np.nan])
    with pytest.raises(InvalidNetwork, match="tau2"):
        theory.Psi("phi", 0.0, np.inf)


@pytest.mark.parametrize(
    "setting", [{"time_order": 1}, {"time_order": 2.5}, {"quadrature_growth": 1.0}, {"average_step": float("nan")}]
)
def test_settings_are_checked(setting):
    with pytest.raises(InvalidNetwork, match=next(iter(setting))):
        Settings(**setting)


def test_refined_settings_refine_every_setting():
    base, fine = Settings(), Settings().refined()
    assert all(getattr(base, name) != getattr(fine, name) for name in base.__dataclass_fields__)


def test_independent_network():
    assert solve(Network(IID(3.0))).dimension() == pytest.approx(0.0497422109, abs=5e-11)
