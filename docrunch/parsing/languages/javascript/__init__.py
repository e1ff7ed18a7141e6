"""What the queries of javascript cannot say."""
