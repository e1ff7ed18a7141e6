"""The health endpoint: alive and ready are two questions."""

from litestar.testing import AsyncTestClient

import docrunch
from api.http.health import create_health_app
from api.operations.readiness import ReadinessProbe


async def ok() -> str:
    return "schema 0001"


async def down() -> str:
    raise ConnectionError("refused")


async def test_ready_when_every_check_is() -> None:
    async with AsyncTestClient(create_health_app(ReadinessProbe({"database": ok}))) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["checks"]["database"]["detail"] == "schema 0001"


async def test_alive_but_not_ready() -> None:
    async with AsyncTestClient(create_health_app(ReadinessProbe({"database": down}))) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["status"] == "failing"


async def test_version_and_nothing_else() -> None:
    async with AsyncTestClient(create_health_app(ReadinessProbe({}))) as client:
        assert (await client.get("/version")).json() == {"version": docrunch.__version__}
        assert (await client.get("/schema")).status_code == 404
