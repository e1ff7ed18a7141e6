"""What the queries of makefile cannot say."""
