"""A row of the roll, for what refers to one."""


def elector_row(number: int) -> dict[str, object]:
    """Return the row of an elector, whose hashes are none."""
    hashes = ("nir", "birth_date", "birth_department", "birth_place")
    names = ("birth_name", "used_name", "first_names", "mac")
    own = {"id": f"{number:032d}", "work_email": f"p{number}@ac-lyon.fr", "numen_hash": str(number), "sex": "F"}
    return {**own, **dict.fromkeys((f"{each}_hash" for each in hashes), "x"), **dict.fromkeys(names, "x")}
