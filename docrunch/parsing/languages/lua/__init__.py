"""What the queries of lua cannot say."""
