"""From graph and vectors to pages and docpack: the inputs of the last three steps."""

from collections.abc import Mapping, Sequence

from docrunch.assembly.model import Assembly
from docrunch.docpack.model import DocpackInput
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.texts import documentation_texts
from docrunch.embedding.model import EncoderSpec, TextUnit, Vectors
from docrunch.graph.model import Graph
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import extractor_id
from docrunch.parsing.model import FileFacts
from docrunch.source.model import Issue, TreeReader


def documentation_input(
    tree: TreeReader,
    facts: Mapping[str, FileFacts],
    graph: Graph,
    assembly: Assembly,
    issues: Sequence[Issue],
    options: ScanOptions,
) -> DocumentationInput:
    return DocumentationInput(
        source=tree.source,
        entries=tree.entries,
        facts=facts,
        texts=documentation_texts(tree),
        graph=graph,
        assembly=assembly,
        issues=tuple(issues),
        title=options.docs_title,
    )


def docpack_input(
    tree: TreeReader,
    facts: Mapping[str, FileFacts],
    graph: Graph,
    assembly: Assembly,
    pages: Sequence[Page],
    issues: Sequence[Issue],
    encoder: EncoderSpec | None,
    units: Sequence[TextUnit],
    vectors: Vectors | None,
    options: ScanOptions,
) -> DocpackInput:
    return DocpackInput(
        source=tree.source,
        tree_sha256=tree.tree_sha256,
        entries=tree.entries,
        facts=facts,
        graph=graph,
        assembly=assembly,
        pages=pages,
        issues=tuple(issues),
        extractor_id=scan_extractor_id(tree),
        encoder=encoder,
        units=units,
        vectors=vectors,
        options=packed_options(options),
    )


def packed_options(options: ScanOptions) -> dict[str, str]:
    """Options that change the bytes of a docpack, as strings for its manifest."""
    indexes = {"scip": " ".join(options.scip)} if options.scip else {}
    return {
        **indexes,
        "path": options.path,
        "include": " ".join(options.include),
        "exclude": " ".join(options.exclude),
        "embedding_text": options.embedding_text if options.embeddings else "none",
        "digest": options.digest(),
    }


def scan_extractor_id(tree: TreeReader) -> str:
    """One id over the extractors of all languages in the tree; another extractor makes another docpack."""
    from docrunch.canonical import canonical_json, sha256_hex

    languages = sorted({entry.language for entry in tree.parsed_entries()})
    return sha256_hex(canonical_json([(language, extractor_id(language)) for language in languages]))[:16]
