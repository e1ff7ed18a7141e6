"""What the queries of ruby cannot say."""
