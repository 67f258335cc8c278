"""The pure rules of `tools/`, by example and by property. What uses them is tested in the rooms."""
