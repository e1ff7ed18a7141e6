"""Entry points of JavaScript and TypeScript: web frameworks, commands and test runners."""

from tests.support.entries import entries


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
