"""Numbers as people write them."""


def show_number(value: float, digits: int = 6) -> str:
    """Return a quantity in plain figures, without zeros that say nothing.

    >>> show_number(12.0), show_number(0.5), show_number(1_250_000), show_number(1 / 3, 2)
    ('12', '0.5', '1250000', '0.33')
    >>> show_number(-0.0)
    '0'
    """
    return f"{round(value, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")
