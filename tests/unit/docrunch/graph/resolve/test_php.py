"""PHP names: namespaces and aliases, functions that fall back, parents and traits, types that syntax shows."""

import pytest

from tests.support.php_ruby import PHP

MODEL, SUPPORT = "App\\Model", "App\\Support"


@pytest.fixture(scope="module")
def app(world):
    return world(PHP)


def test_qualified_names_are_those_of_php(app):
    assert app.node(f"{MODEL}\\User").kind == "class"
    assert app.node(f"{MODEL}\\User::streets").kind == "method"
    assert app.node(f"{MODEL}\\User::$time").kind == "property"
    assert app.node(f"{SUPPORT}\\now").kind == "function"


def test_use_leads_to_the_declaring_file_and_the_name(app):
    found = app.edges("imports")
    assert found["src/Model/User.php", "src/Support/Loggable.php"] == ("exact", 1.0)
    assert ("src/Model/User.php", f"{SUPPORT}\\Clock") in found, "grouped and aliased"
    assert ("src/Model/User.php", f"{SUPPORT}\\now") in found
    assert ("src/Model/User.php", f"{SUPPORT}\\LIMIT") in found


def test_include_of_a_literal_path_is_an_import_and_a_missing_one_is_counted(app):
    assert ("index.php", "src/Support/functions.php") in app.edges("imports")
    assert app.reasons("index.php")["import_missing_module"] == 1


def test_parents_traits_and_interfaces(app):
    assert (f"{MODEL}\\User", f"{MODEL}\\Base") in app.edges("inherits")
    assert (f"{MODEL}\\User", f"{SUPPORT}\\Loggable") in app.edges("inherits"), "a trait is copied, not implemented"
    assert (f"{MODEL}\\Base", f"{MODEL}\\Storable") in app.edges("implements")
    assert (f"{MODEL}\\User::validate", f"{MODEL}\\Base::validate") in app.edges("overrides")
    assert (f"{MODEL}\\Base::save", f"{MODEL}\\Storable::save") in app.edges("overrides")


def test_calls_of_this_parent_and_static(app):
    assert app.calls(f"{MODEL}\\Base::save") == {f"{MODEL}\\Store::write", f"{MODEL}\\Base::validate"}
    assert app.calls(f"{MODEL}\\User::__construct") == {f"{MODEL}\\Base::__construct"}
    assert app.calls(f"{MODEL}\\Base::make") == {f"{MODEL}\\Base::__construct", f"{MODEL}\\Store"}
    assert app.calls(f"{MODEL}\\Store::write") == {f"{MODEL}\\Storable::save"}, "an interface is as far as types go"


def test_aliased_traits_typed_properties_and_functions(app):
    assert app.calls(f"{MODEL}\\User::validate") == {
        f"{MODEL}\\Base::validate",
        f"{SUPPORT}\\Loggable::log",
        f"{SUPPORT}\\Clock::tick",
        f"{SUPPORT}\\now",
        "strlen",
    }
    assert app.calls(f"{SUPPORT}\\Loggable::log") == {f"{SUPPORT}\\Loggable::format"}
    assert app.calls(f"{SUPPORT}\\now") == {f"{SUPPORT}\\later"}, "the namespace first"


def test_elements_of_documented_arrays(app):
    assert app.calls(f"{MODEL}\\User::streets") == {f"{MODEL}\\Address::street", f"{MODEL}\\Address::lines"}


def test_file_level_code_late_static_binding_and_invocation(app):
    assert app.calls("index.php") == {
        f"{MODEL}\\Base::make",
        f"{MODEL}\\Base::save",
        f"{MODEL}\\User::streets",
        f"{MODEL}\\Address",
        f"{MODEL}\\Address::street",
        f"{MODEL}\\Address::__invoke",
    }
