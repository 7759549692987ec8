"""Finding by words: what is indexed, how the two databases look it up, what comes first."""
