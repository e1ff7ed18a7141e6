"""What an expression may stand for while names are resolved.

A value is a plain tuple ``(tag, payload, grade)``: hundreds of thousands are made per link, and tuples cost least.
The grade orders what is known (an ambiguous miss has its `Hierarchy.ambiguity` there); `confidence` and `certainty`
turn it into what users see.
"""

from typing import Final

from docrunch.graph.model import Confidence

Value = tuple[int, int | str, int]

MISS: Final = 0  # payload: reason
SYMBOL: Final = 1  # payload: global symbol number; the symbol itself (a class object, a function)
INSTANCE: Final = 2  # payload: global symbol number of the type
MODULE: Final = 3  # payload: file number
PACKAGE: Final = 4  # payload: family NUL key, as the family makes them
EXTERNAL: Final = 5  # payload: qualified name outside the repository
SUPER: Final = 7  # payload: global symbol number of the class whose bases are meant
APPLIED: Final = 8  # payload: number of a `flow.Applied`: an instance of a type with type arguments
MEMBER_OF: Final = 9  # payload: number of a `flow.MemberOf`: a member that was reached through type arguments
RESULT: Final = 10  # payload: number of a value: what is called gives it
EXTERNAL_INSTANCE: Final = 6  # payload: qualified name of an outside type, or that of an outside function and "()"
EXTERNAL_MEMBER: Final = 11  # payload: qualified name of a member of an outside type

# Grades, by rule: they order what is known, and `certainty` says how often edges of a grade are right.
# Exact: the language's rules leave one target.
EXACT: Final = 1000
STAR_IMPORT: Final = 970  # a later star import may shadow an earlier one
# Inferred: follows from types that syntax shows; subclasses and reassignment may differ.
SELF_MEMBER: Final = 930
INHERITED_MEMBER: Final = 900
CONSTRUCTED: Final = 900  # x = Client(); x.get()
ANNOTATED: Final = 880  # def f(x: Client): x.get()
RETURNED: Final = 850  # make().get() with an annotated return
ATTRIBUTE: Final = 850  # self.client.get()
FULFILLED: Final = 900  # an interface that a type fulfils by its methods, without naming it
REDEFINED: Final = 800  # several definitions of one name in one scope
CRATE_MACRO: Final = 900  # Rust: the only macro of that name in the crate
EXTENDED: Final = 850  # an extension method for the receiver's type
OVERLOADED: Final = 900  # one of several of a name, by the number of arguments
ALIASED: Final = 900  # f = g; f()
# Heuristic: the only plausible candidate.
MENTIONED: Final = 590  # a document names it with what is around it
MENTIONED_ALONE: Final = 580  # a document names the only exported symbol of a telling name
UNIQUE_METHOD: Final = 450
_ESTIMATED: Final = {MENTIONED: 0.9, MENTIONED_ALONE: 0.7}  # no oracle tells what a writer meant

_LOWEST_EXACT: Final = 950
_LOWEST_INFERRED: Final = 600

# Reasons of misses, as they are counted per file.
NO_CANDIDATE: Final = "no_candidate"
DYNAMIC_RECEIVER: Final = "dynamic_receiver"
UNTYPED_RETURN: Final = "untyped_return"
EXTERNAL_RECEIVER: Final = "external_receiver"
EXTERNAL_BASE: Final = "external_base"
NO_MEMBER: Final = "no_member"
NO_OVERLOAD: Final = "no_overload"  # functions of that name, but none for so many arguments
AMBIGUOUS: Final = "ambiguous"
STAR_EXTERNAL: Final = "star_external"
CIRCULAR: Final = "circular"
MISSING_MODULE: Final = "missing_module"
LOCAL_VALUE: Final = "local_value"  # a parameter or variable whose value syntax does not show


def miss(reason: str) -> Value:
    return (MISS, reason, 0)


def lower(value: Value, grade: int) -> Value:
    """The value, at most as certain as ``grade``."""
    return value if value[2] <= grade else (value[0], value[1], grade)


def certainty(grade: int) -> float:
    """The share of edges of this grade that are right, 0-1, as `benchmarks.accuracy` measures it; three digits.

    Mentions in documents are estimated.
    """
    if grade >= _LOWEST_EXACT:
        return 1.0 if grade == EXACT else 0.99
    if grade >= _LOWEST_INFERRED:
        return round(0.99 + 0.009 * (grade - _LOWEST_INFERRED) / (_LOWEST_EXACT - _LOWEST_INFERRED), 3)
    return _ESTIMATED.get(grade, 0.99)


def confidence(grade: int) -> Confidence:
    if grade >= _LOWEST_EXACT:
        return Confidence.EXACT
    return Confidence.INFERRED if grade >= _LOWEST_INFERRED else Confidence.HEURISTIC
