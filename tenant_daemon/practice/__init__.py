"""The practice model: a small OpenAI-compatible server for trying things out, the demo and tests."""
