"""Files on disk: where they may be, and the one writer of whole files."""

from mftheory.storage.places import check_source, check_target, path_of, refused
from mftheory.storage.writing import clear_remains, make_folder, sync_folder, write

__all__ = ["check_source", "check_target", "clear_remains", "make_folder", "path_of", "refused", "sync_folder", "write"]
