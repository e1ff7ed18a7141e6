"""Kinds of queries, one file each: a function from a package's `material` to queries, in a stable order.

A new kind is a file here and a line in `benchmarks.retrieval.queries`.
"""
