"""How networks are simulated: all of them in one way."""

from typing import Any

from mftheory.register import Method, Register


def _integrate(*given: Any, **options: Any) -> Any:
    from mftheory.simulate.simulate import simulate

    return simulate(*given, **options)


SIMULATE = Register("simulate")
SIMULATE.add(Method("integration in batches", "estimates with standard errors", (), _integrate))
