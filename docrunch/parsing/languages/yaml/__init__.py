"""YAML: keys by indentation, jobs of CI files, services of compose files."""
