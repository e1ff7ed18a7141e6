"""What the queries of bash cannot say."""
