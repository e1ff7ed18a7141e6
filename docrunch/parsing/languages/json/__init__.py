"""JSON: keys of objects, with comments and trailing commas where people write them."""
