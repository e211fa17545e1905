"""Committed kernels, one file a formula: rewritten by `make kernels`, never by hand."""
