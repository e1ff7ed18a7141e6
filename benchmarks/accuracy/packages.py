"""What is measured: at least three real packages per language, of different sizes, pinned."""

from benchmarks.accuracy.package import Package

PYTHON = (
    Package(
        "python",
        "pypi",
        "flask",
        "3.0.3",
        "ceb27b0af3823ea2737928a4d99d125a06175b8512c445cbd9a9ce200ef76842",
        keep=("src/*", "tests/*", "pyproject.toml"),
        import_root="src",
        modules=("flask",),
        tests=("tests",),
        requires=("pytest", "asgiref", "python-dotenv"),
    ),
    Package(
        "python",
        "pypi",
        "rich",
        "13.9.4",
        "439594978a49a09530cff7ebc4b5c7103ef57baf48d5ea3184f21d9a2befa098",
        keep=("rich/*", "pyproject.toml"),
        modules=("rich",),
    ),
    Package(
        "python",
        "pypi",
        "httpx",
        "0.27.2",
        "f7c2be1d2f3c3c3160d441802406b206c2b76f5947b11115e6df10c6c65e66c2",
        keep=("httpx/*", "tests/*", "pyproject.toml"),
        modules=("httpx",),
        tests=("tests",),
        requires=("pytest", "trio", "uvicorn", "trustme", "chardet", "h2", "socksio", "zstandard", "brotli", "click"),
    ),
    Package(
        "python",
        "pypi",
        "click",
        "8.1.7",
        "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de",
        keep=("src/*", "tests/*", "setup.cfg"),
        import_root="src",
        modules=("click",),
        tests=("tests",),
        requires=("pytest",),
    ),
)

TYPESCRIPT = (
    Package(
        "typescript",
        "npm",
        "zod",
        "4.1.12",
        "2ef9d7a7d822b059c9bd21f87caa4fdc48220d437353678984df942fb67b43fa",
        keep=("src/*", "package.json"),
        extra={"conditions": "@zod/source"},
    ),
    Package(
        "typescript",
        "npm",
        "rxjs",
        "7.8.1",
        "c532167725ab7d085123209156c93cef22f2479cb9c8527060f1cd903aa9d149",
        keep=("src/*", "package.json", "tsconfig.json"),
    ),
    Package(
        "typescript",
        "npm",
        "ajv",
        "8.17.1",
        "f09dae78b8cc984dbf178eba92a7b19bff9e5f7c990508f3af0bf8f118770308",
        keep=("lib/*", "package.json"),
    ),
)

TSX = (
    Package(
        "tsx",
        "npm",
        "react-hot-toast",
        "2.6.0",
        "f72d4861d08e8421ddd6dc39bb163dd62697bf0e639435fef14284cc8be60a26",
        keep=("src/*", "package.json"),
    ),
    Package(
        "tsx",
        "npm",
        "victory-core",
        "37.3.6",
        "b359120a44647b4796a9ab12978795333ef8a84546d913a60183a9b7c0650cf9",
        keep=("src/*", "package.json"),
    ),
    Package(
        "tsx",
        "npm",
        "@react-navigation/stack",
        "7.2.10",
        "a80010a1a4c2af3bb0e8b74e9bac1a1c2427ae1651f797951fc358793d88ec6e",
        keep=("src/*", "package.json"),
    ),
    Package(
        "tsx",
        "npm",
        "react-native-paper",
        "5.12.5",
        "328bbae8a42e6c2477bac218c6a63f8130d6f8f746a0a99a175deac2ab243626",
        keep=("src/*", "package.json"),
    ),
)

JAVASCRIPT = (
    Package(
        "javascript",
        "npm",
        "express",
        "4.21.2",
        "fc43a91e7dc7affb53c6ad7123a4f35485ed3c45226ae7a3847b7738e783e008",
        keep=("lib/*", "index.js", "package.json"),
    ),
    Package(
        "javascript",
        "npm",
        "date-fns",
        "4.1.0",
        "90718290bbf34bf3d0c80bb70456e0069e0cc547caccaf1464fe42f1f602c460",
        keep=("*.js", "package.json"),
        drop=("docs/*", "fp/*", "*cdn*", "locale/*"),
    ),
    Package(
        "javascript",
        "npm",
        "commander",
        "12.1.0",
        "56affc6ddafe486f94b428ae2823d059cf60d4dae2f33eaaf1b1ec4306f73173",
        keep=("lib/*", "index.js", "esm.mjs", "package.json"),
    ),
)

GO = (
    Package("go", "go", "github.com/go-chi/chi/v5", "v5.1.0", "h1:acVI1TYaD+hhedDJ3r54HyA6sExp3HfXq7QWEEY/xMw="),
    Package("go", "go", "github.com/urfave/cli/v2", "v2.27.5", "h1:WoHEJLdsXr6dDWoJgMq/CboDmyY/8HMMH1fTECbih+w="),
    Package("go", "go", "go.uber.org/zap", "v1.27.0", "h1:aJMhYGrd5QSmlpLMr2MftRKl7t8J8PTZPA732ud/XR8="),
)

JAVA = (
    Package(
        "java",
        "maven",
        "com.google.code.gson:gson",
        "2.11.0",
        "49a853f71bc874ee1898a4ad5009b57d0c536e5a998b3890253ffbf4b7276ad3",
        keep=("*.java",),
    ),
    Package(
        "java",
        "maven",
        "org.apache.commons:commons-lang3",
        "3.17.0",
        "5fdcac21ad329766054a95367d7583dfcdca737d221d5e01a5f2a198c04c6b18",
        keep=("*.java",),
    ),
    Package(
        "java",
        "maven",
        "info.picocli:picocli",
        "4.7.6",
        "a6e1a96c8135795b705b9a10f76184a7d83bf201886ffc6e94e4997d4fe67fb6",
        keep=("*.java",),
    ),
)

KOTLIN = (
    Package(
        "kotlin",
        "maven",
        "com.beust:klaxon",
        "5.6",
        "256c7448037fe218099dfa80b92499da1373a58b3d81a57ae1ed4d6b9b55dba8",
        keep=("*.kt",),
        requires=("org.jetbrains.kotlin:kotlin-reflect:1.9.24",),
    ),
    Package(
        "kotlin",
        "maven",
        "org.jetbrains.exposed:exposed-core",
        "0.50.1",
        "ce525064a99d0f6248e66fdb07b000e66731ffa56381a61ea231738ec5bac495",
        keep=("*.kt",),
        requires=("org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm:1.8.0", "org.slf4j:slf4j-api:1.7.25"),
    ),
    Package(
        "kotlin",
        "maven",
        "com.squareup.okhttp3:okhttp",
        "4.12.0",
        "d91a769a4140e542cddbac4e67fcf279299614e8bfd53bd23b85e60c2861341c",
        keep=("*.kt",),
        requires=("com.squareup.okio:okio-jvm:3.6.0",),
    ),
)

RUST = (
    Package("rust", "crates", "globset", "0.4.16", "54a1028dfc5f5df5da8a56a73e6c153c9a9708ec57232470703592a3f18e49f5"),
    Package(
        "rust", "crates", "serde_json", "1.0.140", "20068b6e96dc6c9bd23e01df8827e6c7e1f2fddd43c21810382803c136b99373"
    ),
    Package("rust", "crates", "axum", "0.8.4", "021e862c184ae977658b36c4500f7feac3221ca5da43e3f25bd04ab6c79a29b5"),
)

C = (
    Package(
        "c",
        "crates",
        "libz-sys",
        "1.1.20",
        "d2d16453e800a8cf6dd2fc3eb4bc99b786a9b90c663b8559a5b1a041bf89e472",
        keep=("src/zlib/*.c", "src/zlib/*.h"),
        drop=("src/zlib/contrib/*",),
        extra={"include": "src/zlib"},
    ),
    Package(
        "c",
        "crates",
        "lz4-sys",
        "1.11.1+lz4-1.10.0",
        "6bd8c0d6c6ed0cd30b3652886bb8711dc4bb01d637a68105a3d5158039b418e6",
        keep=("liblz4/lib/*.c", "liblz4/lib/*.h"),
        extra={"include": "liblz4/lib"},
    ),
    Package(
        "c",
        "crates",
        "bzip2-sys",
        "0.1.13+1.0.8",
        "225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14",
        keep=("bzip2-1.0.8/*.c", "bzip2-1.0.8/*.h"),
        extra={"include": "bzip2-1.0.8"},
    ),
)

CPP = (
    Package(  # fmt, as spdlog ships it
        "cpp",
        "pypi",
        "spdlog",
        "2.0.6",
        "9791cf17f1fd23168c0a0803170b3cbf863d7e819adeeb25e224f242e3f9ecef",
        keep=("spdlog/include/*.h",),
        drop=("*win*", "*msvc*", "*android*", "*systemd*", "*qt_sinks*", "*mongo*"),
        extra={"include": "spdlog/include"},
    ),
    Package(
        "cpp",
        "pypi",
        "python-rapidjson",
        "1.20",
        "115f08c86d2df7543c02605e77c84727cdabc4b08310d2f097e953efeaaa73eb",
        keep=("rapidjson/include/*.h",),
        drop=("*/msinttypes/*",),
        extra={"include": "rapidjson/include"},
    ),
    Package(
        "cpp",
        "crates",
        "leveldb-sys",
        "2.0.9",
        "9dd94a4d0242a437e5e41a27c782b69a624469ca1c4d1e5cb3c337f74a8031d4",
        keep=("deps/leveldb-1.22/*.cc", "deps/leveldb-1.22/*.h"),
        drop=("*windows*", "deps/leveldb-1.22/doc/*"),
        extra={"include": "deps/leveldb-1.22 deps/leveldb-1.22/include -DLEVELDB_PLATFORM_POSIX=1"},
    ),
)

SCALA = (
    Package(
        "scala",
        "maven",
        "com.lihaoyi:os-lib_3",
        "0.11.3",
        "88a51661fb7f3a367ec1abe449df15b1353cad5dbb35b58f46b13d688cae1c1f",
        keep=("*.scala",),
    ),
    Package(
        "scala",
        "maven",
        "com.github.scopt:scopt_3",
        "4.1.0",
        "846454a216c4c90420adae519864a70f70a17fac0d531ab24250755aabed0a36",
        keep=("*.scala",),
    ),
    Package(
        "scala",
        "maven",
        "org.typelevel:cats-core_3",
        "2.12.0",
        "e3887ee4c044646f84127713c07218d56a5dd76e1713b87e68f450218fdec7b3",
        keep=("*.scala",),
        extra={"options": "-Ykind-projector -language:implicitConversions"},
    ),
    Package(
        "scala",
        "maven",
        "com.lihaoyi:ujson_3",
        "4.0.2",
        "9e7a76de3b81e60d339fb3c905312f89f68deb1cee1269a66c47fdae6f693f62",
        keep=("*.scala",),
    ),
)

CSHARP = (
    Package(
        "csharp",
        "debian",
        "newtonsoft-json",
        "6.0.8+dfsg-1.1",
        "3b7c77da971bbe1c6fdbb5cbb634d106a86aa30c82647abd9b23d2f31be0c630",
        keep=("Src/Newtonsoft.Json/*.cs",),
        drop=(),
        extra={
            "defines": "NET40",
            "references": "System.Xml System.Xml.Linq System.Data System.Runtime.Serialization System.Numerics "
            "System.ComponentModel.DataAnnotations",
        },
    ),
    Package(
        "csharp",
        "debian",
        "keepass2",
        "2.47+dfsg-2",
        "023ec3ec467c24b5bbc839973427cd2c0c31ab6f2f209d6172e68b56a5039309",
        keep=("KeePassLib/*.cs",),
        drop=(),
        extra={
            "defines": "DEBUG TRACE",
            "references": "System.Drawing System.Windows.Forms System.Xml System.Security",
        },
    ),
    Package(
        "csharp",
        "debian",
        "dbus-sharp",
        "0.8.1-2.1",
        "0866c001f2d6e01a6f1b4d080db08d25ba1422e34c7d03020e0e70f3de3a9859",
        keep=("src/*.cs",),
        drop=(),
        extra={"references": "Mono.Posix"},
    ),
    Package(
        "csharp",
        "debian",
        "nunit",
        "2.6.4+dfsg-1.1",
        "daebaa04b4a4ccd2ecf120e8d6f315ef51092d06a6aa42223a12fc2cee3dd361",
        keep=("src/NUnitFramework/framework/*.cs",),
        drop=("*/AssemblyInfo.cs",),
        extra={"defines": "CLR_4_0 NET_4_0", "references": "System.Windows.Forms"},
    ),
)
_RUBY_DIGEST = "350013ef6640f15c42eae48d25c035999dcbb32e4be038d27ad891cb48d685a5"  # of the interpreter's own sources

PHP = (
    Package(
        "php",
        "debian",
        "php-guzzlehttp-psr7",
        "2.4.5",
        "47aec9d39609fd2b5bcc400fb0d4c045ee5e228ca990723aba254e75a6130d4f",
        keep=("src/*", "tests/*", "composer.json"),
        tests=("tests",),
    ),
    Package(
        "php",
        "debian",
        "php-monolog",
        "2.9.1",
        "55d7d62eee001d4e68fe0d53841ede53bd583f4e0e3a172877d9a939f4b3c79e",
        keep=("src/*", "tests/*", "composer.json"),
        tests=("tests",),
    ),
    Package(
        "php",
        "debian",
        "php-parser",
        "4.15.4",
        "3fc974804ea2d7e32a8e5b8c714e818cdad0c115198bd2a081bd0c8c46db37ac",
        keep=("lib/*", "test/*", "composer.json"),
        tests=("test",),
    ),
    Package(
        "php",
        "debian",
        "php-twig",
        "3.5.1",
        "1c6b0b85a6076bc2a96e916121dbb473a650a521b4ff82036fb7806d78dfef03",
        keep=("src/*", "tests/*", "composer.json"),
        tests=("tests",),
    ),
)


def _standard_library(name: str) -> Package:
    """A library of Ruby's own sources, with its tests."""
    return Package(
        "ruby",
        "debian",
        name,
        "3.1.2",
        _RUBY_DIGEST,
        keep=(f"lib/{name}.rb", f"lib/{name}/*", f"test/{name}/*", "test/lib/*", "tool/lib/*"),
        tests=(f"test/{name}/**/test_*.rb",),
        extra={"source": "ruby3.1", "load": f"lib test/{name} test/lib tool/lib"},
    )


RUBY = tuple(_standard_library(name) for name in ("optparse", "racc", "csv", "reline"))
