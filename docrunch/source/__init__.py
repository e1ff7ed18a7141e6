"""Sources: from what a person names to an immutable tree of text.

Belongs here: understanding a source spec, fetching and reading it safely, classifying files, the tree object.
Does not belong here: what the text means (`docrunch.parsing`), where tree objects are kept (`db.objects`).
Everything read here is hostile: each module says which attack it closes.
"""
