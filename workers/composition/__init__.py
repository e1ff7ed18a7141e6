"""What each role is made of: one module per role, with ``make(shared) -> activity objects``.

A module is imported when a worker of its role starts, so that no process pays for what it does not do: the
orchestrator loads no model, no grammar and no numerical library.
"""
