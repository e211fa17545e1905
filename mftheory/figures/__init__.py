"""The published figures, on the public API. `registry` lists them; each module has `PRESETS` and `run(output, ...)`."""
