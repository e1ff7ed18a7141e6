"""What the rules of Java and Kotlin must know of their standard libraries: names that need no import, containers."""

from collections.abc import Mapping

_JAVA_LANG = """
    AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException
    AssertionError AutoCloseable Boolean Byte CharSequence Character Class ClassCastException ClassLoader
    ClassNotFoundException CloneNotSupportedException Cloneable Comparable Deprecated Double Enum Error Exception
    ExceptionInInitializerError Float FunctionalInterface IllegalAccessException IllegalArgumentException
    IllegalMonitorStateException IllegalStateException IncompatibleClassChangeError IndexOutOfBoundsException
    InheritableThreadLocal InstantiationException Integer InternalError InterruptedException Iterable LinkageError
    Long Math Module NegativeArraySizeException NoClassDefFoundError NoSuchFieldError NoSuchFieldException
    NoSuchMethodError NoSuchMethodException NullPointerException Number NumberFormatException Object
    OutOfMemoryError Override Package Process ProcessBuilder Readable Record ReflectiveOperationException Runnable
    Runtime RuntimeException SafeVarargs SecurityException Short StackOverflowError StackTraceElement StrictMath
    String StringBuffer StringBuilder StringIndexOutOfBoundsException SuppressWarnings System Thread ThreadDeath
    ThreadGroup ThreadLocal Throwable TypeNotPresentException UnsupportedOperationException VirtualMachineError Void
"""
_KOTLIN = """
    Any Array ArrayList Boolean BooleanArray Byte ByteArray Char CharArray CharSequence Collection Comparable
    Deprecated Double DoubleArray Enum Float FloatArray HashMap HashSet Int IntArray Iterable Iterator Lazy
    LinkedHashMap LinkedHashSet List ListIterator Long LongArray Map MutableCollection MutableIterable MutableList
    MutableMap MutableSet Nothing Number Pair Result Sequence Set Short ShortArray String StringBuilder Suppress
    Throwable Triple UByte UInt ULong UShort Unit
"""
IMPLICIT = frozenset(_JAVA_LANG.split())
KOTLIN_IMPLICIT = frozenset(_KOTLIN.split())
OUTSIDE = frozenset({"java", "javax", "jdk", "jakarta", "kotlin", "kotlinx", "org", "com", "net", "io", "android"})
ROOTS = frozenset({"Object", "Any", "Serializable", "Cloneable", "Comparable", "Annotation", "Record", "Marker"})
OBJECT_METHODS = frozenset(
    {"clone", "equals", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait"}
)
_LIST = {
    "[]": 0,
    "[*]": 0,
    **dict.fromkeys(
        ["get()", "remove()", "getFirst()", "getLast()", "removeFirst()", "removeLast()", "first()", "last()"], 0
    ),
    **dict.fromkeys(["peek()", "poll()", "pop()", "element()", "pollFirst()", "pollLast()", "peekFirst()"], 0),
    **dict.fromkeys(["peekLast()", "next()", "previous()", "single()", "firstOrNull()", "lastOrNull()"], 0),
    **dict.fromkeys(["singleOrNull()", "random()", "elementAt()", "getOrNull()", "find()"], 0),
    **dict.fromkeys(["iterator()", "listIterator()", "stream()", "subList()", "parallelStream()", "filter()"], -1),
    **dict.fromkeys(["sorted()", "distinct()", "limit()", "skip()", "reversed()", "toList()"], -1),
    **dict.fromkeys(["findFirst()", "findAny()", "asSequence()", "asReversed()", "filterNotNull()", "take()"], -1),
    **dict.fromkeys(["orElse()", "orElseThrow()", "orElseGet()"], 0),
    "drop()": -1,
}
_MAP = {"[]": 1, "[*]": -1, "[n]": 0, "get()": 1, "put()": 1, "remove()": 1, "getOrDefault()": 1, "getValue()": 1}
_MAP |= {"computeIfAbsent()": 1, "getOrPut()": 1, "getOrElse()": 1, "putIfAbsent()": 1, "getKey()": 0}
_HOLDER = {"get()": 0, "getAndSet()": 0, "orElse()": 0, "orElseThrow()": 0, "orElseGet()": 0, "call()": 0, "join()": 0}
_HOLDER |= {"filter()": -1, "value()": 0, "getPlain()": 0, "take()": 0}
_LISTS = """
    ArrayDeque ArrayList Array BlockingQueue Collection ConcurrentLinkedQueue CopyOnWriteArrayList Deque Enumeration
    HashSet Iterable Iterator LinkedBlockingQueue LinkedHashSet LinkedList List ListIterator MutableCollection
    MutableIterable MutableIterator MutableList MutableSet NavigableSet PriorityQueue Queue Sequence Set SortedSet
    Stack Stream TreeSet Vector
"""
_MAPS = """
    ConcurrentHashMap ConcurrentMap Entry EnumMap HashMap Hashtable LinkedHashMap Map MutableMap NavigableMap Pair
    SortedMap TreeMap WeakHashMap
"""
_HOLDERS = """
    AtomicReference Callable CompletableFuture Future Lazy Optional Provider Reference SoftReference Supplier
    ThreadLocal WeakReference
"""
CONTAINERS: Mapping[str, Mapping[str, int]] = {
    **dict.fromkeys(_LISTS.split(), _LIST),
    **dict.fromkeys(_MAPS.split(), _MAP),
    **dict.fromkeys(_HOLDERS.split(), _HOLDER),
}
OF_OBJECT = {
    "toString()": "String",
    "hashCode()": "int",
    "equals()": "boolean",
    "length()": "int",
    "isEmpty()": "boolean",
}
