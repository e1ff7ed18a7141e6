"""``/healthz`` (the process answers), ``/readyz`` (what it needs answers) and ``/version``."""

from litestar import Litestar, Response, get
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

import docrunch
from api.operations.readiness import Readiness, ReadinessProbe


def create_health_app(probe: ReadinessProbe) -> Litestar:
    """A small application without documentation routes, logs or sessions."""

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @get("/readyz")
    async def readyz() -> Response[Readiness]:
        found = await probe()
        status = HTTP_200_OK if found.status == "ok" else HTTP_503_SERVICE_UNAVAILABLE
        return Response(found, status_code=status)

    @get("/version", sync_to_thread=False)
    def version() -> dict[str, str]:
        return {"version": docrunch.__version__}

    return Litestar([healthz, readyz, version], openapi_config=None, logging_config=None)
