"""The demo data, in a database that has it. Each chapter of the story is complete and consistent."""
