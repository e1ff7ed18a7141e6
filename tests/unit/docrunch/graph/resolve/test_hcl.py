"""Terraform: files of a directory are one module; addresses lead to blocks, sources to directories."""

import pytest

from tests.support.data_world import DATA

CERTAIN = ("exact", 1.0)


@pytest.fixture(scope="module")
def data(world):
    return world(DATA)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("infra/main.aws_instance.web", "infra/data.data.aws_ami.ubuntu"),
        ("infra/main.aws_instance.web", "infra/data.local.tags"),
        ("infra/main.aws_instance.web", "infra/main.module.vpc"),
        ("infra/main.aws_instance.web", "modules/vpc/main.output.subnet_ids"),
        ("infra/main.module.vpc", "infra/main.var.region"),
        ("infra/data.local.tags", "infra/main.var.region"),
        ("infra/prod.tfvars", "infra/main.var.region"),
        ("modules/vpc/main.output.subnet_ids", "modules/vpc/main.var.cidr"),
    ],
)
def test_addresses_lead_to_blocks_of_the_module(data, source: str, target: str) -> None:
    assert data.edges("uses").get((source, target)) == CERTAIN


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("infra/main.module.vpc", "modules/vpc/main.var.region"),  # a variable of another module
        ("infra/data.local.tags", "modules/vpc/main.var.region"),
        ("infra/main.aws_instance.web", "infra/main.var.region"),
    ],
)
def test_modules_do_not_see_each_other(data, source: str, target: str) -> None:
    assert (source, target) not in data.edges("uses")


def test_sources_are_imports(data) -> None:
    imports = data.edges("imports")
    assert imports["infra/main.tf", "modules/vpc"] == CERTAIN
    assert imports["infra/main.tf", "hashicorp/consul/aws"] == CERTAIN
    assert data.reasons("infra/main.tf") == {"import_no_candidate": 1}
