"""Python names: a wrong edge sends an agent to the wrong function."""


def test_package_reexports_lead_to_the_definition(shop):
    assert shop.calls("test_cart.test_add") == {"shop.cart.Cart", "shop.cart.Cart.add"}
    assert shop.edges("calls")[("test_cart.test_add", "shop.cart.Cart")] == ("exact", 1.0)
    assert shop.edges("calls")[("test_cart.test_add", "shop.cart.Cart.add")][0] == "inferred"


def test_super_self_and_module_attributes(shop):
    assert shop.calls("shop.cart.Cart.add") == {"shop.cart.Base.add", "shop.cart.Base.close", "shop.prices.total"}


def test_builtins_and_the_standard_library_are_outside_nodes(shop):
    assert shop.calls("shop.prices.total") == {"math.fsum", "shop.prices.rounded"}
    assert shop.calls("shop.prices.rounded") == {"builtins.round"}
    outside = shop.node("math.fsum")
    assert (outside.kind, outside.path, outside.name) == ("external", "", "fsum")


def test_parameters_and_locals_hide_global_names(world):
    found = world(
        {
            "m.py": """
                def run(): ...
                def a(run): run()
                def b():
                    for run in (1, 2): run()
                def c():
                    run = make()
                    run()
                def d(): run()
            """
        }
    )
    assert [source for source, target in found.edges("calls") if target == "m.run"] == ["m.d"]
    assert found.reasons("m.py")["local_value"] >= 3


def test_annotations_assignments_and_returns_give_types(world):
    found = world(
        {
            "m.py": """
                from __future__ import annotations
                class Client:
                    def get(self) -> Answer: ...
                class Answer:
                    def text(self): ...
                class App:
                    def __init__(self, client: Client | None):
                        self.client = client
                    def run(self):
                        self.client.get().text()
                def a(c: "Client"): c.get()
                def b(): Client().get()
                def make() -> Client: ...
                def d():
                    with make() as c: c.get()
                def e(x):
                    y = Client() if x else 1
                    y.get()
            """
        }
    )
    assert found.calls("m.App.run") == {"m.Client.get", "m.Answer.text"}
    assert found.calls("m.a") == {"m.Client.get"}
    assert found.calls("m.b") == {"m.Client", "m.Client.get"}
    assert "m.Client.get" not in found.calls("m.e")


def test_disagreeing_assignments_are_not_guessed(world):
    found = world(
        {
            "m.py": """
                class A:
                    def go(self): ...
                class B:
                    def go(self): ...
                def f(x):
                    v = A()
                    v = B()
                    v.go()
            """
        }
    )
    assert found.calls("m.f") == {"m.A", "m.B"}


def test_import_forms(world):
    found = world(
        {
            "pkg/__init__.py": "from .deep import *\n",
            "pkg/deep/__init__.py": "from pkg.deep.leaf import hello as hello, _hidden\n",
            "pkg/deep/leaf.py": "def hello(): ...\ndef _hidden(): ...\n",
            "pkg/use.py": """
                import pkg.deep.leaf
                import pkg.deep.leaf as short
                from ..pkg import hello
                from .deep import leaf as other
                def a(): pkg.deep.leaf.hello()
                def b(): short.hello()
                def c(): other.hello()
                def d():
                    from pkg import hello as inner
                    inner()
            """,
        }
    )
    for name in ("a", "b", "c", "d"):
        assert found.calls(f"pkg.use.{name}") == {"pkg.deep.leaf.hello"}, name
    assert ("pkg/deep/__init__.py", "pkg.deep.leaf.hello") in found.edges("exports")


def test_diamond_inheritance_follows_the_mro(world):
    found = world(
        {
            "m.py": """
                class Top:
                    def go(self): ...
                class Left(Top): ...
                class Right(Top):
                    def go(self): ...
                class Bottom(Left, Right):
                    def run(self): self.go()
            """
        }
    )
    assert found.calls("m.Bottom.run") == {"m.Right.go"}


def test_a_base_outside_the_repository_blocks_guesses(world):
    found = world(
        {
            "m.py": """
                import lib
                class Mine(lib.Base):
                    def run(self): self.process_everything()
                class Other:
                    def process_everything(self): ...
            """
        }
    )
    assert found.calls("m.Mine.run") == set()
    assert found.reasons("m.py") == {"external_base": 1}
    assert ("m.Mine", "lib.Base") in found.edges("inherits")


def test_the_only_method_of_a_name_is_a_heuristic(world):
    files = {
        "a.py": "class Engine:\n    def ignite_rocket(self, key): ...\n",
        "b.py": "import a\ndef f(x): x.ignite_rocket(1)\ndef g(x): x.ignite_rocket()\n",
        "c.py": "def f(x): x.ignite_rocket(1)\n",
    }
    found = world(files)
    assert found.edges("calls") == {("b.f", "a.Engine.ignite_rocket"): ("heuristic", 0.99)}
    files["d.py"] = "class Other:\n    def ignite_rocket(self, key): ...\n"
    files["b.py"] += "import d\n"
    ambiguous = world(files)
    assert ambiguous.edges("calls") == {}
    assert [len(row.targets) for row in ambiguous.graph.candidates] == [2]


def test_circular_imports_end(world):
    found = world({"a.py": "from b import x\n", "b.py": "from a import x\ndef f(): x()\n"})
    assert found.calls("b.f") == set()
    assert sum(found.reasons("b.py").values()) >= 1
