"""What the page shows of the corpus: sources, things, the matrix, the timeline, notes as blocks, uploads."""
