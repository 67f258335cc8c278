"""Demo of complaints. The stories are a table; the chapter plays them step by step."""
