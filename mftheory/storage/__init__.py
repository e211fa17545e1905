"""Files on disk: the one writer of whole files."""

from mftheory.storage.writing import check_target, clear_remains, make_folder, refused, sync_folder, write

__all__ = ["check_target", "clear_remains", "make_folder", "refused", "sync_folder", "write"]
