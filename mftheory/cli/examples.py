"""The examples and exit codes at the end of every command's help; a test runs each of them."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "derive": (
        "mftheory derive --effective-rank 0.5",
        "mftheory derive --effective-rank 0.5 --route cavity --steps",
        "mftheory derive --symmetry 0.5 --latex",
    ),
    "formulas": (
        "mftheory formulas",
        "mftheory formulas psi-overlap --latex",
        "mftheory formulas psi-rmm --derive",
    ),
    "solve": (
        "mftheory solve --g 3 --effective-rank 0.5 --n 1000",
        "mftheory solve --g 0.8 --noise 0.5 --nonlinearity 'x/sqrt(1 + x**2)'",
        "mftheory solve --g 1.2 --noise 0.5 --dynamics rational:1/1,0.8,1 --json",
    ),
    "simulate": (
        "mftheory simulate --g 3 --n 500 --seed 1 --target 0.05",
        "mftheory simulate --g 3 --effective-rank 0.5 --n 500 --plot network.png",
    ),
    "compare": (
        "mftheory compare --g 3 --n 250 --n 500",
        "mftheory compare --g 3 --effective-rank 0.5 --n 250 --n 500 --n 1000 --plot size.png --progress",
    ),
    "sweep": (
        "mftheory sweep --g 2:6:9 --plot dimension.png",
        "mftheory sweep --g 3 --g 6 --effective-rank 0.1:1:10 --store rank.nc",
        "mftheory sweep --g 3:6:4 --what compare --n 250 --n 500 --store run.nc --progress",
    ),
    "plan": (
        "mftheory plan --g 3 --effective-rank 0.5 --target 0.05",
        "mftheory plan --g 3 --n 500 --n 1000 --seconds 600",
        "mftheory plan --g 3 --gains-pr 0.5 --observable readout --target 0.1",
    ),
    "figure": (
        "mftheory figure onset --preset quick --output onset",
        "mftheory figure all --preset quick --output figures",
        "mftheory figure summary --output figures",
    ),
    "connectome": (
        "mftheory connectome celegans --g-eff 0.5 --noise 0.5 --plot worm.png",
        "mftheory connectome edges.csv --transmitter acetylcholine=1 --transmitter GABA=-1",
        "mftheory connectome matrix.npz --transpose --no-simulate --json",
    ),
}

START = (
    "mftheory solve --g 3 --effective-rank 0.5 --n 1000",
    "mftheory compare --g 3 --effective-rank 0.5 --n 250 --n 500 --n 1000",
    "mftheory connectome celegans --g-eff 0.5 --noise 0.5",
)
"""Examples for somebody who begins."""

EXIT_CODES = (
    "0 done; 2 input that cannot be used, or output that cannot be written, one line on stderr says why;",
    "1 a defect of mftheory; 130, 143 stopped by Ctrl-C, by SIGTERM; 141 nobody reads the output any more.",
)


def epilog(examples: tuple[str, ...]) -> str:
    """Return examples and exit codes as the help prints them; the mark \\b keeps lines from being joined."""
    indented = [[f"  {line}" for line in lines] for lines in (examples, EXIT_CODES)]
    return "\n".join(("\b", "Examples:", *indented[0], "", "\b", "Exit codes:", *indented[1]))
