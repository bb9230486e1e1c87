"""Products, their parts, and the tenders that ask small firms to make them."""
