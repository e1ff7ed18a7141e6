"""What workflows, activities, facades and workers agree on: frozen models, activity ports, queues, names, options.

Belongs here: pydantic models that enter history, the abstract activity classes, identifiers, timeouts.
Does not belong here: anything that does work, and any import beyond temporalio, pydantic, msgspec, the standard
library and the light modules of `docrunch` (errors, ids, options). These modules pass through the workflow sandbox.
"""
