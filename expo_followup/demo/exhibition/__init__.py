"""Demo of exhibitions and of what came of them. The story plays touches and deals from tables on their days."""
