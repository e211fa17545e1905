"""Files on disk: where they may be, the one writer of whole files, results as netCDF files.

In: a result (`mftheory.results`), or any bytes. Out: a file, written in one move, and the result again. Begin with
`result_kinds` (a result to a data set and back), then `netcdf` (a data set to a file and back), `writing`, `places`.
"""

from mftheory.storage.places import check_source, check_target, path_of, refused
from mftheory.storage.writing import clear_remains, make_folder, sync_folder, write

__all__ = ["check_source", "check_target", "clear_remains", "make_folder", "path_of", "refused", "sync_folder", "write"]
