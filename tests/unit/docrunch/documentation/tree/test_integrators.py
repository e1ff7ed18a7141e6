"""The port that integrators know, over the renderer and the tree that everybody uses."""

from pathlib import Path

import pytest

from docrunch.documentation.render import render
from docrunch.documentation.tree.integrators import DirectoryOutput
from docrunch.errors import Failed, NotFound
from docrunch.storage.ports import MarkdownOutput
from tests.support.world import make_documentation

FILES = {"pkg/__init__.py": "", "pkg/a.py": '"""A."""\n\n\ndef fa(x):\n    """Does a."""\n    return x\n'}


def test_all_of_the_port(tmp_path: Path) -> None:
    data = make_documentation(FILES)
    output: MarkdownOutput = DirectoryOutput(data, tmp_path / "docs")
    pages = {page.path: page.text for page in render(data)}
    assert output.generate_index(list(pages)) == pages["index.md"]
    assert "](" not in output.generate_index([])
    (function,) = [node for node in data.graph.nodes if node.name == "fa"]
    assert output.generate_module_doc("pkg/a.py") == output.generate_module_doc("pkg.a")
    assert output.generate_module_doc("pkg.a") in pages.values()
    assert output.generate_function_doc(function.id) in pages.values()
    with pytest.raises(NotFound):
        output.generate_module_doc("pkg.z")
    with pytest.raises(NotFound):
        output.generate_function_doc("n_nothing")
    assert sorted(output.write_docs(pages)) == sorted(pages)
    assert output.write_docs(pages) == []
    (tmp_path / "docs/architecture.md").write_text("mine\n")
    assert output.write_docs({"architecture.md": "newer\n"}) == ["architecture.md.new"]
    with pytest.raises(Failed, match="not written"):
        output.write_docs({"../x.md": "x"})
