"""What needs more memory than there is says so before it begins."""

import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import eye_array

import mftheory as mf
from mftheory.network import memory
from mftheory.theory.one_network import predict_covariance

BIG = 10**6
GB = 1e9


def family(g: float) -> mf.Network:
    return mf.Network(mf.IID(g))


def sparse_network() -> mf.Network:
    """10⁵ neurons, 10⁵ couplings: 1.6 MB as they are, 80 GB as a matrix."""
    return mf.Network(mf.Given(eye_array(10**5, format="csr")))


@pytest.mark.parametrize(
    "request_",
    [
        lambda: mf.IID(2.0).sample(BIG, 0),
        lambda: mf.PartiallySymmetric(2.0, 0.5).sample(BIG, 0),
        lambda: mf.RandomMode.exponential(2.0, 0.5).sample(BIG, 0),
        lambda: mf.RandomMode.exponential(2.0, 1e9).sample(1000, 0),
        lambda: mf.simulate(family(3.0), BIG, 0),
        lambda: mf.simulate(family(3.0), BIG, 0, trajectories=4),
        lambda: mf.simulate(family(3.0), 100, 0, response=1e9),
        lambda: mf.simulate(family(3.0), 100, 0, duration=1e12),
        lambda: mf.simulate(family(3.0), 100, 0, keep_states=True, duration=1e7),
        lambda: mf.compare(family(3.0), n=[100, BIG]),
        lambda: mf.compare(family(3.0), n=[100], seeds=10**12),
        lambda: mf.sweep(family, {"g": [2.0, 3.0]}, "simulate", n=[100, BIG]),
        lambda: mf.sweep(family, {"g": range(2, 10**9)}),
        lambda: mf.dimension(np.broadcast_to(3.0, (BIG, BIG))),
        lambda: mf.dimension(np.linspace(2, 3, 10**5)[:, None], effective_rank=np.linspace(0.1, 1.0, 10**7)),
        lambda: mf.Given(np.broadcast_to(1.0, (BIG, BIG))),
        lambda: mf.linear_equivalent(family(3.0), BIG, 0),
        lambda: mf.linear_equivalent(family(3.0), BIG, 0, C=1.0, S=0.1),
        lambda: mf.linear_equivalent(family(3.0), 10**5, 0, np.zeros(1000)),
        lambda: mf.linear_equivalent(sparse_network(), C=1.0, S=0.1),
        lambda: mf.linear_equivalent(sparse_network()),
        lambda: mf.linear_equivalent(np.broadcast_to(1.0, (BIG, BIG)), C=1.0, S=0.1),
        lambda: mf.linear_equivalent(family(3.0), couplings=np.broadcast_to(1.0, (BIG, BIG))),
        lambda: mf.predict_covariance(family(3.0), 10**7, 0),
    ],
)
def test_too_much_is_refused_before_it_begins(request_) -> None:
    mf.solve(family(3.0)).dimension("phi")  # what is loaded on use is loaded
    tracemalloc.start()
    start = time.perf_counter()
    try:
        with pytest.raises(mf.InvalidNetwork) as caught:
            request_()
        took, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(str(caught.value).splitlines()) == 1
    assert took < 3.0  # imports among it; 1 s seen
    assert peak < 0.3 * GB  # the 10⁷ ranks of one request, copied once


def test_a_memory_limit_of_the_process_counts() -> None:
    """3 GB of address space: 20,000 neurons need 6.4 GB, 2,000 need 64 MB."""
    pytest.importorskip("resource")
    code = (
        "import resource, mftheory as mf\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 * 10**9, 3 * 10**9))\n"
        "mf.IID(2.0).sample(2000, 0)\n"
        "try: mf.IID(2.0).sample(20000, 0)\n"
        "except mf.InvalidNetwork as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("n = 20000: drawing the couplings would take 6.4 GB of memory; there are ")


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({"memory.max": "8e9", "memory.current": "3000000000", "memory.stat": "anon 1\ninactive_file 1000000000"}, 6e9),
        ({"memory.max": "max\n", "memory.current": "3000000000", "memory.stat": ""}, np.inf),
        ({"memory.max": "1000", "memory.current": "5000", "memory.stat": ""}, 0.0),
        ({"memory.max": "nonsense"}, np.inf),
        ({}, np.inf),
        (
            {
                "memory/memory.limit_in_bytes": "4000000000",
                "memory/memory.usage_in_bytes": "1000000000",
                "memory/memory.stat": "inactive_file 5\ntotal_inactive_file 500000000",
            },
            3.5e9,
        ),
    ],
)
def test_the_limit_of_a_container(files, free, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert memory._of_container(tmp_path) == free


def test_covariances_among_too_many_neurons_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(predict_covariance, "LARGEST_DECOMPOSED", 300)
    found = mf.predict_covariance(family(1.5), n=400, seed=0)
    monkeypatch.setattr(memory, "available", lambda: 0.01 * GB)
    with pytest.raises(mf.InvalidNetwork, match=r"len\(among\) = 350: Krylov spaces of J would take"):
        found.covariance("phi", np.arange(350))
    assert found.covariance("phi", found.neurons).shape == (40, 40)  # kept


def test_eigenvectors_are_refused_where_they_do_not_fit(monkeypatch) -> None:
    found = mf.linear_equivalent(family(3.0), n=300, seed=0)
    monkeypatch.setattr(memory, "available", lambda: 5e6)  # 80 bytes for each of 300² couplings are 7.2e6
    with pytest.raises(mf.InvalidNetwork, match="n = 300: eigenvectors of J would take"):
        found.covariance("phi")


def test_what_fits_is_not_refused() -> None:
    assert memory.available() > 0.1 * GB
    memory.check("n", 1, 0.01 * GB, "this")
    assert mf.IID(2.0).sample(100, 0).n == 100
