"""The typed code graph of one tree: a pure function of its file facts.

`naming` says what things are called, `nodes` and `link` build the graph in named steps, `resolve/` decides what a
name means (one rule a file), `metrics` computes over the whole graph, `export`, `shards` and `difference` are its
forms as bytes and rows, `queries/` are the questions people ask. Nothing here reads a file, a clock or a database.
"""
