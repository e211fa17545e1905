"""The papers that formulas come from, as BibTeX."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
        """Return the entry as BibTeX."""
        width = max(map(len, self.fields))
        lines = [f"  {name:<{width}} = {{{value}}}" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}"


_ENTRY = re.compile(r"@(\w+)\{(\w+),\n(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"(\w+) += \{(.*)\},?")
_PAPERS = Path(__file__).with_name("papers.bib").read_text(encoding="utf-8")

REFERENCES: Mapping[str, Reference] = {
    key: Reference(key, kind, dict(_FIELD.findall(fields))) for kind, key, fields in _ENTRY.findall(_PAPERS)
}
"""Every paper that a formula's `citation` may name, by its key: the entries of papers.bib."""


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
        """Return all entries, ready for a .bib file."""
        return "\n\n".join(reference.bibtex() for reference in self.references)

    def __str__(self) -> str:
        return self.bibtex()

    def __repr__(self) -> str:
        return self.bibtex()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.bibtex())}</pre>"


def references(citations: Iterable[str]) -> Bibliography:
    """Return the references that citations such as "[CAL23]" or "[H19], [CMvML25]" name, in order, known ones only.

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
