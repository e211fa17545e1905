"""Derived means over sites → NumPy source: a neuron's input at the saddle point, and the moments of four-point kernels.

The input of a neuron (the spectrum Q of its Gaussian part, the kernel K of its self-feedback) and the moments in
four-point functions are expressions in means over neurons or modes, some inside others. Each mean is one line,
innermost first. Arrays over sites have the sites on their last axis; how a mean is taken is the caller's.
"""

import textwrap
from collections.abc import Mapping

import sympy as sp

from mftheory.formulas import restore
from mftheory.formulas.conjugates import SUFFIX
from mftheory.formulas.means import MODE_PARAMETERS, Mean
from mftheory.kernels.printer import Printer, dict_source, with_squares

_HEADER = '''\
"""What a neuron of the ensemble {ensemble} hears, and the moments of its four-point kernels.

Generated from the derivation by `make kernels`; do not edit. Spectra have frequencies on leading axes{and_neurons}.
`over_modes` and `over_neurons` take means over the last axis.

{formulas}
"""

from mftheory.kernels.runtime import abs2

ENSEMBLE = {ensemble!r}
PARAMETERS = {parameters!r}
SITES = {sites!r}
SPECTRA = {spectra}
'''

_FIELD = '''

def field({arguments}):
    """(Q, K), from C^φ and S^φ at one frequency."""
{body}    return {noise}, {feedback}
'''

_MOMENTS = '''

def moments({arguments}):
    """The moments by name, from two-time functions at ω1 and ω2."""
{body}    return {{
{items}
    }}
'''

NEURON_PARAMETERS = ("G",)


def site_means_source(
    ensemble: str,
    noise: sp.Expr,
    feedback: sp.Expr,
    moments: Mapping[str, sp.Expr],
    real: frozenset[str],
    two_time: Mapping[str, tuple[str, str, int]],
) -> str:
    """Return the source of `field` and `moments` of one ensemble.

    Parameters
    ----------
    ensemble : str
    noise, feedback : SymPy expressions
        Q and K at ω1, in C_phi_1, S_phi_1, parameters and means.
    moments : mapping
        Definitions by name, of ω1 and ω2.
    real : set of str
        Names of the moments that are real.
    two_time : mapping
        What each two-time function in them is: its letter, its field, and 1 or 2 for the frequency.
    """
    everything = [noise, feedback, *moments.values()]
    names = {s.name for e in everything for s in e.free_symbols}
    sites = tuple(n for n in (*MODE_PARAMETERS, *NEURON_PARAMETERS) if n in names)
    parameters = tuple(sorted(n for n in names - set(sites) if not _is_spectrum(n)))
    used = {s.name.removesuffix(SUFFIX) for e in moments.values() for s in e.free_symbols}
    spectra = tuple(sorted(n for n in used if _is_spectrum(n)))
    neurons_differ = any(n in NEURON_PARAMETERS for n in sites)
    at_one = {
        s: sp.Symbol(s.name.replace("_1", ""), **s.assumptions0) for e in (noise, feedback) for s in e.free_symbols
    }
    noise, feedback = (e.xreplace(at_one) for e in (noise, feedback))
    rest = (*parameters, *sites, "over_modes", "over_neurons")
    body, (q, k) = _body([noise, feedback], neurons_differ)
    text = [
        _HEADER.format(
            ensemble=ensemble,
            and_neurons=",\nneurons on the last" if neurons_differ else "",
            formulas="\n".join(textwrap.fill(f"{n} = {restore(e)}", 110) for n, e in (("Q", noise), ("K", feedback))),
            parameters=parameters,
            sites=sites,
            spectra=dict_source({name: two_time[name] for name in spectra}),
        ),
        _FIELD.format(arguments=", ".join(("C_phi", "S_phi", *rest)), body=body, noise=f"({q}).real", feedback=k),
    ]
    if moments:
        body, values = _body(list(moments.values()), neurons_differ)
        values = [f"({v}).real" if name in real else v for name, v in zip(moments, values, strict=True)]
        text.append(
            _MOMENTS.format(
                arguments=", ".join((*spectra, *rest)),
                body=body,
                items="\n".join(f'        "{n}": {v},' for n, v in zip(moments, values, strict=True)),
            )
        )
    return "".join(text)


def _is_spectrum(name: str) -> bool:
    return name.startswith(("C_", "S_"))


def _body(expressions: list[sp.Expr], neurons_differ: bool) -> tuple[str, list[str]]:
    """Return lines that take all means, and the expressions in terms of them."""
    printer = Printer()
    letters: dict[sp.Expr, sp.Symbol] = {}
    lines: list[str] = []
    while True:
        # Means of which all inner ones are known, all of one kind of site at a time.
        pending = {m for e in expressions for m in e.xreplace(letters).atoms(Mean)}
        ready = sorted((m for m in pending if not m.args[0].has(Mean)), key=str)
        if not ready:
            break
        kind = "over_modes" if _of_modes(ready[0]) else "over_neurons"
        ready = [m for m in ready if _of_modes(m) == _of_modes(ready[0])]
        lines += _means(ready, kind, letters, neurons_differ, printer)
        expressions = [e.xreplace(letters) for e in expressions]
    results = []
    for e in expressions:
        # What depends on the neuron itself has an axis for it.
        own = {s for s in e.free_symbols if s.name in NEURON_PARAMETERS}
        wide = {s: _wide(s) for s in e.free_symbols if s not in own and _has_frequency(s)} if own else {}
        results.append(printer.doprint(with_squares(restore(e).xreplace(wide))))
    return "".join(f"    {line}\n" for line in lines), results


def _means(
    ready: list[Mean], kind: str, letters: dict[sp.Expr, sp.Symbol], neurons_differ: bool, printer: Printer
) -> list[str]:
    first = len(letters)
    inner = [with_squares(restore(m.args[0])) for m in ready]
    # Spectra have an axis of neurons of their own where neurons differ; all else gets one for the sites.
    wide = {
        s: _wide(s)
        for e in inner
        for s in e.free_symbols
        if _has_frequency(s) and not (kind == "over_neurons" and _is_spectrum(s.name))
    }
    shared, reduced = sp.cse(
        [e.xreplace(wide) for e in inner], symbols=sp.numbered_symbols(f"t{first}_"), order="canonical"
    )
    lines = [f"{symbol} = {printer.doprint(value)}" for symbol, value in shared]
    for number, (mean, value) in enumerate(zip(ready, reduced, strict=True)):
        letter = sp.Symbol(f"m{first + number}", complex=True)
        letters[mean] = letter
        lines.append(f"{letter} = {kind}({printer.doprint(value)})")
    return lines


def _wide(symbol: sp.Symbol) -> sp.Symbol:
    return sp.Symbol(f"{symbol.name}[..., None]", **symbol.assumptions0)


def _has_frequency(symbol: sp.Symbol) -> bool:
    name = symbol.name.removesuffix(SUFFIX)
    return _is_spectrum(name) or (name[0] == "m" and name[1:].isdigit())


def _of_modes(mean: Mean) -> bool:
    return any(s.name in MODE_PARAMETERS for s in mean.free_symbols)
