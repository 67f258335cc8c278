"""Exhibitions from preparation to closing. Their costs, figures and results."""
