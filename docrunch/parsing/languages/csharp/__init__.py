"""What the queries of C# cannot say."""
