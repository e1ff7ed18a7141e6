"""`fast`: what is short by nature, and every step of a job that the router expects to be short."""

from activities.health import HealthChecks, Routing
from activities.jobs import Jobs
from workers.composition import assembly, generation, ingest, packing
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    short = [
        Jobs(shared.database),
        Routing(shared.client),
        HealthChecks(shared.database, shared.objects, shared.client, shared.settings.home),
    ]
    return [*short, *(each for stage in (ingest, assembly, generation, packing) for each in stage.make(shared))]
