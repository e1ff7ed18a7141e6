"""Swift names: modules span files, extensions add members, labels tell overloads apart. One small world per rule."""

import pytest

from tests.support.swift import SHOP


@pytest.fixture(scope="module")
def shop(world):
    return world(SHOP)


CALLS = [
    # (source, targets that it must call, names that it must not call)
    ("Core.Store.load", {"Core.Store.fetch"}, set()),
    ("Core.Store.fetch", {"Core.Client.get"}, set()),
    ("Core.Store.closeAll", {"Core.Base.close", "Core.Base.open"}, set()),
    ("Core.Store.chained", {"Core.Client.send", "Core.Client.make", "Core.Item.run"}, set()),
    ("Core.Store.loops", {"Core.Item.run"}, set()),
    ("Core.Store.lets", {"Core.Client.get", "Core.Client.make", "Core.Item.run"}, set()),
    ("Core.Store.resetAll", {"Core.Loading.reset"}, set()),
    ("Core.Store.make", {"Core.Store.closeAll"}, set()),
    ("Core.Store.local", {"Core.Item", "Core.Item.run"}, {"Core.Client.get"}),
    ("Core.Store.shadow", {"Core.Item.run"}, set()),
    ("Core.Store.closure", {"Core.Item.run"}, set()),
    ("Core.Store.inferredItems", {"Core.Item.run", "Core.Item.check"}, set()),
    ("Core.Store.hidden", {"Core.Client"}, {"Core.Client.get"}),
    ("Core.Store.unknown", set(), {"Core.Store.fetch"}),
    ("Core.Store.shared", {"Core.Base.init"}, {"Core.Store"}),
    ("Core.Client.get", {"Core.helper", "Core.Item"}, set()),
    ("Core.Client.make", {"Core.Client.get"}, set()),
    ("Core.Client.prepare", {"Core.Client.make"}, set()),
    ("Core.Client.standard", {"Core.Client.init"}, set()),
    ("Core.Client.init", {"Core.Client.prepare", "Core.Client"}, set()),
    (
        "Core.top",
        {
            "Core.helper",
            "Core.Client.standard",
            "Core.Client.make",
            "Core.Item.run",
            "Core.Client.init",
            "Core.Client.get",
        },
        set(),
    ),
    ("Core.memberwise", {"Core.Item"}, set()),
    ("Core.second", {"Core.helper"}, set()),
    ("Core.Kind.describe", {"Core.second"}, set()),
    ("Core.Kind.parse", {"Core.Kind.node", "Core.Item"}, set()),
    ("Core.Kind.Inner.deep", {"Core.Kind.parse", "Core.Kind.describe"}, set()),
    ("Core.Kind.Inner.deeper", {"Core.Kind.Inner.deep"}, set()),
    ("Core.Kind.Later.again", {"Core.Kind.Later.clear"}, {"Core.Loading.clear"}),
    ("Core.Kind.Later.clear", {"Core.Kind.Later.load"}, set()),
    ("Core.aliases", {"Core.Client.init", "Core.Client.get", "Core.Outside.init", "Core.Outside"}, set()),
    ("Core.nested", {"Core.Kind.Inner", "Core.Kind.Inner.deeper"}, set()),
    ("Core.generic", {"Core.Loading.load", "Core.Loading.reset"}, {"Core.Store.load"}),
    ("Core.existential", {"Core.Loading.load"}, {"Core.Store.load"}),
    ("Core.meta", {"Core.Store.make"}, set()),
    ("Core.viaReturn", {"Core.Store.load", "Core.Item.run"}, set()),
    ("Core.inferred", {"Core.Client.standard", "Core.Client.get"}, set()),
    ("Core.untyped", set(), {"Core.Client.get"}),
    ("Core.Loading.clear", {"Core.Loading.load"}, set()),
    ("App.start", {"Core.Store.closeAll", "Core.second", "Core.top", "Swift.print"}, {"Core.helper"}),
    ("App.Screen.show", {"Core.top"}, set()),
    ("App.Store.appOnly", {"Core.Store.closeAll"}, set()),
    ("Extra.extra", {"Extra.top", "Core.second"}, {"Core.top"}),
    ("CoreTests.StoreTests.testLoad", {"Core.Base.init", "Core.Store.load"}, {"Core.Loading.load"}),
]


@pytest.mark.parametrize(("source", "called", "other"), CALLS, ids=[row[0] for row in CALLS])
def test_a_call_leads_to_what_swift_would_run(shop, source, called, other):
    found = shop.calls(source)
    assert called <= found
    assert not other & found
    assert {name for name in found if not name.startswith("Swift.")} <= called | {"Core.Kind.Inner"}
