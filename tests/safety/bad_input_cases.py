# ruff: noqa: E501
"""Bad input, and the one line that answers it: what tests check and docs/bad_input.md shows.

After a change here: ``python tests/safety/bad_input_page.py``.
"""

from collections.abc import Mapping
from typing import NamedTuple

ANYTHING = "…"
"""In a message: what depends on the machine, or a list too long for a table."""


class Row(NamedTuple):
    """A call or a command, the error's type or "exit code 2", and its message."""

    given: str
    error: str
    message: str


ROWS: Mapping[str, tuple[Row, ...]] = {
    "Describing a network": (
        Row("mf.IID(nan)", "InvalidNetwork", "g = nan: must be a finite number above 0"),
        Row("mf.IID(-1)", "InvalidNetwork", "g = -1: must be a finite number above 0"),
        Row("mf.IID(0)", "InvalidNetwork", "g = 0: must be a finite number above 0"),
        Row('mf.IID("3")', "InvalidNetwork", "g = '3': must be a finite number above 0"),
        Row("mf.IID(True)", "InvalidNetwork", "g = True: must be a finite number above 0"),
        Row("mf.IID([1, [2, 3]])", "InvalidNetwork", "g = [1, [2, 3]]: must be a finite number above 0"),
        Row("mf.IID(3 + 0j)", "InvalidNetwork", "g = (3+0j): must be a finite number above 0"),
        Row(
            "mf.IID(10**400)",
            "InvalidNetwork",
            "g = 10000000000000000000...0000000000000000000000000000000000000: must be a finite number above 0",
        ),
        Row("mf.IID(1e300)", "InvalidNetwork", "g = 1e+300: must be from 1e-60 to 1e+60"),
        Row("mf.PartiallySymmetric(2.0, 1.5)", "InvalidNetwork", "symmetry = 1.5: must be a number from -1 to 1"),
        Row(
            'mf.PartiallySymmetric(2.0, "symmetric")',
            "InvalidNetwork",
            "symmetry = 'symmetric': must be a number from -1 to 1",
        ),
        Row(
            "mf.RandomMode([])",
            "InvalidNetwork",
            "strengths = []: must be a non-empty one-dimensional array of finite numbers >= 0, not all 0",
        ),
        Row("mf.RandomMode([1, -1])", "InvalidNetwork", "strengths[1] = -1.0: must be a finite number >= 0"),
        Row("mf.RandomMode([1, nan])", "InvalidNetwork", "strengths[1] = nan: must be a finite number >= 0"),
        Row(
            "mf.RandomMode([0, 0])",
            "InvalidNetwork",
            "strengths = [0, 0]: must be a non-empty one-dimensional array of finite numbers >= 0, not all 0",
        ),
        Row(
            'mf.RandomMode(["1", "2"])',
            "InvalidNetwork",
            "strengths = ['1', '2']: must be a non-empty one-dimensional array of finite numbers >= 0, not all 0",
        ),
        Row("mf.RandomMode([1e200, 1.0])", "InvalidNetwork", "max(strengths) = 1e+200: must be from 1e-60 to 1e+60"),
        Row(
            "mf.RandomMode(np.array([1 + 1j, 2]))",
            "InvalidNetwork",
            "strengths = array([1.+1.j, 2.+0.j]): must be a non-empty one-dimensional array of finite numbers >= 0, not all 0",
        ),
        Row(
            'mf.RandomMode("exponential")',
            "InvalidNetwork",
            "strengths = 'exponential': must be an array, or use RandomMode.exponential or RandomMode.step",
        ),
        Row(
            "mf.RandomMode([[1, 2], [3]])",
            "InvalidNetwork",
            "strengths = [[1, 2], [3]]: must be a non-empty one-dimensional array of finite numbers >= 0, not all 0",
        ),
        Row("mf.RandomMode([1.0, 2.0], alpha=0)", "InvalidNetwork", "alpha = 0: must be a finite number above 0"),
        Row(
            "mf.RandomMode([1.0, 2.0], overlaps=[0.5])",
            "InvalidNetwork",
            "overlaps = [0.5]: must be an array of 2 numbers from -1 to 1, one for each strength",
        ),
        Row(
            "mf.RandomMode([1.0, 2.0], overlaps=[0.5, 1.5])",
            "InvalidNetwork",
            "overlaps[1] = 1.5: must be a number from -1 to 1",
        ),
        Row(
            'mf.RandomMode([1.0, 2.0], overlaps=["0.5", "0.5"])',
            "InvalidNetwork",
            "overlaps = ['0.5', '0.5']: must be an array of 2 numbers from -1 to 1, one for each strength",
        ),
        Row("mf.RandomMode([1.0, 2.0], g_eff=nan)", "InvalidNetwork", "g_eff = nan: must be a finite number above 0"),
        Row(
            "mf.RandomMode.exponential(3.0, 0)", "InvalidNetwork", "effective_rank = 0: must be a finite number above 0"
        ),
        Row(
            'mf.RandomMode.exponential(3.0, "half")',
            "InvalidNetwork",
            "effective_rank = 'half': must be a finite number above 0",
        ),
        Row(
            "mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=2)",
            "InvalidNetwork",
            "overlap_amplitude = 2: must be a number from -1 to 1",
        ),
        Row("mf.Gains.exponential(pr=1.5)", "InvalidNetwork", "pr = 1.5: must be a number above 0 and at most 1"),
        Row(
            "mf.Network(mf.IID(2.0), gains=[-1.0, 1.0])",
            "InvalidNetwork",
            "gains[0] = -1.0: must be a finite number >= 0",
        ),
        Row(
            "mf.Network(mf.IID(2.0), gains=0.0)",
            "InvalidNetwork",
            "gains = 0.0: must be a finite number above 0",
        ),
        Row(
            "mf.Network(3.0)",
            "InvalidNetwork",
            "connectivity = 3.0: must be an ensemble, IID(...), PartiallySymmetric(...) or RandomMode(...), or one J, Given(J)",
        ),
        Row(
            "mf.Network(mf.IID)",
            "InvalidNetwork",
            "connectivity = <class 'mftheory.network.connectivity.IID'>: must be an ensemble, IID(...), PartiallySymmetric(...) or RandomMode(...), or one J, Given(J)",
        ),
        Row(
            "mf.Network(np.eye(3))",
            "InvalidNetwork",
            "connectivity = array([[1., 0., 0.],... [0., 1., 0.], [0., 0., 1.]]): must be an ensemble, IID(...), PartiallySymmetric(...) or RandomMode(...), or one J, Given(J)",
        ),
        Row(
            'mf.Network(mf.IID(2.0), "tanh")',
            "InvalidNetwork",
            "nonlinearity = 'tanh': must be Erf(), Tanh(), Nonlinearity('a formula in x'), Tabulated(x, rate) or a function of an array",
        ),
        Row(
            "mf.Network(mf.IID(2.0), mf.Tanh)",
            "InvalidNetwork",
            "nonlinearity = <class 'mftheory.network.nonlinearity.Tanh'>: is a class: write Tanh()",
        ),
        Row(
            "mf.Network(mf.IID(2.0), np.sin)",
            "InvalidNetwork",
            "nonlinearity = <ufunc 'sin'>: must become constant or linear, to 1e-08, within |x| <= 8192 (not so for x < 0): give it a range, Tabulated.of(function, low, high)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), np.sign)",
            "InvalidNetwork",
            "nonlinearity = <ufunc 'sign'>: must be smooth, to 1e-12 (not so, or too steep, near x = 0): write kinks as a formula with maximum, abs or clip, or give a table, Tabulated(x, rate)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), lambda x: x / np.max(x))",
            "InvalidNetwork",
            "nonlinearity = <function <lambda> at …>: must be a function that takes an array of numbers and returns as many finite numbers, each of its own x alone (its values depend on the other entries, or change from call to call)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), lambda x: x[:3])",
            "InvalidNetwork",
            "nonlinearity = <function <lambda> at …>: must be a function that takes an array of numbers and returns as many finite numbers, each of its own x alone (…)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), lambda x: np.where(x > 3, nan, x))",
            "InvalidNetwork",
            "nonlinearity = <function <lambda> at …>: must be a function that takes an array of numbers and returns as many finite numbers, each of its own x alone (not so at x = …)",
        ),
        Row(
            "mf.Tabulated.of(np.tanh, 3, -3)",
            "InvalidNetwork",
            "low, high = (3.0, -3.0): must be finite numbers, low < high",
        ),
        Row(
            "mf.Tabulated.of(np.tanh, low=-3)",
            "InvalidNetwork",
            "low, high = (-3, None): must be given both, or none of them",
        ),
        Row(
            "mf.Tabulated.of(np.tanh, points=3)",
            "InvalidNetwork",
            "points = 3: must be a whole number of at least 4",
        ),
        Row(
            "mf.Tabulated([0, 1, 2], [0, 1, 1])",
            "InvalidNetwork",
            "x = [0, 1, 2]: must be a one-dimensional array of at least four finite numbers",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [0, 1, 1])",
            "InvalidNetwork",
            "rate = [0, 1, 1]: must be a one-dimensional array of at least four finite numbers",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [0, 1, 1, 2, 2])",
            "InvalidNetwork",
            "rate = [0, 1, 1, 2, 2]: must have as many entries as x, 4 (here 5)",
        ),
        Row(
            "mf.Tabulated([0, 2, 1, 3], [0, 1, 1, 2])",
            "InvalidNetwork",
            "x[2] = 1.0: must be above x[1] = 2: sort the table",
        ),
        Row(
            "mf.Tabulated([0, 1, 1, 3], [0, 1, 1, 2])",
            "InvalidNetwork",
            "x[2] = 1.0: must be above x[1] = 1: sort the table",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [0, 1, nan, 2])",
            "InvalidNetwork",
            "rate[2] = nan: must be a finite number",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [1, 1, 1, 1])",
            "InvalidNetwork",
            "rate = [1, 1, 1, 1]: must not be the same at all inputs",
        ),
        Row(
            'mf.Tabulated([0, 1, 2, 3], ["0", "1", "1", "2"])',
            "InvalidNetwork",
            "rate = ['0', '1', '1', '2']: must be a one-dimensional array of at least four finite numbers",
        ),
        Row(
            'mf.Tabulated([0, 1, 2, 3], [0, 1, 1, 2], "periodic")',
            "InvalidNetwork",
            "beyond = 'periodic': must be 'constant' or 'linear', or a pair of them, below and above",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [0, 1, 1, 2], error=-1)",
            "InvalidNetwork",
            "error = -1: must be a number >= 0",
        ),
        Row(
            "mf.Tabulated([0, 1, 2, 3], [0, 1, 1, 2], degree=3)",
            "InvalidNetwork",
            "degree = 3: is for points that are Chebyshev points, as Tabulated.of makes them",
        ),
        Row(
            "mf.ThresholdPower(0.5)",
            "InvalidNetwork",
            "exponent = 0.5: must be at least 1 (below, the slope at the threshold is infinite)",
        ),
        Row(
            'mf.Network(mf.IID(2.0), dynamics="leaky")',
            "InvalidNetwork",
            "dynamics = 'leaky': must be Leaky(), Rational(numerator, denominator) or EulerMap(delta)",
        ),
        Row("mf.Network(mf.IID(2.0), noise=-0.1)", "InvalidNetwork", "noise = -0.1: must be a finite number >= 0"),
        Row("mf.Network(mf.IID(2.0), noise=1e300)", "InvalidNetwork", "noise = 1e+300: must be from 1e-60 to 1e+60"),
        Row(
            "mf.Network(mf.IID(2.0), noise=[0.1, -0.1])",
            "InvalidNetwork",
            "noise[1] = -0.1: must be a finite number >= 0",
        ),
        Row("mf.Network(mf.IID(2.0), bias=inf)", "InvalidNetwork", "bias = inf: must be a finite number"),
        Row(
            "mf.Network(mf.IID(2.0), bias=[[0.1], [0.2]])",
            "InvalidNetwork",
            "bias = [[0.1], [0.2]]: must be a number, an array of one a neuron, or a frozen distribution such as scipy.stats.norm(0, 0.3)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), bias=stats.norm)",
            "InvalidNetwork",
            "bias = …: must be a number, an array of one a neuron, or a frozen distribution such as scipy.stats.norm(0, 0.3)",
        ),
        Row(
            "mf.Network(mf.IID(2.0), noise=stats.norm(0, 0.3))",
            "InvalidNetwork",
            "noise = norm(0, 0.3): must have values that are a finite number >= 0",
        ),
        Row(
            "mf.Network(mf.IID(2.0), bias=stats.norm(0, -1))",
            "InvalidNetwork",
            "bias = norm(0, -1): must have parameters in the range that scipy.stats allows",
        ),
        Row(
            "mf.Network(mf.IID(2.0), bias=stats.cauchy())",
            "InvalidNetwork",
            "bias = cauchy(0, 1): must have a finite mean square",
        ),
        Row(
            "mf.Network(mf.IID(2.0), gains=[1.0, 2.0], bias=[0.1, 0.2, 0.3])",
            "InvalidNetwork",
            "lengths = 'bias: 3, gains: 2': must be equal: entry i of every array is neuron i",
        ),
        Row(
            "mf.Network(mf.Given(J), bias=[0.1, 0.2])",
            "InvalidNetwork",
            "length of bias = 2: must be 3, one entry for each neuron of the given J",
        ),
        Row(
            "mf.Network(mf.IID(2.0), bias=np.linspace(0, 1, 501)).kinds",
            "InvalidNetwork",
            "kinds of neurons = 501: must be at most 500 (arrays: 501): round the arrays to fewer values, as np.round(..., 1) does",
        ),
        Row(
            "mf.Network(mf.IID(2.0), noise=stats.lognorm(1.0)).kinds",
            "InvalidNetwork",
            "noise = lognorm(1, 0, 1): has tails too wide for averages over 96 values (errors …): give an array",
        ),
        Row("mf.Leaky(tau=0)", "InvalidNetwork", "tau = 0.0: must be a finite number above 0"),
        Row("mf.Leaky(tau=[1.0, nan])", "InvalidNetwork", "tau[1] = nan: must be a finite number above 0"),
        Row("mf.Leaky(tau=1e300)", "InvalidNetwork", "tau = 1e+300: must be from 1e-09 to 1e+09"),
        Row(
            "mf.Leaky(tau=[1.0, 2.0]).transfer(0.0)",
            "InvalidNetwork",
            "tau = [1.0, 2.0]: must be one number for this: Network.kinds have one time constant each",
        ),
        Row("mf.EulerMap(2.5)", "InvalidNetwork", "delta = 2.5: must be a number above 0 and below 2"),
        Row("mf.EulerMap(1e-300)", "InvalidNetwork", "delta = 1e-300: must be at least 1e-09"),
        Row(
            "mf.Rational([1.0], [])",
            "InvalidNetwork",
            "denominator = []: must be finite real coefficients, the constant term first, not all 0",
        ),
        Row(
            'mf.Rational("1", "1,1")',
            "InvalidNetwork",
            "numerator = '1': must be finite real coefficients, the constant term first, not all 0",
        ),
        Row(
            "mf.Rational([1.0, 1.0], [1.0, 1.0])",
            "InvalidNetwork",
            "numerator = (1.0, 1.0): must be of lower degree than the denominator",
        ),
        Row(
            "mf.Rational([1.0], [1.0, -1.0])",
            "InvalidNetwork",
            "denominator = (1.0, -1.0): must be stable; it has a zero at 1+0j",
        ),
        Row(
            "mf.Rational([1.0], [1.0, 1e-300])",
            "InvalidNetwork",
            "denominator = [1.0, 1e-300]: must be coefficients from 1e-60 to 1e+60 in size, or 0",
        ),
        Row(
            "mf.Rational([1], [1e300, 1e300])",
            "InvalidNetwork",
            "denominator = [1e+300, 1e+300]: must be coefficients from 1e-60 to 1e+60 in size, or 0",
        ),
        Row(
            "mf.Rational([1e-300], [1.0, 1.0])",
            "InvalidNetwork",
            "numerator = [1e-300]: must be coefficients from 1e-60 to 1e+60 in size, or 0",
        ),
        Row(
            "mf.Rational([1.0], [1.0] * 1000)",
            "InvalidNetwork",
            "denominator = [1.0, 1.0, 1.0, 1.0,...0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]: must be at most 50 coefficients",
        ),
        Row(
            'mf.Nonlinearity("relu(x)")',
            "InvalidNetwork",
            "nonlinearity = 'relu(x)': write maximum(x, 0) for relu(x); must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            'mf.Nonlinearity("x^3")',
            "InvalidNetwork",
            "nonlinearity = 'x^3': write ** for ^; must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            'mf.Nonlinearity("max(x)")',
            "InvalidNetwork",
            "nonlinearity = 'max(x)': write maximum(x, 0), with two arguments; must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            "mf.Nonlinearity(\"__import__('os').system('true')\")",
            "InvalidNetwork",
            "nonlinearity = \"__import__('os').system('true')\": must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            'mf.Nonlinearity("")',
            "InvalidNetwork",
            "nonlinearity = '': must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            'mf.Nonlinearity("1/x")',
            "InvalidNetwork",
            "nonlinearity = '1 / x': must be a finite real number for every x (not so at x = 0)",
        ),
        Row(
            'mf.Nonlinearity("x" * 10**6)',
            "InvalidNetwork",
            "nonlinearity = 'xxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx': must have at most 1000 characters",
        ),
        Row(
            'mf.Heterogeneous("tanh(a*x)", {})',
            "InvalidNetwork",
            "parameters = {}: must be a dict of names and arrays, at least one",
        ),
        Row(
            'mf.Heterogeneous("tanh(a*x)", {"a": [1.0, nan]})',
            "InvalidNetwork",
            "parameters['a'] = [1.0, nan]: must be a finite number or a non-empty one-dimensional array of finite numbers",
        ),
        Row(
            'mf.Heterogeneous("tanh(a*x)", {"a": ["1", "2"]})',
            "InvalidNetwork",
            "parameters['a'] = ['1', '2']: must be a finite number or a non-empty one-dimensional array of finite numbers",
        ),
        Row(
            'mf.Heterogeneous("tanh(a*x + b)", {"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]})',
            "InvalidNetwork",
            "parameters = 'a: 2, b: 3': must be arrays of one length, one entry a neuron",
        ),
        Row(
            'mf.Heterogeneous("tanh(a*x)", {"a.b": [1.0]})',
            "InvalidNetwork",
            "parameters = 'a.b': names must be identifiers other than x, pi, e and functions",
        ),
        Row(
            "mf.Given([[1.0, 2.0]])",
            "InvalidNetwork",
            "J = an array of shape (1, 2), float64: must be a square matrix of finite real numbers, dense or sparse, of at least 2 neurons",
        ),
        Row("mf.Given([[1.0, nan], [0.0, 1.0]])", "InvalidNetwork", "J = nan: must contain finite numbers only"),
        Row(
            'mf.Given("J.npy")',
            "InvalidNetwork",
            "J = 'J.npy': must be a square matrix of finite real numbers, dense or sparse, of at least 2 neurons",
        ),
        Row(
            "mf.Given(np.broadcast_to(1.0, (10**7, 10**7)))",
            "InvalidNetwork",
            "J = an array of shape (10000000, 10000000): a copy of it would take 9e+05 GB of memory; there are … GB",
        ),
    ),
    "Arrays with masked entries": (
        Row(
            "mf.RandomMode(masked)",
            "InvalidNetwork",
            "strengths = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.Network(mf.IID(2.0), gains=masked)",
            "InvalidNetwork",
            "gains = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.dimension(g_eff=masked)",
            "InvalidNetwork",
            "g_eff = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.measure(np.ma.vstack([masked, masked]))",
            "InvalidNetwork",
            "activity = …: must have no masked entries (here 2): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            'mf.solve(net).C("phi", masked)',
            "InvalidNetwork",
            "tau = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            'mf.Heterogeneous("a * tanh(x)", {"a": masked})',
            "InvalidNetwork",
            "parameters = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.Connectome.from_edges([0, 1, 2], [1, 2, 0], masked, n=3)",
            "InvalidNetwork",
            "weight = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.linear_equivalent(net, couplings=np.ma.masked_equal(np.eye(3), 1.0))",
            "InvalidNetwork",
            "couplings = …: must have no masked entries (here 3): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            'mf.solve(modes, parameters={"alpha": 0.5, "D": masked})',
            "InvalidNetwork",
            "parameters = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
        Row(
            "mf.Erf()(masked)",
            "InvalidNetwork",
            "x = …: must have no masked entries (here 1): leave them out, or fill them, as x.filled(0.0) does",
        ),
    ),
    "Arguments by another name": (
        Row("mf.IID(g_eff=2)", "InvalidCall", "IID: no argument 'g_eff' (did you mean g?); it takes g"),
        Row("mf.IID(2.0, 3.0)", "InvalidCall", "IID: at most 1 argument by position, not 2; it takes g"),
        Row("mf.IID(2.0, g=3.0)", "InvalidCall", "IID: argument 'g' is given twice; it takes g"),
        Row("mf.IID(2.0).sample(100)", "InvalidCall", "IID.sample: argument 'seed' is missing; it takes n, seed"),
        Row(
            "mf.RandomMode.exponential(g=3, effective_rank=1)",
            "InvalidCall",
            "RandomMode.exponential: no argument 'g' (did you mean g_eff?); it takes g_eff, effective_rank, overlap_amplitude",
        ),
        Row(
            "mf.Gains.exponential()",
            "InvalidCall",
            "Gains.exponential: argument 'pr' is missing; it takes pr",
        ),
        Row(
            'mf.Network(mf.IID(2), phi="tanh")',
            "InvalidCall",
            "Network: no argument 'phi' (did you mean nonlinearity?); it takes connectivity, nonlinearity, gains, dynamics, noise, bias",
        ),
        Row(
            "mf.Network(mf.IID(2), sigma=1)",
            "InvalidCall",
            "Network: no argument 'sigma' (did you mean noise?); it takes connectivity, nonlinearity, gains, dynamics, noise, bias",
        ),
        Row("mf.Tanh(2.0)", "InvalidCall", "Tanh: no argument by position, not 1; it takes none"),
        Row(
            "mf.solve()",
            "InvalidCall",
            "solve: argument 'network' is missing; it takes network, settings, parameters, nonlinearity, and sampling",
        ),
        Row(
            "mf.dimension(g=3)",
            "InvalidCall",
            "dimension: no argument 'g' (did you mean g_eff?); it takes g_eff, effective_rank, observable, …",
        ),
        Row(
            "mf.simulate(net, n=100, seed=0, T=100)",
            "InvalidCall",
            "simulate: no argument 'T' (did you mean duration?); it takes network, n, seed, …",
        ),
        Row(
            "mf.simulate(net, 100)",
            "InvalidCall",
            "simulate: argument 'seed' is missing; it takes network, n, seed, parameters, nonlinearity, and settings",
        ),
        Row(
            "mf.compare(net, n=[100], networks=3)",
            "InvalidCall",
            "compare: no argument 'networks' (did you mean seeds?); it takes network, n, seeds, …",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, networks=3)',
            "InvalidCall",
            "sweep: no argument 'networks' (did you mean seeds?); it takes family, over, what, store, …",
        ),
        Row(
            "mf.measure(J, dt=0.1)",
            "InvalidCall",
            "measure: no argument 'dt' (did you mean interval?); it takes activity, interval, max_lag, stretches, gap",
        ),
        Row(
            "mf.plan(net, goal=0.1)",
            "InvalidCall",
            "plan: no argument 'goal'; it takes network, target, n, seconds, max_memory, observable",
        ),
        Row("mf.cite(net, style=1)", "InvalidCall", "cite: no argument 'style'; it takes things"),
        Row("mf.load()", "InvalidCall", "load: argument 'path' is missing; it takes path"),
        Row("mf.derive()", "InvalidCall", "derive: argument 'network' is missing; it takes network"),
        Row(
            "mf.derive(net).four_point(obs='x')",
            "InvalidCall",
            "Derivation.four_point: no argument 'obs' (did you mean observable?); it takes observable, route",
        ),
        Row(
            "mf.GaussianEnsemble(populations=())",
            "InvalidCall",
            "GaussianEnsemble: arguments 'name', 'couplings', 'covariances' are missing; it takes name, populations, …",
        ),
    ),
    "Declaring an ensemble": (
        Row(
            "ensemble(sp.Symbol('S_phi_1'))",
            "InvalidNetwork",
            "covariance of J, J = 'S_phi_1': stands for something else already (a two-time function of neurons); choose another name",
        ),
        Row(
            "ensemble(parameters=(Parameter('D', 'r'), Parameter('E', 'r')))",
            "InvalidNetwork",
            "parameter 'E': moments = 'r': is the letter of D already: choose another, or say law_of='D' if their law is one",
        ),
        Row(
            "ensemble(sp.Symbol('r_2'), parameters=(Parameter('D', 'r'),))",
            "InvalidNetwork",
            "covariance of J, J = 'r_2': stands for something else already (a moment of D, whose letter is r); choose another name",
        ),
        Row(
            "ensemble(sp.Symbol('g', real=True), noise=sp.Symbol('g', positive=True))",
            "InvalidNetwork",
            "covariance of J, J = 'g': is a second symbol of that name, with other assumptions: use one symbol for both",
        ),
        Row(
            "ensemble(4, 20)",
            "InvalidNetwork",
            "covariances = 'J, K: 20': gives a correlation above 1",
        ),
        Row(
            "mf.solve(ensemble(4, sp.Symbol('c', real=True)), parameters={'c': 20})",
            "InvalidNetwork",
            "covariances = 'J, K: 20': gives a correlation above 1",
        ),
        Row(
            "mf.solve(ensemble(4, sp.Symbol('c', real=True)), parameters={'c': 1, 'bogus': 1})",
            "InvalidNetwork",
            "parameters['bogus'] = 1.0: is not a parameter of this ensemble; it has c",
        ),
        Row(
            "mf.solve(modes, parameters={'alpha': 0.5, 'r_2': 20, 'r_4': 300})",
            "InvalidNetwork",
            "parameters['r_2'] = 20.0: is of no law: with this ⟨D^4⟩, ⟨D^2⟩ is at most 17.3205",
        ),
        Row(
            "mf.solve(modes, parameters={'alpha': 0.5, 'D': [3, 5], 'r_2': 3})",
            "InvalidNetwork",
            "parameters['r_2'] = 3.0: contradicts the others, from which it follows to be 17: leave it out",
        ),
        Row(
            "Coupling(X, x.response, 5)",
            "InvalidNetwork",
            "on_columns = 5: must be of type Operator such as x.response or D * x.activity",
        ),
        Row(
            "Coupling('X', x.response, x.activity)",
            "InvalidNetwork",
            "matrix = 'X': must be of type GaussianMatrix",
        ),
        Row(
            "Covariance('X', 'X', 1)",
            "InvalidNetwork",
            "first = 'X': must be of type GaussianMatrix",
        ),
        Row(
            "ensemble(sp.Symbol('g'))",
            "InvalidNetwork",
            "covariance of J, J = 'g': contains a symbol that may be complex: Symbol('g', real=True), or positive=True",
        ),
        Row(
            "Covariance(X, X, 1, 'chain')",
            "Unsupported",
            "chain covariances, ⟨X_ij X_jk⟩: the same for all sites they make a part of rank one, which is not derived; Covariance(X, Y, value) is ⟨X_ij Y_ij⟩, with transposed=True ⟨X_ij Y_ji⟩",
        ),
        Row(
            "Covariance(X, X, 1, 'reciprocal')",
            "InvalidNetwork",
            "transposed = 'reciprocal': must be True or False: Covariance(X, Y, value) is ⟨X_ij Y_ij⟩, with transposed=True ⟨X_ij Y_ji⟩",
        ),
        Row(
            "Covariance(X, X, sp.oo)",
            "InvalidNetwork",
            "value = oo: must be finite",
        ),
        Row(
            "GaussianMatrix('X', x, 'neurons')",
            "InvalidNetwork",
            "columns = 'neurons': must be of type Population",
        ),
        Row(
            "x.activity * nan",
            "InvalidNetwork",
            "factor = nan: must be finite",
        ),
        Row(
            "Population('neurons', 'x', 'phi', size=sp.nan)",
            "InvalidNetwork",
            "size = nan: must be finite",
        ),
        Row(
            "mf.GaussianEnsemble('mine', (x,), (), ())",
            "InvalidNetwork",
            "couplings = (): must be at least one Coupling",
        ),
        Row(
            "ensemble(noise=sp.DiracDelta(omega))",
            "Unsupported",
            "population 'neurons': noise DiracDelta(omega) has lines: static and sinusoidal input are never forgotten, which is not derived; give noise of a finite spectrum",
        ),
        Row(
            "ensemble(noise=1 / omega**2)",
            "Unsupported",
            "population 'neurons': noise omega**(-2) is infinite at the frequency 0: it is never forgotten",
        ),
        Row(
            "ensemble(inverse_transfer=sp.I * omega)",
            "Unsupported",
            "population 'neurons': with inverse_transfer I*omega a site left alone rings on for ever",
        ),
        Row(
            "mf.simulate(ensemble(inverse_transfer=sp.exp(sp.I * omega)), 20, 0)",
            "Unsupported",
            "population 'neurons': its transfer exp(I*omega) is simulated where 1/T is rational in i omega",
        ),
        Row(
            "mf.simulate(ensemble(inverse_transfer=sp.S(1)), 20, 0)",
            "Unsupported",
            "population 'neurons': its transfer 1 is simulated where 1/T is strictly proper and stable: numerator = (1.0,): must be of lower degree than the denominator",
        ),
        Row(
            "mf.simulate(ensemble(inverse_transfer=(1 + sp.I * omega * Parameter('s', 's').symbol)**2, parameters=(Parameter('s', 's'),)), 20, 0, parameters={'s': [1, 2]})",
            "Unsupported",
            "population 'neurons': its transfer (I*omega*s + 1)**2 differs from site to site, which is simulated of leaky units, 1 + I*omega*tau",
        ),
        Row(
            "mf.simulate(ensemble(inverse_transfer=1 + sp.I * omega * Parameter('s', 's').symbol, parameters=(Parameter('s', 's'),)), 20, 0, parameters={'s': [1, -2]})",
            "InvalidNetwork",
            "population 'neurons': tau = -2.0: must be above 0",
        ),
    ),
    "Solving, deriving and planning": (
        Row("mf.solve(mf.IID(2.0))", "InvalidNetwork", "network = IID(g=2.0): must be a Network or a GaussianEnsemble"),
        Row(
            "mf.solve(mf.Network(mf.IID(0.9)))",
            "Quiescent",
            "g_eff = 0.9: x = 0 is stable; a fluctuating state that grows out of it needs g_eff > 1, or noise",
        ),
        Row(
            "mf.solve(mf.Network(mf.IID(0.8), mf.Nonlinearity('tanh(x + 2*x**3)')))",
            "Quiescent",
            "g_eff = 0.8: x = 0 is stable, and no fluctuating state was found at any C^x(0) from 2e-05 to 0.64; one that grows out of it needs g_eff > 1, or with noise",
        ),
        Row(
            "mf.solve(mf.Network(mf.IID(3.0), mf.Nonlinearity('clip(x - 4, 0, 1)')))",
            "Quiescent",
            "g_eff = 3: x = 0 is stable, and no fluctuating state was found at any C^x(0) from 2.2e-05 to 9; one may exist at another g_eff",
        ),
        Row(
            "mf.solve(mf.Network(mf.IID(3.0), mf.ReLU(), noise=0.5))",
            "NotConverged",
            "g_eff = 3: the two-point functions did not converge: activity that is large enough grows without bound, and what weak couplings lead to ends at 0.221 of their strength; does φ saturate?",
        ),
        Row(
            "mf.states(mf.IID(2.0))", "InvalidNetwork", "network = IID(g=2.0): must be a Network or a GaussianEnsemble"
        ),
        Row(
            "mf.states(mf.Network(mf.PartiallySymmetric(2.0, 0.3)))",
            "Unsupported",
            "states has no method for a network with self-feedback: 'all states' needs couplings without self-feedback",
        ),
        Row(
            "mf.states(mf.Network(mf.IID(0.9)))[0].theory",
            "InvalidNetwork",
            "state = State(fixed point, s...e: variance = 0, static_variance = 0): must fluctuate to have a theory",
        ),
        Row(
            "mf.solve(net, n=100)",
            "InvalidCall",
            "solve: no argument 'n'; it takes network, settings, parameters, nonlinearity, target, …",
        ),
        Row(
            "mf.solve(net, 500)",
            "InvalidNetwork",
            "settings = 500: must be a mftheory.theory.settings.Settings, or left out; a theory takes no n, being that of N → ∞",
        ),
        Row(
            'mf.solve(net, "fine")',
            "InvalidNetwork",
            "settings = 'fine': must be a mftheory.theory.settings.Settings, or left out; a theory takes no n, being that of N → ∞",
        ),
        Row("mf.solve(net, target=-1)", "InvalidNetwork", "target = -1: must be a number from 1e-05 to 1.0"),
        Row(
            'mf.solve(net, parameters={"g": 2.0})',
            "InvalidNetwork",
            "parameters = {'g': 2.0}: is for a GaussianEnsemble; a Network has its own",
        ),
        Row(
            'mf.solve(net).dimension("psi")',
            "InvalidNetwork",
            "observable = 'psi': did you mean phi? must be one of 'phi', 'x'",
        ),
        Row('mf.solve(net).C("phi", "0")', "InvalidNetwork", "tau = '0': must be finite real numbers"),
        Row('mf.solve(net).C("phi", nan)', "InvalidNetwork", "tau = nan: must be finite real numbers"),
        Row("mf.solve(net).trusted(0)", "InvalidNetwork", "n = 0: must be a number of neurons, from 1 to 1e18"),
        Row(
            'mf.solve(net).number_of_dimensions("many")',
            "InvalidNetwork",
            "n = 'many': must be a number of neurons, from 1 to 1e18",
        ),
        Row(
            "mf.dimension(g_eff=[0.5, 3])",
            "Quiescent",
            "g_eff = 0.5: x = 0 is stable; a fluctuating state that grows out of it needs g_eff > 1, or noise; 1 of 2 entries have none, [0]: leave them out",
        ),
        Row('mf.dimension("3")', "InvalidNetwork", "g_eff = '3': must be a finite number above 0"),
        Row("mf.dimension(1e300)", "InvalidNetwork", "g_eff = 1e+300: must be from 1e-60 to 1e+60"),
        Row(
            "mf.dimension([3.0, 4.0], effective_rank=[0.1, 0.2, 0.3])",
            "InvalidNetwork",
            "shapes = 'g_eff: (2,), effective_rank: (3,), gains_pr: (), noise: ()': must be equal, or broadcast against each other",
        ),
        Row("mf.dimension(3.0, effective_rank=0)", "InvalidNetwork", "effective_rank = 0.0: must be a number above 0"),
        Row(
            "mf.dimension(3.0, gains_pr=2)", "InvalidNetwork", "gains_pr = 2.0: must be a number above 0 and at most 1"
        ),
        Row(
            "mf.dimension(np.broadcast_to(3.0, (10**6, 10**6)))",
            "InvalidNetwork",
            "g_eff = (1000000, 1000000): these values would take 1.6e+04 GB of memory; there are … GB",
        ),
        Row('mf.derive("iid")', "InvalidNetwork", "network = 'iid': must be a Network or a GaussianEnsemble"),
        Row('mf.derive(net).four_point("y")', "InvalidNetwork", "observable = 'y': must be one of 'phi', 'x'"),
        Row(
            'mf.derive(net).four_point("phi", "replica")',
            "InvalidNetwork",
            "route = 'replica': must be one of 'path-integral', 'compact', 'cavity'",
        ),
        Row(
            'mf.derive(net).compare_routes("phi", ("compact",))',
            "InvalidNetwork",
            "routes = ('compact',): must be two different ones, such as ('compact', 'cavity')",
        ),
        Row(
            'mf.derive(three).four_point("phiA").expr',
            "Unsupported",
            "blocks/phiA written out is an expression of determinants of 6 terms whose entries have 95 operations: `matrices` "
            "holds it as a linear system that prints and evaluates; `expand()` writes it out all the same",
        ),
        Row(
            'mf.formula("psi-iid").evaluate(3, C=(1.0, 1.0), S=(0.1, 0.1))',
            "InvalidNetwork",
            "network = 3: must be a Network of the ensemble 'iid', or a dict",
        ),
        Row(
            'mf.formula("psi-iid").evaluate(net, C=(1.0,), S=(0.1, 0.1))',
            "InvalidNetwork",
            "C_phi = (1.0,): must be a pair of numbers, or of arrays of them, at ω1 and ω2",
        ),
        Row(
            'mf.formula("psi-iid").evaluate(net, C=("__import__(\'os\').getpid()", "1"), S=(0.1, 0.1))',
            "InvalidNetwork",
            "C_phi = (\"__import__('os').getpid()\", '1'): must be a pair of numbers, or of arrays of them, at ω1 and ω2",
        ),
        Row(
            'mf.formula("psi-iid").evaluate({"g": "__import__(\'os\').getpid()"}, C=(1.0, 1.0), S=(0.1, 0.1))',
            "InvalidNetwork",
            "g = \"__import__('os').getpid()\": must be a number",
        ),
        Row("mf.plan(net, target=2)", "InvalidNetwork", "target = 2.0: must be at least 1e-06 and below 1"),
        Row("mf.plan(net, target=1e-300)", "InvalidNetwork", "target = 1e-300: must be at least 1e-06 and below 1"),
        Row("mf.plan(net, seconds=0)", "InvalidNetwork", "seconds = 0: must be a finite number above 0"),
        Row("mf.plan(mf.IID(2.0))", "InvalidNetwork", "network = IID(g=2.0): must be a Network"),
        Row(
            'mf.linear_equivalent("J")',
            "InvalidNetwork",
            "network = 'J': must be a Network(...), or J as a square array of finite numbers",
        ),
        Row(
            "mf.linear_equivalent(np.ones((2, 3)))",
            "InvalidNetwork",
            "network = array([[1., 1., 1.], [1., 1., 1.]]): must be a Network(...), or J as a square array of finite numbers",
        ),
        Row("mf.linear_equivalent(net)", "InvalidNetwork", "n = None: must be a whole number of at least 2"),
        Row(
            "mf.linear_equivalent(net, n=100)",
            "InvalidNetwork",
            "seed = None: must be a whole number of at least 0",
        ),
        Row(
            "mf.linear_equivalent(net, n=10**6, seed=0)",
            "InvalidNetwork",
            "n = 1000000: covariances of all neurons would take 6.4e+04 GB of memory; there are … GB",
        ),
        Row(
            "mf.linear_equivalent(mf.Network(mf.Given(J)))",
            "Unsupported",
            "linear_equivalent needs an ensemble, and this network has one given J: see mf.predict_covariance(network), or mf.linear_equivalent(a network of an ensemble, couplings=J); or give C and S",
        ),
        Row(
            "mf.linear_equivalent(mf.Network(mf.Given(J)), n=4, C=1.0, S=0.1)",
            "InvalidNetwork",
            "n = 4: must be 3, the size of the given J, or left out",
        ),
        Row("mf.predict_covariance(net)", "InvalidNetwork", "n = None: must be a whole number of at least 2"),
        Row(
            "mf.predict_covariance(net, n=10**7, seed=0)",
            "InvalidNetwork",
            "n = 10000000: Krylov spaces of J would take … GB of memory; there are … GB",
        ),
        Row(
            "mf.predict_covariance(mf.Network(mf.Given(J)), seed=0)",
            "InvalidNetwork",
            "seed = 0: must be left out where J is given",
        ),
        Row(
            "mf.connectome.decompose(J)",
            "InvalidNetwork",
            "wiring = array([[1., 0., 0.],... [0., 1., 0.], [0., 0., 1.]]): must be a Connectome, such as mf.Connectome.read(file) gives",
        ),
    ),
    "Calling a kernel": (
        Row(
            "kernel(1.0, 2.0, 0.5, 0.5, 2.0)",
            "InvalidCall",
            "kernel psi-iid: values are given by name, not by position; it takes C_phi_1, C_phi_2, S_phi_1, S_phi_2, g",
        ),
        Row(
            "kernel(foo=1)",
            "InvalidNetwork",
            "foo = 1: kernel psi-iid takes C_phi_1, C_phi_2, S_phi_1, S_phi_2, g",
        ),
        Row(
            "kernel(C_phi_1='a', C_phi_2=2.0, S_phi_1=0.5, S_phi_2=0.5, g=2.0)",
            "InvalidNetwork",
            "C_phi_1 = 'a': must be a real number, or an array of them",
        ),
        Row(
            "kernel(C_phi_1=1j, C_phi_2=2.0, S_phi_1=0.5, S_phi_2=0.5, g=2.0)",
            "InvalidNetwork",
            "C_phi_1 = 1j: must be a real number, or an array of them",
        ),
        Row(
            "kernel(C_phi_1=1.0, C_phi_2=2.0, S_phi_1=0.5, S_phi_2=0.5, g=None)",
            "InvalidNetwork",
            "g = None: must be a real number, or an array of them",
        ),
        Row(
            "kernel(C_phi_1=1.0, C_phi_2=2.0, S_phi_1=0.5, S_phi_2=0.5, g=2j)",
            "InvalidNetwork",
            "g = 2j: must be a real number, or an array of them",
        ),
        Row(
            "kernel(C_phi_1=[1, 2], C_phi_2=[1, 2, 3], S_phi_1=0.5, S_phi_2=0.5, g=2.0)",
            "InvalidNetwork",
            "shapes = {'C_phi_1': (2,), 'C_phi_2': (3,)}: must fit each other, as NumPy broadcasts arrays",
        ),
        Row(
            "kernel(C_phi_1=masked, C_phi_2=2.0, S_phi_1=0.5, S_phi_2=0.5, g=2.0)",
            "InvalidNetwork",
            "C_phi_1 = …: must have no masked entries (here 1): …",
        ),
    ),
    "Simulating, comparing and sweeping": (
        Row(
            'mf.sweep(lambda g: 1 / 0, over={"g": [3.0]})',
            "InvalidNetwork",
            "family = <function <lambda> at …>: fails at g = 3.0: ZeroDivisionError: division by zero",
        ),
        Row("mf.IID(2.0).sample(1, 0)", "InvalidNetwork", "n = 1: must be a whole number of at least 2"),
        Row("mf.IID(2.0).sample(10.5, 0)", "InvalidNetwork", "n = 10.5: must be a whole number of at least 2"),
        Row('mf.IID(2.0).sample("100", 0)', "InvalidNetwork", "n = '100': must be a whole number of at least 2"),
        Row("mf.IID(2.0).sample(100, -1)", "InvalidNetwork", "seed = -1: must be a whole number of at least 0"),
        Row(
            "mf.IID(2.0).sample(10**7, 0)",
            "InvalidNetwork",
            "n = 10000000: drawing the couplings would take 1.6e+06 GB of memory; there are … GB",
        ),
        Row(
            "mf.RandomMode([1.0], alpha=1e7).sample(1000, 0)",
            "InvalidNetwork",
            "n = 1000: the strengths of the modes would take 320 GB of memory; there are … GB",
        ),
        Row("mf.simulate(net, 1, 0)", "InvalidNetwork", "n = 1: must be a whole number of at least 2"),
        Row("mf.simulate(net, 100.5, 0)", "InvalidNetwork", "n = 100.5: must be a whole number of at least 2"),
        Row(
            "mf.simulate(net, 100, None)",
            "InvalidCall",
            "simulate: argument 'seed' is missing; it takes network, n, seed, …",
        ),
        Row(
            "mf.simulate(net, 10**6, 0)",
            "InvalidNetwork",
            "max_memory = 4000000000.0: a block of states needs 18 GB: take fewer trajectories or a shorter max_lag",
        ),
        Row(
            "mf.simulate(net, 10**6, 0, trajectories=4)",
            "InvalidNetwork",
            "n = 1000000: drawing the couplings would take 1.6e+04 GB of memory; there are … GB",
        ),
        Row(
            "mf.simulate(net, 100, 0, trajectories=3)",
            "InvalidNetwork",
            "trajectories = 3: must be a whole number of at least 4",
        ),
        Row(
            "mf.simulate(net, 100, 0, duration=nan)",
            "InvalidNetwork",
            "duration = nan: must be a finite number above 0",
        ),
        Row(
            "mf.simulate(net, 100, 0, duration=1e12)",
            "InvalidNetwork",
            "duration = 1000000000000.0: makes 5e+12 steps; at most 1e+09 go",
        ),
        Row(
            "mf.simulate(net, 100, 0, dt=50)",
            "InvalidNetwork",
            "dt = 50.0: must be at most the shortest time constant, 1",
        ),
        Row(
            "mf.simulate(net, 100, 0, response=1e8)",
            "InvalidNetwork",
            "response = 100000000.0: needs 256 GB, above max_memory = 4 GB",
        ),
        Row('mf.simulate(net, 100, 0, dtype="int8")', "InvalidNetwork", "dtype = 'int8': must be float32 or float64"),
        Row(
            'mf.simulate(net, 100, 0, integrator="euler")',
            "InvalidNetwork",
            "integrator = 'euler': must be one of adams, rk4",
        ),
        Row(
            'mf.simulate(net, 100, 0, observables="y")',
            "InvalidNetwork",
            "observables = 'y': must be some of 'phi', 'x'",
        ),
        Row(
            'mf.simulate(net, 100, 0, covariance="y")',
            "InvalidNetwork",
            "covariance = 'y': must be True, False or some of 'phi', 'x'",
        ),
        Row(
            "mf.simulate(net, 100, 0, components=1000)",
            "InvalidNetwork",
            "components = 1000: must be at most the number of neurons, 100",
        ),
        Row(
            "mf.simulate(net, 100, 0, max_memory=nan)",
            "InvalidNetwork",
            "max_memory = nan: must be a finite number above 0",
        ),
        Row(
            "mf.compare(net, n=1)",
            "InvalidNetwork",
            "n = 1: must be a whole number of at least 2, or several different ones",
        ),
        Row(
            "mf.compare(net, n=[100, 100])",
            "InvalidNetwork",
            "n = [100, 100]: must be a whole number of at least 2, or several different ones",
        ),
        Row(
            'mf.compare(net, n="100")',
            "InvalidNetwork",
            "n = '100': must be a whole number of at least 2, or several different ones",
        ),
        Row(
            "mf.compare(net, n=[10**6])",
            "InvalidNetwork",
            "n = 1000000: drawing the couplings would take 1.6e+04 GB of memory; there are … GB",
        ),
        Row(
            "mf.compare(net, n=[100], seeds=1)",
            "InvalidNetwork",
            "seeds = 1: must give at least 2 networks a size, all different",
        ),
        Row(
            "mf.compare(net, n=[100], seeds=10**10)",
            "InvalidNetwork",
            "seeds = 10000000000: must be at most 100,000 networks a size",
        ),
        Row(
            "mf.compare(mf.Network(mf.IID(1.2)), n=[20], seeds=2, jobs=1)",
            "Quiescent",
            "2 of 2 networks are at rest, and fewer than two of any size fluctuate: take more neurons or stronger …",
        ),
        Row("mf.compare(net, n=[100], labels=[])", "InvalidNetwork", "labels = []: must be as many as the points, 1"),
        Row(
            'mf.compare(net, n=[100], jobs="all")',
            "InvalidNetwork",
            "jobs = 'all': must be a number of processes, or -1 for all cores",
        ),
        Row(
            "mf.compare(net, n=[100], colour=1)",
            "InvalidCall",
            "compare: no argument 'colour'; it takes network, n, seeds, …",
        ),
        Row(
            "mf.compare([], n=[100])",
            "InvalidNetwork",
            "network = []: must be a Network or a GaussianEnsemble, or some of them",
        ),
        Row(
            "mf.sweep(family, over={})",
            "InvalidNetwork",
            "over = {}: must be a dict of parameters and their values, at least one",
        ),
        Row(
            'mf.sweep(family, over={"g": 3.0})',
            "InvalidNetwork",
            "over['g'] = 3.0: must be different finite numbers, or different texts, at least one",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0, 3.0]})',
            "InvalidNetwork",
            "over['g'] = [3.0, 3.0]: must be different finite numbers, or different texts, at least one",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0, nan]})',
            "InvalidNetwork",
            "over['g'] = nan: must be different finite numbers, or different texts, at least one",
        ),
        Row(
            'mf.sweep(family, over={"../g": [3.0]})',
            "InvalidNetwork",
            "over = '../g': names must be identifiers other than n, network, observable, tau",
        ),
        Row(
            'mf.sweep(family, over={"g": range(2, 10**9)})',
            "InvalidNetwork",
            "over['g'] = range(2, 1000000000): must be at most 1,000,000 values",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, what="solved")',
            "InvalidNetwork",
            "what = 'solved': must be 'solve', 'simulate' or 'compare'",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, what="simulate", n=10**6)',
            "InvalidNetwork",
            "n = 1000000: drawing the couplings would take 1.6e+04 GB of memory; there are … GB",
        ),
        Row(
            'mf.sweep(net, over={"g": [3.0]})',
            "InvalidNetwork",
            "family = Network(connectivity...ynamics=Leaky(), noise=0.0, bias=0.0): must be a function from the parameters in over to a Network",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="nowhere/sweep.nc")',
            "InvalidFile",
            "store = 'nowhere/sweep.nc': must be in a folder that exists; there is no nowhere",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="folder")',
            "InvalidFile",
            "store = 'folder': must be a file, and is a folder",
        ),
        Row('mf.sweep(family, over={"g": [3.0]}, store=3)', "InvalidFile", "store = 3: must be the path of a file"),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="/dev/null")',
            "InvalidFile",
            "store = '/dev/null': must be a file, and is a device",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="other.nc")',
            "InvalidFile",
            "store = '…/other.nc': is there already, and no journal of a sweep beside it: choose another file or move it away",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="foreign.nc")',
            "InvalidFile",
            "store = '…/foreign.nc': was replaced by another file (something else): move that away, and the same command continues",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="older.nc")',
            "InvalidFile",
            "store = '…/older.nc': holds another sweep (mftheory = '…' instead of '0.0.1'): repeat its command, or choose another file",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, store="newer.nc")',
            "InvalidFile",
            "store = '…/newer.nc': holds another sweep (format = 1 instead of 2): repeat its command, or choose another file",
        ),
        Row(
            'mf.sweep(family, over={"g": [3.0]}, scheduler="nohost")',
            "InvalidNetwork",
            "scheduler = 'nohost': must be an address such as tcp://host:8786",
        ),
    ),
    "Measuring a recording": (
        Row('mf.measure("spikes.csv")', "InvalidNetwork", "activity = 'spikes.csv': must be an array of numbers"),
        Row("mf.measure([[1, 2], [3]])", "InvalidNetwork", "activity = [[1, 2], [3]]: must be an array of numbers"),
        Row(
            "mf.measure(J)",
            "InvalidNetwork",
            "activity.shape = (3, 3): must hold at least 59 times for 20 stretches with gaps of 1: ask for fewer, or set gap",
        ),
        Row(
            "mf.measure(np.ones((8, 20, 4)))",
            "InvalidNetwork",
            "activity = 1.0: must vary in time; every neuron's is constant",
        ),
        Row(
            "mf.measure(np.full((8, 20, 4), nan))",
            "InvalidNetwork",
            "activity[0, 0, 0] = nan: must be finite, at most 1e+60, as are 0 of 640: leave gaps out",
        ),
        Row(
            "mf.measure(np.ones((3, 20, 4)))",
            "InvalidNetwork",
            "activity.shape = (3, 20, 4): must hold at least 5 stretches: errors are between them",
        ),
        Row("mf.measure(J, interval=0)", "InvalidNetwork", "interval = 0: must be a positive time"),
        Row("mf.measure(np.eye(200, 4), gap=-1)", "InvalidNetwork", "gap = -1: must be a time, not negative"),
        Row(
            "mf.measure(np.eye(200, 4), stretches=2)",
            "InvalidNetwork",
            "stretches = 2: must be a whole number, at least 5",
        ),
        Row(
            "mf.measure(np.eye(20, 4))",
            "InvalidNetwork",
            "activity.shape = (20, 4): must hold at least 59 times for 20 stretches with gaps of 1: ask for fewer, or set gap",
        ),
        Row(
            "mf.measure(np.eye(200, 4), max_lag=nan)",
            "InvalidNetwork",
            "max_lag = nan: must be between 0 and 7, less than a stretch",
        ),
    ),
    "Keeping, reading and citing results": (
        Row('mf.load("missing.nc")', "InvalidFile", "path = 'missing.nc': must be a file that exists"),
        Row('mf.load("folder")', "InvalidFile", "path = 'folder': must be a file, and is a folder"),
        Row("mf.load(3)", "InvalidFile", "path = 3: must be the path of a file"),
        Row('mf.load("empty.nc")', "InvalidFile", "path = 'empty.nc': must be a whole netCDF-4 file (…)"),
        Row('mf.load("cut.nc")', "InvalidFile", "path = 'cut.nc': must be a whole netCDF-4 file (…)"),
        Row('mf.load("other.nc")', "InvalidFile", "path = 'other.nc': must be a whole netCDF-4 file (…)"),
        Row('mf.load("pickle.nc")', "InvalidFile", "path = 'pickle.nc': must be a whole netCDF-4 file (…)"),
        Row(
            'mf.load("foreign.nc")',
            "InvalidFile",
            "path = 'foreign.nc': must be a result that mftheory saved; this netCDF file is none",
        ),
        Row(
            'mf.load("next.nc")',
            "InvalidFile",
            "path = 'next.nc': was written by mftheory 9.9 in format 3, and this is …, format 2: update mftheory",
        ),
        Row(
            'mf.load("first.nc")',
            "InvalidFile",
            "path = 'first.nc': was written by mftheory 0.0.1 in format 0, and this is …, format 2: read it with that version, or compute it again",
        ),
        Row(
            'mf.load("changed.nc")',
            "InvalidFile",
            "path = 'changed.nc': is damaged, or was changed since mftheory wrote it (content hash)",
        ),
        Row('mf.load("swept.nc")', "InvalidFile", "path = 'swept.nc': is no sweep as mftheory saves it"),
        Row('mf.load("oracle.nc")', "InvalidFile", "path = 'oracle.nc': is no Oracle as mftheory saves it ('Oracle')"),
        Row(
            'mf.solve(net).save("theory/")',
            "InvalidFile",
            "path = 'theory/': must be a file, and its name ends as that of a folder",
        ),
        Row(
            'mf.plots.save(mf.solve(net).plot(), "nowhere/theory.png")',
            "InvalidFile",
            "path = 'nowhere/theory.png': must be in a folder that exists; there is no nowhere",
        ),
        Row(
            'mf.solve(net).save("nowhere/theory.nc")',
            "InvalidFile",
            "path = 'nowhere/theory.nc': must be in a folder that exists; there is no nowhere",
        ),
        Row(
            'mf.solve(net).save("good.csv/theory.nc")',
            "InvalidFile",
            "path = 'good.csv/theory.nc': must be in a folder that exists; good.csv is a file",
        ),
        Row('mf.solve(net).save("folder")', "InvalidFile", "path = 'folder': must be a file, and is a folder"),
        Row("mf.solve(net).save(3)", "InvalidFile", "path = 3: must be the path of a file"),
        Row('mf.solve(net).save("/dev/null")', "InvalidFile", "path = '/dev/null': must be a file, and is a device"),
        Row(
            'mf.solve(net).save("x" * 300)',
            "InvalidFile",
            "path = 'xxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx': cannot be written (File name too long)",
        ),
        Row(
            'mf.load("x" * 300)',
            "InvalidFile",
            "path = 'xxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx': cannot be read (File name too long)",
        ),
        Row('mf.load("/dev/null")', "InvalidFile", "path = '/dev/null': must be a file, and is a device"),
        Row(
            'mf.load("elsewhere.nc")',
            "InvalidFile",
            "path = 'elsewhere.nc': must be a whole netCDF-4 file (the values of a are in another file)",
        ),
        Row(
            'mf.load("linked.nc")',
            "InvalidFile",
            "path = 'linked.nc': must be a whole netCDF-4 file (a is a link to another file)",
        ),
        Row(
            'mf.load("inflated.nc")',
            "InvalidFile",
            "path = 'inflated.nc': must be a whole netCDF-4 file (… bytes that claim to be 8000…)",
        ),
        Row(
            'mf.plots.save(mf.solve(net).plot(), "picture.xyz")',
            "InvalidFile",
            "path = 'picture.xyz': must end in one of .…",
        ),
        Row(
            'mf.solve(net).plot("here")',
            "InvalidNetwork",
            "ax = 'here': must be a Matplotlib axes of two dimensions, or left out",
        ),
        Row(
            "mf.cite(3)",
            "InvalidNetwork",
            "cite = 3: must be a network or its couplings, an ensemble, a derivation, a formula or its label, a wiring, a result, or a list of them",
        ),
        Row(
            'mf.cite([net, "net"])',
            "InvalidNetwork",
            "cite = 'net': must be a key or a formula's label: CMvML25, …",
        ),
        Row(
            "mf.cite(mf.Network)",
            "InvalidNetwork",
            "cite = <class 'mftheory.network.network.Network'>: must be a network or its couplings, an ensemble, a derivation, a formula or its label, a wiring, a result, or a list of them",
        ),
    ),
    "Ensembles of one's own": (
        Row(
            "mf.GaussianEnsemble(\"x'''; import os\", (), (), ())",
            "InvalidNetwork",
            "name = \"x'''; import os\": must be a name of letters, digits, spaces and + - . , ( ) _",
        ),
        Row(
            'mf.GaussianEnsemble("../mine", (), (), ())',
            "InvalidNetwork",
            "name = '../mine': must be a name of letters, digits, spaces and + - . , ( ) _",
        ),
        Row(
            'Population("x = 1; import os", "x")',
            "InvalidNetwork",
            "population = ('x = 1; import os', 'x', ''): names must be identifiers",
        ),
        Row(
            'Population("neurons", "x", "phi()")',
            "InvalidNetwork",
            "population = ('neurons', 'x', 'phi()'): names must be identifiers",
        ),
        Row(
            'Population("neurons", "x", "phi", size="__import__(\'os\').getpid()")',
            "InvalidNetwork",
            "size = \"__import__('os').getpid()\": must be a number or a SymPy expression",
        ),
    ),
    "Reading a wiring diagram": (
        Row('mf.Connectome.read("nonesuch.csv")', "InvalidFile", "path = 'nonesuch.csv': must be a file that exists"),
        Row('mf.Connectome.read("")', "InvalidFile", "path = '.': must be a file, and is a folder"),
        Row('mf.Connectome.read("folder")', "InvalidFile", "path = 'folder': must be a file, and is a folder"),
        Row("mf.Connectome.read(3)", "InvalidFile", "path = 3: must be the path of a file"),
        Row('mf.Connectome.read("good\\0.csv")', "InvalidFile", "path = 'good\\x00.csv': cannot be read (…null byte)"),
        Row('mf.Connectome.read("empty.csv")', "InvalidFile", "path = 'empty.csv': the file is empty"),
        Row('mf.Connectome.read("header.csv")', "InvalidFile", "path = 'header.csv': has no edges"),
        Row(
            'mf.Connectome.read("columns.csv")',
            "InvalidFile",
            "path = 'columns.csv': has no 'pre' column; its columns are: 'a, b, c'; columns={'pre': NAME} names it",
        ),
        Row('mf.Connectome.read("nan.csv")', "InvalidFile", "weight on line 2 = 'nan': must be a finite number"),
        Row('mf.Connectome.read("text.csv")', "InvalidFile", "weight on line 2 = 'heavy': must be a finite number"),
        Row('mf.Connectome.read("short.csv")', "InvalidFile", "line 2 = '0,1': must have 3 columns, as the header"),
        Row(
            'mf.Connectome.read("rounded.csv")',
            "InvalidFile",
            "pre on line 2 = '720575940612345000': a spreadsheet rounded this name to 15 digits (so 1 of 1 long names end); export the table again, with this column as text",
        ),
        Row(
            'mf.Connectome.read("float.csv")',
            "InvalidFile",
            "pre on line 2 = '7.20576E+17': is a rounded number; a neuron's name must be whole: write it as text",
        ),
        Row('mf.Connectome.read("blank.csv")', "InvalidFile", "pre on line 2 = '': must name a neuron"),
        Row(
            'mf.Connectome.read("sum.csv")',
            "InvalidFile",
            "weight = inf: parallel edges from 0 to 1 sum to more than a float holds",
        ),
        Row(
            'mf.Connectome.read("error.csv")',
            "InvalidFile",
            "pre on line 2 = '#N/A': is an error of a spreadsheet, and names no neuron",
        ),
        Row(
            'mf.Connectome.read("comma.csv")',
            "InvalidFile",
            "weight on line 2 = '3,5': must be a finite number, with a point before its decimals, not a comma",
        ),
        Row(
            'mf.Connectome.read("floats.csv")',
            "InvalidFile",
            "pre on line 2 = '720575940628857216': a float rounded this name to 53 bits (so 4 of 4 long names end); export the table again, with this column as text",
        ),
        Row(
            'mf.Connectome.read("kinds.csv")',
            "InvalidFile",
            "kind on line 3 = 'electrik': must be chemical or gap junction (or a usual word for these); columns={'kind': None} ignores the column",
        ),
        Row(
            'mf.Connectome.read("signs.csv")',
            "InvalidFile",
            "sign on line 4 = '': must be 1 or -1, + or -, E or I, or such a word",
        ),
        Row(
            'mf.Connectome.read("negative.csv", gap_junctions=True)',
            "InvalidFile",
            "weight on line 2 = -1.0: must not be negative: it is a gap junction's",
        ),
        Row(
            'mf.Connectome.read("matrix.csv")',
            "InvalidFile",
            "path = 'matrix.csv': has no 'pre' column; its columns are: ', A, B'; it seems to be a matrix, which is read from .xlsx, .npy and .npz only",
        ),
        Row(
            'mf.Connectome.read("headless.csv")',
            "InvalidFile",
            "path = 'headless.csv': has no 'pre' column; its columns are: 'A, B, 3'; its first row has numbers: an edge list needs a header; a matrix needs .npy, .npz, or .xlsx with names",
        ),
        Row(
            'mf.Connectome.read("headless.csv", columns={"pre": "A", "post": "B", "weight": "3"})',
            "InvalidFile",
            "path = 'headless.csv': has no header: its first row has the weight '3'; name the columns",
        ),
        Row(
            'mf.Connectome.read("title.csv")',
            "InvalidFile",
            "path = 'title.csv': has no 'pre' column; its columns are: 'my data'; its header seems to be row 2: delete what stands before it",
        ),
        Row(
            'mf.Connectome.read("blanks.txt")',
            "InvalidFile",
            "path = 'blanks.txt': has no 'pre' column; its columns are: 'pre post weight'; they seem separated by blanks: delimiter=' ' reads them",
        ),
        Row('mf.Connectome.read("lines.csv")', "InvalidFile", "path = 'lines.csv': has no lines that are not blank"),
        Row(
            'mf.Connectome.read("twice.json")',
            "InvalidFile",
            'key = \'pre\': stands twice in one object, {"pre": "B", "post": "C", "weight": 1}',
        ),
        Row('mf.Connectome.read("none.json")', "InvalidFile", "path = 'none.json': has no edges: its list is empty"),
        Row('mf.Connectome.read("key.graphml")', "InvalidFile", "line 1 = '<key>': is the second with the name 'w'"),
        Row(
            'mf.Connectome.read("good.csv", columns={"pre": "post"})',
            "InvalidNetwork",
            "columns['pre'] = 'post': is the column of 'post' too",
        ),
        Row(
            'mf.Connectome.read("good.csv", columns=["pre"])',
            "InvalidNetwork",
            "columns = ['pre']: must be a mapping whose keys are texts, {NAME: VALUE}",
        ),
        Row(
            'mf.Connectome.read("good.csv", where=("pre", "0"))',
            "InvalidNetwork",
            "where = ('pre', '0'): must be a mapping whose keys are texts, {NAME: VALUE}",
        ),
        Row(
            'mf.Connectome.read("nt.csv", transmitters={"ACH": 1, "acetylcholine": -1})',
            "InvalidNetwork",
            "transmitters['acetylcholine'] = -1: 'acetylcholine' has the other sign too",
        ),
        Row(
            'mf.Connectome.read("good.csv", gap_junctions="no")',
            "InvalidNetwork",
            "gap_junctions = 'no': must be True or False",
        ),
        Row(
            'mf.Connectome.from_edges([0], [1], [1.0], n=2, labels=("a", "a"))',
            "InvalidNetwork",
            "labels = ('a', 'a'): must be 2 texts, all different",
        ),
        Row(
            "mf.Connectome.from_edges([0], [1], [1.0], n=10**15)",
            "InvalidNetwork",
            "n = 1000000000000000: must be at most 20000000",
        ),
        Row(
            'mf.Connectome.read("datasets.json")',
            "InvalidFile",
            "path = 'datasets.json': counts by data set, 'x', 'y': where={'dataset': NAME} chooses",
        ),
        Row(
            'mf.Connectome.read("kinds.json")',
            "InvalidFile",
            "typ in record 1 = 7: must be 0 (chemical) or 2 (electrical)",
        ),
        Row(
            'mf.Connectome.read("text.xlsx")',
            "InvalidFile",
            "path = 'text.xlsx': is not a readable spreadsheet: File is not a zip file",
        ),
        Row(
            'mf.Connectome.read("good.csv", sheet="a")',
            "InvalidNetwork",
            "sheet = 'a': is for spreadsheets, not for .csv",
        ),
        Row('mf.Connectome.read("binary.csv")', "InvalidFile", "path = 'binary.csv': is UTF-16 text; save it as UTF-8"),
        Row(
            'mf.Connectome.read("text.npy")',
            "InvalidFile",
            "path = 'text.npy': is not a readable .npy array: the magic string is not correct; expected b'\\x93NUMPY', got b'not an'",
        ),
        Row('mf.Connectome.read("text.npz")', "InvalidFile", "path = 'text.npz': is not an .npz archive"),
        Row(
            'mf.Connectome.read("pickle.npy")',
            "InvalidFile",
            "path = 'pickle.npy': is not a readable .npy array: Array can't be memory-mapped: Python objects in dtype.",
        ),
        Row(
            'mf.Connectome.read("entities.graphml")',
            "InvalidFile",
            "path = 'entities.graphml': declares a document type (line 1); entities are refused",
        ),
        Row(
            'mf.Connectome.read("wiring.docx")',
            "InvalidFile",
            "path = 'wiring.docx': must end in .csv, .csv.gz, .tsv, .tsv.gz, .txt, .txt.gz, .parquet, .feather, .xlsx, .json, .npz, .npy, .graphml",
        ),
        Row(
            'mf.Connectome.read("good.csv", columns={"pre": "from"})',
            "InvalidFile",
            "path = 'good.csv': has no 'from' column; its columns are: 'pre, post, weight'",
        ),
        Row(
            'mf.Connectome.read("good.csv", columns={"from": "pre"})',
            "InvalidNetwork",
            "columns = 'from': its keys must be among pre, post, weight, sign, transmitter, kind, neuron",
        ),
        Row(
            'mf.Connectome.read("good.csv", where={"weight": "17"})',
            "InvalidFile",
            "path = 'good.csv': has no edges that `where` keeps",
        ),
        Row(
            'mf.Connectome.read("good.csv", signs="magic")',
            "InvalidNetwork",
            "signs = 'magic': must be 'weight', 'column' or 'transmitter'",
        ),
        Row(
            'mf.Connectome.read("good.csv", transmitters={"glutamate": 2})',
            "InvalidNetwork",
            "transmitters['glutamate'] = 2: must be 1, -1, or 0 to leave the edges out",
        ),
        Row(
            'mf.Connectome.read("good.csv", delimiter="::")',
            "InvalidNetwork",
            "delimiter = '::': must be one character",
        ),
        Row(
            "mf.Connectome.from_edges([0.5], [1], [1.0], n=2)",
            "InvalidNetwork",
            "pre = [0.5]: must be numbers of neurons, whole ones",
        ),
        Row(
            "mf.Connectome.from_edges([0], [2], [1.0], n=2)",
            "InvalidNetwork",
            "post[0] = 2: must be from 0 to n - 1 = 1",
        ),
        Row(
            'mf.Connectome.from_edges([0], [1], ["1"], n=2)',
            "InvalidNetwork",
            "weight = ['1']: must be numbers, one an edge",
        ),
        Row(
            'mf.connectome.sample_data("../celegans")',
            "InvalidNetwork",
            "name = '../celegans': must be one of celegans, fly-optic-lobe",
        ),
    ),
    "Commands": (
        Row("mftheory nonesuch", "exit code 2", "No such command: 'nonesuch'; commands: derive, …"),
        Row("mftheory --colour", "exit code 2", "No such option: --colour"),
        Row(
            "mftheory derive --route replica",
            "exit code 2",
            "route = 'replica': must be one of 'path-integral', 'compact', 'cavity'",
        ),
        Row(
            "mftheory derive --effective-rank 0.5 --symmetry 0.3",
            "exit code 2",
            "symmetry = 0.3: is for couplings without modes: leave out --effective-rank",
        ),
        Row(
            "mftheory formulas ../psi-iid",
            "exit code 2",
            "label = '../psi-iid': did you mean psi-iid? must be one of psi-iid, …",
        ),
        Row(
            "mftheory solve",
            "exit code 2",
            "Missing option '--g'; such as: mftheory solve --g 3 --effective-rank 0.5 --n 1000",
        ),
        Row(
            "mftheory solve --g three",
            "exit code 2",
            "--g = 'three': must be a number",
        ),
        Row("mftheory solve --g nan", "exit code 2", "g = nan: must be a finite number above 0"),
        Row("mftheory solve --g -3", "exit code 2", "g = -3.0: must be a finite number above 0"),
        Row(
            "mftheory solve --g 0.9",
            "exit code 2",
            "g_eff = 0.9: x = 0 is stable; a fluctuating state that grows out of it needs g_eff > 1, or noise",
        ),
        Row(
            "mftheory solve --g 3 --rank 0.5",
            "exit code 2",
            "No such option: --rank (did you mean --effective-rank?)",
        ),
        Row(
            "mftheory solve --g 3 --gains-pr 2",
            "exit code 2",
            "gains_pr = 2.0: must be a number above 0 and at most 1",
        ),
        Row(
            "mftheory solve --g 3 3",
            "exit code 2",
            "Got unexpected extra argument(s) (3); such as: mftheory solve --g 3 --effective-rank 0.5 --n 1000",
        ),
        Row(
            "mftheory solve --g 3 --n 1.5",
            "exit code 2",
            "--n = '1.5': must be a whole number",
        ),
        Row("mftheory solve --g 3 --n 0", "exit code 2", "n = 0: must be a number of neurons, from 1 to 1e18"),
        Row(
            "mftheory solve --g 3 --seed -1",
            "exit code 2",
            "seed = -1: must be a whole number from 0 to 9223372036854775808",
        ),
        Row("mftheory solve --g 3 --noise -1", "exit code 2", "noise = -1.0: must be a finite number >= 0"),
        Row(
            "mftheory solve --g 3 --nonlinearity x",
            "exit code 2",
            "g_eff = 3: no variance balances the potential; does φ saturate?",
        ),
        Row(
            'mftheory solve --g 3 --nonlinearity "x.real"',
            "exit code 2",
            "nonlinearity = 'x.real': must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, …",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity nowhere.csv",
            "exit code 2",
            "nonlinearity = 'nowhere.csv': cannot be read (No such file or directory)",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity columns.csv",
            "exit code 2",
            "nonlinearity = 'columns.csv': must have two columns, x and rate (here 3)",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity empty.csv",
            "exit code 2",
            "nonlinearity = 'empty.csv': is no table of two columns (…)",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity curve-text.csv",
            "exit code 2",
            "nonlinearity = 'curve-text.csv': must have two numbers on every line (not so: 1, high)",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity curve-falling.csv",
            "exit code 2",
            "x[1] = 1.0: must be above x[0] = 2: sort the table",
        ),
        Row(
            "mftheory solve --g 3 --dynamics lazy",
            "exit code 2",
            "dynamics = 'lazy': must be leaky, leaky:TAU, euler:STEP or rational:N/D, such as rational:1/1,0.8,1",
        ),
        Row(
            "mftheory solve --g 3 --dynamics \"rational:__import__('os')/1,1\"",
            "exit code 2",
            "dynamics = \"rational:__import__('os')/1,1\": must be leaky, leaky:TAU, euler:STEP or rational:N/D, such as rational:1/1,0.8,1",
        ),
        Row(
            "mftheory solve --g 3 --dynamics rational:1/1,-1",
            "exit code 2",
            "denominator = (1.0, -1.0): must be stable; it has a zero at 1+0j",
        ),
        Row("mftheory simulate --g 3", "exit code 2", "Missing option '--n'; such as: mftheory simulate --g 3 …"),
        Row("mftheory simulate --g 3 --n 1", "exit code 2", "n = 1: must be a whole number of at least 2"),
        Row(
            "mftheory simulate --g 3 --n 100 --seed -1",
            "exit code 2",
            "seed = -1: must be a whole number of at least 0",
        ),
        Row(
            "mftheory simulate --g 3 --n 1000000",
            "exit code 2",
            "n = 1000000: drawing the couplings would take 1.6e+04 GB of memory; there are … GB",
        ),
        Row(
            "mftheory simulate --g 3 --n 100 --plot picture.xyz",
            "exit code 2",
            "plot = 'picture.xyz': must end in one of …, .pdf, …",
        ),
        Row(
            "mftheory simulate --g 3 --n 100 --plot folder.png",
            "exit code 2",
            "plot = 'folder.png': must be a file, and is a folder",
        ),
        Row(
            "mftheory simulate --g 3 --n 100 --plot folder",
            "exit code 2",
            "plot = 'folder': must end in one of …, .pdf, …",
        ),
        Row(
            "mftheory simulate --g 3 --n 100 --plot good.csv/picture.png",
            "exit code 2",
            "plot = 'good.csv/picture.png': must be in a folder that exists; good.csv is a file",
        ),
        Row(
            "mftheory compare --g 3 --n 20 --networks 1",
            "exit code 2",
            "seeds = 1: must give at least 2 networks a size, all different",
        ),
        Row(
            "mftheory compare --g 3 --n 20 --n 20",
            "exit code 2",
            "n = [20, 20]: must be a whole number of at least 2, or several different ones",
        ),
        Row("mftheory plan --g 3 --target 0", "exit code 2", "target = 0.0: must be a finite number above 0"),
        Row(
            "mftheory sweep --g three",
            "exit code 2",
            "g = 'three': must be a number, or FROM:TO:COUNT of finite numbers",
        ),
        Row("mftheory sweep --g 1:2", "exit code 2", "g = '1:2': must be a number, or FROM:TO:COUNT of finite numbers"),
        Row(
            "mftheory sweep --g 2:3:-1",
            "exit code 2",
            "g = '2:3:-1': must be a number, or FROM:TO:COUNT of finite numbers",
        ),
        Row(
            "mftheory sweep --g 2:3:1000000000",
            "exit code 2",
            "g = '2:3:1000000000': must be at most 1,000,000 numbers",
        ),
        Row(
            "mftheory sweep --g 3 --what solved",
            "exit code 2",
            "what = 'solved': did you mean solve? must be one of solve, simulate, compare",
        ),
        Row(
            "mftheory sweep --g 3 --what simulate",
            "exit code 2",
            "n = None: must be given: --what simulate needs sizes of networks",
        ),
        Row(
            "mftheory sweep --g 3 --store nowhere/sweep.nc",
            "exit code 2",
            "store = 'nowhere/sweep.nc': must be in a folder that exists; there is no nowhere",
        ),
        Row(
            "mftheory connectome good.csv --where region=X --where region=Y",
            "exit code 2",
            "where = 'region=Y': region is given twice; the first was region=X",
        ),
        Row(
            "mftheory connectome good.csv --column pre=pre --column pre=post",
            "exit code 2",
            "column = 'pre=post': pre is given twice; the first was pre=pre",
        ),
        Row(
            "mftheory connectome good.csv --transmitter ach=1 --transmitter ach=-1",
            "exit code 2",
            "transmitter = 'ach=-1': ach is given twice; the first was ach=1",
        ),
        Row(
            "mftheory connectome columns.csv",
            "exit code 2",
            "path = 'columns.csv': has no 'pre' column; its columns are: 'a, b, c'; --column pre=NAME names it",
        ),
        Row(
            "mftheory connectome good.csv --signs column",
            "exit code 2",
            "signs = 'column': the file has no sign column; --column sign=NAME names it",
        ),
        Row(
            "mftheory connectome good.csv --column pre=",
            "exit code 2",
            "columns['pre'] = None: must be the name of a column",
        ),
        Row(
            "mftheory solve --g 3_0",
            "exit code 2",
            "--g = '3_0': must be a number",
        ),
        Row(
            "mftheory simulate --g 3 --n=1_000",
            "exit code 2",
            "--n = '1_000': must be a whole number",
        ),
        Row(
            "mftheory sweep --g 3_0:4:2",
            "exit code 2",
            "g = '3_0:4:2': must be a number, or FROM:TO:COUNT of finite numbers",
        ),
        Row(
            "mftheory sweep --g 2:inf:3",
            "exit code 2",
            "g = '2:inf:3': must be a number, or FROM:TO:COUNT of finite numbers",
        ),
        Row(
            "mftheory solve --g 3 --dynamics euler:0_1",
            "exit code 2",
            "dynamics = 'euler:0_1': must be leaky, …",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity 'x**9**9**9'",
            "exit code 2",
            "nonlinearity = 'x**9**9**9': 9 ** 9 ** 9 is no finite real number; must be a formula in x …",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity '1/0*x'",
            "exit code 2",
            "nonlinearity = '1/0*x': 1 / 0 is no finite real number; must be a formula in x …",
        ),
        Row(
            "mftheory solve --g 3 --nonlinearity '1e999*x'",
            "exit code 2",
            "nonlinearity = '1e999*x': has a number that is too large; must be a formula in x …",
        ),
        Row(
            "mftheory simulate --g 3 --n 100000000",
            "exit code 2",
            "max_memory = …: a block of states needs …: take fewer trajectories or a shorter max_lag",
        ),
        Row(
            "mftheory sweep --g 3 --plot nowhere/a.png",
            "exit code 2",
            "plot = 'nowhere/a.png': must be in a folder that exists; there is no nowhere",
        ),
        Row(
            "mftheory sweep --g 3 --store other.nc",
            "exit code 2",
            "store = '…/other.nc': is there already, and no journal of a sweep beside it: choose another file or move it away",
        ),
        Row(
            "mftheory sweep --g 3 --scheduler nonsense",
            "exit code 2",
            "scheduler = 'nonsense': must be an address such as tcp://host:8786",
        ),
        Row(
            "mftheory sweep --g 3 --jobs 0",
            "exit code 2",
            "jobs = 0: must be a number of processes, or -1 for all cores",
        ),
        Row(
            'mftheory sweep --g 3 --nonlinearity "x.real"',
            "exit code 2",
            "nonlinearity = 'x.real': must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions abs, … (at g = 3.0)",
        ),
        Row(
            "mftheory figure nonesuch",
            "exit code 2",
            "figure = 'nonesuch': must be all, summary or one of dimension, …",
        ),
        Row(
            "mftheory figure ../../figure",
            "exit code 2",
            "figure = '../../figure': must be all, summary or one of dimension, …",
        ),
        Row(
            "mftheory figure dimension --preset huge",
            "exit code 2",
            "preset = 'huge': must be one of trial, quick, medium, full",
        ),
        Row(
            "mftheory figure onset --output good.csv",
            "exit code 2",
            "output = 'good.csv': must be a folder; good.csv is a file",
        ),
        Row(
            "mftheory figure summary --output nowhere",
            "exit code 2",
            "output = 'nowhere': must hold results of figures, in it or in folders of it",
        ),
        Row("mftheory connectome nonesuch.npz", "exit code 2", "path = 'nonesuch.npz': must be a file that exists"),
        Row("mftheory connectome folder", "exit code 2", "path = 'folder': must be a file, and is a folder"),
        Row("mftheory connectome empty.csv", "exit code 2", "path = 'empty.csv': the file is empty"),
        Row("mftheory connectome good.csv --column pre", "exit code 2", "column = 'pre': must be NAME=VALUE"),
        Row(
            "mftheory connectome good.csv --where a=b",
            "exit code 2",
            "path = 'good.csv': has no 'a' column; its columns are: 'pre, post, weight'",
        ),
        Row(
            "mftheory connectome good.csv --where \"weight=__import__('os')\"",
            "exit code 2",
            "path = 'good.csv': has no edges that `where` keeps",
        ),
        Row(
            "mftheory connectome good.csv --transmitter glutamate=excitatory",
            "exit code 2",
            "transmitter = 'glutamate=excitatory': must be NAME=1 or NAME=-1",
        ),
        Row("mftheory connectome good.csv --g-eff 0", "exit code 2", "g_eff = 0.0: must be a finite number above 0"),
    ),
    "Operators on descriptions": (
        Row("mf.IID(1.85) + mf.RandomMode([1.0])", "InvalidCall", "IID: couplings are not added or multiplied: …"),
        Row(
            "2 * mf.IID(2.0)",
            "InvalidCall",
            "IID: couplings are not added or multiplied: give a strength as an argument, such as IID(4.0); …",
        ),
        Row("sum([mf.IID(2.0), mf.IID(1.0)])", "InvalidCall", "IID: couplings are not added or multiplied: …"),
        Row("J + mf.IID(2.0)", "InvalidCall", "IID: couplings are not added or multiplied: …"),
        Row("mf.Given(J) @ J", "InvalidCall", "Given: couplings are not added or multiplied: …"),
        Row(
            "-mf.PartiallySymmetric(2.0, 0.5)",
            "InvalidCall",
            "PartiallySymmetric: couplings are not added or multiplied: …",
        ),
        Row(
            "net + net",
            "InvalidCall",
            "Network: networks are not added or multiplied: describe one, Network(couplings, nonlinearity, gains)",
        ),
        Row(
            "mf.Erf() + mf.Tanh()",
            "InvalidCall",
            "Erf: functions are not added or multiplied: write one formula, Nonlinearity('tanh(x) + x/2')",
        ),
        Row(
            "mf.Gains.exponential(0.5) * 2",
            "InvalidCall",
            "Gains: gains are not added or multiplied: give their array, Gains(values)",
        ),
        Row(
            "ensemble() + 1",
            "InvalidCall",
            "GaussianEnsemble: ensembles are not added or multiplied: declare one mf.GaussianEnsemble with the populations, couplings and covariances of both",
        ),
        Row(
            "sum([ensemble(), ensemble()])",
            "InvalidCall",
            "GaussianEnsemble: ensembles are not added or multiplied: …",
        ),
        Row(
            "x.activity + x.state",
            "InvalidCall",
            "Operator: an operator is one field times a weight, such as 2 * D * x.activity: it is multiplied by numbers and parameters only; a sum of two is two couplings",
        ),
        Row(
            "-x.activity",
            "InvalidCall",
            "Operator: an operator is one field times a weight, …",
        ),
        Row(
            "x.activity / 0",
            "InvalidCall",
            "Operator: an operator is one field times a weight, …",
        ),
        Row(
            "x.activity * x.activity",
            "InvalidCall",
            "Operator: an operator is one field times a weight, …",
        ),
        Row(
            "2 * X",
            "InvalidCall",
            "GaussianMatrix: parts of an ensemble are not added or multiplied: multiply a field of a population, such as D * x.activity",
        ),
    ),
    "Names that are nearly right": (
        Row(
            'mf.formula("psi-rm")',
            "InvalidNetwork",
            "label = 'psi-rm': did you mean psi-rmm or psi-rmm+gains? must be one of psi-iid, …",
        ),
        Row('mf.formula(["psi-rmm"])', "InvalidNetwork", "label = ['psi-rmm']: must be one of psi-iid, …"),
        Row(
            'mf.cite("psi-rm")',
            "InvalidNetwork",
            "cite = 'psi-rm': did you mean psi-rmm or psi-rmm+gains? must be a key or a formula's label: CMvML25, …",
        ),
        Row('mf.cite("")', "InvalidNetwork", "cite = '': must be a key or a formula's label: CMvML25, …"),
        Row(
            'mf.cite("scs88")',
            "InvalidNetwork",
            "cite = 'scs88': did you mean SCS88? must be a key or a formula's label: CMvML25, …",
        ),
        Row(
            "mf.cite((loop := []).append(loop) or loop)",
            "InvalidNetwork",
            "cite = ([[...]],): is nested too deep, or contains itself",
        ),
        Row(
            'mf.cite(mf.sweep(family, over={"g": [3.0]}, jobs=1))',
            "InvalidNetwork",
            "cite = 'sweep, solve': does not know its networks, being made of a sweep: cite one that its family makes",
        ),
        Row(
            "mf.cite(mf.measure(np.random.default_rng(0).standard_normal((400, 6))))",
            "InvalidNetwork",
            "cite = Recording(…): is of your activity, not of a theory: cite what it is compared with",
        ),
        Row(
            'mf.derive(net).four_point("phi", "cavit")',
            "InvalidNetwork",
            "route = 'cavit': did you mean cavity? must be one of 'path-integral', 'compact', 'cavity'",
        ),
        Row(
            "mf.solve(net).plot(colour='red')",
            "InvalidCall",
            "theory: no argument or line property 'colour' (did you mean color?); it takes ax, longest and properties of lines, such as color, linewidth and label",
        ),
        Row(
            "mf.solve(net).plot(observable='x')",
            "InvalidCall",
            "theory: no argument or line property 'observable'; it takes ax, longest and properties of lines, such as color, linewidth and label",
        ),
        Row(
            "mf.solve(net).plot(longest=-1)",
            "InvalidNetwork",
            "longest = -1: must be a finite number above 0",
        ),
        Row(
            "mf.solve(net).plot(longest='a')",
            "InvalidNetwork",
            "longest = 'a': must be a finite number above 0",
        ),
        Row(
            "mf.solve(net).plot(color='redd')",
            "InvalidNetwork",
            "color = 'redd': is no such property of a line ('redd' is not a valid …)",
        ),
        Row(
            "mf.solve(net).plot(alpha=3)",
            "InvalidNetwork",
            "alpha = 3: is no such property of a line (…)",
        ),
        Row(
            "mf.solve(net).plot(lw='thick')",
            "InvalidNetwork",
            "linewidth = 'thick': is no such property of a line (…)",
        ),
        Row(
            "mf.simulate(net)",
            "InvalidCall",
            "simulate: arguments 'n', 'seed' are missing; it takes network, n, seed, …",
        ),
        Row("mf.simulate(mf.Network(mf.Given(J)), 50)", "InvalidNetwork", "n = 50: must be 3, the size of the given J"),
        Row(
            "mftheory formulas psi-rm",
            "exit code 2",
            "label = 'psi-rm': did you mean psi-rmm or psi-rmm+gains? must be one of psi-iid, …",
        ),
        Row(
            "mftheory formulas PSI-RMM",
            "exit code 2",
            "label = 'PSI-RMM': did you mean psi-rmm? must be one of psi-iid, …",
        ),
        Row(
            "mftheory figure dimensions",
            "exit code 2",
            "figure = 'dimensions': did you mean dimension? must be all, summary or one of dimension, …",
        ),
        Row("mftheory help", "exit code 2", "No such command: 'help' (did you mean --help?); commands: derive, …"),
        Row("mftheory connectome celegan", "exit code 2", "path = 'celegan': no such file (did you mean celegans?)"),
        Row(
            "mftheory solve --g 3 --nonlinearity Tanh",
            "exit code 2",
            "nonlinearity = 'Tanh': did you mean tanh? must be erf, tanh, relu, softplus, sigmoid, a formula in x or a file of a table, such as fi.csv",
        ),
        Row(
            "mftheory solve --g 3 --observable Phi",
            "exit code 2",
            "observable = 'Phi': did you mean phi? must be one of 'phi', 'x'",
        ),
        Row(
            "mftheory simulate --g 3 --n 50 --observable y",
            "exit code 2",
            "observable = 'y': must be one of 'phi', 'x'",
        ),
    ),
    "A tired user's command line": (
        Row("mftheory solve --g 3 --noise", "exit code 2", "Option '--noise' requires an argument."),
        Row("mftheory solve --g 50%", "exit code 2", "--g = '50%': must be a number"),
        Row("mftheory solve --g 3,5", "exit code 2", "--g = '3,5': must be a number"),
        Row("mftheory solve --g ''", "exit code 2", "--g = '': must be a number"),
        Row("mftheory solve --g −3", "exit code 2", "--g = '−3': must be a number"),
        Row("mftheory solve --g 1e400", "exit code 2", "g = inf: must be a finite number above 0"),
        Row(
            "mftheory solve --g 3 --n 99999999999999999999999",
            "exit code 2",
            "n = 99999999999999999999999: must be a number of neurons, from 1 to 1e18",
        ),
        Row(
            "mftheory derive iid",
            "exit code 2",
            "Got unexpected extra argument(s) (iid); such as: mftheory derive --effective-rank 0.5",
        ),
        Row(
            "mftheory compare --g 3 --n 100 200",
            "exit code 2",
            "Got unexpected extra argument(s) (200); such as: mftheory compare --g 3 --n 250 --n 500",
        ),
        Row("mftheory compare --g 3 --n 100,200", "exit code 2", "--n = '100,200': must be a whole number"),
        Row("mftheory plan --g 3 --max-memory 4GB", "exit code 2", "--max-memory = '4GB': must be a number"),
        Row(
            "mftheory sweep --g 2..6", "exit code 2", "g = '2..6': must be a number, or FROM:TO:COUNT of finite numbers"
        ),
    ),
}
