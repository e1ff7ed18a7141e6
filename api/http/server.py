"""The health endpoint as a process of the local stack: ``python -m api.http.server --port N``."""

import argparse

import uvicorn

from api.http.health import create_health_app
from api.operations.readiness import ReadinessProbe, stack_checks
from docrunch.config import load_settings

LOOPBACK = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m api.http.server")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    app = create_health_app(ReadinessProbe(stack_checks(load_settings())))
    uvicorn.run(app, host=LOOPBACK, port=arguments.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
