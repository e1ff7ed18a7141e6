"""The packages, pinned, and which half they are in. Constants are tuned on one half and judged on the other."""

from dataclasses import dataclass

from benchmarks.accuracy.package import Package, Registry
from benchmarks.retrieval.model import Half


@dataclass(frozen=True)
class Subject:
    """``releases``: successive ones, oldest first; the change log of each is asked of the tree before it."""

    half: Half
    package: Package
    releases: tuple[Package, ...] = ()
    run_tests: tuple[str, ...] = ()  # Python: what its own tests need, pinned by the constraints of the project

    @property
    def name(self) -> str:
        """``chi`` for ``github.com/go-chi/chi/v5``, ``gson`` for ``com.google.code.gson:gson``."""
        parts = [part for part in self.package.name.replace(":", "/").split("/") if not part[1:].isdigit()]
        return parts[-1]


def _releases(language: str, registry: Registry, name: str, keep: tuple[str, ...], *pins: str) -> tuple[Package, ...]:
    """Packages of ``version digest`` pins."""
    pairs = [pin.split() for pin in pins]
    return tuple(Package(language, registry, name, version, digest, keep=keep) for version, digest in pairs)


_FLASK = _releases(
    "python",
    "pypi",
    "flask",
    ("src/*", "tests/*", "docs/*.rst", "README*", "CHANGES.rst", "pyproject.toml"),
    "3.0.0 cfadcdb638b609361d29ec22360d6070a77d7463dcb3ab08d2c2f2f168845f58",
    "3.0.1 6489f51bb3666def6f314e15f19d50a1869a19ae0e8c9a3641ffe66c77d42403",
    "3.0.2 822c03f4b799204250a7ee84b1eddc40665395333973dfb9deebfe425fefcb7d",
    "3.0.3 ceb27b0af3823ea2737928a4d99d125a06175b8512c445cbd9a9ce200ef76842",
    "3.1.0 5f873c5184c897c8d9d1b05df1e3d01b14910ce69607a117bd3277098a5836ac",
    "3.1.1 284c7b8f2f58cb737f0cf1c30fd7eaf0ccfcde196099d24ecede3fc2005aa59e",
    "3.1.2 bf656c15c80190ed628ad08cdfd3aaa35beb087855e2f494910aa3774cc4fd87",
)
_CLICK = _releases(
    "python",
    "pypi",
    "click",
    ("src/*", "tests/*", "docs/*.rst", "README*", "CHANGES.rst"),
    "8.1.3 7682dc8afb30297001674575ea00d1814d808d6a36af415a82bd481d37ba7b8e",
    "8.1.4 b97d0c74955da062a7d4ef92fadb583806a585b2ea81958a81bd72726cbb8e37",
    "8.1.5 4be4b1af8d665c6d942909916d31a213a106800c47d0eeba73d34da3cbc11367",
    "8.1.6 48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd",
    "8.1.7 ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de",
    "8.1.8 ed53c9d8990d83c2a27deae68e4ee337473f6330c040a31d4225c9574d16096a",
)
_HTTPX = _releases(
    "python",
    "pypi",
    "httpx",
    ("httpx/*", "tests/*", "README*", "CHANGELOG.md", "pyproject.toml"),
    "0.26.0 451b55c30d5185ea6b23c2c793abf9bb237d2a7dfb901ced6ff69ad37ec1dfaf",
    "0.27.0 a0cb88a46f32dc874e04ee956e4c2764aba2aa228f650b06788ba6bda2962ab5",
    "0.27.1 ce9d45798d6d047b7db67d7949e371f2b453105a53d8df315564b2483d346878",
    "0.27.2 f7c2be1d2f3c3c3160d441802406b206c2b76f5947b11115e6df10c6c65e66c2",
    "0.28.0 0858d3bab51ba7e386637f22a61d8ccddaeec5f3fe4209da3a6168dbb91573e0",
    "0.28.1 75e98c5f16b0f35b567856f597f06ff2270a374470a5c2392242528e3e3e42fc",
)
_AXIOS = _releases(
    "javascript",
    "npm",
    "axios",
    ("lib/*", "index.js", "package.json", "README.md", "CHANGELOG.md"),
    "1.7.2 ee0d6056e1ea34aef4979f1b68c64fb978d4f8f667cdc985d739ea70caeb6ba6",
    "1.7.3 6351679f41d37ec8abb5e7f50b4ea586d34df9aaa4c5abaed6e084917ab197bd",
    "1.7.4 8c9fc3e41e77b38069649b6507ae622ea6b3a892bf2b7f1bbf059c4fd58357dd",
    "1.7.5 03a4a20551d7b11282a3239afe0ad18d411964a7f747f5e6bb1f8451652580f0",
    "1.7.6 279bed553ccbf68a869d9df9148ba94c1cf6cd8ec0b3190e9a5619276f9913a6",
    "1.7.7 5f2dde3882446ea1cb5094dd7db99b4ed7cf09f0c96be646a8d30959b0923bec",
    "1.7.8 1665aff04039f34cec73ca6ddd6ff0eb6962f88ca2df7b2d07e7ba844634250a",
    "1.7.9 634e3ed585d7c8857f00cb7556f79422614e8defd008f8bb34b6018c1faefa0f",
)
_ZAP = _releases(
    "go",
    "go",
    "go.uber.org/zap",
    (),
    "v1.23.0 h1:OjGQ5KQDEUawVHxNwQgPpiypGHOxo2mNZsOqTak4fFY=",
    "v1.24.0 h1:FiJd5l1UOLj0wCgbSE0rwwXHzEdAZS6hiiSnxJN/D60=",
    "v1.25.0 h1:4Hvk6GtkucQ790dqmj7l1eEnRdKm3k3ZUrUMS2d5+5c=",
    "v1.26.0 h1:sI7k6L95XOKS281NhVKOFCUNIvv9e0w4BF8N3u+tCRo=",
    "v1.27.0 h1:aJMhYGrd5QSmlpLMr2MftRKl7t8J8PTZPA732ud/XR8=",
    "v1.27.1 h1:08RqriUEv8+ArZRYSTXy1LeBScaMpVSTBhCeaZYfMYc=",
)


SUBJECTS: tuple[Subject, ...] = (
    Subject("tuning", _FLASK[3], _FLASK, run_tests=("pytest", "asgiref", "python-dotenv")),
    Subject(
        "tuning",
        Package(
            "python",
            "pypi",
            "rich",
            "13.9.4",
            "439594978a49a09530cff7ebc4b5c7103ef57baf48d5ea3184f21d9a2befa098",
            keep=("rich/*", "README.md", "pyproject.toml"),
        ),
    ),
    Subject("held-out", _CLICK[4], _CLICK, run_tests=("pytest",)),
    Subject(
        "held-out",
        _HTTPX[3],
        _HTTPX,
        run_tests=(
            "pytest",
            "trio",
            "uvicorn",
            "trustme",
            "chardet",
            "h2",
            "socksio",
            "zstandard",
            "brotli",
            "click",
            "rich",
            "pygments",
        ),
    ),
    Subject(
        "tuning",
        Package(
            "typescript",
            "npm",
            "zod",
            "4.1.12",
            "2ef9d7a7d822b059c9bd21f87caa4fdc48220d437353678984df942fb67b43fa",
            keep=("src/*", "README.md", "package.json"),
        ),
    ),
    Subject(
        "held-out",
        Package(
            "typescript",
            "npm",
            "rxjs",
            "7.8.1",
            "c532167725ab7d085123209156c93cef22f2479cb9c8527060f1cd903aa9d149",
            keep=("src/*", "README.md", "CHANGELOG.md", "package.json", "tsconfig.json"),
        ),
    ),
    Subject("held-out", _AXIOS[-1], _AXIOS),
    Subject(
        "tuning",
        Package(
            "javascript",
            "npm",
            "fastify",
            "5.2.0",
            "a6af4cafbf1b90929245096e4e7761c6eea796133171b4d2b8b33c0c8726c0a3",
            keep=("fastify.js", "lib/*", "test/*", "types/*", "docs/*", "README.md", "package.json"),
        ),
    ),
    Subject(
        "tuning",
        Package("go", "go", "github.com/go-chi/chi/v5", "v5.1.0", "h1:acVI1TYaD+hhedDJ3r54HyA6sExp3HfXq7QWEEY/xMw="),
    ),
    Subject(
        "held-out",
        Package(
            "go", "go", "github.com/urfave/cli/v2", "v2.27.5", "h1:WoHEJLdsXr6dDWoJgMq/CboDmyY/8HMMH1fTECbih+w="
        ),
    ),
    Subject("tuning", _ZAP[4], _ZAP),
    Subject(
        "tuning",
        Package(
            "rust",
            "crates",
            "serde_json",
            "1.0.140",
            "20068b6e96dc6c9bd23e01df8827e6c7e1f2fddd43c21810382803c136b99373",
        ),
    ),
    Subject(
        "held-out",
        Package(
            "rust", "crates", "axum", "0.8.4", "021e862c184ae977658b36c4500f7feac3221ca5da43e3f25bd04ab6c79a29b5"
        ),
    ),
    Subject(
        "tuning",
        Package(
            "java",
            "maven",
            "com.google.code.gson:gson",
            "2.11.0",
            "49a853f71bc874ee1898a4ad5009b57d0c536e5a998b3890253ffbf4b7276ad3",
            keep=("*.java",),
        ),
    ),
    Subject(
        "held-out",
        Package(
            "java",
            "maven",
            "org.apache.commons:commons-lang3",
            "3.17.0",
            "5fdcac21ad329766054a95367d7583dfcdca737d221d5e01a5f2a198c04c6b18",
            keep=("*.java",),
        ),
    ),
)
