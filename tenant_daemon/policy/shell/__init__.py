"""Command lines: from text to words, and nothing that is not understood."""
