"""What is computed over the whole graph before anything is worded: clusters, their labels, relatedness, contexts.

Belongs here: pure functions of graph and vectors that give equal results on every machine; everything from vectors
goes through the integers of `docrunch.embedding.quantise`. Does not belong here: metrics of the graph alone
(`docrunch.graph.metrics`), pages (`docrunch.documentation`).

Read `assemble` first; it names the steps in order.
"""
