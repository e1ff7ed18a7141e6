"""Entry points of Python: web frameworks, commands, programs and tests."""

from tests.support.entries import entries


def test_flask() -> None:
    assert entries(
        "python",
        """
        from flask import Flask, Blueprint
        bp = Blueprint("auth", __name__, url_prefix="/auth")
        @bp.route("/login", methods=["GET", "POST"])
        def login(): ...
        @bp.route("/out")
        @bp.route("/leave")
        def out(): ...
        @bp.get("/me")
        def me(): ...
        @bp.route(PATH)
        def computed(): ...
        bp.add_url_rule("/x", "x", view_func=login)
        """,
    ) == [
        ("route", "GET,POST /auth/login", "login", "flask"),
        ("route", "GET /auth/out", "out", "flask"),
        ("route", "GET /auth/leave", "out", "flask"),
        ("route", "GET /auth/me", "me", "flask"),
        ("route", "GET /auth/x", "→login", "flask"),
    ]


def test_fastapi_starlette_and_litestar() -> None:
    assert entries(
        "python",
        """
        from fastapi import APIRouter
        from starlette.routing import Route
        router = APIRouter(prefix="/users")
        @router.get("/{id}")
        async def one(id): ...
        @router.websocket("/ws")
        async def ws(s): ...
        routes = [Route("/home", endpoint=home), Route("/p", views.page, methods=["POST"])]
        @cache.get("not a path")
        def cached(): ...
        value = settings.get("/x")
        """,
    ) == [
        ("route", "GET /users/{id}", "one", "fastapi"),
        ("route", "WEBSOCKET /users/ws", "ws", "fastapi"),
        ("route", "/home", "→home", "fastapi"),
        ("route", "POST /p", "→views.page", "fastapi"),
    ]


def test_django_urls() -> None:
    text = """
    from django.urls import path, re_path
    x = [path("a/<int:y>/", v.a), re_path(r"^b$", B.as_view()), path("c")]
    """
    assert entries("python", text) == [
        ("route", "^b$", "→B", "django"),
        ("route", "a/<int:y>/", "→v.a", "django"),
    ]
    assert entries("python", 'import os\nos.path("a", "b")\n') == []


def test_commands_of_python() -> None:
    assert entries(
        "python",
        """
        import argparse, click, typer
        @click.command("up-now")
        def up(): ...
        @cli.command
        def bring_down(): ...
        @app.command()
        def plain(): ...
        app.command("gone")(other.run)
        def build():
            scan = parsers.add_parser("scan")
            scan.set_defaults(func=do_scan)
        """,
    ) == [
        ("command", "up-now", "up", "typer"),
        ("command", "bring-down", "bring_down", "typer"),
        ("command", "plain", "plain", "typer"),
        ("command", "gone", "→other.run", "typer"),
        ("command", "scan", "→do_scan", "argparse"),
    ]


def test_programs_and_tests_of_python() -> None:
    assert entries("python", "def main(): ...\nif __name__ == '__main__':\n    main()\n") == [("main", "", "main", "")]
    assert entries("python", "if __name__ == '__main__':\n    run()\n") == [("main", "", "[]", "")]
    assert entries("python", "#!/usr/bin/env python3\nrun()\n") == [("main", "", "[]", "")]
    assert entries("python", "class TestA:\n    def test_b(self): ...\n    def help(self): ...\n") == [
        ("test", "test_b", "TestA.test_b", "")
    ]
