"""Mail in both directions: what arrives is stored and finds its record, what leaves is sent once."""
