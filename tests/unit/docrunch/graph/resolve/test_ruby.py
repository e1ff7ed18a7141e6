"""Ruby names: constants by scope and ancestry, classes in several files, methods by ancestors, what self is."""

import pytest

from tests.support.php_ruby import RUBY


@pytest.fixture(scope="module")
def shop(world):
    return world(RUBY)


def test_qualified_names_are_those_of_ruby(shop):
    assert shop.node("Shop::User#save").kind == "method"
    assert shop.node("Shop::User::build").kind == "method"
    assert shop.node("Shop::User::ROLES").kind == "constant"
    assert shop.node("Shop::Store").kind == "class"
    assert shop.node("Shop::User#addresses").kind == "property"


def test_requires_lead_to_files_and_to_the_outside(shop):
    found = shop.edges("imports")
    assert ("lib/shop.rb", "lib/shop/model.rb") in found
    assert ("lib/shop.rb", "lib/shop/store.rb") in found
    assert ("lib/shop.rb", "json") in found
    assert ("lib/shop.rb", "shop/late") in found, "an autoload of a file that is not there"


def test_ancestors(shop):
    found = shop.edges("inherits")
    assert ("Shop::User", "Shop::Model") in found
    assert ("Shop::Model", "Shop::Validation") in found
    assert shop.edges("implements") == {}, "a module is mixed in, not implemented"
    assert ("Shop::User#save", "Shop::Model#save") in shop.edges("overrides")


def test_calls_of_self_constants_and_variables(shop):
    assert shop.calls("Shop::Model#save") == {
        "Shop::Validation#validate",
        "Shop::Clock#tick",
        "Shop::Model#touch",
        "Shop::open",
        "Kernel#puts",
    }
    assert shop.reasons("lib/shop/model.rb")["no_member"] == 1
    assert shop.calls("Shop::open") == {"Shop::Store#initialize", "Shop::Store#load"}


def test_super_yard_types_memoised_results_and_what_extend_is_not(shop):
    assert shop.calls("Shop::User#initialize") == {"Shop::Model#initialize", "Shop::Clock", "Shop::Clock#tick"}
    assert shop.calls("Shop::User#save") == {
        "Shop::Model#save",
        "Shop::User#addresses",
        "Shop::Address#street",
        "Shop::User#clock",
        "Shop::Clock#tick",
    }, "`find_by` is a method of the class, not of its instances"


def test_methods_of_the_class_itself(shop):
    assert shop.calls("Shop::User::build") == {"Shop::User#initialize", "Shop::User#save", "Shop::Finders#find_by"}
    assert shop.calls("Shop::Store#load") == {"Shop::User::build", "Shop::User#clock", "Shop::Clock#tick"}


def test_a_class_is_all_of_its_definitions(shop):
    assert shop.calls("Shop::User#extended") == {"Shop::Model#touch", "Shop::User#clock"}
