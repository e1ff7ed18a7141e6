"""What the queries of swift cannot say."""
