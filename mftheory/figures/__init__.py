"""The published figures, on the public API. Each module has `run(output, ...)`."""
