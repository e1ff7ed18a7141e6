"""What every Ruby object and every Ruby class answers to, and types as YARD writes them."""

import re

from docrunch.graph.resolve.annotations import MAP, SEQUENCE, Expression, Parsed, pieces
from docrunch.remembered import remembered

_OBJECT_WORDS = """
    Array Complex Float Hash Integer Rational String __callee__ __dir__ __id__ __method__ __send__ abort at_exit binding
    block_given? caller caller_locations catch class clone define_singleton_method display dup enum_for eql? equal? eval
    exec exit exit! extend fail fork format freeze frozen? gets global_variables hash inspect instance_eval
    instance_exec instance_of? instance_variable_defined? instance_variable_get instance_variable_set
    instance_variables is_a? itself kind_of? lambda load local_variables loop method methods nil? object_id open p pp
    print printf private_methods proc protected_methods public_method public_methods public_send putc puts raise rand
    readline readlines remove_instance_variable respond_to? respond_to_missing? select send set_trace_func
    singleton_class singleton_method singleton_methods sleep spawn sprintf srand syscall system tap test then throw
    to_enum to_s trace_var trap untrace_var warn yield_self
"""
_MODULE_WORDS = """
    alias_method allocate ancestors attr attr_accessor attr_reader attr_writer autoload autoload? class_eval class_exec
    class_variable_defined? class_variable_get class_variable_set class_variables const_defined? const_get const_set
    const_source_location constants define_method deprecate_constant include include? included_modules instance_method
    instance_methods method_defined? module_eval module_exec module_function name prepend private private_class_method
    private_constant private_instance_methods private_method_defined? protected protected_instance_methods public
    public_class_method public_constant public_instance_method public_instance_methods public_method_defined? refine
    remove_class_variable remove_const remove_method ruby2_keywords subclasses superclass undef_method using
"""
OBJECT = frozenset(_OBJECT_WORDS.split())
MODULE = frozenset(_MODULE_WORDS.split())
_CORE_WORDS = """
    Array BasicObject Binding Class Comparable Complex Date DateTime Dir Encoding Enumerable Enumerator Exception
    Fiber File Float Hash IO Integer Kernel Logger Method Module Mutex NilClass Numeric Object OpenStruct Pathname
    Proc Process Queue Random Range Rational Regexp Set StandardError String StringIO StringScanner Struct Symbol
    Tempfile Thread Time TracePoint URI
"""
CORE = frozenset(_CORE_WORDS.split())  # classes that a repository opens again but does not define
ITSELF = frozenset({"freeze", "dup", "clone", "tap", "itself"})

_SEQUENCE = {
    **dict.fromkeys(("[]", "first()", "last()", "pop()", "shift()", "find()", "detect()", "fetch()", "sample()"), 0),
    **dict.fromkeys(("min_by()", "max_by()", "at()", "dig()"), 0),
    **dict.fromkeys(("select()", "reject()", "sort_by()", "compact()", "to_a()", "dup()", "uniq()", "reverse()"), -1),
    **dict.fromkeys(("filter()", "freeze()", "sort()", "each()", "take()", "drop()", "lazy()", "shuffle()"), -1),
}
_MAP = {"[]": 1, "fetch()": 1, "delete()": 1, "dig()": 1, "dup()": -1, "freeze()": -1}
CONTAINERS = {
    SEQUENCE: _SEQUENCE,
    MAP: _MAP,
    **dict.fromkeys(("Array", "Set", "Enumerable", "Enumerator"), _SEQUENCE),
}

_NAME = re.compile(r"(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*\Z|self\Z")
_NOTHING = frozenset({"nil", "void", "false", "undefined"})
_FLAT = frozenset({"Boolean", "Bool", "Object", "BasicObject"})
_MOST = 2_000  # characters


@remembered(8192)
def parse(written: str) -> Parsed:
    """``Foo``, ``Foo, nil``, ``Array<Foo>``, ``Hash{Symbol => Foo}``, ``Hash<Symbol, Foo>``."""
    if len(written) > _MOST:
        return None
    kept = [part for part in pieces(written.strip(), ",") if part and part not in _NOTHING]
    if len(kept) != 1:
        return None
    text = kept[0]
    if _NAME.match(text):
        return None if text in _FLAT else Expression(text)
    for opening, closing in ("<>", "{}", "()"):
        at = text.find(opening)
        if at > 0 and text.endswith(closing):
            return _applied(text[:at], text[at + 1 : -1])
    return None


def _applied(outer: str, inner: str) -> Parsed:
    if not _NAME.match(outer):
        return None
    if "=>" in inner:
        key, _, value = inner.partition("=>")
        return Expression(MAP, (key.strip(), value.strip()))
    args = tuple(part for part in pieces(inner, ",") if part)
    if outer == "Hash":
        return Expression(MAP, args) if len(args) == 2 else None
    if len(args) != 1:
        return None
    return Expression(SEQUENCE if outer == "Array" else outer, args)
