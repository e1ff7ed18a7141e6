"""Types of .NET that nearly every file names, by their namespace. They become outside nodes, never guesses."""

_WORDS = {
    "System": """
        Action Activator AggregateException AppDomain ApplicationException ArgumentException ArgumentNullException
        ArgumentOutOfRangeException ArithmeticException Array ArraySegment Attribute BitConverter Boolean Buffer Byte
        Char Console Convert DateTime DateTimeOffset DBNull Decimal Delegate Double Enum Environment EventArgs
        EventHandler Exception FlagsAttribute FormatException Func GC Guid IAsyncDisposable ICloneable IComparable
        IDisposable IEquatable IFormatProvider IFormattable IndexOutOfRangeException Int16 Int32 Int64 IntPtr
        InvalidCastException InvalidOperationException IServiceProvider Lazy Math Memory NotImplementedException
        NotSupportedException NullReferenceException Nullable Object ObjectDisposedException ObsoleteAttribute
        OperationCanceledException OverflowException Predicate Progress Random ReadOnlyMemory ReadOnlySpan SByte
        SerializableAttribute Single Span String StringComparer StringComparison TimeoutException TimeSpan TimeZoneInfo
        Tuple Type UInt16 UInt32 UInt64 Uri ValueTuple ValueType Version WeakReference
    """,
    "System.Collections": "ArrayList BitArray Hashtable IDictionary IEnumerable IEnumerator IList",
    "System.Collections.Concurrent": "BlockingCollection ConcurrentBag ConcurrentDictionary ConcurrentQueue",
    "System.Collections.Generic": """
        Comparer Dictionary EqualityComparer HashSet IAsyncEnumerable ICollection IComparer IEqualityComparer
        IReadOnlyCollection IReadOnlyDictionary IReadOnlyList ISet KeyNotFoundException KeyValuePair LinkedList
        LinkedListNode List Queue SortedDictionary SortedList SortedSet Stack
    """,
    "System.Collections.ObjectModel": "Collection ObservableCollection ReadOnlyCollection",
    "System.Diagnostics": "Debug Debugger Process Stopwatch Trace",
    "System.Globalization": "CultureInfo NumberStyles",
    "System.IO": """
        BinaryReader BinaryWriter Directory DirectoryInfo File FileInfo FileNotFoundException FileStream IOException
        MemoryStream Path Stream StreamReader StreamWriter StringReader StringWriter TextReader TextWriter
    """,
    "System.Linq": "Enumerable IGrouping ILookup IOrderedEnumerable IQueryable",
    "System.Reflection": "Assembly BindingFlags FieldInfo MemberInfo MethodInfo ParameterInfo PropertyInfo",
    "System.Text": "Encoding StringBuilder",
    "System.Text.RegularExpressions": "Match Regex RegexOptions",
    "System.Threading": "CancellationToken CancellationTokenSource Interlocked Monitor Mutex Semaphore Thread Timer",
    "System.Threading.Tasks": "Parallel Task TaskCompletionSource ValueTask",
}
NAMES = {name: f"{namespace}.{name}" for namespace, words in _WORDS.items() for name in words.split()}
_KEYWORDS = "bool byte char decimal double float int long object sbyte short string uint ulong ushort"
_ALIASES = {"bool": "Boolean", "float": "Single", "int": "Int32", "long": "Int64", "short": "Int16", "uint": "UInt32"}
NAMES.update({word: f"System.{_ALIASES.get(word, word.title())}" for word in _KEYWORDS.split()})
