"""Matching alone, asked by coaches through its own pages."""
