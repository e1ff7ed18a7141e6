"""The router sends one scan of a repository to `fast` and the next one to the durable queues of the same process.

What a stage kept of the last scan (pages, comparisons) must be there for the next, wherever it runs.
"""

from pathlib import Path
from typing import cast

from temporalio.client import Client

from activities.assemble import Assemble
from activities.generation import Generation
from docrunch.config import DatabaseSettings, Settings
from workers.resources import Resources
from workflows.contracts.queues import Role


def test_stages_are_the_same_objects_on_every_queue_of_a_process(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"  # nothing connects before an activity runs
    settings = Settings(home=tmp_path, database=DatabaseSettings(url=url))
    resources = Resources(settings, cast(Client, None), list(Role))
    fast = {type(each): each for each in resources.build(Role.FAST, settings)}
    assembly = {type(each): each for each in resources.build(Role.ASSEMBLY, settings)}
    generation = {type(each): each for each in resources.build(Role.GENERATION, settings)}
    assert fast[Assemble] is assembly[Assemble]
    assert fast[Generation] is generation[Generation]
