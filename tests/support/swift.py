"""A SwiftPM package with what Swift's linking rules tell apart."""

PACKAGE = """
    // swift-tools-version:5.9
    import PackageDescription
    let package = Package(name: "Shop", targets: [
        .target(name: "Core"),
        .target(name: "App", dependencies: ["Core", .target(name: "Core")]),
        .target(name: "Extra", path: "Other"),
        .testTarget(name: "CoreTests", dependencies: ["Core"]),
    ])
"""

SHOP = {
    "Package.swift": PACKAGE,
    "Sources/Core/Store.swift": """
        public class Base {
            func close() {}
            func open(_ path: String) {}
            init(size: Int) {}
        }

        public protocol Loading {
            func load(id: Int) -> Item
            func reset()
        }

        extension Loading {
            func reset() { clear() }
            func clear() { load(id: 0) }
        }

        public final class Store: Base, Loading {
            let client = Client()
            var backup: Client?
            static let shared = Store(size: 1)
            var items: [Item] = []
            var byName: [String: Item] = [:]

            func load(id: Int) -> Item { fetch(id, from: client) }
            func fetch(_ id: Int, from client: Client) -> Item { client.get(id) }
            func fetch(_ id: Int, named name: String) -> Item { client.get(id) }
            func both() { fetch(1, named: "x"); fetch(1, from: client) }
            func unknown() { fetch(1, by: 2) }
            func closeAll() { close(); self.open("x"); super.open("y") }
            func chained() { backup?.send { $0.x() } ; client.make().run() }
            func loops() { for item in items { item.run() } ; byName["a"]?.run() ; items[0].run() }
            func lets() {
                guard let other = backup else { return }
                other.get(1)
                if let made = client.make() as? Item { made.run() }
            }
            func resetAll() { reset() }
            class func make() -> Self { Store.shared.closeAll(); return shared }
            func local() { let client = Item(); client.run() }
            func shadow(_ client: Item) { client.run() }
            func closure() { items.forEach { (one: Item) in one.run() } }
            func inferredItems() { items.forEach { item in item.run() }; items.filter { $0.check() } }
            func hidden() { let item = Client(); other.map { item in item.get(1) }; other.forEach { $0.get(1) } }
        }
    """,
    "Sources/Core/Client.swift": """
        struct Client {
            var level = 0
            func get(_ id: Int) -> Item { helper(); return Item() }
            func send(done: (Item) -> Void) {}
            func send(_ text: String, done: () -> Void = {}) {}
        }

        struct Item {
            let name: String
            func run() {}
            func check() -> Bool { true }
        }

        extension Client {
            init(level: Int) { self.init(); self.level = level; prepare() }
            func make() -> Item { get(1) }
            private func prepare() { make() }
            static func standard() -> Client { Client(level: 3) }
        }

        private func helper() {}
        func top() { helper(); Client.standard().make().run(); Client(level: 1).get(2) }
        func memberwise() { Item(name: "x") }
    """,
    "Sources/Core/Other.swift": """
        private func helper() {}
        func second() { helper() }

        enum Kind {
            case plain
            case node(left: Item)
            func describe() { switch self { case .plain: second(); default: break } }
            static func parse() -> Kind { Kind.node(left: Item(name: "x")) }
            struct Inner { func deep() { Kind.parse().describe() } }
        }

        extension Kind.Inner { func deeper() { deep() } }
        extension Kind { final class Later: Loading { func load(id: Int) -> Item { Item(name: "y") } } }
        extension Kind.Later { func clear() { load(id: 2) }; func again() { clear() } }
        typealias Alias = Client
        typealias Outside = Foreign.Box
        extension Outside { init(from item: Item) { self.init() } }
        func aliases(_ item: Item) { Alias(level: 1).get(1); Outside(from: item); Outside(other: item) }
        func nested() { let inner = Kind.Inner(); inner.deeper() }
        func generic<T: Loading>(_ loader: T, other: some Loading) { loader.load(id: 1); other.reset() }
        func existential(_ loader: any Loading) { loader.load(id: 1) }
        func meta(_ type: Store.Type) { type.make() }
        func viaReturn() { Store.shared.load(id: 1).run() }
        func inferred() { let made: Client = .standard(); made.get(1) }
        func untyped(_ x: Mystery) { x.get(1); missing() }
    """,
    "Sources/App/Main.swift": """
        import Core
        import Foundation

        func start() { Store.shared.closeAll(); Core.second(); helper(); print("x"); top() }
        class Screen: UIViewController {
            func show() { top(); dismiss() }
        }
        extension Store { func appOnly() { closeAll() } }
    """,
    "Other/Extra.swift": """
        import Core
        func top() {}
        func extra() { top(); second() }
    """,
    "Tests/CoreTests/StoreTests.swift": """
        @testable import Core
        import XCTest

        final class StoreTests: XCTestCase {
            var store: Store!
            func testLoad() { store = Store(size: 2); store.load(id: 1); XCTAssertTrue(true) }
        }
    """,
}
