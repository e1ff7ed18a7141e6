<?php
/**
 * PHPUnit's bootstrap: classes of the tree by the files that declare them, all others from the system's PHP library.
 *
 * Environment: ACCURACY_TREE, ACCURACY_LIBRARY.
 */

$declared = [];
$files = new RecursiveDirectoryIterator(getenv('ACCURACY_TREE'), FilesystemIterator::SKIP_DOTS);
foreach (new RecursiveIteratorIterator($files) as $file) {
    if ($file->getExtension() !== 'php') {
        continue;
    }
    $text = file_get_contents($file->getPathname());
    $namespace = preg_match('/^\s*namespace\s+([\w\\\\]+)\s*[;{]/m', $text, $found) ? $found[1] . '\\' : '';
    preg_match_all('/^[ \t]*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)/m', $text, $found);
    foreach ($found[1] as $class) {
        $declared[strtolower($namespace . $class)] ??= $file->getPathname();
    }
}
spl_autoload_register(function (string $class) use ($declared): void {
    if (isset($declared[strtolower($class)])) {
        require_once $declared[strtolower($class)];
    }
});
spl_autoload_register(function (string $class): void {
    if ($class === 'PHPUnit_Framework_TestCase') {
        class_alias('PHPUnit\Framework\TestCase', $class);
    }
    $path = getenv('ACCURACY_LIBRARY') . '/' . strtr($class, '\\', '/') . '.php';
    if (is_file($path)) {
        require_once $path;
    }
});
