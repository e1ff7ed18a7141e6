<?php
/**
 * Prints what PHP-Parser says of a tree as one JSON object: {files, symbols, calls, functions, notes}.
 *
 * Nothing of the tree is run. `new`, functions and `Foo::bar()` get their verdict from the names and the hierarchy of the
 * tree; what a method call means is seen at run time. `functions` maps the names that a trace uses to definitions, with
 * the definitions that they override: {"ns\\class->method": [path, line, [[path, line], …]]}, names in lower case.
 *
 * Usage: php facts.php AUTOLOAD TREE
 */

require $argv[1];

use PhpParser\Node;
use PhpParser\Node\Expr;
use PhpParser\Node\Stmt;
use PhpParser\NodeTraverser;
use PhpParser\NodeVisitor\NameResolver;
use PhpParser\NodeVisitorAbstract;

final class Facts extends NodeVisitorAbstract
{
    public array $symbols = [];
    public array $calls = [];
    public array $classes = []; // lower name → [path, line, kind, [parents], [traits], [methods: lower name → line]]
    public array $functions = []; // lower name → [path, line]
    private string $path = '';
    private array $around = [];

    public function start(string $path): void
    {
        $this->path = $path;
        $this->around = [];
    }

    private function symbol(string $kind, string $name, int $line, Node $whole): void
    {
        $this->symbols[] = [
            'path' => $this->path, 'line' => $line, 'end_line' => $whole->getEndLine(), 'kind' => $kind, 'name' => $name,
        ];
    }

    public function enterNode(Node $node)
    {
        if ($node instanceof Stmt\ClassLike) {
            $this->type($node);
        } elseif ($node instanceof Stmt\ClassMethod) {
            $name = $node->name->toString();
            $line = $node->name->getStartLine();
            $this->symbol(strtolower($name) === '__construct' ? 'constructor' : 'method', $name, $line, $node);
            $this->classes[end($this->around)][5][strtolower($name)] ??= $line;
            foreach ($node->params as $param) {
                if ($param->flags) {
                    $this->symbol('property', '$' . $param->var->name, $param->var->getStartLine(), $param);
                }
            }
        } elseif ($node instanceof Stmt\TraitUse) {
            foreach ($node->traits as $trait) {
                $this->classes[end($this->around)][4][] = $trait->toLowerString();
            }
        } elseif ($node instanceof Stmt\Function_) {
            $this->symbol('function', $node->name->toString(), $node->name->getStartLine(), $node);
            $this->functions[$node->namespacedName->toLowerString()][] = [$this->path, $node->name->getStartLine()];
        } elseif ($node instanceof Stmt\Property) {
            foreach ($node->props as $prop) {
                $this->symbol('property', '$' . $prop->name->toString(), $prop->name->getStartLine(), $node);
            }
        } elseif ($node instanceof Stmt\ClassConst || $node instanceof Stmt\Const_) {
            foreach ($node->consts as $const) {
                $this->symbol('constant', $const->name->toString(), $const->name->getStartLine(), $node);
            }
        } elseif ($node instanceof Stmt\EnumCase) {
            $this->symbol('constant', $node->name->toString(), $node->name->getStartLine(), $node);
        }
        $this->call($node);
    }

    public function leaveNode(Node $node)
    {
        if ($node instanceof Stmt\ClassLike) {
            array_pop($this->around);
        }
    }

    private function type(Stmt\ClassLike $node): void
    {
        $kind = match (true) {
            $node instanceof Stmt\Interface_ => 'interface',
            $node instanceof Stmt\Trait_ => 'trait',
            $node instanceof Stmt\Enum_ => 'enum',
            default => 'class',
        };
        $anonymous = $node->name === null;
        $line = $anonymous ? $node->getStartLine() : $node->name->getStartLine();
        $this->symbol($kind, $anonymous ? 'class@anonymous' : $node->name->toString(), $line, $node);
        $parents = [];
        foreach ([$node->extends ?? [], $node->implements ?? []] as $names) {
            foreach (is_array($names) ? $names : [$names] as $name) {
                $parents[] = $name->toLowerString();
            }
        }
        $key = $anonymous ? "class@$this->path:$line" : $node->namespacedName->toLowerString();
        $this->classes[$key] ??= [$this->path, $line, $kind, $parents, [], []];
        $this->around[] = $key;
    }

    private function call(Node $node): void
    {
        if ($node instanceof Expr\FuncCall && $node->name instanceof Node\Name) {
            $names = [$node->name->toLowerString()];
            if ($spaced = $node->name->getAttribute('namespacedName')) {
                array_unshift($names, $spaced->toLowerString());
            }
            $this->site($node, $node->name->getLast(), $node->name->getEndLine(), ['function', $names]);
        } elseif ($node instanceof Expr\FuncCall) {
            $this->site($node, '', $node->getStartLine(), null); // a closure, an invokable object
        } elseif ($node instanceof Expr\MethodCall || $node instanceof Expr\NullsafeMethodCall) {
            if ($node->name instanceof Node\Identifier) {
                $this->site($node, $node->name->toString(), $node->name->getStartLine(), null);
            }
        } elseif ($node instanceof Expr\StaticCall && $node->name instanceof Node\Identifier) {
            $class = $node->class instanceof Node\Name ? $node->class->toLowerString() : '';
            $this->site($node, $node->name->toString(), $node->name->getStartLine(), $this->scoped($class, $node));
        } elseif ($node instanceof Expr\New_ && $node->class instanceof Node\Name) {
            $class = $node->class->toLowerString();
            $known = in_array($class, ['self', 'static', 'parent'], true) ? null : ['new', $class];
            $this->site($node, $known ? $node->class->getLast() : '', $node->class->getEndLine(), $known);
        }
    }

    private function scoped(string $class, Expr\StaticCall $node): ?array
    {
        if ($class === '' || $class === 'static') {
            return null;
        }
        if ($class === 'self' || $class === 'parent') {
            return null;
        }
        return ['static', $class, strtolower($node->name->toString())];
    }

    private function site(Node $node, string $name, int $line, ?array $meaning): void
    {
        $whole = array_filter($node->args ?? [], fn ($argument) => $argument instanceof Node\VariadicPlaceholder);
        if (!$whole) {
            $this->calls[] = [$this->path, $node->getStartLine(), $line, $name, $meaning, $node->getEndLine()];
        }
    }

    /** Definitions of a method in a class and above it, the class's own first; null where something above is unknown. */
    public function above(string $class, string $method, array &$unknown, int $depth = 0): array
    {
        if ($depth > 20 || !isset($this->classes[$class])) {
            $unknown[] = $class;
            return [];
        }
        [$path, , , $parents, $traits, $methods] = $this->classes[$class];
        $found = isset($methods[$method]) ? [[$path, $methods[$method]]] : [];
        foreach ([...$traits, ...$parents] as $name) {
            array_push($found, ...$this->above($name, $method, $unknown, $depth + 1));
        }
        return $found;
    }

    public function judged(array $call): array
    {
        [$path, $start, $line, $name, $meaning] = $call;
        $row = ['path' => $path, 'start_line' => $start, 'line' => $line, 'name' => $name, 'verdict' => 'unknown'];
        if ($meaning === null) {
            return $row;
        }
        if ($meaning[0] === 'function') {
            foreach ($meaning[1] as $candidate) {
                if (isset($this->functions[$candidate])) {
                    return ['verdict' => 'inside', 'targets' => $this->functions[$candidate]] + $row;
                }
            }
            return ['verdict' => 'outside'] + $row;
        }
        if (!isset($this->classes[$meaning[1]])) {
            return ['verdict' => 'outside'] + $row;
        }
        $unknown = [];
        $found = $this->above($meaning[1], $meaning[0] === 'new' ? '__construct' : $meaning[2], $unknown);
        if ($meaning[0] === 'new') {
            $class = array_slice($this->classes[$meaning[1]], 0, 2);
            return ['verdict' => 'inside', 'targets' => [$class, ...array_slice($found, 0, 1)]] + $row;
        }
        return $found ? ['verdict' => 'inside', 'targets' => [$found[0]], 'also' => array_slice($found, 1)] + $row : $row;
    }

    /** Methods that a class has from traits: lower name → the trait that defines it. */
    private function copied(string $class, int $depth = 0): array
    {
        $found = [];
        foreach ($depth > 9 ? [] : $this->classes[$class][4] ?? [] as $trait) {
            $found += array_fill_keys(array_keys($this->classes[$trait][5] ?? []), $trait);
            $found += $this->copied($trait, $depth + 1);
        }
        return $found;
    }

    /** The names that a trace uses. */
    public function traced(): array
    {
        $rows = [];
        foreach ($this->functions as $name => $places) {
            if (count($places) === 1) {
                $rows[$name] = [...$places[0], []];
            }
        }
        foreach ($this->classes as $class => [$path, , , , , $methods]) {
            foreach ($methods as $method => $line) {
                $unknown = [];
                $rows["$class->$method"] = [$path, $line, array_slice($this->above($class, $method, $unknown), 1)];
            }
            foreach ($this->copied($class) as $method => $trait) { // a trace calls them by the class that uses the trait
                $unknown = [];
                $found = $this->above($trait, $method, $unknown);
                $rows["$class->$method"] ??= [...$found[0], array_slice($this->above($class, $method, $unknown), 1)];
            }
        }
        return $rows;
    }
}

$tree = realpath($argv[2]);
$parser = (new PhpParser\ParserFactory())->create(PhpParser\ParserFactory::PREFER_PHP7);
$facts = new Facts();
$traverser = new NodeTraverser();
$traverser->addVisitor(new NameResolver(null, ['replaceNodes' => true]));
$traverser->addVisitor($facts);
$files = $notes = $paths = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($tree, FilesystemIterator::SKIP_DOTS)) as $file) {
    if ($file->getExtension() === 'php') {
        $paths[] = $file->getPathname();
    }
}
sort($paths);
foreach ($paths as $full) {
    $path = substr($full, strlen($tree) + 1);
    try {
        $nodes = $parser->parse(file_get_contents($full));
        $facts->start($path);
        $traverser->traverse($nodes);
        $files[] = $path;
    } catch (PhpParser\Error $error) {
        $notes[] = "PHP-Parser cannot read $path: line {$error->getStartLine()}";
    }
}
echo json_encode([
    'files' => $files,
    'symbols' => $facts->symbols,
    'calls' => array_map(fn ($call) => $facts->judged($call), $facts->calls),
    'ends' => array_map(fn ($call) => $call[5], $facts->calls),
    'functions' => (object) $facts->traced(),
    'notes' => $notes,
], JSON_INVALID_UTF8_SUBSTITUTE);
