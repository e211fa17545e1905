"""The journal: whole lines survive whatever happens to the others."""

import errno
import os
from pathlib import Path

import pytest

from mftheory.errors import InvalidFile
from mftheory.sweeps import journal as module
from mftheory.sweeps.journal import Journal

RECORDS = [{"key": str(k), "result": {"value": 0.1 * k, "nan": float("inf"), "text": "Ψ\n"}} for k in range(5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s.nc.journal"
    with Journal(path) as journal:
        for record in RECORDS:
            journal.append(record)
    return path


@pytest.mark.exact
def test_records_come_back_to_the_last_bit(path: Path) -> None:
    found = Journal(path)
    assert (found.records, found.damaged) == (RECORDS, 0)


@pytest.mark.exact
def test_cut_anywhere_the_whole_lines_are_found_and_the_next_line_is_whole(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    for length in (*range(0, len(content), 11), len(content) - 1, len(content)):
        cut = tmp_path / "cut"
        cut.write_bytes(content[:length])
        whole = content[:length].count(b"\n")
        with Journal(cut) as journal:
            assert (journal.records, journal.damaged) == (RECORDS[:whole], 0)
            journal.append({"key": "new"})
        assert Journal(cut).records == [*RECORDS[:whole], {"key": "new"}]


@pytest.mark.exact
def test_any_damaged_byte_costs_its_line_at_most(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x15
        other = tmp_path / "other"
        other.write_bytes(damaged)
        found = Journal(other)
        # A line end that is gone, or a new one, spoils the lines on either side.
        assert len(found.records) >= len(RECORDS) - 2
        assert all(record in RECORDS for record in found.records)
        assert found.damaged or content[place : place + 1] == b"\n" or place == len(content) - 1


@pytest.mark.exact
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00" * 5000, b"not a journal", b"\xff\xfe\n" * 10])
def test_something_else_altogether_holds_no_records(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)
    assert Journal(path).records == []


@pytest.mark.exact
@pytest.mark.parametrize("written", [0, 1, 17])
def test_a_line_that_was_written_in_part_is_taken_back(path: Path, monkeypatch, written: int) -> None:
    """As a full disk does it: some of the bytes are taken, and the next call fails."""
    real, calls = os.write, []

    def full(file: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) == 1 and written:
            return real(file, data[:written])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = path.read_bytes()
    with Journal(path) as journal:
        monkeypatch.setattr(module.os, "write", full)
        with pytest.raises(InvalidFile, match="the disk is full") as caught:
            journal.append({"key": "new"})
        assert "\n" not in str(caught.value)
        assert path.read_bytes() == before
        monkeypatch.undo()
        journal.append({"key": "newer"})  # there is room again
    assert Journal(path).records == [*RECORDS, {"key": "newer"}]


@pytest.mark.exact
def test_a_disk_that_finds_out_late_that_it_is_full(path: Path, monkeypatch) -> None:
    before = path.read_bytes()
    journal = Journal(path)
    monkeypatch.setattr(module, "SYNC_INTERVAL", 1e9)
    journal.append({"key": "kept by the system"})
    real = os.fsync

    def full(file: int) -> None:
        monkeypatch.setattr(module.os, "fsync", real)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", full)
    synced = journal._synced
    with pytest.raises(InvalidFile, match="the disk is full"):
        journal.close()
    assert path.stat().st_size == synced
    assert path.read_bytes().startswith(before)
