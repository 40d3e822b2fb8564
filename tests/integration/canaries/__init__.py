"""Unique strings are planted for everybody; then every place is searched where none may be."""
