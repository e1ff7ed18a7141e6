"""What the queries of kotlin cannot say."""
