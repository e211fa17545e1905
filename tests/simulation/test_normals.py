"""Counter-based normal numbers: known answers of the bits, the law, and independence of what else is drawn."""

import numpy as np
import pytest
from scipy import stats

from mftheory.simulation.normals import NormalNumbers, _normal_pair, _philox


def seeds(count, entropy=0):
    return np.random.SeedSequence(entropy).spawn(count)


def filled(shape, step=0, dtype=np.float32, entropy=0):
    out = np.full(shape, np.nan, dtype)
    NormalNumbers(seeds(shape[-1], entropy)).fill(out, step)
    return out


@pytest.mark.exact
@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_bits_are_those_of_the_published_generator(counter, key, words):
    """The known answers that Random123 comes with (philox4x32-10)."""
    found = _philox(*(np.uint32(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in found) == words


@pytest.mark.numeric
def test_the_transform_is_box_and_mullers():
    edges = [0, 1, 2**29 - 1, 2**29, 2**30, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
    random = np.random.default_rng(0).integers(0, 2**32, (3000, 2)).tolist()
    seen = set()
    for radius_bits, angle_bits in [(a, b) for a in edges for b in edges] + random:
        radius = np.sqrt(-2 * np.log((radius_bits + 0.5) / 2**32))
        # The upper two bits: the sign of both, and their exchange; the others an angle from -π/4 to π/4.
        angle = ((angle_bits % 2**30) - 2**29 + 0.5) * (np.pi / 2 / 2**30)
        pair = radius * (-1) ** (angle_bits >> 31) * np.array([np.cos(angle), np.sin(angle)])
        pair = pair[::-1] if (angle_bits >> 30) % 2 else pair
        found = np.array(_normal_pair(np.uint32(radius_bits), np.uint32(angle_bits)))
        # u rounded to float32 at its distance from 1, where r² = 2(1 - u), and a few roundings; observed 2.7e-7.
        assert np.all(np.abs(found * radius - pair * radius) < 1e-6 * (1 + radius**2))
        seen.add(angle_bits >> 30)
    assert seen == {0, 1, 2, 3}


@pytest.mark.statistical
def test_the_two_of_a_pair_are_jointly_normal():
    z = filled((100_000, 40)).astype(np.float64).reshape(-1, 2, 40)
    for rotated in ((z[:, 0] + z[:, 1]) / np.sqrt(2), 0.6 * z[:, 0] - 0.8 * z[:, 1]):
        assert stats.kstest(rotated.ravel(), "norm").pvalue > 1e-4


@pytest.mark.statistical
def test_the_law_is_normal():
    z = np.concatenate([filled((50_000, 40), step).ravel() for step in range(2)]).astype(np.float64)
    assert stats.kstest(z, "norm").pvalue > 1e-4
    # Mean, variance and fourth moment of 4·10⁶ numbers, two-sided, within 4.5 standard errors: 1 in 10⁵ each.
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (4, 3, 96)):
        assert abs(np.mean(z**power) - mean) < 4.5 * np.sqrt(variance / z.size)
    # About 4·10⁶ × 5.7e-7 = 2.3 numbers beyond 5 are expected; more than 12 have a chance of 10⁻⁵.
    assert np.count_nonzero(np.abs(z) > 5) <= 12


@pytest.mark.statistical
def test_neurons_steps_and_trajectories_are_independent():
    """Correlations between every two of 8 neurons × 4 steps × 4 trajectories, over 3000 keys or so."""
    source = NormalNumbers(seeds(4 * 3000))
    rows = []
    for step in range(4):
        out = np.empty((8, 4 * 3000), np.float32)
        source.fill(out, step)
        rows.append(out.reshape(8, 4, 3000))
    z = np.stack(rows).reshape(-1, 3000).astype(np.float64)
    for values in (z, np.abs(z)):
        correlation = np.corrcoef(values)[np.triu_indices(z.shape[0], 1)]
        # 8128 pairs with standard deviation 1/√3000: the largest within 5 (1 in 200), their mean square as expected.
        assert np.abs(correlation).max() < 5 / np.sqrt(3000)
        assert np.mean(correlation**2) * 3000 == pytest.approx(1, abs=5 * np.sqrt(2 / correlation.size))


@pytest.mark.exact
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 7, 8])
def test_a_number_depends_on_its_place_alone(rows):
    whole = filled((8, 6))
    assert np.array_equal(filled((rows, 6)), whole[:rows])
    alone = np.empty((rows, 2), np.float32)
    NormalNumbers(seeds(6)[3:5]).fill(alone, 0)
    assert np.array_equal(alone, whole[:rows, 3:5])
    assert not np.array_equal(filled((8, 6), step=1), whole)
    assert not np.array_equal(filled((8, 6), step=2**32), whole)  # the upper half of the step counts
    assert not np.array_equal(filled((8, 6), entropy=1), whole)


@pytest.mark.exact
def test_both_precisions_hear_the_same():
    assert np.array_equal(filled((9, 5), dtype=np.float64), filled((9, 5)).astype(np.float64))
    assert np.array_equal(filled((2, 9, 5), 3).reshape(18, 5), filled((18, 5), 3))  # states of filters in turn
