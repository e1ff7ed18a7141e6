"""What the queries of elixir cannot say."""
