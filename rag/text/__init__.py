"""Text ground: one written form (normalise), tokens, language, and the Chinese-English lexicon."""
