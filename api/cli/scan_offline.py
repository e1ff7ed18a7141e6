"""``docrunch scan --offline``: the whole job in this process. Apart, since it imports numerical libraries (0.9 s)."""

from pathlib import Path

from api.cli.output import emit, emit_json
from api.cli.progress import Meter
from api.cli.scan_flags import DEFAULT_DOCS, ScanFlags
from api.cli.summary import scan_summary
from api.operations.scan_report import offline_report
from docrunch.collector import rarely
from docrunch.config import Settings
from docrunch.config_encoder import encoder_settings
from docrunch.offline import OfflineRequest, run_offline


def offline(flags: ScanFlags, settings: Settings, processes: int) -> int:
    rarely()
    cwd = Path.cwd()
    with Meter() as meter:
        result = run_offline(
            OfflineRequest(
                source=flags.source,
                cwd=cwd,
                ref=flags.ref,
                name=flags.name,
                options=flags.options(settings),
                policy=settings.source.to_policy(),
                encoder=encoder_settings(settings),
                out=cwd / ".docrunch",
                graph=cwd / "graph.jsonl",
                docs=flags.docs or cwd / DEFAULT_DOCS,
                docpack=flags.docpack,
                templates=settings.docs.templates,
                scip=flags.scip,
                processes=processes,
            ),
            lambda phase, done, total: meter.update(phase, done, total),
        )
    found = offline_report(result)
    emit_json(found) if flags.as_json else emit(scan_summary(found))
    return 1 if flags.strict and result.outcome == "partial" else 0
