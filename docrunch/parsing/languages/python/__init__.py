"""What the queries of python cannot say."""
