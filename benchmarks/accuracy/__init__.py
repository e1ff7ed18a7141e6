"""How right the code graph is: our exported graph of real packages against tools that are not ours.

`facts` are the rows both sides are brought to, `ours` reads them from the export, `oracles/` makes them by other means
(one file per language), `compare` judges, `table` prints. Run: ``python -m benchmarks.accuracy``. What the numbers mean
and where they end is said in docs/accuracy.md. Nothing here knows how the graph is made.
"""
