"""The domain of Docrunch: pure functions and frozen values.

Belongs here: reading sources, parsing, the graph, embeddings, assembly, documentation, the docpack.
Does not belong here: Temporal, SQL, web frameworks, process management.
"""

__version__ = "0.1.0"
