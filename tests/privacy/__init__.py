"""Backup and restore of exhibitions and files. What is held of a person, and its erasure."""
