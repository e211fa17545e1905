"""Runs blocks of Python, one after the other in one namespace, as a reader would; told what to do by the walk.

A line of JSON in, `{"source": ..., "name": ..., "output": file, "errors": file}`; a line out, `{"ok": ...}`.
"""

import json
import linecache
import os
import sys
import traceback
from typing import Any


def main() -> None:
    reply = os.fdopen(os.dup(1), "w")  # what the blocks print goes elsewhere, that of their processes too
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for request in sys.stdin:
        told = json.loads(request)
        for stream, key in ((1, "output"), (2, "errors")):
            with open(told[key], "w", encoding="utf-8") as file:
                os.dup2(file.fileno(), stream)
        source, name = told["source"], told["name"]
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        try:
            exec(compile(source, name, "exec"), namespace)
            ok = True
        except BaseException:
            traceback.print_exc()
            ok = False
        sys.stdout.flush()
        sys.stderr.flush()
        reply.write(json.dumps({"ok": ok}) + "\n")
        reply.flush()


if __name__ == "__main__":
    main()
