"""What the queries of java cannot say."""
