"""Names of methods that standard libraries have: a receiver nobody knows is more likely one of theirs."""

_RUBY_WORDS = """
    abort_on_exception abort_on_exception= absolute? add_trace_func advise alias_method alive? allbits? allocate
    ancestors anybits? append ascend ascii_compatible? ascii_only? asctime attr_accessor attr_reader attr_writer
    autoclose= autoclose? autoload autoload? backtrace backtrace_locations basename between? binding binmode
    binmode? binread binwrite birthtime bit_length blockdev? bsearch bsearch_index bytesize byteslice capitalize
    capitalize! captures casecmp casecmp? casefold? center chardev? children chomp! chunk_while class_eval
    class_exec class_variable_defined? class_variable_get class_variable_set class_variables classify cleanpath
    close_on_exec= close_on_exec? close_read close_write closed? closed_read? closed_write? codepoints coerce
    collect collect! collect_concat combination compact compact! compare_by_identity compare_by_identity? concat
    conjugate const_defined? const_get const_missing const_set const_source_location constants coredump? cover?
    cwyear day_fraction deconstruct deconstruct_keys default default= default_proc default_proc= define_method
    delete delete! delete? delete_at delete_if delete_prefix delete_prefix! delete_suffix delete_suffix! denominator
    deprecate_constant descend detect difference digits directory? dirname disjoint? divide divmod downcase
    downcase! downto drop_while dummy? each_byte each_char each_child each_codepoint each_cons each_entry
    each_filename each_grapheme_cluster each_index each_key each_line each_pair each_slice each_value
    each_with_index each_with_object empty? encode encode! encoding end_with? england entries except exception
    exclude_end? executable? executable_real? exist? exited? exitstatus expand_path external_encoding extname
    fdatasync fetch_values fileno filter filter! filter_map find_all find_index finite? fixed_encoding? flat_map
    flatten flatten! fnmatch fnmatch? force_encoding freeze friday? full_message gcdlcm getbyte getlocal getutc
    gmt_offset gmtime gmtoff grapheme_clusters gregorian gregorian? grep_v group_by grpowned? has_key? has_value?
    httpdate id2name imaginary include include? included_modules infinite? inject insert inspect instance_method
    instance_methods integer? intern internal_encoding intersect? intersection invert isatty iso8601 jisx0301 julian
    julian? keep_if lambda? lchmod lchown length lineno lineno= localtime lstrip lstrip! magnitude make_link
    make_symlink marshal_dump marshal_load match? match_length max_by member? members merge! message method_defined?
    min_by minmax minmax_by mkpath module_eval module_exec modulo monday? mountpoint? named_captures
    native_thread_id negative? new_start next_day next_float next_month next_values next_year nobits? nonzero?
    numerator offset opendir options original_name owned? parameters parent partition peek_values pending_interrupt?
    permutation positive? post_match pre_match prepend pretty_print pretty_print_cycle prev_day prev_float
    prev_month prev_year printf priority priority= private? private_class_method private_constant
    private_instance_methods private_method_defined? product proper_subset? proper_superset? protected?
    protected_instance_methods protected_method_defined? public? public_class_method public_constant
    public_instance_method public_instance_methods public_method_defined? pwrite rassoc rationalize read_nonblock
    readable? readable_real? readbyte readchar readline readlines readlink readpartial realdirpath realpath receiver
    rectangular reduce regexp rehash reject reject! relative? relative_path_from remainder remove_class_variable
    remove_method rename reopen repeated_combination repeated_permutation replace replicate report_on_exception
    report_on_exception= respond_to? reverse reverse! reverse_each rewind rfc2822 rfc3339 rfc822 rindex rmtree
    rotate rotate! rpartition rstrip rstrip! ruby2_keywords sample saturday? scrub! select select! set_backtrace
    set_encoding set_encoding_by_bom set_trace_func setbyte setgid? setuid? shuffle shuffle! signaled?
    singleton_class? singleton_method_added slice! slice_after slice_before slice_when socket? sort_by sort_by!
    source source_location squeeze squeeze! start_with? status sticky? stopped? stopsig strftime string string=
    strip! sub_ext subclasses subsec subset? subtract success? sunday? super_method superclass superset? swapcase
    swapcase! symlink? sysopen sysread sysseek syswrite take_while terminate termsig thread_variable?
    thread_variable_get thread_variable_set thread_variables thursday? to_ary to_date to_datetime to_hash to_int
    to_path to_proc to_set to_str to_sym to_time transform_keys transform_keys! transform_values transform_values!
    transpose truncate tuesday? tv_nsec tv_sec tv_usec unbind undef_method undump ungetbyte ungetc unicode_normalize
    unicode_normalize! unicode_normalized? unlink unpack unpack1 unshift untaint upcase upcase! update utc_offset
    valid_encoding? value? values values_at wakeup wednesday? with_index with_object world_readable? world_writable?
    writable? writable_real? write_nonblock xmlschema
"""
_PHP_WORDS = """
    getMessage getPrevious getTraceAsString getTrace getLine getCode offsetGet offsetSet offsetExists offsetUnset
    getIterator getArrayCopy getShortName getName getParameters newInstance newInstanceArgs getAttributes
    implementsInterface getTimestamp setTimezone getTimezone setTimestamp current rewind jsonSerialize createElement
    appendChild getAttribute setAttribute getElementsByTagName getPathname getFilename getExtension getRealPath fetchAll
    fetchColumn bindValue
"""
# Of collections, streams, strings and files; the names of beans (``getName``) are left to the evidence.
_SCALA_WORDS = """
    addAll addOne addString aggregate andThen appendAll appended appendedAll applyOrElse buffered collectFirst
    combinations compareTo compareToIgnoreCase computeIfAbsent computeIfPresent containsAll containsKey containsSlice
    containsValue contentEquals copyToArray copyToBuffer createDirectories createDirectory deleteIfExists distinct
    distinctBy dropRight dropWhile endsWith entrySet equalsIgnoreCase exists filterInPlace filterKeys filterNot
    filterOrElse findLast foldLeft foldRight forall foreach foreachEntry getOrDefault getOrElse getOrElseUpdate
    groupBy groupMap groupMapReduce grouped headOption indexOfSlice indexWhere indices intersect isDefinedAt
    keysIterator knownSize lastIndexWhere lastOption lazyZip lengthCompare linesIterator listFiles
    listIterator mapConserve mapInPlace mapValues maxByOption maxOption minByOption minOption mkString newBufferedReader
    newBufferedWriter newInputStream newOutputStream nextOption nonEmpty orElse padTo partitionMap permutations
    prepended prependedAll println putAll putIfAbsent readAllBytes readAllLines readLine readString recover recoverWith
    reduceLeft reduceLeftOption reduceOption reduceRight reduceRightOption relativize removeAll renameTo replaceFirst
    resolveSibling retainAll reverseIterator sameElements scanLeft scanRight segmentLength sizeCompare sizeHint sliding
    sortBy sortWith splitAt stripLeading stripMargin stripPrefix stripSuffix stripTrailing subList subSequence subsetOf
    takeRight takeWhile tapEach toAbsolutePath toArray toBuffer toIndexedSeq toIterable toIterator toList toVector
    transferTo transpose updatedWith valuesIterator waitFor withFilter zipAll zipWithIndex
"""
COMMON = {
    "ruby": frozenset(_RUBY_WORDS.split()),
    "php": frozenset(_PHP_WORDS.split()),
    "scala": frozenset(_SCALA_WORDS.split()),
}
