"""Small trees of PHP and of Ruby that use what is particular to their names."""

PHP = {
    "composer.json": '{"name": "app/shop", "autoload": {"psr-4": {"App\\\\": "src/"}}}\n',
    "src/Model/Base.php": """
        <?php
        namespace App\\Model;

        abstract class Base implements Storable
        {
            protected Store $store;
            public function __construct(Store $store) { $this->store = $store; }
            public function save(): static { $this->store->write($this); $this->validate(); return $this; }
            protected function validate(): void {}
            public static function make(): static { return new static(new Store()); }
        }
    """,
    "src/Model/Storable.php": """
        <?php
        namespace App\\Model;

        interface Storable { public function save(); }
    """,
    "src/Model/Store.php": """
        <?php
        namespace App\\Model;

        class Store { public function write(Storable $item): bool { return $item->save() !== null; } }
    """,
    "src/Model/User.php": """
        <?php
        namespace App\\Model;

        use App\\Support\\{Loggable, Clock as Time};
        use function App\\Support\\now;
        use const App\\Support\\LIMIT;

        final class User extends Base
        {
            use Loggable { log as protected writeLog; }

            public const ROLE = 'user';
            private static ?Time $clock = null;
            /** @var Address[] */
            private array $addresses = [];

            public function __construct(Store $store, private readonly Time $time)
            {
                parent::__construct($store);
            }

            protected function validate(): void
            {
                parent::validate();
                $this->writeLog(self::ROLE);
                $this->log('x');
                $this->time->tick();
                self::$clock?->tick();
                now(LIMIT);
                strlen('x');
            }

            public function streets(): array
            {
                foreach ($this->addresses as $address) { $address->street(); }
                return $this->addresses[0]->lines();
            }
        }
    """,
    "src/Model/Address.php": """
        <?php
        namespace App\\Model;

        class Address
        {
            public function street(): string { return ''; }
            public function lines(): array { return []; }
            public function __invoke() {}
        }
    """,
    "src/Support/Loggable.php": """
        <?php
        namespace App\\Support;

        trait Loggable
        {
            public function log(string $text): void { $this->format($text); }
            private function format($t) {}
        }
    """,
    "src/Support/Clock.php": """
        <?php
        namespace App\\Support;

        class Clock { public function tick(): int { return 1; } }
    """,
    "src/Support/functions.php": """
        <?php
        namespace App\\Support;

        const LIMIT = 3;
        function now(int $at): int { return later($at); }
        function later(int $at): int { return $at; }
    """,
    "index.php": """
        <?php
        require_once __DIR__ . '/src/Support/functions.php';
        require 'vendor/autoload.php';

        use App\\Model\\User;
        use App\\Model;

        $user = User::make()->save();
        $user->streets();
        $other = new Model\\Address();
        $other->street();
        $other();
    """,
}

RUBY = {
    "lib/shop.rb": """
        require "json"
        require "shop/model"
        require_relative "shop/store"

        module Shop
          LIMIT = 3
          autoload :Late, "shop/late"

          def self.open(path)
            Store.new(path).load
          end
        end
    """,
    "lib/shop/model.rb": """
        module Shop
          class Model
            include Validation
            extend Finders
            attr_reader :store, :name

            def initialize(store)
              @store = store
              @clock = Clock.new
            end

            def save
              validate
              @clock.tick
              self.touch
              Shop.open("x")
              LIMIT
              puts "saved"
              missing_thing
            end

            def touch; end

            private

            def check(value) = value
          end
        end
    """,
    "lib/shop/user.rb": """
        module Shop
          class User < Model
            ROLES = [].freeze

            # @return [Array<Address>]
            attr_reader :addresses

            # @param store [Store]
            # @param clock [Clock, nil]
            def initialize(store, clock = nil)
              super(store)
              @clock = Clock.new
              clock.tick
            end

            def save
              super
              addresses.each { |address| address.street }
              addresses.first.street
              clock.tick
              find_by(1)
            end

            def clock
              @clock ||= Clock.new
            end

            class << self
              def build(store)
                user = new(store)
                user.save
                find_by(2)
                user
              end
            end
          end
        end
    """,
    "lib/shop/mixins.rb": """
        module Shop
          module Validation
            def validate
              check(1)
            end
          end

          module Finders
            def find_by(id); end
          end

          class Clock
            def tick; end
          end

          class Address
            def street; end
          end
        end
    """,
    "lib/shop/store.rb": """
        class Shop::Store
          def initialize(path); end

          def load
            Shop::User.build(self).clock.tick
          end
        end
    """,
    "ext/user_ext.rb": """
        module Shop
          class User
            def extended
              touch
              clock
            end
          end
        end
    """,
}
