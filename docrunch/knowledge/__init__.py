"""What a knowledge graph holds of a repository: documents, and the rows that they become.

Pure: rows of published facts and pages in, `docrunch.storage.model.Document`\\ s out, and from these a `Manifest` of
entities, relations and texts. Does not belong here: how a store is written (`db.knowledge`), which change reaches it
when (`activities.projections.lightrag`).
"""
