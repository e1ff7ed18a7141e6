"""How well search finds: queries made from real packages, our search beside plain ones, on the same documents.

`subjects` are the packages, `worlds` what of them is indexed, `kinds/` make queries (one file per kind), `systems/`
rank, `metrics` and `intervals` judge, `table` prints, `tune` looks for better constants. Run:
``python -m benchmarks.retrieval``. What the numbers mean and where they end is said in docs/retrieval.md.
"""
