"""What the queries of dockerfile cannot say."""
