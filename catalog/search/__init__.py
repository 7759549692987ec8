"""Search by words: what is indexed, how the two databases look it up, which results come first."""
