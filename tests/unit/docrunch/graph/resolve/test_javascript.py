"""TypeScript and JavaScript names: imports, barrels, tsconfig paths, classes."""


def test_barrels_aliases_and_default_exports(world):
    found = world(
        {
            "src/index.ts": "export * from './math';\nexport { default as Shape, area as size } from './shape';\n",
            "src/math.ts": "export function add(a: number, b: number) { return a + b; }\n",
            "src/shape.ts": """
                import { add } from "./math.js";
                export default class Shape {
                  grow(): Shape { this.touch(); return this; }
                  private touch() {}
                }
                export function area() { return add(1, 2); }
            """,
            "src/app.ts": """
                import { add, Shape, size } from ".";
                import * as all from "./index";
                export function a() { add(1, 2); size(); all.add(1, 2); }
                export function b() { const s = new Shape(); s.grow().grow(); }
                export function c(add: () => void) { add(); }
                export function d(s: Shape) { s.grow(); }
            """,
        }
    )
    assert found.calls("src/app.a") == {"src/math.add", "src/shape.area"}
    assert found.calls("src/app.b") == {"src/shape.Shape", "src/shape.Shape.grow"}
    assert found.calls("src/app.c") == set()
    assert found.calls("src/app.d") == {"src/shape.Shape.grow"}
    assert found.calls("src/shape.Shape.grow") == {"src/shape.Shape.touch"}
    assert found.calls("src/shape.area") == {"src/math.add"}
    assert ("src/index.ts", "src/shape.area") in found.edges("exports")


def test_tsconfig_paths_and_workspace_packages(world):
    found = world(
        {
            "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@lib/*": ["packages/lib/src/*"]}}}',
            "packages/lib/package.json": '{"name": "@acme/lib", "main": "dist/index.js"}',
            "packages/lib/src/index.ts": "export function hello() {}\n",
            "packages/lib/src/deep.ts": "export const deep = () => 1;\n",
            "packages/app/main.ts": """
                import { hello } from "@acme/lib";
                import { deep } from "@lib/deep";
                import fs from "node:fs";
                export function run() { hello(); deep(); fs.readFileSync("x"); }
            """,
        }
    )
    assert {"packages/lib/src/index.hello", "packages/lib/src/deep.deep"} <= found.calls("packages/app/main.run")
    imported = {target for source, target in found.edges("imports") if source == "packages/app/main.ts"}
    assert {"packages/lib/src/index.ts", "packages/lib/src/deep.ts", "fs"} <= imported


def test_interfaces_are_implemented_and_classes_extended(world):
    found = world(
        {
            "a.ts": """
                export interface Runner { run(): void }
                export class Base { stop() {} }
                export class Fast extends Base implements Runner {
                  run() { super.stop(); this.stop(); }
                }
            """
        }
    )
    assert ("a.Fast", "a.Runner") in found.edges("implements")
    assert ("a.Fast", "a.Base") in found.edges("inherits")
    assert ("a.Fast.run", "a.Runner.run") in found.edges("overrides")
    assert found.calls("a.Fast.run") == {"a.Base.stop"}


def test_members_of_nameless_objects_are_no_functions(world):
    found = world({"a.js": "call({ optional() { return 1; } });\nexport function f() { optional(); }\n"})
    assert found.calls("a.f") == set()


def test_a_missing_relative_module_is_counted(world):
    found = world({"a.ts": 'import { x } from "./gone";\nx();\n'})
    assert found.reasons("a.ts")["import_missing_module"] == 1


def test_a_test_file_tests_what_it_calls(world):
    found = world(
        {
            "a.ts": "export function f() {}\n",
            "a.test.ts": 'import { f } from "./a";\nit("works", () => { f(); });\n',
        }
    )
    assert ("a.test.ts", "a.f") in found.edges("tests")


def test_modules_of_plain_javascript_both_sorts(world):
    found = world(
        {
            "till.mjs": "import { round } from './tax.mjs';\nexport function pay(x) { return round(x); }\n",
            "tax.mjs": "export function round(x) { return x; }\n",
            "shop.js": "const prices = require('./prices');\nfunction total() { return prices.sum(); }\n",
            "prices.js": "function sum() { return 1; }\nmodule.exports = { sum };\n",
            "list.tsx": "import { Item } from './item';\nexport function List() { return Item(); }\n",
            "item.tsx": "export function Item() { return <p />; }\n",
        }
    )
    assert found.calls("till.pay") == {"tax.round"}
    assert found.calls("shop.total") == {"prices.sum"}
    assert found.calls("list.List") == {"item.Item"}
