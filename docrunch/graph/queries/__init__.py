"""Questions to a graph, one file per question; all are pure and deterministic."""
