"""Alembic migrations of the database; they ship in the package and run by `jejaring migrate`."""
