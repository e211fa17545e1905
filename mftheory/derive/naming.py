"""Names for what a derived expression contains: combinations of moments, and means over sites."""

from dataclasses import dataclass

import sympy as sp

from mftheory.action import GaussianEnsemble, Population
from mftheory.derive.moments import Mean
from mftheory.formulas import conjugate_symbol, conjugated


@dataclass(frozen=True)
class NamedMoment:
    """A symbol that stands for size × ⟨product⟩ over the sites of a population."""

    symbol: sp.Symbol
    product: sp.Expr
    population: Population

    @property
    def definition(self) -> sp.Expr:
        """What the symbol stands for."""
        return self.population.size * Mean(self.product)


def name_moments(expr: sp.Expr, definitions: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Rewrite moments through the names that the ensemble declares, such as g_eff and κ, where these determine them."""
    wanted = set().union(*(d.free_symbols for d in definitions.values())) if definitions else set()
    moments = sorted((m for m in wanted if "_" in m.name), key=str)
    if not wanted & expr.free_symbols & set(moments):
        return expr
    solved = sp.solve([name - d for name, d in definitions.items()], moments, dict=True)
    return sp.cancel(expr.subs(solved[0])) if solved else expr


def name_means(expr: sp.Expr, ensemble: GaussianEnsemble) -> tuple[sp.Expr, list[NamedMoment]]:
    """Give each mean over sites a symbol; conjugate means get conjugate symbols."""
    renamed: dict[sp.Expr, sp.Expr] = {}
    named: list[NamedMoment] = []
    for mean in sorted(expr.atoms(Mean), key=_fewest_conjugates):
        if mean in renamed:
            continue
        product = mean.args[0]
        population = _population_of(product, ensemble)
        mirrored = Mean(conjugated(product))
        symbol = sp.Symbol(_name(product, ensemble), **({"real": True} if mirrored == mean else {"complex": True}))
        named.append(NamedMoment(symbol, product, population))
        renamed[mean] = symbol / population.size
        renamed[mirrored] = conjugate_symbol(symbol) / population.size
    return expr.xreplace(renamed), named


def _fewest_conjugates(mean: sp.Expr) -> tuple[int, str]:
    return sum(s.name.endswith("_conj") for s in mean.free_symbols), str(mean)


def _population_of(product: sp.Expr, ensemble: GaussianEnsemble) -> Population:
    """The population whose parameters or two-time functions a product holds."""
    for p in ensemble.populations:
        own = {q.name for q in p.parameters}
        fields = {f.name for f in p.fields}
        for symbol in product.free_symbols:
            letter, _, rest = symbol.name.removesuffix("_conj").partition("_")
            field = rest.rpartition("_")[0]
            if symbol.name in own or (letter in {"C", "S", "P"} and any(field.startswith(f) for f in fields)):
                return p
    raise ValueError(f"no population of {ensemble.name} has {product}")


def _name(product: sp.Expr, ensemble: GaussianEnsemble) -> str:
    """A declared letter (with 12 or 21 if the frequencies enter differently), or one made of the factors."""
    parameters = {q.symbol for p in ensemble.populations for q in p.parameters}
    functions, content = product.as_independent(*parameters, as_Add=False)
    letter = ensemble.moment_names.get(content)
    if letter is not None:
        swapped = product.xreplace({s: _other_frequency(s) for s in product.free_symbols})
        symmetric = swapped in (product, conjugated(product))
        return letter if symmetric else f"{letter}_{'12' if str(product) <= str(swapped) else '21'}"
    tokens = []
    for factor in sorted(sp.Mul.make_args(functions) + sp.Mul.make_args(content), key=str):
        base, power = factor.as_base_exp()
        if factor != 1:
            tokens.append(base.name.replace("_conj", "c") + (str(power) if power != 1 else ""))
    return "mean_" + "_".join(tokens)


def _other_frequency(symbol: sp.Symbol) -> sp.Symbol:
    stem, _, k = symbol.name.removesuffix("_conj").rpartition("_")
    if k not in {"1", "2"} or not stem:
        return symbol
    suffix = "_conj" if symbol.name.endswith("_conj") else ""
    return sp.Symbol(f"{stem}_{3 - int(k)}{suffix}", **symbol.assumptions0)
