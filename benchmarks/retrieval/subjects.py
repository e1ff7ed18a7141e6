"""The packages, pinned, and which half they are in. Constants are tuned on one half and judged on the other.

Those that are untouched were added when all constants stood: nothing was tuned or chosen by them.
"""

from dataclasses import dataclass, replace

from benchmarks.accuracy.package import Package, Registry
from benchmarks.accuracy.packages import GO, JAVA, PYTHON, RUST, TYPESCRIPT
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


def _measured(name: str, *keep: str) -> Package:
    """One that the accuracy of the graph is measured on; ``keep``: what else than there is looked at."""
    found = next(each for each in (*PYTHON, *TYPESCRIPT, *GO, *RUST, *JAVA) if each.name == name)
    return replace(found, keep=keep) if keep else found


_FLASK = _releases(
    "python",
    "pypi",
    "flask",
    ("src/*", "tests/*", "docs/*.rst", "README*", "CHANGES.rst", "pyproject.toml"),
    "2.2.0 98b33b13ad76ee9c7a80d2f56a6c578780e55bf8281790c62d50d4b7fadec2b8",
    "2.2.1 9c2b81b9b1edcc835af72d600f1955e713a065e7cb41d7e51ee762b449d9c65d",
    "2.2.2 642c450d19c4ad482f96729bd2a8f6d32554aa1e231f4f6b4e7e5264b16cca2b",
    "2.2.3 7eb373984bf1c770023fce9db164ed0c3353cd0b53f130f4693da0ca756a2e6d",
    "2.2.4 77504c4c097f56ac5f29b00f9009213010cf9d2923a288c0e0564a5db2bb53d6",
    "2.2.5 edee9b0a7ff26621bd5a8c10ff484ae28737a2410d99b0bb9a6850c7fb977aa0",
    "2.3.0 4088b4986f13cae23e02081e67df7e4e434ec6f85a5238bce5e6db6d1de61e06",
    "2.3.1 a6059db4297106e5a64b3215fa16ae641822c1cb97ecb498573549b2478602cb",
    "2.3.2 8c2f9abd47a9e8df7f0c3f091ce9497d011dc3b31effcf4c85a6e2b50f4114ef",
    "2.3.3 09c347a92aa7ff4a8e7f3206795f30d826654baf38b873d0744cd571ca609efc",
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
    "8.0.0 7d8c289ee437bcb0316820ccee14aefcb056e58d31830ecab8e47eda6540e136",
    "8.0.1 8c04c11192119b1ef78ea049e0a6f0463e4c48ef00a30160c704337586f3ad7a",
    "8.0.2 7027bc7bbafaab8b2c2816861d8eb372429ee3c02e193fc2f93d6c4ab9de49c5",
    "8.0.3 410e932b050f5eed773c4cda94de75971c89cdb3155a72a0831139a79e5ecb5b",
    "8.0.4 8458d7b1287c5fb128c90e23381cf99dcde74beaf6c7ff6384ce84d6fe090adb",
    "8.1.0 977c213473c7665d3aa092b41ff12063227751c41d7b17165013e10069cc5cd2",
    "8.1.1 7ab900e38149c9872376e8f9b5986ddcaf68c0f413cf73678a0bca5547e6f976",
    "8.1.2 479707fe14d9ec9a0757618b7a100a0ae4c4e236fac5b7f80ca68028141a1a72",
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
    "1.6.0 fb57170304b1882366502b35ee483103a28ba3551d4cf6fa76eada1aa0a50c9c",
    "1.6.1 e289d143018b7fb4cd96c42a05daa16249f546164d2930f06168d475d6e9e799",
    "1.6.2 d3ee7e614fb84c26905f61a7a6d60e505b304c183cfd310cf9d189e8fda1e12f",
    "1.6.3 ded6cab69d31004354e0754fb927be629a3231d93e269c0b075969838abe7a7a",
    "1.6.4 30e71d055db0a105360bed9f21b30b4bd9dcffa23faa4b5d99afcbed521f6c47",
    "1.6.5 37f0b06096bba0c761ac7e61fcfe63a36c7b0d7942d44e4b1308589a5628e9f8",
    "1.6.6 3d64cb023a40bcf81cac62f376a371e449093ed98c7bfbfbe6c002d1ca8bbdca",
    "1.6.7 f85a065d8d65b9d402f5159c544eaee0da612ae0293142e92642cd7350d299ac",
    "1.6.8 6439f5ca623d4adbe2ce38c86676b23cb3e8bf77a5faba01b25d34ff8842bed3",
    "1.7.0 e2b87468f70ae002ab4268cb5bc6bb57b0c0d1039bd2b70b0d9142c231b2606a",
    "1.7.1 022d45a2374e2f082dc30c5d4eacd7982f2cae8f5e7dab17279a9c4778f7fd6d",
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
    "v1.14.0 h1:/pduUoebOeeJzTDFuoMgC6nRkiasr1sBCIEorly7m4o=",
    "v1.14.1 h1:nYDKopTbvAPq/NrUVZwT15y2lpROBiLLyoRTbXOYWOo=",
    "v1.15.0 h1:ZZCA22JRF2gQE5FoNmhmrf7jeJJ2uhqDUNRYKm8dvmM=",
    "v1.16.0 h1:uFRZXykJGK9lLY4HtgSw44DnIcAM+kRBP7x5m+NpAOM=",
    "v1.17.0 h1:MTjgFu6ZLKvY6Pvaqk97GlxNBuMpV4Hy/3P6tRGlI2U=",
    "v1.18.0 h1:6U7gEhDub2vZ57Dw5eH+mJSc53znBnSG9gIntFarbnA=",
    "v1.18.1 h1:CSUJ2mjFszzEWt4CdKISEuChVIXGBn3lAPwkRGyVrc4=",
    "v1.19.0 h1:mZQZefskPPCMIBCSEH0v2/iUqqLrYtaeqwD6FUGUnFE=",
    "v1.19.1 h1:ue41HOKd1vGURxrmeKIgELGb3jPW9DMUDGtsinblHwI=",
    "v1.20.0 h1:N4oPlghZwYG55MlU6LXk/Zp00FVNE9X9wrYO8CEs4lc=",
    "v1.21.0 h1:WefMeulhovoZ2sYXz7st6K0sLj7bBhpiFaud4r4zST8=",
    "v1.22.0 h1:Zcye5DUgBloQ9BaT4qc9BnjOFog5TvBSAGkJ3Nf70c0=",
    "v1.23.0 h1:OjGQ5KQDEUawVHxNwQgPpiypGHOxo2mNZsOqTak4fFY=",
    "v1.24.0 h1:FiJd5l1UOLj0wCgbSE0rwwXHzEdAZS6hiiSnxJN/D60=",
    "v1.25.0 h1:4Hvk6GtkucQ790dqmj7l1eEnRdKm3k3ZUrUMS2d5+5c=",
    "v1.26.0 h1:sI7k6L95XOKS281NhVKOFCUNIvv9e0w4BF8N3u+tCRo=",
    "v1.27.0 h1:aJMhYGrd5QSmlpLMr2MftRKl7t8J8PTZPA732ud/XR8=",
    "v1.27.1 h1:08RqriUEv8+ArZRYSTXy1LeBScaMpVSTBhCeaZYfMYc=",
)
_RXJS = _releases(
    "typescript",
    "npm",
    "rxjs",
    ("src/*", "README.md", "CHANGELOG.md", "package.json", "tsconfig.json"),
    "7.5.0 324df4b69fdd7c26385f009cc91aee31926aa0bcf55f87dbcb103a12e972f988",
    "7.5.1 669d9e4938d10f58264191d2464c19eef5217d6c462698a7b240b34613614c5e",
    "7.5.2 653bc5f42bdd262d9f45232a817b6ff0c025dc6f7a3328dad3b0589a6e0d8128",
    "7.5.3 d6f36c9214caa4845c77926850a09b4f58612fd0156e87cf994ee4cf0e4189bd",
    "7.5.4 a6b3a844e192888d0372c230648f726be532bf272032dfdd291c3d06c7457405",
    "7.5.5 6ea0cb0acafd4e2603bc2cdef605bb4d8929dab7b532188e0eaf27707bd78f77",
    "7.5.6 1df7c4993feb6f8b610dc4df9cc5df19983afbee2f981d1afd2472bda4953004",
    "7.5.7 c48055fbd8bf0734be2f07f4405170486951b65f269656c36f06e65943746ae6",
    "7.6.0 6beafa9444e0496de2addc02ba04c42d700b4f416671bb36794ef5709e387e28",
    "7.7.0 4344d998175914858c1230b807f6c71ab9a2fe1d030b770cf0632e7f03cb042b",
    "7.8.0 693b37ffcde839f6026c822b66bfac187c10673c89c4325f32c61eefedb15480",
    "7.8.1 c532167725ab7d085123209156c93cef22f2479cb9c8527060f1cd903aa9d149",
)
_CHI = _releases(
    "go",
    "go",
    "github.com/go-chi/chi/v5",
    (),
    "v5.0.0 h1:DBPx88FjZJH3FsICfDAfIfnb7XxKIYVGG6lOPlhENAg=",
    "v5.0.1 h1:ALxjCrTf1aflOlkhMnCUP86MubbWFrzB3gkRPReLpTo=",
    "v5.0.2 h1:4xKeALZdMEsuI5s05PU2Bm89Uc5iM04qFubUCl5LfAQ=",
    "v5.0.3 h1:khYQBdPivkYG1s1TAzDQG1f6eX4kD2TItYVZexL5rS4=",
    "v5.0.4 h1:5e494iHzsYBiyXQAHHuI4tyJS9M3V84OuX3ufIIGHFo=",
    "v5.0.5 h1:l3RJ8T8TAqLsXFfah+RA6N4pydMbPwSdvNM+AFWvLUM=",
    "v5.0.6 h1:CHIMAkr36TRf/zYvOqNKklMDxEm9HuqdiK+syK+tYtw=",
    "v5.0.7 h1:rDTPXLDHGATaeHvVlLcR4Qe0zftYethFucbjVQ1PxU8=",
    "v5.0.8 h1:lD+NLqFcAi1ovnVZpsnObHGW4xb4J8lNmoYVfECH1Y0=",
    "v5.0.9 h1:VxajiKwlmdvAtgpYAWvWrfsyO8WCeALJspE2FJuRvjk=",
    "v5.0.10 h1:rLz5avzKpjqxrYwXNfmjkrYYXOyLJd37pz53UFHC6vk=",
    "v5.0.11 h1:BnpYbFZ3T3S1WMpD79r7R5ThWX40TaFB7L31Y8xqSwA=",
    "v5.0.12 h1:9euLV5sTrTNTRUU9POmDUvfxyj6LAABLUcEWO+JJb4s=",
    "v5.1.0 h1:acVI1TYaD+hhedDJ3r54HyA6sExp3HfXq7QWEEY/xMw=",
    "v5.2.0 h1:Aj1EtB0qR2Rdo2dG4O94RIU35w2lvQSj6BRA4+qwFL0=",
    "v5.2.1 h1:KOIHODQj58PmL80G2Eak4WdvUzjSJSm0vG72crDCqb8=",
    "v5.2.2 h1:CMwsvRVTbXVytCk1Wd72Zy1LAsAh9GxMmSNWLHCG618=",
)


GATE = ("cobra", "cli", "zod")
"""Small ones of one release and no tests to run, from two registries: minutes from nothing. Constants were tuned on the
last one only."""

SUBJECTS: tuple[Subject, ...] = (
    Subject("tuning", _FLASK[13], _FLASK, run_tests=("pytest", "asgiref", "python-dotenv")),
    Subject("tuning", _measured("rich", "rich/*", "README.md", "pyproject.toml")),
    Subject("held-out", _CLICK[12], _CLICK, run_tests=("pytest",)),
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
    Subject("tuning", _measured("zod", "src/*", "README.md", "package.json")),
    Subject("held-out", _RXJS[11], _RXJS),
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
    Subject("tuning", _CHI[13], _CHI),
    Subject("held-out", _measured("github.com/urfave/cli/v2")),
    Subject("tuning", _ZAP[16], _ZAP),
    Subject("tuning", _measured("serde_json")),
    Subject("held-out", _measured("axum")),
    Subject("tuning", _measured("com.google.code.gson:gson")),
    Subject("held-out", _measured("org.apache.commons:commons-lang3")),
    Subject(
        "untouched",
        Package(
            "python",
            "pypi",
            "attrs",
            "24.2.0",
            "5cfb1b9148b5b086569baec03f20d7b6bf3bcacc9a42bebf87ffaaca362f6346",
            keep=("src/*", "tests/*", "docs/*.md", "docs/*.rst", "README.md", "pyproject.toml"),
        ),
    ),
    Subject(
        "untouched",
        Package("go", "go", "github.com/spf13/cobra", "v1.8.1", "h1:e5/vxKd/rZsfSJMUX1agtjeTDf+qv1/JdBF8gg5k9ZM="),
    ),
    Subject("untouched", _measured("globset")),
)
