"""The server is told about queues that exist."""

import yaml

from workers.stack.temporal_server import DYNAMIC_CONFIG_FILE, unconstrained
from workflows.contracts.queues import Queue


def test_every_queue_that_the_dynamic_configuration_names_is_one_of_ours() -> None:
    entries = yaml.safe_load(DYNAMIC_CONFIG_FILE.read_text())
    named = {row["constraints"]["taskQueueName"] for rows in entries.values() for row in rows if "constraints" in row}
    assert named == {Queue.EMBED_GPU, Queue.EMBED_CPU, Queue.FAST}


def test_the_command_line_gets_only_what_holds_for_all_queues() -> None:
    found = unconstrained(DYNAMIC_CONFIG_FILE)
    assert found["matching.enableFairness"] is True
    assert not any(name.startswith("matching.numTaskqueue") for name in found)
