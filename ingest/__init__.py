"""The write path: notes and PDFs become an index."""
