"""Prisma schemas, by a reader of lines: the format puts one thing on each, and there is no grammar on the index."""
