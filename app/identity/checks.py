"""The CHECK texts that keep a column to known words."""


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the CHECK text that keeps a column to known words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
