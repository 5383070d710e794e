"""Metrics that a language model judges: faithfulness and answer relevancy, as RAGAS defines them."""
