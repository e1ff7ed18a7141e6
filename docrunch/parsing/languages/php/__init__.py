"""What the queries of php cannot say."""
