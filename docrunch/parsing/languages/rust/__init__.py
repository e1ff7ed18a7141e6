"""What the queries of rust cannot say."""
