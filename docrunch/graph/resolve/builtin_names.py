"""Rule: names that a language provides everywhere. They become outside nodes, never guesses."""

from docrunch.graph.resolve.values import EXACT, EXTERNAL, NO_CANDIDATE, Value, miss

# Of Python 3.11, written out: the graph must not depend on the interpreter that runs.
_PYTHON_WORDS = """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ExceptionGroup
    False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError
    ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
    MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError
    ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
    SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs aiter all
    anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits
    delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help
    hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open ord
    pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type
    vars zip
"""
_PYTHON = frozenset(_PYTHON_WORDS.split()) | {"__import__"}
_JAVASCRIPT_WORDS = """
    AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob
    Boolean Buffer DataView Date Error EvalError Event EventTarget FinalizationRegistry Float32Array Float64Array
    FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object
    Promise Proxy RangeError ReadableStream ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer
    String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint16Array Uint32Array
    Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Worker atob btoa clearImmediate
    clearInterval clearTimeout console crypto decodeURI decodeURIComponent document encodeURI encodeURIComponent
    escape eval fetch globalThis isFinite isNaN localStorage navigator parseFloat parseInt performance process
    queueMicrotask require sessionStorage setImmediate setInterval setTimeout structuredClone unescape window
"""
_JAVASCRIPT = frozenset(_JAVASCRIPT_WORDS.split())
_GO_WORDS = """
    any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32
    float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune
    string true uint uint16 uint32 uint64 uint8 uintptr
"""
_GO = frozenset(_GO_WORDS.split())
_RUST_WORDS = """
    Option Some None Result Ok Err Vec String Box ToString ToOwned Clone Copy Send Sync Sized Drop Fn FnMut FnOnce
    drop Iterator IntoIterator Extend DoubleEndedIterator ExactSizeIterator AsRef AsMut Into From Default Eq Ord
    PartialEq PartialOrd TryFrom TryInto FromIterator bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128
    isize f32 f64 println print eprintln eprint format panic assert assert_eq assert_ne debug_assert debug_assert_eq
    debug_assert_ne vec write writeln todo unimplemented unreachable matches concat stringify include_str
    include_bytes env option_env cfg line file column module_path compile_error dbg thread_local
"""
_RUST = frozenset(_RUST_WORDS.split())
_C_WORDS = """
    abort abs accept access alloca assert atoi atol atof bind calloc close connect cos dup exit exp fabs fclose fcntl
    feof ferror fflush fgetc fgets fileno floor fopen fork fprintf fputc fputs fread free freopen frexp fscanf fseek
    fstat ftell fwrite getc getchar getenv gettimeofday ioctl isalnum isalpha isdigit islower isprint isspace isupper
    isxdigit ldexp listen localtime log longjmp lseek malloc memchr memcmp memcpy memmove memset mkdir mmap munmap
    offsetof open perror pipe poll pow printf putc putchar puts qsort raise rand read realloc recv remove rename rewind
    scanf select send setjmp setvbuf signal sin sleep snprintf socket sprintf sqrt sscanf stat strcat strchr strcmp
    strcpy strcspn strdup strerror strlen strncat strncmp strncpy strpbrk strrchr strspn strstr strtod strtok strtol
    strtoul strtoull time tolower toupper ungetc unlink va_arg va_copy va_end va_start vfprintf vprintf vsnprintf
    vsprintf waitpid write size_t ssize_t ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t
    intptr_t uintptr_t FILE NULL EOF
"""
_C = frozenset(_C_WORDS.split())
_SWIFT_WORDS = """
    print debugPrint dump fatalError assert assertionFailure precondition preconditionFailure min max abs zip
    stride swap type sequence repeatElement withUnsafePointer withUnsafeBytes withExtendedLifetime
    withCheckedContinuation withCheckedThrowingContinuation withTaskGroup withThrowingTaskGroup unsafeBitCast
    numericCast isKnownUniquelyReferenced Int Int8 Int16 Int32 Int64 UInt UInt8 UInt16 UInt32 UInt64 Float Double
    Bool String Character Substring Array Dictionary Set Optional Result Range ClosedRange Any AnyObject Void Never
    Error Mirror ObjectIdentifier Task KeyPath AnyHashable Codable Decodable Encodable Hashable Equatable
    Comparable Sendable Identifiable CaseIterable CodingKey Sequence Collection IteratorProtocol RawRepresentable
    CustomStringConvertible Actor MainActor AsyncStream StaticString
"""
_SWIFT = frozenset(_SWIFT_WORDS.split())
_SCALA_WORDS = """
    Any AnyRef AnyVal Array Boolean Byte Char Double Either Error Exception Float IllegalArgumentException
    IndexedSeq Int Iterable Iterator Left List Long Map Nil None Nothing NoSuchElementException Null
    NumberFormatException Numeric Option Ordering PartialFunction Right RuntimeException Seq Set Short Some String
    StringBuilder Stream Throwable Unit UnsupportedOperationException Vector assert assume classOf identity
    implicitly locally print printf println require summon valueOf
"""
_SCALA = frozenset(_SCALA_WORDS.split()) | {"???"}
_NAMES = {
    "c": _C,
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "go": _GO,
    "rust": _RUST,
    "swift": _SWIFT,
    "scala": _SCALA,
}
_PREFIX = {
    "c": "",
    "python": "builtins.",
    "javascript": "",
    "go": "builtin.",
    "rust": "std::",
    "swift": "Swift.",
    "scala": "scala.",
}


def value(family: str, name: str) -> Value:
    bare = name.removesuffix("!")
    if bare in _NAMES.get(family, ()):
        return (EXTERNAL, _PREFIX[family] + bare, EXACT)
    return miss(NO_CANDIDATE)
