"""What clang says of a tree of C or C++: symbols, includes and calls, through libclang's cursors.

Arguments: the tree, "c" or "cpp", clang's resource directory, directories that are searched for includes (relative to
the tree), options.
"""

import ctypes
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from clang import cindex
from clang.cindex import CursorKind, TranslationUnit

K = CursorKind
FUNCTIONS = {
    K.FUNCTION_DECL: "function",
    K.CXX_METHOD: "method",
    K.CONSTRUCTOR: "constructor",
    K.DESTRUCTOR: "method",
    K.CONVERSION_FUNCTION: "method",
}
TYPES = {K.STRUCT_DECL: "struct", K.UNION_DECL: "struct", K.CLASS_DECL: "class", K.ENUM_DECL: "enum"}
TEMPLATES = (K.CLASS_TEMPLATE, K.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION)
ALIASES = (K.TYPEDEF_DECL, K.TYPE_ALIAS_DECL, K.TYPE_ALIAS_TEMPLATE_DECL)
BODIES = (*FUNCTIONS, K.FUNCTION_TEMPLATE, K.LAMBDA_EXPR)
HOLDERS = (K.FIELD_DECL, K.VAR_DECL, K.PARM_DECL)
SOURCES = {"c": (".c",), "cpp": (".cc", ".cpp", ".cxx")}
HEADERS = (".h", ".hpp", ".hh", ".hxx", ".inl", ".ipp")
STANDARD = {"c": "gnu11", "cpp": "c++17"}
LONGEST = 60  # lines of one use of a macro
DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w+)[ \t]*(\w*)(.*)")
CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")


class Ranges(ctypes.Structure):
    _fields_ = [("count", ctypes.c_uint), ("ranges", ctypes.POINTER(cindex.SourceRange))]


def skipped(unit, file):
    library = cindex.conf.lib
    library.clang_getSkippedRanges.restype = ctypes.POINTER(Ranges)
    library.clang_getSkippedRanges.argtypes = [TranslationUnit, ctypes.c_void_p]
    found = library.clang_getSkippedRanges(unit, file)
    each = [found[0].ranges[index] for index in range(found[0].count)] if found else []
    return [(one.start.line, one.end.line) for one in each]


def spelled(cursor, path, facts, first):
    """The line where a cursor's text stands, where that is an argument of a macro begun at line ``first``; else 0."""
    library = cindex.conf.lib
    file, line = cindex.c_object_p(), ctypes.c_uint()
    library.clang_getSpellingLocation.argtypes = [cindex.SourceLocation] + [ctypes.c_void_p] * 4
    library.clang_getSpellingLocation(cursor.location, ctypes.byref(file), ctypes.byref(line), None, None)
    if not file or facts.path(cindex.File(file)) != path:
        return 0
    return line.value if first <= line.value <= first + LONGEST else 0


class Facts:
    def __init__(self, root, language):
        self.root, self.language = root, language
        self.symbols, self.imports, self.loose, self.read = set(), set(), set(), set()
        self.places = defaultdict(set)  # USR → where it is declared and defined
        self.wanted = {}  # site → (USR, certain, more places)
        self.also = {}
        self.skipped = {}  # file → one set of lines for each unit
        self.seen = defaultdict(set)  # file → lines with something on them
        self.texts = {}
        self.paths = {}

    def path(self, file):
        if file is None:
            return None
        name = file.name
        if name not in self.paths:
            full = Path(name).resolve()
            inside = full.is_relative_to(self.root)
            self.paths[name] = full.relative_to(self.root).as_posix() if inside else None
        return self.paths[name]

    def line(self, path, number):
        if path not in self.texts:
            self.texts[path] = (self.root / path).read_text("utf-8", "replace").split("\n")
        lines = self.texts[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    # -- one unit --

    def unit(self, unit):
        for cursor in unit.cursor.get_children():
            path = self.path(cursor.location.file)
            if path is not None:
                self.top(cursor, path)
        for file in {self.path(each.include): each.include for each in unit.get_includes()}.items():
            self.skip(unit, *file)
        self.skip(unit, self.path(unit.get_file(unit.spelling)), unit.get_file(unit.spelling))

    def skip(self, unit, path, file):
        if path is None:
            return
        self.read.add(path)
        self.line(path, 1)
        whole = len(self.texts[path])
        lines = {n for a, b in skipped(unit, file) if b - a < 0.8 * whole for n in range(a + 1, b)}
        self.skipped.setdefault(path, []).append(lines)

    def top(self, cursor, path):
        kind = cursor.kind
        if kind == K.INCLUSION_DIRECTIVE:
            try:
                target = self.path(cindex.conf.lib.clang_getIncludedFile(cursor))
            except AssertionError:  # how the binding says that there is no such file
                return
            if target is not None:
                self.imports.add((path, target, cursor.location.line))
        elif kind == K.MACRO_DEFINITION:
            self.macro(cursor, path)
        elif kind == K.MACRO_INSTANTIATION:
            self.seen[path].add(cursor.location.line)
            if cursor.spelling.startswith("TEST"):
                self.loose.add((path, cursor.location.line, 0, "function", ""))
            defined = cursor.referenced
            place = self.path(defined.location.file) if defined is not None else None
            if place is not None:
                spot = (path, cursor.location.line, cursor.location.line, cursor.spelling)
                self.wanted.setdefault(spot, ("", False, {(place, defined.location.line)}))
        else:
            self.walk(cursor)

    def macro(self, cursor, path):
        first, last = cursor.extent.start.line, cursor.extent.end.line
        self.seen[path].update(range(first, last + 1))
        if (
            last == first
            and not self.line(path, first).split(cursor.spelling, 1)[-1].strip()
            and self.guard(path, first, cursor.spelling)
        ):
            return
        self.symbols.add((path, cursor.location.line, last, "macro", cursor.spelling))
        for line in range(first, last + 1):
            for name in CALLED.findall(self.line(path, line)):
                self.wanted.setdefault((path, line, line, name), (None, False, set()))

    def guard(self, path, line, name):
        for number in range(line - 1, 0, -1):
            found = DIRECTIVE.match(self.line(path, number))
            if found:
                return found[1] == "ifndef" and found[2] == name
        return False

    def walk(self, top):
        pending = [(top, False)]
        while pending:
            cursor, inside = pending.pop()
            path = self.path(cursor.location.file)
            if path is not None:
                self.seen[path].add(cursor.location.line)
                self.look(cursor, path, inside)
            if cursor.kind == K.FRIEND_DECL and not any(each.is_definition() for each in cursor.get_children()):
                continue
            inner = inside or cursor.kind in BODIES
            pending.extend((child, inner) for child in cursor.get_children())

    def look(self, cursor, path, inside):
        kind = cursor.kind
        if kind == K.CALL_EXPR:
            self.call(cursor, path)
        elif kind in (K.CXX_FUNCTIONAL_CAST_EXPR, K.UNEXPOSED_EXPR, K.INIT_LIST_EXPR):
            self.construction(cursor, path)
        elif kind in FUNCTIONS or kind == K.FUNCTION_TEMPLATE:
            self.places[cursor.get_usr()].add((path, cursor.location.line))
            if not inside or kind != K.FUNCTION_DECL:
                named = kind if kind in FUNCTIONS else cindex.conf.lib.clang_getTemplateCursorKind(cursor)
                named = named if isinstance(named, CursorKind) else CursorKind.from_id(named)
                self.define(cursor, path, FUNCTIONS.get(named, "function"))
        elif kind in TYPES or kind in TEMPLATES:
            if cursor.is_definition() or kind in TEMPLATES:
                self.places[cursor.get_usr()].add((path, cursor.location.line))
            named = kind
            if kind in TEMPLATES:
                named = cindex.conf.lib.clang_getTemplateCursorKind(cursor)
                named = named if isinstance(named, CursorKind) else CursorKind.from_id(named)
            if cursor.is_definition() and cursor.spelling and not cursor.is_anonymous():
                self.define(cursor, path, TYPES.get(named, "class"))
        elif kind in ALIASES and not inside:
            declared = cursor.underlying_typedef_type.get_declaration() if kind == K.TYPEDEF_DECL else None
            unnamed = declared is not None and declared.kind in TYPES and self.unnamed(declared, cursor)
            self.define(cursor, path, TYPES[declared.kind] if unnamed else "type")
        elif kind == K.FIELD_DECL or (kind == K.VAR_DECL and cursor.semantic_parent.kind in (*TYPES, *TEMPLATES)):
            self.places[cursor.get_usr()].add((path, cursor.location.line))
            if cursor.spelling:
                self.define(cursor, path, "property")
        elif kind == K.VAR_DECL:
            self.construction(cursor, path)

    def unnamed(self, declared, alias):
        """A struct that has its name from the typedef around it."""
        place, around = declared.extent, alias.extent
        path = self.path(declared.location.file)
        if path is None:
            return False
        within = place.start.offset >= around.start.offset and place.end.offset <= around.end.offset
        head = self.line(path, declared.location.line)[declared.location.column - 1 :]
        words = re.match(r"(?:struct|union|enum)\s*(\w*)", head)
        return (
            within and words is not None and not words[1] and alias.type.get_canonical().kind.name in ("RECORD", "ENUM")
        )

    def define(self, cursor, path, kind):
        line, name = cursor.location.line, cursor.spelling
        name = (
            re.sub(r"<.*>$", "", name) if kind in ("constructor", "class", "struct") or name.startswith("~") else name
        )
        name = re.sub(r"^(~?\w+)<.*>$", r"\1", name)
        word = re.split(r"\W", name.lstrip("~"))[0]
        if word and word not in self.line(path, line):
            return  # a macro made it
        last = cursor.extent.end
        end = last.line if self.path(last.file) == path else line
        self.symbols.add((path, line, end, kind, name))

    # -- calls --

    def construction(self, cursor, path):
        """A value of a type that depends on a template parameter, or that needs no constructor: no call to clang."""
        for named in cursor.get_children():
            if named.kind not in (K.TYPE_REF, K.TEMPLATE_REF) or named.referenced is None:
                continue
            place = self.path(named.referenced.location.file)
            if place is not None:
                line, name = named.location.line, named.referenced.spelling
                spot = (path, min(line, cursor.extent.start.line), line, name)
                self.wanted.setdefault(spot, (None, False, {(place, named.referenced.location.line)}))

    def call(self, cursor, path):
        callee = cursor.referenced
        first = cursor.extent.start.line
        at = next(iter(cursor.get_children()), cursor)
        line = max(first, cursor.location.line, at.location.line if at.kind == K.MEMBER_REF_EXPR else 0)
        line = max(line, spelled(at, path, self, first))
        name = cursor.spelling or (at.spelling if at is not cursor else "")
        written = bool(name) and re.search(rf"\b{re.escape(name)}\b", self.line(path, line)) is not None
        spot = (path, first, line, name)
        if callee is None:
            self.wanted[spot] = (None, False, set())  # it depends on a template parameter
            return
        place = self.path(callee.location.file)
        if callee.spelling == "operator()" and name != "operator()":
            self.wanted.setdefault(spot, (None, False, set()))  # what is called is held by something
        elif callee.kind in HOLDERS:
            more = {(place, callee.location.line)} if place else set()
            self.wanted.setdefault(spot, (None, False, more))
        elif callee.kind in FUNCTIONS or callee.kind == K.FUNCTION_TEMPLATE:
            pattern = cindex.conf.lib.clang_getSpecializedCursorTemplate(callee)
            target = pattern if pattern is not None and pattern.kind != K.INVALID_FILE else callee
            more = {(place, callee.location.line)} if place else set()
            certain = written and callee.kind not in (K.CONSTRUCTOR, K.CONVERSION_FUNCTION) and "operator" not in name
            if callee.kind == K.CONSTRUCTOR and place:
                around = callee.semantic_parent
                spots = self.path(around.location.file)
                more |= {(spots, around.location.line)} if spots else set()
            known = self.wanted.get(spot)
            self.wanted[spot] = (target.get_usr(), certain, more | (known[2] if known else set()))
        else:
            self.wanted.setdefault(spot, (None, False, set()))

    def rows(self):
        calls = []
        for (path, first, line, name), (usr, certain, more) in self.wanted.items():
            places = set(more) | (self.places.get(usr, set()) if usr else set())
            row = {"path": path, "start_line": first, "line": line, "name": name, "targets": [], "also": []}
            if usr is None:
                row |= {"verdict": "unknown", "also": sorted(places)}
            else:
                row |= {"verdict": "inside" if places else "outside", "targets": sorted(places), "certain": certain}
            calls.append(row)
        unread = {}
        for path, sets in self.skipped.items():
            lines = set.intersection(*sets) - self.seen[path]
            if lines:
                unread[path] = sorted(lines)
        return {
            "files": sorted(self.read),
            "symbols": [
                dict(zip(("path", "line", "end_line", "kind", "name"), row, strict=True)) for row in self.symbols
            ],
            "loose": [dict(zip(("path", "line", "end_line", "kind", "name"), row, strict=True)) for row in self.loose],
            "imports": [dict(zip(("path", "target", "line"), row, strict=True)) for row in self.imports],
            "calls": calls,
            "unread": unread,
        }


def main():
    root, language, resources, *searched = Path(sys.argv[1]).resolve(), *sys.argv[2:]
    facts = Facts(root, language)
    arguments = ["-x", "c" if language == "c" else "c++", f"-std={STANDARD[language]}", "-resource-dir", resources]
    arguments += [
        "-ferror-limit=0",
        "-fno-delayed-template-parsing",
        *(each if each[0] == "-" else f"-I{root / each}" for each in searched),
    ]
    sources = sorted(path for path in root.rglob("*") if path.suffix in SOURCES[language])
    headers = sorted(path for path in root.rglob("*") if path.suffix in HEADERS)
    for path in [*sources, *headers]:
        if path in sources or path.relative_to(root).as_posix() not in facts.read:
            facts.unit(parse(path, arguments))
    json.dump(facts.rows(), sys.stdout)


def parse(path, arguments):
    options = TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
    return cindex.Index.create().parse(str(path), args=arguments, options=options)


main()
