"""The orchestrator and the API stay small: importing workflows must not load models, grammars or the database."""

import subprocess
import sys

HEAVY = (
    "torch", "onnxruntime", "sqlalchemy", "tree_sitter", "sentence_transformers", "sklearn", "numpy", "asyncpg",
    "lightrag", "openai", "obstore", "networkx", "jinja2",
)  # fmt: skip
PROBE = f"""
import importlib, pkgutil, sys
import workflows
for module in pkgutil.walk_packages(workflows.__path__, "workflows."):
    importlib.import_module(module.name)
import workers.registry, workers.plugin
print(",".join(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_workflows_load_nothing_heavy() -> None:
    ran = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == ""
