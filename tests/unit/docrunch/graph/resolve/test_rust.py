"""Rust names: crates, the module tree, use declarations, impl blocks and traits."""

FILES = {
    "Cargo.toml": '[package]\nname = "my-shop"\nversion = "1.0.0"\n\n[dependencies]\nserde = "1"\n',
    "src/lib.rs": """
        mod cart;
        pub mod deep;
        pub use crate::cart::Cart;
        pub use deep::*;

        pub fn start() -> Cart { let c = Cart::new(); c.add(1); c }
    """,
    "src/cart.rs": """
        use std::collections::HashMap;
        use super::deep::{leaf::hello, Item as Thing};

        pub struct Cart { items: HashMap<u8, Thing>, first: Thing }

        pub trait Shape { fn area(&self) -> u8 { self.side() } fn side(&self) -> u8; }

        impl Cart {
            pub fn new() -> Self { hello(); Self::make() }
            fn make() -> Cart { todo!() }
            pub fn add(&self, n: u8) { self.first.touch(); self.area(); }
        }

        impl Shape for Cart { fn side(&self) -> u8 { 1 } }

        #[cfg(test)]
        mod tests {
            use super::*;
            #[test]
            fn adds() { Cart::new(); }
        }
    """,
    "src/deep/mod.rs": "pub mod leaf;\npub struct Item;\nimpl Item { pub fn touch(&self) { leaf::hello(); } }\n",
    "src/deep/leaf.rs": "pub fn hello() { crate::start(); }\n",
    "tests/all.rs": "use my_shop::Cart;\n\n#[test]\nfn all() { Cart::new(); my_shop::start(); }\n",
}


def test_paths_and_uses(world):
    found = world(FILES)
    assert found.calls("my_shop::deep::leaf::hello") == {"my_shop::start"}
    assert found.calls("my_shop::deep::Item::touch") == {"my_shop::deep::leaf::hello"}
    assert {"my_shop::deep::leaf::hello", "my_shop::cart::Cart::make"} <= found.calls("my_shop::cart::Cart::new")
    assert {"my_shop::cart::Cart::new", "my_shop::cart::Cart::add"} <= found.calls("my_shop::start")


def test_fields_and_trait_defaults(world):
    found = world(FILES)
    assert found.calls("my_shop::cart::Cart::add") == {"my_shop::deep::Item::touch", "my_shop::cart::Shape::area"}
    assert ("my_shop::cart::Cart", "my_shop::cart::Shape") in found.edges("implements")
    assert ("my_shop::cart::Cart::side", "my_shop::cart::Shape::side") in found.edges("overrides")


def test_tests_beside_the_code_and_in_their_own_crate(world):
    found = world(FILES)
    tests = found.edges("tests")
    assert ("my_shop::cart::tests::adds", "my_shop::cart::Cart::new") in tests
    assert ("all::all", "my_shop::start") in tests
    assert ("all::all", "my_shop::cart::Cart::new") in tests


def test_reexports(world):
    found = world(FILES)
    assert ("src/lib.rs", "my_shop::cart::Cart") in found.edges("exports")
