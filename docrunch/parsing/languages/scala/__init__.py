"""What the queries of Scala cannot say."""
