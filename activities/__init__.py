"""Side effects behind the ports of `workflows.contracts`: load, one domain call, save, return a reference.

Each class implements one port with the dependencies given to its constructor. Files carry the stem of their stage.
Nothing here decides what happens next (that is `workflows/`) or how something is computed (that is `docrunch/`).
"""
