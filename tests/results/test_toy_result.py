"""A result of a new type is one class and one entry for each thing to be done with it: nothing else knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import mftheory as mf
from mftheory.lookup import CITATIONS, FILES, PICTURES, TABLES
from mftheory.plots import Artists, figure
from mftheory.results import Estimate
from mftheory.results.result import DrawableResult
from mftheory.results.schema import stored
from mftheory.storage.result_kinds import ResultKind, content_hash


@dataclass(frozen=True)
class Avalanche:
    """One event."""

    size: int = field(metadata=stored("neurons that fired"))
    shape: NDArray[np.float64] = field(metadata=stored("mean rate", "1 / time constant", dims="bin"))
    duration: float | None = field(default=None, metadata=stored("how long it lasted", "time constant"))
    exponent: Estimate | None = field(default=None, metadata=stored("exponent of its spectrum"))
    spikes: tuple[Mapping[str, Any], ...] = field(default=(), metadata=stored(dims="spike"))
    counts: Mapping[str, int] = field(default_factory=dict, metadata=stored("spikes by layer", keys="layer"))
    rates: Mapping[str, float] = field(default_factory=dict, metadata=stored("rate by layer", keys="layer"))


@dataclass(frozen=True)
class Site:
    """Where it was recorded."""

    area: str = field(metadata=stored("area of the brain"))
    depth: float = field(default=0.0, metadata=stored("below the surface", "mm"))


@dataclass(frozen=True, eq=False)
class Avalanches(DrawableResult):
    """Something that the package knows nothing of."""

    network: Any
    threshold: float = field(metadata=stored())
    events: tuple[Avalanche, ...] = field(metadata=stored(dims="event", name="event"))
    exponents: Mapping[str, Estimate] = field(metadata=stored("exponent of its law", keys="law"))
    spectra: Mapping[str, NDArray[np.complex128]] = field(metadata=stored("spectrum of {key}", "1", dims="omega"))
    phase: complex = field(metadata=stored("mean phase factor"))
    names: tuple[str, ...] = field(default=(), metadata=stored())
    site: Site | None = field(default=None, metadata=stored())
    noise: Mapping[str, Any] = field(default_factory=dict, metadata=stored("remarks", as_json=True))
    seed: int | None = field(default=None, metadata=stored())
    origin: Mapping[str, Any] | None = None


def made(**others: Any) -> Avalanches:
    spikes = ({"neuron": 3, "why": None}, {"neuron": 4})
    events = (
        Avalanche(0, np.array([1.0, 2.0]), 0.5, Estimate(1.5, 0.1), spikes, {"II": 0}),
        Avalanche(7, np.array([0.1, -0.0]), counts={"II": 2, "V": 3}, rates={"V": 0.5}),
    )
    given: dict[str, Any] = {
        "network": mf.Network(mf.IID(2.0)),
        "threshold": 0.25,
        "events": events,
        "exponents": {"size": Estimate(1.5, 0.1), "x": Estimate(2.0, 0.0)},
        "spectra": {"size": np.array([1j, 2.0]), "a/b c": np.array([-1j, 0.0])},
        "phase": 1j,
        "names": ("one", "two words"),
        "site": Site("V1"),
        "noise": {"a": [1, None, "ü"]},
        "seed": 0,
    }
    return Avalanches(**{**given, **others})


NOTHING = {"names": (), "site": None, "seed": None, "noise": {}, "network": None, "exponents": {}, "spectra": {}}


@pytest.fixture
def registered():
    FILES.add(Avalanches, ResultKind(Avalanches))
    PICTURES.add(Avalanches, picture)
    TABLES.add(Avalanches, lambda result: (("event", "size"), [(k, e.size) for k, e in enumerate(result.events)]))
    CITATIONS.add(Avalanches, lambda result: ("SCS88",))
    yield
    for lookup in (FILES, PICTURES, TABLES, CITATIONS):
        lookup.remove(Avalanches)


def picture(result: Avalanches, ax: Any = None, **line: Any) -> Artists:
    ax = figure()[1][0] if ax is None else ax
    return Artists(ax.plot([event.size for event in result.events], **line), [ax])


@pytest.mark.parametrize(
    "others", [{}, NOTHING, {"seed": 2**80}, {"events": ()}], ids=["everything", "nothing", "seed", "no events"]
)
@pytest.mark.usefixtures("registered")
def test_it_is_saved_and_loaded(others: dict[str, Any], tmp_path) -> None:
    result = made(**others)
    read = mf.load(result.save(tmp_path / "toy.nc"))
    assert content_hash(read) == content_hash(result)
    for one in ("network", "threshold", "exponents", "phase", "names", "site", "noise", "seed"):
        assert getattr(read, one) == getattr(result, one)
    for event, expected in zip(read.events, result.events, strict=True):
        assert event.shape.tobytes() == expected.shape.tobytes()
        for one in ("size", "duration", "exponent", "spikes", "counts", "rates"):
            assert getattr(event, one) == getattr(expected, one)
    assert read.spectra.keys() == result.spectra.keys()
    assert all(read.spectra[key].tobytes() == result.spectra[key].tobytes() for key in result.spectra)
    assert read.origin["versions"]["mftheory"] == mf.__version__


@pytest.mark.usefixtures("registered")
def test_what_is_no_number_is_kept_too(tmp_path) -> None:
    nan = float("nan")
    event = Avalanche(1, np.zeros(2), rates={"II": nan, "V": 1.0})
    result = made(events=(event, Avalanche(1, np.zeros(2))), exponents={"a": Estimate(nan, nan)}, threshold=nan)
    read = mf.load(result.save(tmp_path / "toy.nc"))
    assert [list(one.rates) for one in read.events] == [["II", "V"], []]
    assert np.isnan([read.events[0].rates["II"], read.exponents["a"].value, read.threshold]).all()


@pytest.mark.usefixtures("registered")
def test_any_program_reads_what_it_means(tmp_path) -> None:
    import xarray

    with xarray.open_dataset(made().save(tmp_path / "toy.nc"), engine="h5netcdf", decode_times=False) as data:
        assert data["event_size"].dims == ("event",)
        assert data["event_duration"].attrs == {"units": "time constant", "long_name": "how long it lasted"}
        assert data["exponents_error"].attrs["long_name"] == "standard error: exponent of its law"
        assert data["site_depth"].attrs["units"] == "mm"


@pytest.mark.usefixtures("registered")
def test_it_is_drawn_shown_and_cited() -> None:
    result = made()
    (curve,) = result.plot(color="red")
    assert (curve.get_color(), list(curve.get_ydata())) == ("red", [0, 7])
    assert "<td>1</td><td>7</td>" in str(result._repr_html_())
    assert mf.cite(result).keys == ("SCS88", "mftheory")


def test_otherwise_it_is_refused_in_one_line(tmp_path) -> None:
    result = made()
    for ask in (lambda: result.save(tmp_path / "toy.nc"), result.plot, lambda: mf.cite(result)):
        with pytest.raises(mf.InvalidNetwork) as caught:
            ask()
        assert "\n" not in str(caught.value)
    assert result._repr_html_() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("registered")
def test_arrays_of_different_shapes_make_no_table(tmp_path) -> None:
    ragged = made(events=(Avalanche(1, np.zeros(2)), Avalanche(1, np.zeros(3))))
    with pytest.raises(ValueError, match="event_shape: arrays in a table must have one shape"):
        ragged.save(tmp_path / "toy.nc")


@pytest.mark.usefixtures("registered")
def test_keys_of_one_name_are_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="spectra: keys must differ in letters or digits: a b, a/b"):
        made(spectra={"a b": np.zeros(1), "a/b": np.ones(1)}).save(tmp_path / "toy.nc")
