"""What speaks for a document, one file per signal: ``(query, view, …) -> one score per document``, 0–1 and pure.

A signal says nothing about how much it counts: `docrunch.search.fusion` does.
"""
