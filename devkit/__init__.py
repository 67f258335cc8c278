"""What stands behind ``./dev``: Odoo's source, Python packages, PostgreSQL, browser, databases, tests and checks."""
