"""What a written name means. One rule a file; a rule answers with a `values.Value`, or misses with a reason.

A wrong edge costs more than a missing one: a rule that cannot leave one target answers with a miss.

What differs between languages is one object per family (`families`, `families.base.Family` lists the questions); what
linking must know of a language before that is in `docrunch.graph.languages`. Names that files share without importing
them (packages, namespaces) go through `families.scopes.SharedScopes`.

To write a rule: ask other rules through the `resolver.Resolver` (it keeps answers and breaks circles), and look at
files through its `index.Index` only, which notes what was read. A new question about the tree as a whole needs a group
in `reads`, a note where it is asked, and its changes in `docrunch.graph.changes` (or its answers in `Family.tables`).
A new field of a file that a rule needs goes into `interface`, with its digest. Then an incremental link stays a clean
one; `test_reads.py`, `test_interface.py` and `test_relink.py` fail otherwise.
"""
