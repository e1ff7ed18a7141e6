"""Entry points of Ruby and PHP."""

from tests.support.entries import entries


def test_rails_and_sinatra() -> None:
    assert entries(
        "ruby",
        """
        Rails.application.routes.draw do
          get "/users/:id", to: "users#show"
          post "x" => "carts#add_item"
          root "home#index"
          namespace :admin do
            resources :photos, only: [:index]
            get "stats", to: "reports#stats"
          end
          scope "/api" do
            match "/any", to: redirect("/"), via: :post
          end
          scope prefix do
            get "/deep", to: "users#deep"
          end
          resources :posts do
            resources :comments
            get :preview, on: :member
            collection do
              get "search"
            end
            member { post :publish }
          end
          concern :noted do
            resources :notes
          end
          get path, to: "users#show"
        end
        params.get "/x"
        """,
    ) == [
        ("route", "GET /users/:id", "→UsersController.new().show", "rails"),
        ("route", "POST /x", "→CartsController.new().add_item", "rails"),
        ("route", "GET /", "→HomeController.new().index", "rails"),
        ("route", "RESOURCES /admin/photos", "→Admin.PhotosController", "rails"),
        ("route", "GET /admin/stats", "→Admin.ReportsController.new().stats", "rails"),
        ("route", "POST /api/any", "[]", "rails"),
        ("route", "GET /{…}/deep", "→UsersController.new().deep", "rails"),
        ("route", "RESOURCES /posts", "→PostsController", "rails"),
        ("route", "RESOURCES /posts/:post_id/comments", "→CommentsController", "rails"),
        ("route", "GET /posts/:id/preview", "→PostsController.new().preview", "rails"),
        ("route", "GET /posts/search", "→PostsController.new().search", "rails"),
        ("route", "POST /posts/:id/publish", "→PostsController.new().publish", "rails"),
    ]
    text = 'require "sinatra"\nget "/hi" do\n  "x"\nend\npost "/x"\n'
    assert entries("ruby", text) == [("route", "GET /hi", "[]", "sinatra")]


def test_laravel_and_symfony() -> None:
    assert entries(
        "php",
        """
        <?php
        Route::get('/users/{id}', [UserController::class, 'show'])->name('x');
        Route::prefix('admin')->group(function () { Route::post('/p', 'C@m'); });
        Route::group(['prefix' => 'old'], function () { Route::get('/o', 'C@m'); });
        Route::prefix($locale)->group(function () { Route::get('/l', 'C@m'); });
        Route::middleware('auth')->get('/me', MeController::class);
        Route::get('/closure', function () { return 1; });
        Route::get($path, [A::class, 'b']);
        $cache->get('/x', 1);
        #[Route('/api')]
        class A {
            #[Route('/x', name: 'y', methods: ['GET', 'POST'])]
            public function f() { return 1; }
            #[Route(self::PATH)]
            public function computed() { return 1; }
        }
        #[Route(path: self::BASE)]
        class B {
            #[Route('/b')]
            public function g() { return 1; }
        }
        """.lstrip(),
    ) == [
        ("route", "GET /users/{id}", "→UserController().show", "laravel"),
        ("route", "POST /admin/p", "→C().m", "laravel"),
        ("route", "GET /old/o", "→C().m", "laravel"),
        ("route", "GET /{…}/l", "→C().m", "laravel"),
        ("route", "GET /me", "→MeController", "laravel"),
        ("route", "GET /closure", "[]", "laravel"),
        ("route", "GET,POST /api/x", "A.f", "symfony"),
        ("route", "/{…}/b", "B.g", "symfony"),
    ]
