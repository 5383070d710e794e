"""From a question to ranked evidence: facts by structure, passages by words and by meaning."""
