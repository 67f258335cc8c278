"""Demo data by room. Its Python is imported by the model expo.demo alone, inside the call that plays a chapter."""
