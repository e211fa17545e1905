"""The papers that formulas come from, as BibTeX."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.metadata import PackageNotFoundError, version

PACKAGE = "mftheory"
"""Key of the package itself: what it derives on its own is cited by it."""


@dataclass(frozen=True)
class Reference:
    """One BibTeX entry.

    Attributes
    ----------
    key : str
        As in the `citation` of formulas, without brackets.
    kind : str
        "article" or "misc".
    fields : mapping of str to str
        In BibTeX's own notation (LaTeX accents, braces where capitals count).
    """

    key: str
    kind: str
    fields: Mapping[str, str]

    def bibtex(self) -> str:
        """The entry."""
        width = max(map(len, self.fields))
        lines = [f"  {name:<{width}} = {{{value}}}" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}"


def _article(
    key: str, author: str, title: str, journal: str, volume: int, pages: str, year: int, doi: str, eprint: str = ""
) -> Reference:
    fields = {"author": author, "title": title, "journal": journal, "volume": str(volume), "pages": pages}
    fields |= {"year": str(year), "doi": doi}
    return Reference(key, "article", fields | ({"eprint": eprint, "archiveprefix": "arXiv"} if eprint else {}))


def _preprint(key: str, author: str, title: str, year: int, eprint: str) -> Reference:
    fields = {"author": author, "title": title, "year": str(year), "eprint": eprint, "archiveprefix": "arXiv"}
    return Reference(key, "misc", fields)


_PAPERS = (
    _article(
        "CMvML25",
        "Clark, David G. and Marschall, Owen and van Meegen, Alexander and Litwin-Kumar, Ashok",
        "Connectivity structure and dynamics of nonlinear recurrent neural networks",
        "Phys. Rev. X",
        15,
        "041019",
        2025,
        "10.1103/2jt7-c8cq",
        "2409.01969",
    ),
    _article(
        "CAL23",
        "Clark, David G. and Abbott, L. F. and Litwin-Kumar, Ashok",
        "Dimension of activity in random neural networks",
        "Phys. Rev. Lett.",
        131,
        "118401",
        2023,
        "10.1103/PhysRevLett.131.118401",
        "2207.12373",
    ),
    _article(
        "SCS88",
        "Sompolinsky, H. and Crisanti, A. and Sommers, H. J.",
        "Chaos in random neural networks",
        "Phys. Rev. Lett.",
        61,
        "259--262",
        1988,
        "10.1103/PhysRevLett.61.259",
    ),
    _article(
        "MBO18",
        r"Mart{\'\i}, Daniel and Brunel, Nicolas and Ostojic, Srdjan",
        "Correlations between synapses in pairs of neurons slow down dynamics in randomly connected neural networks",
        "Phys. Rev. E",
        97,
        "062314",
        2018,
        "10.1103/PhysRevE.97.062314",
        "1707.08337",
    ),
    _article(
        "HS22",
        "Hu, Yu and Sompolinsky, Haim",
        "The spectrum of covariance matrices of randomly connected recurrent neuronal networks with linear dynamics",
        "PLoS Comput. Biol.",
        18,
        "e1010327",
        2022,
        "10.1371/journal.pcbi.1010327",
    ),
    _preprint(
        "SH25", "Shen, Xuanyu and Hu, Yu", "Covariance spectrum in nonlinear recurrent neural networks", 2025,
        "2508.05288",
    ),
    _preprint(
        "C26", "Clark, David G.", "Linear equivalence of nonlinear recurrent neural networks", 2026, "2604.23489"
    ),
)  # fmt: skip
REFERENCES: Mapping[str, Reference] = {paper.key: paper for paper in _PAPERS}
"""Every paper that a formula's `citation` may name, by its key."""


@dataclass(frozen=True)
class Bibliography:
    """References, printed as BibTeX.

    Examples
    --------
    >>> from mftheory.formulas.citations import references
    >>> references(["SCS88"]).keys
    ('SCS88',)
    >>> print(str(references(["[SCS88]"])).splitlines()[2])
      title   = {Chaos in random neural networks},
    """

    references: tuple[Reference, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the entries, for \\cite."""
        return tuple(reference.key for reference in self.references)

    def bibtex(self) -> str:
        """All entries, ready for a .bib file."""
        return "\n\n".join(reference.bibtex() for reference in self.references)

    def __str__(self) -> str:
        return self.bibtex()

    def __repr__(self) -> str:
        return self.bibtex()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.bibtex())}</pre>"


def references(citations: Iterable[str]) -> Bibliography:
    """What citations such as "[CAL23]" or "[H19], [CMvML25]" name, each once and in order; unknown keys are left out.

    Examples
    --------
    >>> from mftheory.formulas.citations import references
    >>> references(["[CAL23]", "[CMvML25], [CAL23]"]).keys
    ('CAL23', 'CMvML25')
    """
    words = [word for citation in citations for word in re.findall(r"\w+", citation)]
    known = {**REFERENCES, PACKAGE: _package()}
    return Bibliography(tuple(known[key] for key in dict.fromkeys(words) if key in known))


def _package() -> Reference:
    try:
        number = version(PACKAGE)
    except PackageNotFoundError:
        number = "unknown"
    fields = {
        "author": "{The mftheory authors}",
        "title": "{mftheory}: dynamical mean-field theory of random recurrent networks",
        "year": "2026",
        "note": f"Python package, version {number}",
    }
    return Reference(PACKAGE, "misc", fields)
