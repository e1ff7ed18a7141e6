"""Use cases: what a person or an agent can ask Docrunch to do, whichever way they ask.

Belongs here: starting workflows, reading the read model and the object store, turning failures into domain errors.
Does not belong here: printing, HTTP, processes of the local stack, business logic.
"""
