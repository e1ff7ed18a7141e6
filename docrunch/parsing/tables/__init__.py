"""Tables, as schemas, mapped classes and migrations of different frameworks state them: one file a framework.

Each reader is a function over the syntax tree of one file that a language's `finish` calls after its walk; it adds to
`Walk.tables` and returns at once for files that do not mention its framework. Nothing here knows paths or other files:
names that follow from a path are made when the graph is linked (`docrunch.graph.tables`).
"""
