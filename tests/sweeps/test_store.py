"""Stores: continued, extended, damaged, shared, full; never silently wrong."""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xarray
from small_sweeps import SCRIPT, UNITS, assert_equal, journal_of, lines, small_sweep, start

import mftheory as mf
from mftheory.sweeps import store as module

pytestmark = pytest.mark.filterwarnings("ignore:.* results are missing:UserWarning")


@pytest.fixture(scope="module")
def reference():
    return small_sweep()


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("finished") / "s.nc"
    small_sweep(store=store)
    return store


@pytest.fixture
def store(finished: Path, tmp_path: Path) -> Path:
    """A finished one, to be spoiled."""
    shutil.copytree(finished.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "s.nc"


def keep_lines(store: Path, count: int) -> None:
    """As if the process had been killed after so many results."""
    kept = journal_of(store).read_bytes().splitlines(keepends=True)
    journal_of(store).write_bytes(b"".join(kept[: 2 + count]))  # after those of the writer and of the sweep


@pytest.fixture
def computed(monkeypatch) -> list:
    """Counts the units that are computed, in this process."""
    from mftheory.api import work

    calls: list = []
    real = work.simulated

    def counted(*arguments):
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(work, "simulated", counted)
    return calls


@pytest.mark.exact
def test_what_is_stored_is_what_is_returned(store: Path, reference) -> None:
    assert_equal(xarray.load_dataset(store), reference)
    assert_equal(mf.load(store), reference)
    assert sorted(p.name for p in store.parent.iterdir()) == ["s.nc", "s.nc.journal", "s.nc.lock"]


@pytest.mark.exact
@pytest.mark.parametrize("count", [0, 1, 7, UNITS])
def test_only_what_is_not_finished_is_computed(store: Path, reference, computed, count: int) -> None:
    keep_lines(store, count)
    assert_equal(small_sweep(store=store), reference)
    assert len(computed) == UNITS - count
    assert_equal(xarray.load_dataset(store), reference)


@pytest.mark.exact
def test_more_values_sizes_and_networks_extend_a_store(store: Path, computed) -> None:
    wanted = {"over": {"g": [2.5, 2.0, 3.0], "symmetry": [0.0]}, "n": [30, 40, 60], "seeds": 4}
    extended = small_sweep(store=store, **wanted)
    assert len(computed) == 3 * 3 * 4 - UNITS
    assert_equal(extended, small_sweep(**wanted))
    with pytest.raises(
        mf.InvalidFile, match=r"holds another sweep \(over\.g: 2\.5 is missing; n: 30 is missing; seeds"
    ):
        small_sweep(store=store)


OTHERS = [
    ("seed = 1 instead of 0", {"seed": 1}),
    ("what = 'compare' instead of 'simulate'", {"what": "compare"}),
    ("over.g: 2.0 is missing", {"over": {"g": [3.0, 4.0], "symmetry": [0.0]}}),
    ("over: g instead of g, symmetry", {"over": {"g": [2.0, 3.0]}}),
    ("n: 60 is missing", {"n": [40]}),
    ("seeds at n = 40: 2 instead of 3", {"seeds": 2}),
    ("simulation.duration = 20.0 instead of 10.0", {"duration": 20.0}),
    ("simulation.target = 0.1 instead of None", {"target": 0.1}),
    ("common_disorder = True instead of False", {"common_disorder": True}),
    ("threads = 2 instead of 1", {"threads": 2}),
    (r"observables = \['phi', 'x'\] instead of \['phi'\]", {"observables": ["phi", "x"]}),
]


@pytest.mark.exact
@pytest.mark.parametrize(("difference", "changes"), OTHERS)
def test_another_sweep_is_refused_and_told_apart(store: Path, difference: str, changes: dict) -> None:
    before = [p.read_bytes() for p in (store, journal_of(store))]
    with pytest.raises(mf.InvalidFile, match=rf"^store = .*holds another sweep \(.*{difference}") as caught:
        small_sweep(store=store, **changes)
    assert "\n" not in str(caught.value)
    assert [p.read_bytes() for p in (store, journal_of(store))] == before


@pytest.mark.exact
def test_another_family_is_refused(store: Path) -> None:
    def other(g, symmetry):
        return mf.Network(mf.IID(g), mf.Tanh())

    from small_sweeps import SETTINGS

    with pytest.raises(mf.InvalidFile, match=r"family: another network at g = 2\.0, symmetry = 0\.0"):
        mf.sweep(other, store=store, jobs=1, **SETTINGS)


@pytest.mark.exact
@pytest.mark.parametrize("spoil", ["truncated", "missing", "garbage", "empty"])
def test_a_spoiled_netcdf_file_is_made_again_from_the_journal(store: Path, reference, computed, spoil: str) -> None:
    content = store.read_bytes()
    if spoil == "missing":
        store.unlink()
    else:
        store.write_bytes({"truncated": content[: len(content) // 2], "garbage": os.urandom(500), "empty": b""}[spoil])
    assert_equal(small_sweep(store=store), reference)
    assert computed == []
    assert_equal(xarray.load_dataset(store), reference)


@pytest.mark.exact
def test_a_cut_line_is_computed_again(store: Path, reference, computed) -> None:
    content = journal_of(store).read_bytes()
    journal_of(store).write_bytes(content[:-40])
    assert_equal(small_sweep(store=store), reference)
    assert len(computed) == 1
    assert journal_of(store).read_bytes().count(b"\n") == content.count(b"\n") + 1  # and this session's writer


@pytest.mark.exact
@pytest.mark.parametrize("line", [0, 1, 5])
def test_a_damaged_line_is_computed_again_with_a_warning(store: Path, reference, computed, line: int) -> None:
    """The first two are the writer and the sweep, from which no number is made."""
    content = journal_of(store).read_bytes().splitlines(keepends=True)
    content[line] = content[line].replace(b":", b";", 1)
    journal_of(store).write_bytes(b"".join(content))
    with pytest.warns(UserWarning, match="1 damaged lines left out"):
        assert_equal(small_sweep(store=store), reference)
    assert len(computed) == (line > 1)


@pytest.mark.exact
def test_a_journal_that_is_cut_in_its_first_line_is_an_empty_one(store: Path, reference, computed) -> None:
    journal_of(store).write_bytes(journal_of(store).read_bytes()[:30])
    assert_equal(small_sweep(store=store), reference)
    assert len(computed) == UNITS


@pytest.mark.exact
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    store = tmp_path / "mine.nc"
    store.write_bytes(b"precious")
    with pytest.raises(mf.InvalidFile, match="no journal of a sweep beside it"):
        small_sweep(store=store)
    assert store.read_bytes() == b"precious"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.nc"]


@pytest.mark.parametrize("where", ["nonesuch/s.nc", "."])
def test_a_store_must_be_a_file_in_a_folder(tmp_path: Path, where: str) -> None:
    with pytest.raises(mf.InvalidFile, match=r"^store = .*must be (in|a file)") as caught:
        small_sweep(store=tmp_path / where)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(mf.InvalidFile, match="cannot be written"):
        small_sweep(store=tmp_path / "s.nc")


@pytest.mark.exact
def test_the_file_is_whole_at_any_time(tmp_path: Path, monkeypatch, reference) -> None:
    """Written after every result here; whoever opens it meanwhile finds all results until then."""
    monkeypatch.setattr(module, "FILE_INTERVAL", 0.0)
    monkeypatch.setattr(module, "MAX_SHARE_OF_TIME", 1e9)
    store, seen = tmp_path / "s.nc", []
    real = module.write

    def watched(path, content, argument):
        real(path, content, argument)
        seen.append(xarray.load_dataset(path))

    monkeypatch.setattr(module, "write", watched)
    assert_equal(small_sweep(store=store), reference)
    finished = [data.attrs["units_finished"] for data in seen]
    assert finished[-1] == UNITS
    assert finished == [*range(1, UNITS + 1), UNITS]
    for data in seen:
        known = data["dimension"].notnull()
        assert int(known.sum()) == data.attrs["units_finished"]
        assert data["dimension"].equals(reference["dimension"].where(known))


@pytest.mark.exact
def test_a_failed_write_leaves_the_old_file_and_the_same_command_continues(store: Path, reference, monkeypatch) -> None:
    keep_lines(store, 5)
    before = store.read_bytes()
    monkeypatch.setattr(module.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(mf.InvalidFile, match=r"the disk is full .* \(12 results\) is kept") as caught:
        small_sweep(store=store)
    assert "\n" not in str(caught.value)
    assert store.read_bytes() == before
    assert not list(store.parent.glob("*.part"))
    assert not list(store.parent.glob(".*.part"))
    monkeypatch.undo()
    assert_equal(small_sweep(store=store), reference)


@pytest.mark.exact
def test_a_changed_number_in_a_store_is_noticed(store: Path) -> None:
    """Each of 40 bytes within the values of a variable, flipped in one bit."""
    import h5py

    content = store.read_bytes()
    with h5py.File(store) as file:
        place, length = file["dimension"].id.get_offset(), file["dimension"].id.get_storage_size()
    assert mf.load(store).attrs["title"] == "sweep, simulate"
    for at in range(place, place + length, max(1, length // 40)):
        store.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(mf.InvalidFile, match="content hash"):
            mf.load(store)


@pytest.mark.exact
def test_only_what_is_like_a_sweeps_file_is_loaded_without_a_hash(store: Path, reference, tmp_path: Path) -> None:
    """As they were written before there was one: with a warning, and nothing else that bears such a title."""
    old, other = tmp_path / "old.nc", tmp_path / "other.nc"
    reference.to_netcdf(old, engine="h5netcdf")
    with pytest.warns(UserWarning, match="without a content hash"):
        assert_equal(mf.load(old), reference)
    xarray.Dataset({"a": ("x", [1.0])}, attrs={"title": "sweep, of my room"}).to_netcdf(other, engine="h5netcdf")
    with pytest.raises(mf.InvalidFile, match="must be a result that mftheory saved"):
        mf.load(other)


@pytest.mark.exact
@pytest.mark.parametrize("what", ["theory", "foreign", "another sweep"])
def test_a_file_that_took_the_place_of_the_store_is_left_alone(store: Path, reference, what: str) -> None:
    if what == "theory":
        mf.solve(mf.Network(mf.IID(2.0))).save(store)
    elif what == "foreign":
        xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(store, engine="h5netcdf")
    else:
        small_sweep(store=store.with_name("t.nc"), n=[30], seeds=1)
        store.with_name("t.nc").replace(store)
    content = store.read_bytes()
    with pytest.raises(mf.InvalidFile, match=r"was replaced by another file .*: move that away"):
        small_sweep(store=store)
    assert store.read_bytes() == content
    store.unlink()
    assert_equal(small_sweep(store=store), reference)


# Faults of other processes and of the disk.


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    store = tmp_path / "s.nc"
    first = start(store, json.dumps({"duration": 3e5, "n": [40]}), stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / "s.nc.lock").exists():
            assert first.poll() is None
        for _ in range(100):
            try:
                small_sweep(store=store, over={"g": [2.0], "symmetry": [0.0]})
            except mf.InvalidFile as error:
                message = str(error)
                break
        assert "is being written by" in message
        assert "\n" not in message
    finally:
        first.kill()
        first.wait()


def test_the_writer_is_named_once_it_has_written(tmp_path: Path) -> None:
    store = tmp_path / "s.nc"
    first = start(store, json.dumps({"seeds": 2000}), stderr=subprocess.DEVNULL)
    try:
        while not lines(store):
            assert first.poll() is None
        with pytest.raises(mf.InvalidFile, match=rf"is being written by process {first.pid} on \S+ since 20"):
            small_sweep(store=store)
    finally:
        first.kill()
        first.wait()
    # The lock went with its holder.
    with pytest.raises(mf.InvalidFile, match="holds another sweep"):
        small_sweep(store=store)


LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX")
@pytest.mark.parametrize("limit", [700, 3000, 8000])
def test_a_file_that_may_not_grow(tmp_path: Path, reference, limit: int) -> None:
    """A portable stand-in for a full disk, at three moments: the journal's start, its middle, the netCDF file."""
    assert resource.RLIMIT_FSIZE is not None
    store = tmp_path / "s.nc"
    code = LIMITED.format(limit) + SCRIPT.format(here=str(Path(__file__).parent), store=str(store), changes="{}")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "lets a file be; ulimit -f" in run.stderr.splitlines()[-1]
    assert "is kept, and the same command continues" in run.stderr.splitlines()[-1]
    assert journal_of(store).stat().st_size <= limit
    assert journal_of(store).read_bytes().endswith(b"\n") or journal_of(store).stat().st_size == 0
    assert not list(tmp_path.glob(".*.part"))
    assert_equal(small_sweep(store=store), reference)


@pytest.fixture
def small_disk(tmp_path: Path):
    """A tmpfs of 64 kB; only root may mount one, and not everywhere."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.name != "posix" or not shutil.which("mount"):
        pytest.skip("no mount here")
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("left", [0, 4096, 16384])
def test_a_full_disk(small_disk: Path, reference, left: int) -> None:
    """A real one, at three moments: the journal's start, its middle, the netCDF file, of which an older one is there.

    It ends in one line, and when there is room again the same command continues.
    """
    store, old = small_disk / "s.nc", None
    if left > 8192:
        old = small_sweep(store=store, over={"g": [2.0], "symmetry": [0.0]}, n=[40], seeds=1)
    (small_disk / "others").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - left))
    with pytest.raises(mf.InvalidFile, match=r"the disk is full .* results\) is kept") as caught:
        small_sweep(store=store)
    assert "\n" not in str(caught.value)
    kept = lines(store)
    assert (kept == 0, kept == UNITS) == (left == 0, old is not None)
    if old is not None:
        assert_equal(xarray.load_dataset(store), old)
    (small_disk / "others").unlink()
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    assert_equal(small_sweep(store=store), reference)
    assert lines(store) == UNITS


@pytest.mark.skipif(os.name != "posix", reason="links are POSIX")
def test_a_lock_that_is_a_link_destroys_nothing(tmp_path) -> None:
    """Before filelock 3.20.3, with which this was tried, a link was followed, and the file at its end emptied."""
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "s.nc.lock").symlink_to("precious")
    with pytest.raises(mf.InvalidFile, match="symbolic link"):
        small_sweep(store=tmp_path / "s.nc")
    assert (tmp_path / "precious").read_text() == "kept"


@pytest.mark.parametrize("length", [248, 252, 256])
def test_a_name_that_leaves_no_room_for_the_journals_is_refused(length: int, tmp_path) -> None:
    with pytest.raises(mf.InvalidFile, match=r"^store = .*[Nn]ame too long") as caught:
        module.Store(tmp_path / ("a" * (length - 3) + ".nc"), {"what": "an example"})
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
