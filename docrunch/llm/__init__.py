"""Language models behind an OpenAI-compatible service. Nothing is sent anywhere unless one is configured."""
