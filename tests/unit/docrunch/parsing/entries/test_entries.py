"""Entry points as frameworks write them, per language: what is found, and what only looks like one."""

import textwrap

import pytest

from docrunch.options import Limits
from docrunch.parsing.catalog import extractor_id
from docrunch.parsing.entries.tables import rules
from docrunch.parsing.extract import extract


def entries(language: str, text: str) -> list[tuple[str, str, str, str]]:
    """(kind, label, handler, framework); the handler is a symbol, ``→chain``, or the scope in brackets."""
    facts = extract(textwrap.dedent(text).encode(), language, Limits())
    found = []
    for entry in facts.entries:
        scope = facts.symbols[entry.scope].local_name if entry.scope >= 0 else ""
        handler = facts.symbols[entry.symbol].local_name if entry.symbol >= 0 else f"[{scope}]"
        found.append(
            (entry.kind, entry.label, "→" + ".".join(entry.chain) if entry.chain else handler, entry.framework)
        )
    return found


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


def test_express_koa_and_fastify() -> None:
    assert entries(
        "javascript",
        """
        import express from "express";
        app.get("/users/:id", auth, users.one);
        app.post(`/users`, (req, res) => {});
        app.put("/users", wrapped(async (req, res, next) => {}), respond);
        app.get("trust proxy");
        app.delete(path, handler);
        cache.get("/x");
        function setup() { router.all("*", notFound); }
        """,
    ) == [
        ("route", "GET /users/:id", "→users.one", "express"),
        ("route", "POST /users", "[]", "express"),
        ("route", "PUT /users", "[]", "express"),
        ("route", "ALL *", "→notFound", "express"),
    ]
    assert entries("javascript", 'import axios from "axios";\naxios.get("/users", options);\n') == []


def test_nestjs() -> None:
    assert entries(
        "typescript",
        """
        import { Controller, Get, Post, Body } from "@nestjs/common";
        @Controller("cats")
        export class Cats {
          @Get(":id") one(@Body() body: X) {}
          @Post()
          make() {}
        }
        @Controller({ path: "dogs" })
        class Dogs { @Get() all() {} }
        """,
    ) == [
        ("route", "GET /cats/:id", "Cats.one", "nestjs"),
        ("route", "POST /cats", "Cats.make", "nestjs"),
        ("route", "GET /dogs", "Dogs.all", "nestjs"),
    ]


def test_commander_yargs_and_test_runners() -> None:
    text = (
        'import { Command } from "commander";\np.command("build <dir>").description("x").option("-f").action(build);\n'
    )
    assert entries("typescript", text) == [("command", "build", "→build", "commander")]
    text = 'import yargs from "yargs";\nyargs.command("serve", "starts", options, serve);\n'
    assert entries("typescript", text) == [("command", "serve", "→serve", "yargs")]
    assert entries("typescript", 'it("adds", () => {});\ntest("takes", async () => {});\nit(name);\n') == [
        ("test", "adds", "[]", ""),
        ("test", "takes", "[]", ""),
    ]


def test_routers_of_go() -> None:
    assert entries(
        "go",
        """
        package main
        import ("net/http"; "github.com/go-chi/chi/v5")
        func main() {
            http.HandleFunc("/hi", hi)
            http.Handle("GET /x", http.HandlerFunc(srv.hello))
            r.Route("/users", func(r chi.Router) {
                r.Get("/{id}", h.Get)
                r.Route("/all", func(r chi.Router) { r.Post("/", func(w http.ResponseWriter, q *http.Request) {}) })
            })
            c.Get("key", value)
        }
        """,
    ) == [
        ("main", "", "main", ""),
        ("route", "/hi", "→hi", "chi"),
        ("route", "GET /x", "→srv.hello", "chi"),
        ("route", "GET /users/{id}", "→h.Get", "chi"),
        ("route", "POST /users/all", "[main]", "chi"),
    ]
    text = """
    package a
    import "github.com/gin-gonic/gin"
    func f() { v := r.Group("/v1"); v.GET("/ping", ping); m.Get("/x", y) }
    """
    assert entries("go", text) == [("route", "GET /v1/ping", "→ping", "gin")]


def test_cobra_and_tests_of_go() -> None:
    text = """
    package a
    import "github.com/spf13/cobra"
    var s = &cobra.Command{Use: "serve [flags]", RunE: runServe}
    var r = &cobra.Command{Use: "x"}
    """
    assert entries("go", text) == [("command", "serve", "→runServe", "cobra")]
    assert entries("go", "package a\nfunc TestA(t *testing.T) {}\nfunc Testing() {}\n") == [
        ("test", "TestA", "TestA", "")
    ]


def test_rust() -> None:
    assert entries(
        "rust",
        """
        use actix_web::get;
        use axum::{routing::get, Router};
        use clap::Subcommand;
        #[get("/hello/{n}")]
        async fn hello() {}
        #[derive(Debug, Subcommand)]
        enum Commands { AddUser { a: i32 }, Rm }
        fn main() { Router::new().route("/u", get(list).post(api::make)).route(path, get(x)); }
        #[test]
        fn works() {}
        #[derive(Debug)]
        enum Plain { A }
        """,
    ) == [
        ("route", "GET /hello/{n}", "hello", "actix"),
        ("command", "add-user", "Commands.AddUser", "clap"),
        ("command", "rm", "Commands.Rm", "clap"),
        ("route", "GET /u", "→list", "axum"),
        ("route", "POST /u", "→api.make", "axum"),
        ("main", "", "main", ""),
        ("test", "works", "works", ""),
    ]


def test_aspnet() -> None:
    assert entries(
        "csharp",
        """
        [ApiController]
        [Route("api/[controller]")]
        public class UsersController : ControllerBase {
          [HttpGet("{id}")] public IActionResult Get(int id) { return Ok(); }
          [HttpPost] public void Post() { }
          [HttpPut, Route("[action]")] public void Change() { }
          [HttpGet(Paths.X)] public void Computed() { }
          [Fact] public void Works() { }
        }
        class P {
          static void Main() {
            app.MapGet("/hi", () => "x");
            var group = app.MapGroup("/todos");
            group.MapPost("/", Handlers.Post);
          }
        }
        """,
    ) == [
        ("route", "GET /api/Users/{id}", "UsersController.Get", "aspnet"),
        ("route", "POST /api/Users", "UsersController.Post", "aspnet"),
        ("route", "PUT /api/Users/Change", "UsersController.Change", "aspnet"),
        ("test", "Works", "UsersController.Works", ""),
        ("main", "", "P.Main", ""),
        ("route", "GET /hi", "[P.Main]", "aspnet"),
        ("route", "POST /todos", "→Handlers.Post", "aspnet"),
    ]


def test_rails_and_sinatra() -> None:
    assert entries(
        "ruby",
        """
        Rails.application.routes.draw do
          get "/users/:id", to: "users#show"
          post "x" => "carts#add_item"
          root "home#index"
          namespace :admin do
            resources :photos, only: [:index]
            get "stats", to: "reports#stats"
          end
          scope "/api" do
            match "/any", to: redirect("/"), via: :post
          end
          scope prefix do
            get "/deep", to: "users#deep"
          end
          resources :posts do
            resources :comments
            get :preview, on: :member
            collection do
              get "search"
            end
            member { post :publish }
          end
          concern :noted do
            resources :notes
          end
          get path, to: "users#show"
        end
        params.get "/x"
        """,
    ) == [
        ("route", "GET /users/:id", "→UsersController.new().show", "rails"),
        ("route", "POST /x", "→CartsController.new().add_item", "rails"),
        ("route", "GET /", "→HomeController.new().index", "rails"),
        ("route", "RESOURCES /admin/photos", "→Admin.PhotosController", "rails"),
        ("route", "GET /admin/stats", "→Admin.ReportsController.new().stats", "rails"),
        ("route", "POST /api/any", "[]", "rails"),
        ("route", "GET /{…}/deep", "→UsersController.new().deep", "rails"),
        ("route", "RESOURCES /posts", "→PostsController", "rails"),
        ("route", "RESOURCES /posts/:post_id/comments", "→CommentsController", "rails"),
        ("route", "GET /posts/:id/preview", "→PostsController.new().preview", "rails"),
        ("route", "GET /posts/search", "→PostsController.new().search", "rails"),
        ("route", "POST /posts/:id/publish", "→PostsController.new().publish", "rails"),
    ]
    text = 'require "sinatra"\nget "/hi" do\n  "x"\nend\npost "/x"\n'
    assert entries("ruby", text) == [("route", "GET /hi", "[]", "sinatra")]


def test_laravel_and_symfony() -> None:
    assert entries(
        "php",
        """
        <?php
        Route::get('/users/{id}', [UserController::class, 'show'])->name('x');
        Route::prefix('admin')->group(function () { Route::post('/p', 'C@m'); });
        Route::group(['prefix' => 'old'], function () { Route::get('/o', 'C@m'); });
        Route::prefix($locale)->group(function () { Route::get('/l', 'C@m'); });
        Route::middleware('auth')->get('/me', MeController::class);
        Route::get('/closure', function () { return 1; });
        Route::get($path, [A::class, 'b']);
        $cache->get('/x', 1);
        #[Route('/api')]
        class A {
            #[Route('/x', name: 'y', methods: ['GET', 'POST'])]
            public function f() { return 1; }
            #[Route(self::PATH)]
            public function computed() { return 1; }
        }
        #[Route(path: self::BASE)]
        class B {
            #[Route('/b')]
            public function g() { return 1; }
        }
        """.lstrip(),
    ) == [
        ("route", "GET /users/{id}", "→UserController().show", "laravel"),
        ("route", "POST /admin/p", "→C().m", "laravel"),
        ("route", "GET /old/o", "→C().m", "laravel"),
        ("route", "GET /{…}/l", "→C().m", "laravel"),
        ("route", "GET /me", "→MeController", "laravel"),
        ("route", "GET /closure", "[]", "laravel"),
        ("route", "GET,POST /api/x", "A.f", "symfony"),
        ("route", "/{…}/b", "B.g", "symfony"),
    ]


def test_java() -> None:
    assert entries(
        "java",
        """
        package a;
        import org.springframework.web.bind.annotation.*;
        import jakarta.ws.rs.*;
        @RestController @RequestMapping("/api")
        class A {
          @GetMapping("/users/{id}") public U get() { return null; }
          @RequestMapping(value = "/x", method = {RequestMethod.GET, RequestMethod.PUT}) void x() {}
          @PostMapping void p() {}
          @GetMapping(PATH) void computed() {}
          @Test void t() {}
          public static void main(String[] a) {}
        }
        @Path("/j") class J { @GET @Path("{k}") public String g() { return ""; } }
        """,
    ) == [
        ("route", "GET /api/users/{id}", "A.get", "spring"),
        ("route", "GET,PUT /api/x", "A.x", "spring"),
        ("route", "POST /api", "A.p", "spring"),
        ("test", "t", "A.t", ""),
        ("main", "", "A.main", ""),
        ("route", "GET /j/{k}", "J.g", "jax-rs"),
    ]


def test_jobs() -> None:
    assert entries(
        "python",
        """
        from celery import shared_task
        from temporalio import activity
        @shared_task
        def send_mail(): ...
        @shared_task(name="nightly")
        def clean(): ...
        @activity.defn
        async def pay(): ...
        @other.work
        def none(): ...
        """,
    ) == [
        ("job", "send_mail", "send_mail", "celery"),
        ("job", "nightly", "clean", "celery"),
        ("job", "pay", "pay", "temporal"),
    ]
    assert entries(
        "java",
        """
        import org.springframework.scheduling.annotation.Scheduled;
        class A {
          @Scheduled(cron = "0 0 * * *") void nightly() {}
          @Scheduled(fixedRate = 5) void often() {}
          @KafkaListener(topics = {"orders", "bills"}) void take() {}
        }
        """,
    ) == [
        ("job", "0 0 * * *", "A.nightly", "spring"),
        ("job", "often", "A.often", "spring"),
        ("job", "bills", "A.take", "spring"),
        ("job", "orders", "A.take", "spring"),
    ]
    ruby = """
    class Mail
      include Sidekiq::Job
      def perform(id); end
    end
    class Bill < ApplicationJob
      def perform; end
    end
    class Plain
      def perform; end
    end
    """
    assert entries("ruby", ruby) == [
        ("job", "Mail", "Mail#perform", "sidekiq"),
        ("job", "Bill", "Bill#perform", "rails"),
    ]
    nest = 'import { Cron } from "@nestjs/schedule";\nclass T { @Cron("* * * * *") tick() {} }\n'
    assert entries("typescript", nest) == [("job", "* * * * *", "T.tick", "nestjs")]


def test_kotlin() -> None:
    assert entries(
        "kotlin",
        """
        package a
        import org.springframework.web.bind.annotation.*
        @RestController
        @RequestMapping("/api")
        class A {
          @GetMapping("/users/{id}", produces = ["x"]) fun get(): U = 1
          @RequestMapping(value = ["/x", "/y"], method = [RequestMethod.GET]) fun x() {}
          @PostMapping fun p() {}
          @GetMapping("/${computed}") fun c() {}
        }
        """,
    ) == [
        ("route", "GET /api/users/{id}", "A.get", "spring"),
        ("route", "GET /api/x", "A.x", "spring"),
        ("route", "GET /api/y", "A.x", "spring"),
        ("route", "POST /api", "A.p", "spring"),
    ]


def test_servers_of_cpp() -> None:
    assert entries(
        "cpp",
        """
        #include "crow.h"
        #include <httplib.h>
        int main() {
          CROW_ROUTE(app, "/x/<int>")([](int a) { return 1; });
          CROW_ROUTE(app, "/y").methods("POST"_method, crow::HTTPMethod::PUT)(handler);
          svr.Get("/hi", [](const Request& req, Response& res) {});
          svr.Post(R"(/raw)", [](const Request& req, Response& res) {});
          client.Get("/hi", headers);
          client.Get("/hi", [&](const char *data, size_t length) { return true; });
        }
        """,
    ) == [
        ("main", "", "main", ""),
        ("route", "/x/<int>", "[main]", "crow"),
        ("route", "POST,PUT /y", "[main]", "crow"),
        ("route", "GET /hi", "[main]", "httplib"),
        ("route", "POST /raw", "[main]", "httplib"),
    ]
    assert entries("cpp", 'void f() { svr.Get("/hi", [](const Request& a, Response& b) {}); }') == []


@pytest.mark.parametrize("language", ["python", "javascript", "go", "java", "kotlin", "rust", "csharp", "cpp", "swift"])
def test_every_rule_is_of_a_known_form(language: str) -> None:
    kinds = {"main", "command", "script", "route", "job", "test", "mount"}
    for each in rules(language).values():
        assert all(rule.kind in kinds and rule.on in ("call", "definition") for rule in each)


def test_thousands_of_calls_that_look_alike_cost_little() -> None:
    facts = extract(b"x = [" + b'd.get("/a"), ' * 30_000 + b"]\n", "python", Limits())
    assert facts.entries == ()


def test_the_tables_are_part_of_what_facts_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from docrunch.parsing import catalog

    assert any(name == "entries/python.toml" for name, _ in catalog._inputs("python"))
    assert extractor_id("python")
