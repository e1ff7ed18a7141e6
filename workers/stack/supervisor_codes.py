"""Exit codes of the supervisor, for the process that started it and need not import it."""

ALREADY_RUNNING = 3
