"""Results in files: what comes back is what was saved, and a file that is not whole is refused in one line."""

import json
import os
import threading

import numpy as np
import pytest
import sympy as sp
import xarray

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.kernels import committed
from mftheory.results import Comparison, Estimate, StoredNetwork
from mftheory.results.columns import to_text
from mftheory.results.comparison import ComparedPoint, SizeAverage
from mftheory.storage import netcdf as files
from mftheory.storage.descriptions import fingerprint

NETWORKS = {
    "modes": mf.Network(mf.RandomMode.exponential(3.0, 0.5)),
    "noise": mf.Network(mf.IID(0.8), noise=0.5),
    "steps": mf.Network(mf.IID(2.0), dynamics=mf.EulerMap(0.5)),
    "means": mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.3)")),
}
DESCRIBED = {
    **NETWORKS,
    "gains": mf.Network(mf.RandomMode([1.0, 2.0, 3.0], g_eff=2.0), mf.Tanh(), gains=mf.Gains.exponential(0.5)),
    "overlaps": mf.Network(mf.RandomMode([1.0, 2.0], overlaps=[0.2, -0.1], g_eff=3.0), gains=[0.5, 1.5]),
    "sigmoid": mf.Network(mf.RandomMode.exponential(3.0, 0.5, 0.3), dynamics=mf.Rational([1.0], [1.0, 2.0, 1.0])),
    "symmetric": mf.Network(mf.PartiallySymmetric(2.0, -0.3)),
    "dense": mf.Network(mf.Given(np.random.default_rng(0).standard_normal((5, 5)))),
    "sparse": mf.Network(mf.Given(np.diag(np.arange(1.0, 41.0)))),
    "differing": mf.Network(mf.IID(2.0), mf.Heterogeneous("tanh(a*x)", {"a": [1.0, 2.0]})),
}
DESCRIBED["long"] = mf.Network(mf.IID(3.0), mf.Nonlinearity("+".join(["tanh(0.123456789012345*x)"] * 37)))
SIZES = (("A", sp.Rational(1, 4)), ("B", sp.Rational(3, 4)))
RUN = {"trajectories": 8, "duration": 10.0, "burn_in": 20.0}


@pytest.fixture(scope="module", params=NETWORKS)
def kept(request, tmp_path_factory):
    theory = mf.solve(NETWORKS[request.param])
    path = tmp_path_factory.mktemp("theories") / f"{request.param}.nc"
    theory.save(path)
    return theory, mf.load(path), path


@pytest.fixture(scope="module")
def theory_file(tmp_path_factory):
    return mf.solve(NETWORKS["modes"]).save(tmp_path_factory.mktemp("one") / "theory.nc")


@pytest.mark.numeric
def test_a_theory_answers_the_same_questions(kept) -> None:
    theory, read, _ = kept
    assert read.network == theory.network
    assert repr(read) == repr(theory)
    lags, rates = np.linspace(-9.0, 9.0, 37), np.linspace(-3.0, 3.0, 31)
    if theory.network.dynamics.discrete:
        lags = np.arange(-9.0, 10.0)
    for a in theory.observables:
        assert read.dimension(a) == theory.dimension(a)
        assert read.dimension_error(a) == theory.dimension_error(a)
        assert read.error_sources(a) == theory.error_sources(a)
        assert read.number_of_dimensions(500, a) == theory.number_of_dimensions(500, a)
        # Between nodes a cubic spline: seen 7e-7 of Ψ(0, 0) and 3e-6 of the spectrum at most.
        psi = theory.Psi(a, lags[:, None], lags)
        assert np.abs(read.Psi(a, lags[:, None], lags) - psi).max() < 3e-6 * psi.max()
        assert read.spectrum(a, rates) == pytest.approx(theory.spectrum(a, rates), rel=1e-5)
        assert read.timescale(a, lags) == pytest.approx(theory.timescale(a, lags), abs=1e-8)  # seen 2e-10
    for a in (*theory.observables, *theory.crossed):
        # The error stated covers what interpolation costs; rounding of the spline is 1e-15.
        assert np.all(np.abs(read.C(a, lags) - theory.C(a, lags)) <= read.C_error(a, lags) + 1e-13)
        assert np.all(read.C_error(a, lags) < 1e-8)  # seen 2e-9
    assert np.all(np.abs(read.S(rates) - theory.S(rates)) <= read.S_error(rates) + 1e-13)
    assert (read.mean(), read.static(), read.static("x")) == (theory.mean(), theory.static(), theory.static("x"))
    assert read.neuron_means([-1.7, 0.1]) == pytest.approx(theory.neuron_means([-1.7, 0.1]), abs=1e-8)


def test_a_theory_at_the_nodes_is_the_solver_s_bit_for_bit(kept) -> None:
    theory, read, path = kept
    with xarray.open_dataset(path, engine="h5netcdf") as data:
        tau, pair = data["tau"].values, data["pair_tau"].values[::6]
    for a in theory.observables:
        assert np.array_equal(read.C(a, tau), theory.C(a, tau))
        assert np.array_equal(read.C_error(a, tau), theory.C_error(a, tau))
    # Ψ on a larger grid of lags at once: the same sums in another order.
    assert read.Psi("phi", pair[:, None], -pair) == pytest.approx(theory.Psi("phi", pair[:, None], -pair), abs=1e-13)


def test_a_theory_saved_again_is_the_same(kept, tmp_path) -> None:
    _, read, path = kept
    first, second = (files.read(p)[1] for p in (path, read.save(tmp_path / "again.nc")))
    assert second.identical(first)


def test_a_theory_refuses_what_the_file_does_not_hold(kept) -> None:
    _, read, _ = kept
    for ask in (lambda: read.C("phi", 1e4), lambda: read.Psi("phi", 1e4, -1e4), lambda: read.S(1e9)):
        with pytest.raises(mf.InvalidNetwork, match="the file holds no more") as caught:
            ask()
        assert "\n" not in str(caught.value)
    with pytest.raises(mf.InvalidNetwork, match="observable"):
        read.C("y", 0.0)


def test_provenance_names_versions_formulas_and_settings(theory_file) -> None:
    origin = mf.load(theory_file).origin
    assert origin["formulas"]["phi"] == {
        "label": "psi-rmm",
        "content_hash": committed("random-mode", "phi").content_hash,
    }
    assert {"created", "versions", "python", "machine", "cores", "settings"} <= origin.keys()
    assert origin["versions"]["mftheory"] == mf.__version__


def test_any_netcdf_program_reads_values_units_and_long_names(theory_file) -> None:
    with xarray.open_dataset(theory_file, engine="h5netcdf") as data:
        assert data["tau"].attrs["units"] == "time constant"
        assert data["S_phi"].dims[-1] == "part"
        assert all("long_name" in data[name].attrs for name in data.variables if not str(name).startswith("source"))
        assert json.loads(data.attrs["network_content"])["class"] == "Network"


@pytest.fixture(scope="module")
def run():
    asked = {"covariance": True, "components": 3, "response": 1.0, "keep_states": True}
    return mf.simulate(mf.Network(mf.IID(3.0), gains=[0.5, 1.0, 1.5]), n=30, seed=1, **asked, **RUN)


def test_a_simulation_comes_back_to_the_last_bit(run, tmp_path) -> None:
    read = mf.load(run.save(tmp_path / "run.nc"))
    assert read.network == run.network
    assert repr(read) == repr(run)
    assert read.provenance() == run.provenance()
    for a in run.observables:
        assert read.C(a, 2.0) == run.C(a, 2.0)
        assert read.Psi(a, 2.0, 1.0) == run.Psi(a, 2.0, 1.0)
        assert read.dimension(a) == run.dimension(a)
        assert read.record(a) == run.record(a)
        assert np.array_equal(read.eigenvalues(a), run.eigenvalues(a))
        assert np.array_equal(read.components[a].traces, run.components[a].traces)
        assert read.components[a].variance(0) == run.components[a].variance(0)
        assert read.S(0.7, a) == run.S(0.7, a)  # complex
    assert np.array_equal(read.states, run.states)
    assert read.states.dtype == run.states.dtype
    assert read.to_xarray().identical(run.to_xarray())
    first, second = (files.read(p)[1] for p in (tmp_path / "run.nc", read.save(tmp_path / "again.nc")))
    assert second.identical(first)


def test_means_that_are_subtracted_come_back_too(tmp_path) -> None:
    run = mf.simulate(mf.Network(mf.IID(2.0), mf.Nonlinearity("tanh(x + 0.3)")), n=30, seed=2**70, **RUN)
    read = mf.load(run.save(tmp_path / "run.nc"))
    assert (read.seed, read.C(), read.dimension(), read.static()) == (2**70, run.C(), run.dimension(), run.static())


def test_simulations_are_labelled_with_units_and_long_names(run) -> None:
    data = run.to_xarray()
    assert all({"units", "long_name"} <= data[name].attrs.keys() for name in data.data_vars)


def test_an_ensemble_of_one_s_own_is_told_of(tmp_path) -> None:
    from mftheory.action.built_in import BUILT_IN

    numbers = {"alpha": 0.5, "D": [3.0, 6.0]}
    run = mf.simulate(BUILT_IN["random-mode"](), n=30, seed=0, parameters=numbers, **RUN)
    read = mf.load(run.save(tmp_path / "run.nc"))
    again = mf.load(read.save(tmp_path / "again.nc"))
    for one in (read, again):
        assert isinstance(one.network, StoredNetwork)
        assert one.network.ensemble == "random-mode"
        assert one.dimension() == run.dimension()
    assert mf.cite(again).keys == ("SCS88", "CMvML25", "mftheory")


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_network_is_built_again(name) -> None:
    from mftheory.api.loading import KNOWN
    from mftheory.storage.descriptions import described, fingerprint, rebuilt

    net = DESCRIBED[name]
    tree, arrays = described(net)
    again = rebuilt(json.loads(json.dumps(tree, allow_nan=False)), arrays, KNOWN)
    assert again == net
    assert fingerprint(*described(again)) == fingerprint(tree, arrays)
    others = {fingerprint(*described(other)) for key, other in DESCRIBED.items() if key != name}
    assert fingerprint(tree, arrays) not in others


def test_a_file_can_have_nothing_built_but_networks() -> None:
    from mftheory.api.loading import KNOWN
    from mftheory.storage.descriptions import rebuilt

    for tree in (
        {"class": "Popen", "fields": {"args": "true"}},
        {"class": "__import__", "fields": {}},
        {"opaque": "x"},
    ):
        with pytest.raises(LookupError):
            rebuilt(tree, {}, KNOWN)


def comparison(**record) -> Comparison:
    sizes = (SizeAverage(50, 2, Estimate(0.1, 0.01), 0.02), SizeAverage(100, 2, Estimate(0.09, 1e-3), 0.01))
    records = ({"n": 50, "seed": 3, "dimension": 0.1, "status": "equilibrated", **record}, {"n": 100, "dimension": 0.3})
    first = ComparedPoint({"g": 2.0, "law": "erf"}, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes, records, 0.05, -3.0)
    second = ComparedPoint({"g": 3.0}, 0.2, Estimate(0.1 + 0.2, 0.01), 1 / 3, 4.0, sizes[:1], size=0.5)
    return Comparison((first, second), "x")


@pytest.mark.parametrize(
    "record", [{}, {"seed": 2**100}, {"a/b": 1, "two words": None}, {"noted": [1, {"deep": None}]}]
)
def test_a_comparison_comes_back_equal(record, tmp_path) -> None:
    result = comparison(**record)
    read = mf.load(result.save(tmp_path / "comparison.nc"))
    assert read == result
    assert read.table() == result.table()
    assert read.to_dict() == result.to_dict()


def test_the_data_set_of_a_sweep_is_read(tmp_path) -> None:
    store = tmp_path / "g.nc"
    data = mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [2.0, 3.0]}, store=store, jobs=1)
    assert mf.load(store)["dimension"].identical(data["dimension"])


@pytest.mark.parametrize("value", [complex(np.inf, -0.0), complex(-0.0, np.nan), 1e-320 + 1j, np.complex64(1 + 2j)])
def test_complex_numbers_lose_nothing(value, tmp_path) -> None:
    data = xarray.Dataset({"S": ("omega", np.array([value, 1j * value]))}, attrs={"numbers": [1.5, 2.5]})
    _, read = files.read(files.write(tmp_path / "s.nc", "test", data))
    assert read["S"].values.tobytes() == data["S"].values.tobytes()
    assert read["S"].dtype == data["S"].dtype


def test_every_flipped_byte_is_noticed_or_harmless(theory_file, tmp_path) -> None:
    whole = theory_file.read_bytes()
    expected, rng = mf.load(theory_file), np.random.default_rng(0)
    path = tmp_path / "damaged.nc"
    refused = read_whole = 0
    for place in rng.integers(0, len(whole), 16):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            read = mf.load(path)  # padding of the file format holds nothing
        except mf.InvalidFile as error:
            refused += "\n" not in str(error)
        else:
            read_whole += read.dimension() == expected.dimension()
    assert refused + read_whole == 16
    assert refused > 8


@pytest.mark.parametrize("size", [0, 1, 100, 5000, -1])
def test_a_file_cut_short_is_one_line(size, theory_file, tmp_path) -> None:
    path = tmp_path / "short.nc"
    path.write_bytes(theory_file.read_bytes()[:size])
    with pytest.raises(mf.InvalidFile, match=r"short\.nc") as caught:
        mf.load(path)
    assert "\n" not in str(caught.value)


def changed(source, target, **attributes):
    """A file as another version would have written it, its content hash right."""
    kind, data = files.read(source)
    real = files._without_complex(data)
    real.attrs |= {"mftheory_format": files.FORMAT, "mftheory_result": kind, **attributes}
    real.attrs["content_hash"] = files.content_hash(real)
    real.to_netcdf(target, engine="h5netcdf", encoding={str(n): {"_FillValue": None} for n in real})
    return target


def test_other_formats_say_what_to_do(theory_file, tmp_path) -> None:
    newer = changed(theory_file, tmp_path / "newer.nc", mftheory_format=files.FORMAT + 1, mftheory_version="9.9")
    with pytest.raises(mf.InvalidFile, match=r"written by mftheory 9\.9 in format 3.*update mftheory"):
        mf.load(newer)
    older = changed(theory_file, tmp_path / "older.nc", mftheory_format=0, mftheory_version="0.0.1")
    with pytest.raises(mf.InvalidFile, match=r"0\.0\.1 in format 0.*read it with that version"):
        mf.load(older)
    other = changed(theory_file, tmp_path / "other.nc", mftheory_result="Oracle")
    with pytest.raises(mf.InvalidFile, match="is no Oracle"):
        mf.load(other)
    swapped = changed(theory_file, tmp_path / "swapped.nc", network_content="{}")
    with pytest.raises(mf.InvalidFile, match=r"swapped\.nc': describes another network"):
        mf.load(swapped)


@pytest.mark.parametrize("case", ["deep", "infinitely many networks", "infinitely many arrays", "large number"])
def test_a_file_that_is_forged_with_its_hash_is_one_line(case, theory_file, tmp_path) -> None:
    source, attributes = theory_file, {}
    if case == "deep":
        attributes = {"provenance": "[" * 100_000 + "]" * 100_000}
    elif case == "infinitely many arrays":
        attributes = {"network_arrays": np.inf}
    elif case == "infinitely many networks":
        source, attributes = comparison().save(tmp_path / "comparison.nc"), {"networks": np.inf}
    else:
        tree = {"number": 10**400}
        attributes = {"network_content": to_text(tree), "network_fingerprint": fingerprint(tree, {})}
        attributes["network_arrays"] = 0
    with pytest.raises(mf.InvalidFile, match=r"is no (Theory|Comparison) as mftheory saves it") as caught:
        mf.load(changed(source, tmp_path / "forged.nc", **attributes))
    assert "\n" not in str(caught.value)


def test_another_version_of_the_package_is_told_and_read(theory_file, tmp_path) -> None:
    origin = dict(mf.load(theory_file).origin)
    origin["versions"] = {**origin["versions"], "mftheory": "0.0.9"}
    old = changed(theory_file, tmp_path / "old.nc", provenance=to_text(origin))
    with pytest.warns(UserWarning, match=r"made with mftheory 0\.0\.9, read with"):
        assert mf.load(old).dimension() == mf.load(theory_file).dimension()


def test_files_that_are_no_results_are_one_line(tmp_path) -> None:
    foreign = tmp_path / "foreign.nc"
    xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(foreign, engine="h5netcdf")
    text = tmp_path / "text.nc"
    text.write_text("cos\nsystem\n(S'true'\ntR.")
    for path in (foreign, text, tmp_path, tmp_path / "missing.nc"):
        with pytest.raises(mf.InvalidFile) as caught:
            mf.load(path)
        assert "\n" not in str(caught.value)


def test_a_file_that_claims_to_be_large_is_refused_before_it_fills_the_memory(tmp_path) -> None:
    import h5py

    path = tmp_path / "large.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(10**12,), chunks=(10**6,), dtype="f8")
    with pytest.raises(mf.InvalidFile, match="claim to be 8000000000000"):
        mf.load(path)


def test_populations_come_back_with_an_array_for_each_number(tmp_path) -> None:
    x = {
        name: Population(name, f"x{name}", f"phi{name}", inverse_transfer=1 + sp.I * omega, size=f) for name, f in SIZES
    }
    matrices = [GaussianMatrix(f"J{p}{q}", x[p], x[q]) for p in x for q in x]
    couplings = tuple(Coupling(m, m.rows.response, m.columns.activity) for m in matrices)
    covariances = tuple(Covariance(m, m, 4 if m.rows.name == "A" else 9) for m in matrices)
    theory = mf.solve(GaussianEnsemble("two", tuple(x.values()), couplings, covariances))
    read = mf.load(theory.save(tmp_path / "two.nc"))
    assert np.array_equal(read.gain, theory.gain)
    assert repr(read) == repr(theory)
    assert (read.observables, read.crossed, read.responding) == (theory.observables, theory.crossed, theory.responding)
    for a in read.observables:
        assert (read.dimension(a), read.sizes[a]) == (theory.dimension(a), theory.sizes[a])
    assert isinstance(read.network, StoredNetwork)
    assert len(repr(read.network)) < 100


def test_writing_replaces_in_one_move_and_leaves_nothing_behind(theory_file, tmp_path) -> None:
    read = mf.load(theory_file)
    path = tmp_path / "theory.nc"
    read.save(path)
    seen: list[object] = []

    def look() -> None:
        while not stop.is_set():
            seen.append(path.read_bytes()[:8])

    stop = threading.Event()
    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(3):
        read.save(path)
    stop.set()
    watcher.join()
    assert set(seen) == {b"\x89HDF\r\n\x1a\n"}
    assert [p.name for p in tmp_path.iterdir()] == ["theory.nc"]
    for wrong in (tmp_path / "nowhere" / "theory.nc", tmp_path):
        with pytest.raises(mf.InvalidFile, match="path"):
            read.save(wrong)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_one_line(theory_file, tmp_path) -> None:
    read = mf.load(theory_file)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(mf.InvalidFile, match="cannot be written"):
            read.save(tmp_path / "theory.nc")
    finally:
        tmp_path.chmod(0o700)
