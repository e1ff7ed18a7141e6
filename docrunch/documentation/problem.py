"""One thing that is wrong with pages, or with the docpack that holds them."""

import msgspec


class Problem(msgspec.Struct, frozen=True, order=True):
    """``code`` is stable; ``where`` is a member, page or path; ``detail`` is for a person."""

    code: str
    where: str
    detail: str
