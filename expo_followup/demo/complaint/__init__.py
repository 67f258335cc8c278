"""Demo of complaints and of mail to their desk. The stories are a table; the chapters play them step by step."""
