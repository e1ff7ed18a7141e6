import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import com.sun.tools.javac.tree.JCTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Prints what javac says of a tree as one JSON object: {files, symbols, imports, calls, notes}. Nothing is run, no class
 * is written, no annotation is processed; classes that are not in the tree and not in the JDK stay unknown.
 *
 * <p>Usage: java --add-exports jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED Facts.java TREE
 */
public final class Facts {
  private final Path tree;
  private final JavacTask task;
  private final Trees trees;
  private final List<String> symbols = new ArrayList<>();
  private final Set<String> imports = new TreeSet<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, String> fileOfType = new HashMap<>();
  private final Map<String, List<ExecutableElement>> methodsByName = new HashMap<>();
  private final Map<Element, List<String>> overriders = new HashMap<>();

  private Facts(Path tree, JavacTask task) {
    this.tree = tree;
    this.task = task;
    this.trees = Trees.instance(task);
  }

  public static void main(String[] arguments) throws IOException {
    Path tree = Path.of(arguments[0]).toRealPath();
    List<Path> files;
    try (Stream<Path> walked = Files.walk(tree)) {
      files = walked.filter(path -> path.toString().endsWith(".java")).sorted().collect(Collectors.toList());
    }
    List<Path> compiled = new ArrayList<>(files); // a module's needs are not here, and would spoil everything else
    compiled.removeIf(path -> path.endsWith("module-info.java") || path.endsWith("package-info.java"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
    var options = List.of("-proc:none", "-implicit:none", "-Xmaxerrs", "0", "-nowarn", "--should-stop=ifError=FLOW");
    int[] problems = {0};
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                null, manager, found -> problems[0]++, options, null, manager.getJavaFileObjectsFromPaths(compiled));
    Facts facts = new Facts(tree, task);
    List<CompilationUnitTree> units = new ArrayList<>();
    task.parse().forEach(units::add);
    task.analyze();
    units.forEach(facts::collect);
    units.forEach(facts::read);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    String names = units.stream().map(unit -> quoted(facts.relative(unit))).collect(Collectors.joining(","));
    out.print("{\"files\":[" + names + "],\"symbols\":[" + String.join(",", facts.symbols) + "],\"imports\":[");
    out.print(String.join(",", facts.imports) + "],\"calls\":[" + String.join(",", facts.calls) + "],");
    String note = quoted(problems[0] + " errors of javac: classes that are not in the tree stay unknown");
    out.print("\"notes\":[" + (problems[0] > 0 ? note : "") + "]}");
    out.flush();
  }

  /** The types and methods of a file, before anything refers to them. */
  private void collect(CompilationUnitTree unit) {
    new TreePathScanner<Void, Void>() {
      @Override
      public Void visitClass(ClassTree node, Void nothing) {
        if (trees.getElement(getCurrentPath()) instanceof TypeElement type) {
          fileOfType.put(type.getQualifiedName().toString(), relative(unit));
        }
        return super.visitClass(node, null);
      }

      @Override
      public Void visitMethod(MethodTree node, Void nothing) {
        if (trees.getElement(getCurrentPath()) instanceof ExecutableElement method) {
          methodsByName.computeIfAbsent(method.getSimpleName().toString(), name -> new ArrayList<>()).add(method);
        }
        return super.visitMethod(node, null);
      }
    }.scan(unit, null);
  }

  private void read(CompilationUnitTree unit) {
    new TreePathScanner<Void, Void>() {
      @Override
      public Void visitImport(ImportTree node, Void nothing) {
        imported(unit, node);
        return null;
      }

      @Override
      public Void visitClass(ClassTree node, Void nothing) {
        if (!node.getSimpleName().isEmpty()) {
          symbol(unit, kindOf(node.getKind()), node.getSimpleName().toString(), node);
        }
        return super.visitClass(node, null);
      }

      @Override
      public Void visitMethod(MethodTree node, Void nothing) {
        if (isWritten(unit, node)) {
          boolean constructor = node.getReturnType() == null;
          ClassTree owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
          String name = constructor ? owner.getSimpleName().toString() : node.getName().toString();
          symbol(unit, constructor ? "constructor" : "method", name, node);
        }
        return super.visitMethod(node, null);
      }

      @Override
      public Void visitVariable(VariableTree node, Void nothing) {
        Element element = trees.getElement(getCurrentPath());
        if (element != null && (element.getKind() == ElementKind.FIELD || element.getKind() == ElementKind.ENUM_CONSTANT) && isWritten(unit, node)) {
          boolean constant = element.getModifiers().containsAll(Set.of(Modifier.STATIC, Modifier.FINAL));
          String name = node.getName().toString();
          symbol(unit, constant ? "constant" : "property", name, node, nameOf(unit, node, name, element));
        }
        return super.visitVariable(node, null);
      }

      @Override
      public Void visitMethodInvocation(MethodInvocationTree node, Void nothing) {
        if (isWritten(unit, node)) {
          call(unit, node, node.getMethodSelect(), trees.getElement(getCurrentPath()));
        }
        return super.visitMethodInvocation(node, null);
      }

      @Override
      public Void visitNewClass(NewClassTree node, Void nothing) {
        if (isWritten(unit, node) && !isConstant(getCurrentPath().getParentPath())) {
          Element made = trees.getElement(getCurrentPath());
          if (node.getClassBody() != null) { // the class that is named, not the nameless one
            made = trees.getElement(new TreePath(getCurrentPath(), node.getIdentifier()));
          }
          call(unit, node, node.getIdentifier(), made);
        }
        return super.visitNewClass(node, null);
      }
    }.scan(unit, null);
  }

  /** The constants of an enum are creations only to the compiler. */
  private boolean isConstant(TreePath parent) {
    Element element = parent.getLeaf() instanceof VariableTree ? trees.getElement(parent) : null;
    return element != null && element.getKind() == ElementKind.ENUM_CONSTANT;
  }

  /** False for what javac adds: default constructors, their calls of super. */
  private boolean isWritten(CompilationUnitTree unit, Tree node) {
    long start = trees.getSourcePositions().getStartPosition(unit, node);
    return start >= 0 && trees.getSourcePositions().getEndPosition(unit, node) > start;
  }

  /** javac says where a constant of an enum begins, annotations included. */
  private long nameOf(CompilationUnitTree unit, VariableTree node, String name, Element element) {
    long written = trees.getSourcePositions().getEndPosition(unit, node.getModifiers());
    if (element.getKind() != ElementKind.ENUM_CONSTANT || written < 0) {
      return ((JCTree) node).pos;
    }
    try {
      return unit.getSourceFile().getCharContent(true).toString().indexOf(name, (int) written);
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  private void symbol(CompilationUnitTree unit, String kind, String name, Tree node) {
    symbol(unit, kind, name, node, ((JCTree) node).pos);
  }

  private void symbol(CompilationUnitTree unit, String kind, String name, Tree node, long position) {
    long end = trees.getSourcePositions().getEndPosition(unit, node) - 1;
    symbols.add(
        "{\"path\":" + quoted(relative(unit)) + ",\"line\":" + line(unit, position) + ",\"end_line\":"
            + line(unit, end) + ",\"kind\":" + quoted(kind) + ",\"name\":" + quoted(name) + "}");
  }

  private static String kindOf(Tree.Kind kind) {
    return switch (kind) {
      case INTERFACE, ANNOTATION_TYPE -> "interface";
      case ENUM -> "enum";
      default -> "class";
    };
  }

  /** To the file of the type that is named; a whole package is optional, since it names no file. */
  private void imported(CompilationUnitTree unit, ImportTree node) {
    String name = node.getQualifiedIdentifier().toString();
    boolean star = name.endsWith(".*");
    String known = star ? name.substring(0, name.length() - 2) : name;
    while (!known.isEmpty() && !fileOfType.containsKey(known)) {
      if (star && !node.isStatic() && Files.isDirectory(tree.resolve(known.replace('.', '/')))) {
        importRow(unit, known.replace('.', '/'), node, true);
        return;
      }
      known = known.contains(".") ? known.substring(0, known.lastIndexOf('.')) : "";
    }
    if (!known.isEmpty() && !fileOfType.get(known).equals(relative(unit))) {
      importRow(unit, fileOfType.get(known), node, false);
    }
  }

  private void importRow(CompilationUnitTree unit, String target, ImportTree node, boolean optional) {
    imports.add(
        "{\"path\":" + quoted(relative(unit)) + ",\"target\":" + quoted(target) + ",\"line\":"
            + line(unit, trees.getSourcePositions().getStartPosition(unit, node)) + ",\"optional\":" + optional + "}");
  }

  private void call(CompilationUnitTree unit, Tree node, ExpressionTree callee, Element element) {
    Set<String> targets = new LinkedHashSet<>();
    List<String> also = List.of();
    String verdict = "unknown";
    if (element != null && element.asType().getKind() != TypeKind.ERROR) {
      if (element.getKind() == ElementKind.INTERFACE) { // new Interface() {…} runs nothing of it
        also = places(element);
      } else {
        targets.addAll(places(element));
      }
      if (element.getKind() == ElementKind.CONSTRUCTOR) {
        targets.addAll(places(element.getEnclosingElement()));
      }
      verdict = targets.isEmpty() ? "outside" : "inside";
      if (element instanceof ExecutableElement method && element.getKind() == ElementKind.METHOD && !targets.isEmpty()) {
        also = overriders.computeIfAbsent(element, ignored -> overriding(method));
      }
    }
    long start = trees.getSourcePositions().getStartPosition(unit, node);
    Tree named = callee;
    while (named instanceof com.sun.source.tree.ParameterizedTypeTree generic) {
      named = generic.getType();
    }
    String name = "";
    int position = ((JCTree) named).pos;
    if (named instanceof IdentifierTree identifier) {
      name = identifier.getName().toString();
    } else if (named instanceof MemberSelectTree select) {
      name = select.getIdentifier().toString();
      position = (int) trees.getSourcePositions().getEndPosition(unit, named) - 1;
    }
    calls.add(
        "{\"path\":" + quoted(relative(unit)) + ",\"start_line\":" + line(unit, start) + ",\"line\":"
            + line(unit, position) + ",\"name\":" + quoted(name) + ",\"verdict\":" + quoted(verdict)
            + ",\"targets\":[" + String.join(",", targets) + "],\"also\":[" + String.join(",", also) + "]}");
  }

  /** The methods of the tree that may run instead. */
  private List<String> overriding(ExecutableElement method) {
    List<String> found = new ArrayList<>();
    for (ExecutableElement other : methodsByName.getOrDefault(method.getSimpleName().toString(), List.of())) {
      if (other != method
          && other.getEnclosingElement() instanceof TypeElement owner
          && task.getElements().overrides(other, method, owner)) {
        found.addAll(places(other));
      }
    }
    return found;
  }

  private List<String> places(Element element) {
    TreePath path = trees.getPath(element);
    if (path == null || !isWritten(path.getCompilationUnit(), path.getLeaf())) {
      return List.of();
    }
    CompilationUnitTree unit = path.getCompilationUnit();
    return List.of("[" + quoted(relative(unit)) + "," + line(unit, ((JCTree) path.getLeaf()).pos) + "]");
  }

  private static long line(CompilationUnitTree unit, long position) {
    LineMap map = unit.getLineMap();
    return map.getLineNumber(position);
  }

  private String relative(CompilationUnitTree unit) {
    return tree.relativize(Path.of(unit.getSourceFile().toUri())).toString().replace('\\', '/');
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
