"""The conversation kernel: a Turn goes in, an intent function answers with a Reply, an Answer comes out."""
