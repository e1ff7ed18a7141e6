"""What the queries of C and C++ cannot say. One reading of the preprocessor, one set of handlers for both."""
