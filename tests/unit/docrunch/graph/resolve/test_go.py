"""Go names: packages span files, methods belong to types, imports are paths."""

FILES = {
    "go.mod": "module example.com/shop/v2\n\ngo 1.22\n",
    "store.go": """
        package shop

        import "example.com/shop/v2/internal/db"

        type Store struct { conn *db.Conn }

        func New() *Store { return &Store{conn: db.Open()} }

        func (s *Store) Save() error {
            s.check()
            return s.conn.Write(limit)
        }
    """,
    "check.go": """
        package shop

        import "fmt"

        const limit = 3

        func (s Store) check() { fmt.Println(len("x")) }
    """,
    "internal/db/db.go": """
        package db

        type Conn struct{}

        func Open() *Conn { return nil }

        func (c *Conn) Write(n int) error { return nil }
    """,
    "store_test.go": """
        package shop

        import "testing"

        func TestSave(t *testing.T) {
            s := New()
            s.Save()
            t.Run("x", func(t *testing.T) { helper(func(s string) {}) })
        }

        func helper(f func(string)) { f("x") }
    """,
}
ROOT = "example.com/shop/v2"


def test_packages_methods_and_fields(world):
    found = world(FILES)
    assert found.calls(f"{ROOT}.New") == {f"{ROOT}/internal/db.Open"}
    assert found.calls(f"{ROOT}.Store.Save") == {f"{ROOT}.Store.check", f"{ROOT}/internal/db.Conn.Write"}
    assert found.calls(f"{ROOT}.Store.check") == {"fmt.Println", "builtin.len"}
    assert (f"{ROOT}.Store", f"{ROOT}.Store.check") in found.edges("contains")
    assert ("store.go", "internal/db") in found.edges("imports")


def test_test_functions_test_what_they_call(world):
    found = world(FILES)
    assert (f"{ROOT}.TestSave", f"{ROOT}.New") in found.edges("tests")
    assert not any(target.endswith("helper") for _, target in found.edges("tests"))


def test_a_name_that_a_function_literal_takes_over_is_not_guessed(world):
    found = world(FILES)
    assert f"{ROOT}.Store.Save" not in found.calls(f"{ROOT}.TestSave"), "s is a Store outside, a string inside"


def test_embedded_structs_lend_their_methods(world):
    found = world(
        {
            "go.mod": "module m\n",
            "a.go": "package m\n\ntype Base struct{}\n\nfunc (b *Base) Go() {}\n\ntype Top struct{ *Base }\n\n"
            "func Run(t *Top) { t.Go() }\n",
        }
    )
    assert ("m.Top", "m.Base") in found.edges("inherits")
    assert found.calls("m.Run") == {"m.Base.Go"}


def test_build_constraints_leave_candidates_not_a_guess(world):
    found = world(
        {
            "go.mod": "module m\n",
            "a_linux.go": "package m\n\nfunc open() {}\n",
            "a_darwin.go": "package m\n\nfunc open() {}\n",
            "b.go": "package m\n\nfunc Run() { open() }\n",
        }
    )
    assert found.calls("m.Run") == set()
    assert found.reasons("b.go") == {"ambiguous": 1}
    assert [len(row.targets) for row in found.graph.candidates] == [2]
