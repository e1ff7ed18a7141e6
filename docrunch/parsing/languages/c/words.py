"""Words of C and C++ that a declaration may start with, and those that show that something is none."""

STATEMENTS = frozenset(
    b"return else case goto new delete throw using namespace operator sizeof alignof not and or xor compl co_return "
    b"co_await co_yield break continue default do while for if switch asm typeof decltype import export module try "
    b"catch".split()
)
QUALIFIERS = frozenset(
    b"static extern inline const volatile register restrict virtual explicit constexpr consteval constinit friend "
    b"mutable typedef thread_local _Noreturn __inline __inline__ __forceinline __restrict __restrict__ __extension__ "
    b"typename _Thread_local __thread __volatile__ __const _Atomic template".split()
)
BUILTIN = frozenset(
    b"void char short int long float double signed unsigned bool _Bool wchar_t char8_t char16_t char32_t auto __int64 "
    b"__int128 size_t ssize_t ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t "
    b"uintptr_t FILE".split()
)
TAGS = frozenset(b"struct union enum class".split())
KEYWORDS = STATEMENTS | QUALIFIERS | BUILTIN | TAGS | frozenset(b"defined static_assert _Static_assert this".split())
