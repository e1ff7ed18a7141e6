"""Questions to a graph, one file per question; all are pure and deterministic.

`view` is the graph in arrays, made by `index` from a graph wherever it came from, and kept as bytes by `stored`.
`select` finds the symbols that a person means. Every question takes a view and gives a frozen value; `faces` are the
symbols in those answers. What an answer looks like on a terminal is the command line's business.
"""
