"""The knowledge graph: LightRAG on plain tables of the same Postgres server, in the schema ``lightrag``.

Belongs here: how the library is loaded, given its connection and its vectors, written and read. Does not belong here:
what is in the graph (`docrunch.knowledge`), and which change reaches it when (`activities.projections.lightrag`).
"""
