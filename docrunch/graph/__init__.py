"""The typed code graph of one tree: a pure function of its file facts.

`naming` says what things are called. `project` links file by file: `place` is the file being linked, and `containment`,
`imports`, `inheritance`, `references` and `tested` are the steps; `resolve/` decides what a name means (one rule a
file). `link` links everything; `relink` links what changed, by the `trace` of an earlier link, the `readings` in it and
the `changes` since. `metrics` computes over the whole graph, `export`, `rows` and `shards` are its forms as bytes
and rows, `queries/` are the questions people ask. Nothing here reads a file, a clock or a database.
"""
