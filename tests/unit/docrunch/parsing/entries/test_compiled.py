"""Entry points of Go, Rust, C++, C#, Java and Kotlin."""

from tests.support.entries import entries


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
