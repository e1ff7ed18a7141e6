"""Rails: schema, migrations and models give the same tables as SQL does."""

import textwrap

from docrunch.parsing.model import SymbolKind, Table
from docrunch.parsing.parser import grammar
from docrunch.parsing.tables import rails
from docrunch.parsing.tables.inflection import pluralize, singular, underscore
from docrunch.parsing.walk import Walk


def read(text: str) -> tuple[Walk, dict[str, Table]]:
    data = textwrap.dedent(text).lstrip("\n").encode()
    walk = Walk(data)
    rails.read(walk, grammar("tree_sitter_ruby", "language", "(program) @package").parse(data).root_node)
    return walk, {table.name: table for table in walk.tables}


def test_a_schema_states_tables_as_symbols() -> None:
    walk, tables = read("""
        ActiveRecord::Schema[7.1].define(version: 2024_01_01) do
          create_table "users", force: :cascade do |t|
            t.string "name", null: false, default: "x"
            t.bigint "team_id"
            t.index ["name"], name: "ix", unique: true
            t.timestamps
          end
          create_table "teams", id: :uuid do |t|
          end
          create_table "joins", id: false do |t|
            t.text :a, :b
          end
          add_foreign_key "users", "teams"
          add_foreign_key "users", "people", column: "boss_id"
        end
    """)
    users = tables["users"]
    assert [(c.name, c.type, c.nullable, c.primary, c.default) for c in users.columns] == [
        ("id", "bigint", False, True, ""),
        ("name", "string", False, False, '"x"'),
        ("team_id", "bigint", True, False, ""),
        ("created_at", "datetime", True, False, ""),
        ("updated_at", "datetime", True, False, ""),
    ]
    assert [(k.columns, k.table) for k in users.keys] == [(("team_id",), "teams"), (("boss_id",), "people")]
    assert [(i.columns, i.name, i.unique) for i in users.indexes] == [(("name",), "ix", True)]
    assert tables["teams"].columns[0].type == "uuid"
    assert [c.name for c in tables["joins"].columns] == ["a", "b"]
    drafts = [(d.kind, d.local_name, d.parent, d.line) for d in walk.symbols]
    assert drafts[:3] == [
        (SymbolKind.TABLE, "users", -1, 2),
        (SymbolKind.COLUMN, "users.name", 0, 3),
        (SymbolKind.COLUMN, "users.team_id", 0, 4),
    ]


def test_migrations_change_tables_and_down_does_not_count() -> None:
    _, tables = read("""
        class AddThings < ActiveRecord::Migration[7.0]
          def change
            create_table :orders do |t|
              t.references :customer, null: false, foreign_key: true
              t.belongs_to :author, foreign_key: { to_table: :users }
              t.references :item, polymorphic: true, foreign_key: true
            end
            add_column :shops, :open, :boolean, default: false
            add_reference :stalls, :shop, foreign_key: true
            add_index :carts, [:a, :b], unique: true
            if x then drop_table :old end
          end

          def down
            create_table :never
          end
        end
    """)
    assert {name: table.creates for name, table in tables.items()} == {
        "orders": True,
        "shops": False,
        "stalls": False,
        "carts": False,
        "old": False,
    }
    orders = tables["orders"]
    assert [(k.columns, k.table) for k in orders.keys] == [(("customer_id",), "customers"), (("author_id",), "users")]
    assert [c.name for c in orders.columns] == ["id", "customer_id", "author_id", "item_id"]
    assert tables["carts"].indexes[0].columns == ("a", "b")


def test_old_migrations_and_the_models_in_them() -> None:
    _, tables = read("""
        class Setup < ActiveRecord::Migration[4.2]
          class User < ActiveRecord::Base; end

          def self.up
            create_table :people do |t|
              t.column :name, :string
            end
          end
        end
    """)
    assert {name: [c.name for c in table.columns] for name, table in tables.items()} == {"people": ["id", "name"]}


def test_models_map_to_tables() -> None:
    _, tables = read("""
        class ApplicationRecord < ActiveRecord::Base
          self.abstract_class = true
        end

        module Shop
          class OrderItem < ApplicationRecord
            belongs_to :order
            belongs_to :seller, class_name: "Shop::User", foreign_key: :sold_by
            belongs_to :thing, polymorphic: true
            has_many :notes
            has_and_belongs_to_many :tags
          end
        end

        class Person < ActiveRecord::Base
          self.table_name = "#{table_name_prefix}humans#{table_name_suffix}"
        end

        class Other < Base
        end
    """)
    assert set(tables) == {"order_items", "humans"}
    found = [(k.columns, k.model or k.table, k.many) for k in tables["order_items"].keys]
    assert found == [(("order_id",), "Order", False), (("sold_by",), "User", False), ((), "tags", True)]


def test_files_without_it_cost_nothing() -> None:
    assert read('create_table "x" do |t|\nend\n')[1] == {}


def test_names_follow_the_rules() -> None:
    pairs = {"category": "categories", "box": "boxes", "day": "days", "order_item": "order_items", "person": "people"}
    assert {one: pluralize(one) for one in pairs} == pairs
    assert {many: singular(many) for many in pairs.values()} == {many: one for one, many in pairs.items()}
    assert underscore("Admin::HTTPRequest") == "http_request"
