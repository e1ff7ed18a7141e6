"""Small trees of the languages that are read for their outline and their references."""

STRUCTURAL = {
    "scripts/deploy.sh": """
        #!/usr/bin/env bash
        source "$(dirname "$0")/lib/common.sh"
        . ./lib/missing.sh
        start() { log "x"; helper; git push; }
        helper() { :; }
        trap cleanup EXIT
        start
    """,
    "scripts/lib/common.sh": """
        . lib/colours.sh
        log() { paint red "$1"; }
        cleanup() { rm -f x; }
        helper() { log hidden; }
    """,
    "scripts/lib/colours.sh": "paint() { printf '%s' \"$1\"; }\n",
    "lua/app/log.lua": """
        local M = {}
        local function format(text) return text end
        function M.info(text) M.write(format(text)) end
        function M.write(text) print(text) end
        return M
    """,
    "lua/app/init.lua": """
        local log = require("app.log")
        local tools = require("app.tools")
        local App = {}
        function App:run() log.info("x"); self:stop(); tools.trim("x"); log.missing() end
        function App:stop() local log = other(); log.info("y") end
        return App
    """,
    "lua/app/tools.lua": """
        local function trim(text) return text end
        return { trim = trim }
    """,
    "lua/main.lua": 'local App = require("app")\nlocal app = App\napp:run()\n',
    "elixir/cart.ex": """
        defmodule Shop.Cart do
          alias Shop.{Prices, Store}
          import Shop.Tools
          def add(cart, item \\\\ nil), do: Prices.total(cart) |> Store.save(item)
          def add(cart, item, count), do: add(cart, item) |> round_up(count)
          def empty(), do: add([])
          defmodule Line do
            def build(x), do: Shop.Cart.add(x, 1, 2)
          end
          def line(x), do: Line.build(x)
          def outside(x), do: Enum.map(x, &Prices.total/1)
        end
    """,
    "elixir/prices.ex": "defmodule Shop.Prices do\n  def total(x), do: x\n  def total(x, y), do: x + y\nend\n",
    "elixir/store.ex": "defmodule Shop.Store do\n  def save(x, y), do: {x, y}\nend\n",
    "elixir/tools.ex": "defmodule Shop.Tools do\n  def round_up(x, n), do: x + n\nend\n",
    "Makefile": """
        include build/common.mk
        all: build lint
        build: prepare
        \t$(CC) x.c
        \t$(MAKE) lint
        lint: ; true
    """,
    "build/common.mk": "CC = gcc\nprepare:\n\ttrue\n",
    "Dockerfile": """
        ARG VERSION=1
        FROM python:${VERSION} AS base
        FROM base AS build
        ENV MODE=x
        RUN echo $MODE
        FROM base
        COPY --from=build /a /b
    """,
    "proto/shop/order.proto": """
        syntax = "proto3";
        package shop.v1;
        import "shop/item.proto";
        import "google/protobuf/any.proto";
        message Order {
          Item item = 1;
          Line line = 2;
          common.Money total = 3;
          google.protobuf.Any extra = 4;
          message Line { Order order = 1; Kind kind = 2; }
          enum Kind { A = 0; }
        }
        service Orders { rpc Get(Order.Line) returns (.shop.v1.Order); }
    """,
    "proto/shop/item.proto": "package shop.v1;\nmessage Item { string id = 1; }\n",
    "proto/shop/money.proto": "package shop.common;\nmessage Money { int64 units = 1; }\n",
    "schema/item.graphql": "type Item implements Node { id: ID! price(in: Currency): Money }\nenum Currency { EUR }\n",
    "schema/base.graphql": "interface Node { id: ID! }\nscalar Money\nextend type Item { more: [Item] }\n",
    "schema/queries.graphql": "query Get { item { ...Parts } }\nfragment Parts on Item { id }\n",
}
