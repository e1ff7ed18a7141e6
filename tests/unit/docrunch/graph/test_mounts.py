"""Routes are named by every address that other files put their router below, and by nothing that is guessed."""

import random
import textwrap
import time

import pytest

from docrunch.graph.link import link
from tests.support.edits import Tree, edited
from tests.support.linking import inputs
from tests.support.routes import SOURCE, routes
from tests.unit.docrunch.graph.test_relink import assert_clean, changed, incremental, stored

FLASK = {
    "app/__init__.py": """
    from flask import Flask
    from app import shop
    from app.auth import bp as auth_bp
    from app.parent import parent
    def create_app():
        app = Flask(__name__)
        app.register_blueprint(auth_bp, url_prefix="/a")
        app.register_blueprint(shop.bp)
        app.register_blueprint(shop.two, url_prefix=PREFIX)
        app.register_blueprint(parent)
        @app.get("/hi")
        def hi(): ...
        return app
    """,
    "app/auth.py": """
    from flask import Blueprint
    bp = Blueprint("auth", __name__, url_prefix="/auth")
    @bp.route("/login")
    def login(): ...
    """,
    "app/shop.py": """
    from flask import Blueprint
    bp = Blueprint("shop", __name__, url_prefix="/shop")
    two = Blueprint("two", __name__)
    alone = Blueprint("alone", __name__, url_prefix="/alone")
    @bp.route("/item")
    def item(): ...
    @two.get("/two")
    def second(): ...
    @alone.get("/x")
    def third(): ...
    """,
    "app/parent.py": """
    from flask import Blueprint
    from app.child import child
    parent = Blueprint("p", __name__, url_prefix="/p")
    parent.register_blueprint(child, url_prefix="/c")
    """,
    "app/child.py": """
    from flask import Blueprint
    child = Blueprint("c", __name__, url_prefix="/own")
    @child.get("/leaf")
    def leaf(): ...
    """,
    "tests/test_app.py": """
    from app.auth import bp
    def test_it(app): app.register_blueprint(bp, url_prefix="/of-the-test")
    """,
}


def test_flask_takes_the_prefix_of_the_registration_instead_of_that_of_the_blueprint() -> None:
    assert routes(FLASK) == {
        "GET /a/login",
        "GET /shop/item",
        "GET /{…}/two",
        "GET /alone/x",
        "GET /p/c/leaf",
        "GET /hi",
    }


FASTAPI = {
    "app/__init__.py": "",
    "app/main.py": """
    from fastapi import FastAPI
    from app.api import api_router
    app = FastAPI()
    app.include_router(api_router, prefix="/v1")
    """,
    "app/api.py": """
    from fastapi import APIRouter
    from app import items, users
    api_router = APIRouter()
    api_router.include_router(users.router, prefix="/users")
    api_router.include_router(items.router)
    api_router.include_router(items.router, prefix="/again")
    """,
    "app/users.py": """
    from fastapi import APIRouter
    router = APIRouter()
    @router.get("/{id}")
    def one(id): ...
    """,
    "app/items.py": """
    from fastapi import APIRouter
    router = APIRouter(prefix="/items")
    other = APIRouter(prefix="/nowhere")
    @router.get("/")
    def every(): ...
    @other.get("/")
    def none(): ...
    """,
}


def test_fastapi_joins_prefixes_and_two_mounts_are_two_routes() -> None:
    assert routes(FASTAPI) == {"GET /v1/users/{id}", "GET /v1/items", "GET /v1/again/items", "GET /nowhere"}


def test_a_parameter_hides_the_router_of_the_module() -> None:
    tree = {
        "m.py": """
        from fastapi import APIRouter
        api = APIRouter(prefix="/two")
        @api.get("/b")
        def b(): ...
        def more(api):
            @api.get("/c")
            def c(): ...
        """,
    }
    assert routes(tree) == {"GET /two/b", "GET /c"}


def test_an_empty_prefix_of_a_registration_replaces_that_of_the_blueprint() -> None:
    head = "from flask import Blueprint\nbp = Blueprint('b', __name__, url_prefix='/bp')\n@bp.get('/r')\ndef r(): ...\n"
    assert routes({"m.py": head + "app.register_blueprint(bp, url_prefix='')\n"}) == {"GET /r"}
    assert routes({"m.py": head + "app.register_blueprint(bp)\n"}) == {"GET /bp/r"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('if x { v1 := r.Group("/v3"); v1.GET("/c", f) }; v1.GET("/d", f)', {"GET /v3/c", "GET /v2/d"}),
        ('if x { v1 = r.Group("/v3"); v1.GET("/c", f) }; v1.GET("/d", f)', {"GET /v3/c", "GET /{…}/d"}),
        ('if x { v1 = r.Group("/v2") }; v1.GET("/d", f)', {"GET /v2/d"}),
        ('v1.GET("/c", f); v1 = r.Group("/v3"); v1.GET("/d", f)', {"GET /v2/c", "GET /v3/d"}),
    ],
)
def test_a_group_of_an_inner_block_of_go_ends_with_the_block(body: str, expected: set[str]) -> None:
    head = 'package main\nimport "github.com/gin-gonic/gin"\nfunc f() {}\n'
    text = head + 'func main() { r := gin.Default(); v1 := r.Group("/v2"); ' + body + " }\n"
    assert routes({"go.mod": "module ex.com/a\n", "main.go": text}) == expected


def test_a_router_of_an_inner_block_of_javascript_ends_with_the_block() -> None:
    text = """
    import Router from "@koa/router";
    export const r = new Router({ prefix: "/a" });
    if (x) { const r = new Router({ prefix: "/b" }); r.get("/in", h); }
    r.get("/out", h);
    function h() {}
    """
    assert routes({"a.js": text}) == {"GET /b/in", "GET /a/out"}


@pytest.mark.parametrize("given", ["function (r) {", "(r) => {", "r => {", "({ r }) => {"])
def test_a_parameter_of_a_nameless_function_hides_the_router_of_the_module(given: str) -> None:
    koa = 'import Router from "@koa/router";\nfunction h() {}\nconst r = new Router({ prefix: "/a" });\n'
    koa += f"plugin({given} r.get('/x', h); }});\nplugin(() => {{ r.get('/y', h); }});\n"
    assert routes({"a.js": koa}) == {"GET /x", "GET /a/y"}
    express = 'import express from "express";\nfunction h() {}\nconst r = express.Router();\napp.use("/m", r);\n'
    express += f"plugin({given} r.get('/x', h); }});\nr.get('/y', h);\n"
    assert routes({"a.js": express}) == {"GET /x", "GET /m/y"}


def test_a_function_that_is_given_a_root_router_is_where_that_is_mounted() -> None:
    tree = {
        "app.js": """
        const express = require("express");
        const { more } = require("./more");
        const app = express();
        const other = express.Router();
        function setup(other, options) { other.get("/inner", h); }
        setup(other, config);
        more(other);
        more(app);
        app.use("/other", other);
        function h() {}
        """,
        "more.js": "exports.more = function (router) { router.get('/more', (a, b) => 1); };\n",
    }
    assert routes(tree) == {"GET /other/inner", "GET /other/more", "GET /more"}


def test_what_a_function_is_given_beside_a_group_is_no_router() -> None:
    text = """
    package main
    import "github.com/gin-gonic/gin"
    func Run(cfg Config) { r := gin.Default(); register(r.Group("/v1"), cfg) }
    func register(r *gin.RouterGroup, cfg Config) { r.GET("/x", f) }
    func f() {}
    """
    assert routes({"go.mod": "module ex.com/a\n", "main.go": text}) == {"GET /v1/x"}


def test_routers_that_include_each_other_end() -> None:
    head = "from fastapi import APIRouter\n"
    tree = {
        "a.py": head
        + "from b import b\na = APIRouter()\na.include_router(b, prefix='/b')\n@a.get('/x')\ndef x(): ...\n",
        "b.py": head + "from a import a\nb = APIRouter()\nb.include_router(a, prefix='/a')\n",
    }
    assert routes(tree) == {"GET /a/x"}


def test_many_mounts_of_many_routers_are_bounded() -> None:
    lines = ["from fastapi import APIRouter"] + [f"r{n} = APIRouter()" for n in range(30)]
    lines += [f"r{n}.include_router(r{n + 1}, prefix='/{w}')" for n in range(29) for w in "abc"]
    found = routes({"a.py": "\n".join([*lines, "@r29.get('/x')", "def x(): ..."]) + "\n"})
    assert 1 <= len(found) <= 16


def test_many_routes_of_a_router_with_many_mounts_take_no_longer() -> None:
    lines = ["from fastapi import APIRouter"] + [f"r{n} = APIRouter()" for n in range(25)]
    lines += [f"r{n}.include_router(r{m})" for n in range(25) for m in range(25)]
    lines += [f"@r0.get('/x{n}')\ndef x(): ..." for n in range(2500)]
    made = inputs({"a.py": "\n".join(lines) + "\n"})
    started = time.process_time()
    assert len(link(SOURCE, made.entries, made.facts).entries) == 2500
    assert time.process_time() - started < 1.0


def test_django_includes() -> None:
    tree = {
        "site/urls.py": """
        from django.urls import include, path
        from rest_framework import routers
        from polls import views
        extra = [path("e/", views.e)]
        router = routers.DefaultRouter()
        router.register(r"users", views.Users)
        urlpatterns = [
            path("polls/", include(("polls.urls", "polls"), namespace="p")),
            path("x/", include([path("y/", views.e)])),
            path("z/", include(extra)),
            path("api/", include(router.urls)),
            path("outside/", include("elsewhere.urls")),
        ]
        """,
        "polls/__init__.py": "",
        "polls/urls.py": "from django.urls import path\nfrom .views import e\nurlpatterns = [path('<int:pk>/', e)]\n",
        "polls/views.py": "def e(r): ...\nclass Users: ...\n",
    }
    assert routes(tree) == {"polls/<int:pk>/", "x/y/", "z/e/", "RESOURCES api/users"}


def test_starlette_mounts() -> None:
    tree = {
        "a.py": """
        from starlette.routing import Mount, Route
        import b
        from b import routes as of_b
        def h(r): ...
        routes = [Route("/a", h), Mount("/m", routes=[Route("/in", h)]), Mount("/b", routes=of_b)]
        """,
        "b.py": "from starlette.routing import Route\ndef k(r): ...\nroutes = [Route('/k', k)]\n",
    }
    assert routes(tree) == {"/a", "/m/in", "/b/k"}


EXPRESS = {
    "app.js": """
    const express = require("express");
    const app = express();
    const users = require("./routes/users");
    const auth = require("./auth");
    import items, { other } from "./routes/items";
    app.use("/users", auth, users);
    app.use("/r", require("./routes/required"));
    app.use(config.api.prefix, items);
    app.use(`${base}/o`, other);
    app.use("/made", make());
    function make() { const r = express.Router(); r.get("/m", (a, b) => 1); return r; }
    """,
    "auth.js": "module.exports = function (a, b, c) {};\n",
    "routes/users.js": """
    const express = require("express");
    const router = express.Router();
    router.get("/:id", one);
    router.route("/r").get(one).post(one);
    function one() {}
    module.exports = router;
    """,
    "routes/required.js": """
    const router = require("express").Router();
    router.get("/q", (a, b) => 1);
    module.exports = router;
    """,
    "routes/items.ts": """
    import { Router } from "express";
    const router = Router();
    router.get("/i", (a, b) => 1);
    export const other = Router();
    other.get("/other", (a, b) => 1);
    export default router;
    """,
}


def test_express_uses() -> None:
    assert routes(EXPRESS) == {
        "GET /users/:id",
        "GET /users/r",
        "POST /users/r",
        "GET /r/q",
        "GET /{…}/i",
        "GET /{…}/other",
        "GET /made/m",
    }


def test_fastify_plugins() -> None:
    tree = {
        "app.js": """
        import fastify from "fastify";
        import users from "./users.js";
        const app = fastify();
        app.register(users, { prefix: "/users" });
        app.register(require("./nameless"), { prefix: "/n" });
        app.route({ method: "GET", url: "/x", handler: h });
        app.route({ schema });
        function h() {}
        """,
        "users.js": "export default async function users(fastify, o) { fastify.get('/u', async () => 1); }\n",
        "nameless.js": "module.exports = async function (fastify, o) { fastify.get('/a', async () => 1); };\n",
    }
    assert routes(tree) == {"GET /users/u", "GET /n/a", "GET /x"}


def test_when_only_the_file_that_mounts_changes_the_routes_elsewhere_change() -> None:
    found = changed(FASTAPI_WORLD, {"app/main.py": FASTAPI_WORLD["app/main.py"].replace("/v1", "/v2")})
    assert {"app/users.py", "app/items.py"} <= set(found)
    found = changed(FASTAPI_WORLD, {"app/main.py": FASTAPI_WORLD["app/main.py"] + "x = 1\n"})
    assert "app/users.py" not in found


FASTAPI_WORLD = {path: textwrap.dedent(text) for path, text in FASTAPI.items()}
_WORLDS = [{path: textwrap.dedent(text) for path, text in world.items()} for world in (FLASK, FASTAPI, EXPRESS)]


@pytest.mark.parametrize("seed", range(6))
def test_after_any_edits_the_routes_are_those_of_a_clean_link(seed: int) -> None:
    chance = random.Random(seed)
    tree: Tree = dict(_WORLDS[seed % len(_WORLDS)])
    before: list[Tree] = []
    base = None
    for _ in range(8):
        found = incremental(tree, base)
        assert_clean(tree, found)
        base = stored(found)
        before.append(tree)
        tree = edited(tree, chance, before)
