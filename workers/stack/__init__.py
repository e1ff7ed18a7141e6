"""The local stack: one detached supervisor that owns embedded Postgres, Temporal, the workers and the health endpoint.

Belongs here: starting, watching, finding and stopping processes of this machine.
Does not belong here: what a worker does (`workers.main`), what the database is (`db`), what people see (`api.cli`).

Ownership: the supervisor holds ``run/supervisor.lock`` for as long as it lives, so there is one per home. Temporal,
workers and the health endpoint die with it (Linux: PR_SET_PDEATHSIG; elsewhere the next supervisor stops those it
finds in ``state.json``). Postgres runs as its own daemon and survives; the next supervisor attaches to it.
"""
