"""The command line. One file per command; `main` puts them together.

A command reads its options, calls `api.operations`, and prints. Heavy modules are imported inside the command
functions: ``docrunch --help`` answers in under 200 ms, and a test holds that.
"""
