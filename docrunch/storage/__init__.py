"""What derived stores are made of, and the ports through which they are used.

Postgres is the truth; a derived store (*target*: ``lightrag``, ``markdown``) is a projection of it that may lag or be
rebuilt. Belongs here: the values that cross a port and the ports. Does not belong here: how a store is written
(`activities.projections`), which change reaches it when (`workflows.sync`).
"""
