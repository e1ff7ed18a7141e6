"""What nobody uses, and what makes that uncertain."""

from docrunch.graph.queries.index import build
from docrunch.graph.queries.unused import unused


def found(world, files, **options):
    rows = unused(build(world(files).graph, None), **options).candidates
    return {row.symbol.qualified_name: row for row in rows}


def test_what_is_used_started_tested_or_called_by_name_is_left_out(world):
    files = {
        "m.py": """
            from flask import Flask
            app = Flask(__name__)
            def _used(): ...
            def _gone(): _gone()
            @app.route("/")
            def _page(): _used()
            class _Box:
                def __len__(self): ...
                def _inside(self): self._inside()
            def _test_helper(): ...
            """,
        "test_m.py": "import m\ndef test_it(): m._test_helper()\ndef _helper(): ...\n",
    }
    rows = found(world, files)
    assert set(rows) == {"m._gone", "m._Box", "m._test_helper"}
    assert rows["m._gone"].certainty == "likely"
    assert rows["m._test_helper"].only_tests


def test_a_function_that_is_passed_on_is_used(world):
    files = {"m.py": "def _a(): ...\ndef _b(): ...\ndef _c(): ...\nx = [_a]\ny = _b\nz = None or _c\n"}
    assert not found(world, files)


def test_exported_symbols_only_when_asked_and_with_a_doubt(world):
    files = {"m.py": "def api(): ...\n"}
    assert not found(world, files)
    assert "exported" in found(world, files, exported=True)["m.api"].doubts[0]


def test_doubts_name_what_may_use_it(world):
    files = {
        "m.py": """
            @register
            def _hook(): ...
            import outside
            class _Base(outside.Thing):
                def _go(self): ...
            def f(x: _Base): x._other
            """,
        "n.py": "def g(y): y._go()\n",
    }
    rows = found(world, files)
    assert rows["m._hook"].doubts == ("decorated with @register, which may register it",)
    assert any("n.py" in doubt for doubt in rows["m._Base._go"].doubts)
    assert any("extends something outside" in doubt for doubt in rows["m._Base._go"].doubts)
    assert not found(world, files, likely=True)


def test_what_overrides_is_run_by_callers_of_the_overridden(world):
    files = {
        "m.py": "class A:\n    def _run(self): ...\n    def go(self): self._run()\n"
        "class B(A):\n    def _run(self): ...\nx = B()\n"
    }
    assert not found(world, files)


def test_only_below_a_directory(world):
    files = {"a/m.py": "def _x(): ...\n", "ab/n.py": "def _y(): ...\n"}
    assert set(found(world, files, under="a")) == {"m._x"}
