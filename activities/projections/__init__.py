"""Derived stores: one module per target, found by the name that ``storage.sync.targets`` lists.

A module ``activities.projections.<name>`` has ``make(context) -> Target``; nothing else needs to know it. Belongs
here: how a store is written and checked. Does not belong here: which change reaches it when (`activities.sync`).
"""
