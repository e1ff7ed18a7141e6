"""What the queries of go cannot say."""
