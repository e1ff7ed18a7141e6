"""Routes below addresses in Go, Rust, Kotlin, Swift and Scala: as `test_mounts`, where routers are passed on typed."""

import pytest

from tests.support.routes import routes


def test_gin_groups_are_passed_to_functions() -> None:
    tree = {
        "go.mod": "module ex.com/a\n",
        "main.go": """
        package main
        import ("github.com/gin-gonic/gin"; "ex.com/a/users")
        func main() {
            r := gin.Default()
            v1 := r.Group("/v1")
            users.Register(v1.Group("/users"))
            users.Login(v1)
            h := users.New()
            h.Routes(r.Group(prefix))
            other.GET("/ping", ping)
            r.Group("/user").Use(auth).POST("", ping)
        }
        func ping(c *gin.Context) {}
        """,
        "users/u.go": """
        package users
        import "github.com/gin-gonic/gin"
        type H struct{}
        func New() *H { return &H{} }
        func (h *H) Routes(g *gin.RouterGroup) { g.GET("/h", h.one) }
        func (h *H) one(c *gin.Context) {}
        func Register(r *gin.RouterGroup) { r.GET("/", list); sub(r.Group("/sub")) }
        func sub(r *gin.RouterGroup) { r.GET("/s", list) }
        func Login(r *gin.RouterGroup) { r.GET("/login", list) }
        func list(c *gin.Context) {}
        """,
    }
    assert routes(tree) == {
        "GET /v1/users",
        "GET /v1/users/sub/s",
        "GET /v1/login",
        "GET /{…}/h",
        "GET /ping",
        "POST /user",
    }


def test_chi_mounts() -> None:
    tree = {
        "go.mod": "module ex.com/a\n",
        "main.go": """
        package main
        import ("github.com/go-chi/chi/v5"; "ex.com/a/users")
        func main() {
            r := chi.NewRouter()
            r.Mount("/users", users.Resource{}.Routes())
            r.Route("/api", func(r chi.Router) {
                r.Mount("/t", todos())
                r.Group(func(r chi.Router) { r.With(auth).Get("/y", f) })
            })
        }
        func todos() chi.Router { r := chi.NewRouter(); r.Get("/t", f); return r }
        func f() {}
        """,
        "users/u.go": """
        package users
        import "github.com/go-chi/chi/v5"
        type Resource struct{}
        func (rs Resource) Routes() chi.Router {
            r := chi.NewRouter()
            r.Route("/{id}", func(r chi.Router) { r.Get("/", rs.get) })
            return r
        }
        func (rs Resource) get() {}
        """,
    }
    assert routes(tree) == {"GET /users/{id}", "GET /api/t/t", "GET /api/y"}


@pytest.mark.parametrize(
    "body",
    [
        'Router::new().nest("/api", Router::new()%s)',
        'let inner = Router::new()%s; Router::new().nest("/api", inner)',
    ],
)
def test_a_long_chain_of_axum_is_nested_as_a_whole(body: str) -> None:
    chain = "".join(f'.route("/x{n}", get(f))' for n in range(100))
    text = "use axum::Router;\nfn app() -> Router { " + body % chain + " }\nfn f() {}\n"
    tree = {"Cargo.toml": "[package]\nname = 'a'\n", "src/main.rs": text}
    assert routes(tree) == {f"GET /api/x{n}" for n in range(100)}


def test_a_long_chain_of_actix_is_in_its_scope_as_a_whole() -> None:
    calls = "".join(f".service(f{n})" for n in range(100))
    handlers = "".join(f'#[get("/x{n}")]\nasync fn f{n}() {{}}\n' for n in range(100))
    text = (
        "use actix_web::{get, web};\n"
        + f'fn app(c: &mut web::ServiceConfig) {{ c.service(web::scope("/api"){calls}); }}\n'
        + handlers
    )
    assert routes({"Cargo.toml": "[package]\nname = 'a'\n", "src/main.rs": text}) == {
        f"GET /api/x{n}" for n in range(100)
    }


def test_axum_nests() -> None:
    tree = {
        "Cargo.toml": "[package]\nname = 'a'\n",
        "src/main.rs": """
        mod users;
        use axum::{routing::{get, post}, Router};
        fn app() -> Router {
            let api = Router::new().route("/x", get(f)).nest("/users", users::router());
            Router::new().nest("/api", api).nest("/in", Router::new().route("/y", post(f))).nest(PATH, more())
                .route("/top", get(f))
        }
        fn more() -> Router { Router::new().route("/more", get(f)) }
        async fn f() {}
        """,
        "src/users.rs": """
        use axum::{routing::get, Router};
        pub fn router() -> Router { Router::new().route("/{id}", get(one)) }
        async fn one() {}
        """,
    }
    assert routes(tree) == {"GET /api/x", "GET /api/users/{id}", "POST /in/y", "GET /{…}/more", "GET /top"}


def test_actix_scopes_and_rocket_mounts() -> None:
    actix = {
        "Cargo.toml": "[package]\nname = 'b'\n",
        "src/main.rs": """
        mod users;
        use actix_web::{get, web, App};
        #[get("/hello")] async fn hello() {}
        fn main() {
            App::new().service(hello).service(web::scope("/api").service(users::list).configure(users::config));
        }
        """,
        "src/users.rs": """
        use actix_web::{get, web};
        #[get("/list")] pub async fn list() {}
        #[get("/conf")] async fn conf() {}
        pub fn config(cfg: &mut web::ServiceConfig) { cfg.service(web::scope("/c").service(conf)); }
        """,
    }
    assert routes(actix) == {"GET /hello", "GET /api/list", "GET /api/c/conf"}
    rocket = {
        "Cargo.toml": "[package]\nname = 'c'\n",
        "src/main.rs": """
        mod users;
        use rocket::get;
        #[get("/hello")] fn hello() {}
        #[launch] fn rocket() -> _ { rocket::build().mount("/", routes![hello]).mount("/u", routes![users::list]) }
        """,
        "src/users.rs": "use rocket::get;\n#[get('/list')] pub fn list() {}\n".replace("'", '"'),
    }
    assert routes(rocket) == {"GET /hello", "GET /u/list"}


def test_ktor_extensions_of_routes() -> None:
    tree = {
        "R.kt": """
        package r
        import io.ktor.server.routing.*
        fun Route.users() {
            route("/users") {
                get { call.respond(1) }
                get("/{id}") { }
                map.get("/no")
                get("/no")
            }
        }
        fun Route.unused() { get("/z") { } }
        """,
        "M.kt": """
        package r
        import io.ktor.server.routing.*
        fun Application.module() { routing { route("/api") { users() } } }
        """,
    }
    assert routes(tree) == {"GET /api/users", "GET /api/users/{id}", "GET /z"}


def test_vapor_collections() -> None:
    tree = {
        "Package.swift": "let package = 1\n",
        "Sources/App/users.swift": """
        import Vapor
        struct Users: RouteCollection {
            func boot(routes: RoutesBuilder) throws {
                let users = routes.grouped("users")
                users.get(use: index)
                users.get(":id", use: show)
                users.group(":id") { user in
                    user.delete(use: remove)
                }
                routes.post("a", "b") { req in "x" }
                routes.get(path, use: show)
                cache.get("key")
            }
            func index(req: Request) -> String { "" }
            func show(req: Request) -> String { "" }
        }
        """,
        "Sources/App/routes.swift": """
        import Vapor
        func routes(_ app: Application) throws {
            app.get("hello", ":name") { req -> String in "x" }
            try app.grouped("api").register(collection: Users())
        }
        """,
    }
    assert routes(tree) == {
        "GET /hello/:name",
        "GET /api/users",
        "GET /api/users/:id",
        "DELETE /api/users/:id",
        "POST /api/a/b",
    }


def test_http4s_routers() -> None:
    tree = {
        "Users.scala": """
        package app
        import org.http4s._
        object Users {
          val routes = HttpRoutes.of[IO] {
            case GET -> Root / "users" / IntVar(id) => Ok("")
            case req @ POST -> Root / "users" / name :? Q(q) => Ok("")
            case other => NotFound()
          }
          def none = List.of { case GET -> Root / "x" => 1 }
        }
        """,
        "Main.scala": """
        package app
        import org.http4s.server.Router
        object Main {
          val own = HttpRoutes.of[IO] { case GET -> Root => Ok() }
          val app = Router("/api" -> Users.routes, "/" -> own)
        }
        """,
    }
    assert routes(tree) == {"GET /api/users/{id}", "POST /api/users/{name}", "GET /"}
