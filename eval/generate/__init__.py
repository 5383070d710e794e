"""Cases made from the facts of any corpus, so that people can score their own notes at once."""
