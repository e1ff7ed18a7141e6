import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetbrains.kotlin.analyzer.AnalysisResult;
import org.jetbrains.kotlin.cli.common.CLIConfigurationKeys;
import org.jetbrains.kotlin.cli.common.config.ContentRootsKt;
import org.jetbrains.kotlin.cli.common.messages.MessageCollector;
import org.jetbrains.kotlin.cli.jvm.compiler.EnvironmentConfigFiles;
import org.jetbrains.kotlin.cli.jvm.compiler.KotlinCoreEnvironment;
import org.jetbrains.kotlin.cli.jvm.compiler.KotlinToJVMBytecodeCompiler;
import org.jetbrains.kotlin.cli.jvm.config.JvmContentRootsKt;
import org.jetbrains.kotlin.com.intellij.openapi.util.Disposer;
import org.jetbrains.kotlin.com.intellij.psi.PsiElement;
import org.jetbrains.kotlin.config.CommonConfigurationKeys;
import org.jetbrains.kotlin.config.CompilerConfiguration;
import org.jetbrains.kotlin.config.JVMConfigurationKeys;
import org.jetbrains.kotlin.descriptors.CallableDescriptor;
import org.jetbrains.kotlin.descriptors.CallableMemberDescriptor;
import org.jetbrains.kotlin.descriptors.ClassDescriptor;
import org.jetbrains.kotlin.descriptors.ConstructorDescriptor;
import org.jetbrains.kotlin.descriptors.DeclarationDescriptor;
import org.jetbrains.kotlin.descriptors.FunctionDescriptor;
import org.jetbrains.kotlin.descriptors.impl.TypeAliasConstructorDescriptor;
import org.jetbrains.kotlin.lexer.KtTokens;
import org.jetbrains.kotlin.psi.*;
import org.jetbrains.kotlin.resolve.BindingContext;
import org.jetbrains.kotlin.resolve.DescriptorToSourceUtils;
import org.jetbrains.kotlin.resolve.DescriptorUtils;
import org.jetbrains.kotlin.resolve.calls.model.ResolvedCall;
import org.jetbrains.kotlin.resolve.calls.model.VariableAsFunctionResolvedCall;
import org.jetbrains.kotlin.resolve.calls.util.CallUtilKt;
import org.jetbrains.kotlin.types.error.ErrorUtils;

/**
 * Prints what the Kotlin compiler says of a tree as one JSON object: {files, symbols, imports, calls, notes}. Nothing is
 * run and no class is written; what is neither in the tree nor on the class path stays unknown.
 *
 * <p>Usage: java -cp KOTLIN_COMPILER:. KotlinFacts TREE JDK [JAR…]
 */
public final class KotlinFacts {
  private final Path tree;
  private BindingContext context;
  private final List<String> symbols = new ArrayList<>();
  private final Set<String> imports = new TreeSet<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, Set<String>> filesOfName = new HashMap<>();
  private final Map<String, Set<String>> filesOfPackage = new HashMap<>();
  private final Map<PsiElement, Set<String>> overriders = new HashMap<>();

  private KotlinFacts(Path tree) {
    this.tree = tree;
  }

  public static void main(String[] arguments) throws IOException {
    KotlinFacts facts = new KotlinFacts(Path.of(arguments[0]).toRealPath());
    List<File> jars = new ArrayList<>();
    for (int at = 2; at < arguments.length; at++) {
      jars.add(new File(arguments[at]));
    }
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.setOut(System.err); // the compiler talks
    out.print(facts.said(new File(arguments[1]), jars));
    out.flush();
    System.exit(0);
  }

  private String said(File jdk, List<File> jars) throws IOException {
    List<String> paths;
    try (Stream<Path> walked = Files.walk(tree)) {
      paths = walked.map(Path::toString).filter(path -> path.endsWith(".kt")).sorted().collect(Collectors.toList());
    }
    CompilerConfiguration configuration = new CompilerConfiguration();
    configuration.put(CLIConfigurationKeys.MESSAGE_COLLECTOR_KEY, MessageCollector.Companion.getNONE());
    configuration.put(CommonConfigurationKeys.MODULE_NAME, "tree");
    configuration.put(JVMConfigurationKeys.JDK_HOME, jdk);
    JvmContentRootsKt.configureJdkClasspathRoots(configuration);
    JvmContentRootsKt.addJvmClasspathRoots(configuration, jars);
    JvmContentRootsKt.addJavaSourceRoot(configuration, tree.toFile());
    ContentRootsKt.addKotlinSourceRoots(configuration, paths);
    KotlinCoreEnvironment environment =
        KotlinCoreEnvironment.createForProduction(
            Disposer.newDisposable(), configuration, EnvironmentConfigFiles.JVM_CONFIG_FILES);
    AnalysisResult result = KotlinToJVMBytecodeCompiler.INSTANCE.analyze(environment);
    context = result.getBindingContext();
    List<KtFile> files = environment.getSourceFiles();
    files.forEach(this::collect);
    files.forEach(this::read);
    String names = files.stream().map(file -> quoted(relative(file))).collect(Collectors.joining(","));
    long errors =
        context.getDiagnostics().all().stream().filter(d -> d.getSeverity().name().equals("ERROR")).count();
    String note = errors > 0 ? quoted(errors + " errors of the compiler: what they concern stays unknown") : "";
    return "{\"files\":[" + names + "],\"symbols\":[" + String.join(",", symbols) + "],\"imports\":["
        + String.join(",", imports) + "],\"calls\":[" + String.join(",", calls) + "],\"notes\":[" + note + "]}";
  }

  /** What can be imported, and who overrides what, before anything refers to it. */
  private void collect(KtFile file) {
    filesOfPackage.computeIfAbsent(file.getPackageFqName().asString(), any -> new LinkedHashSet<>()).add(relative(file));
    for (KtDeclaration declaration : file.getDeclarations()) {
      if (declaration instanceof KtNamedDeclaration named && named.getFqName() != null) {
        filesOfName.computeIfAbsent(named.getFqName().asString(), any -> new LinkedHashSet<>()).add(relative(file));
      }
    }
    file.accept(
        new KtTreeVisitorVoid() {
          @Override
          public void visitNamedFunction(KtNamedFunction function) {
            super.visitNamedFunction(function);
            DeclarationDescriptor own = context.get(BindingContext.DECLARATION_TO_DESCRIPTOR, function);
            if (own instanceof FunctionDescriptor descriptor) {
              for (CallableMemberDescriptor above : DescriptorUtils.getAllOverriddenDescriptors(descriptor)) {
                PsiElement written = DescriptorToSourceUtils.descriptorToDeclaration(above);
                if (written != null) {
                  overriders.computeIfAbsent(written, any -> new LinkedHashSet<>()).addAll(places(function));
                }
              }
            }
          }
        });
  }

  private void read(KtFile file) {
    file.getImportDirectives().forEach(found -> imported(file, found));
    file.accept(
        new KtTreeVisitorVoid() {
          @Override
          public void visitClassOrObject(KtClassOrObject type) {
            if (type instanceof KtEnumEntry) {
              symbol(type, "constant", type.getName());
            } else if (!(type instanceof KtObjectDeclaration object && object.isObjectLiteral())) {
              boolean contract = type instanceof KtClass written && written.isInterface();
              boolean counted = type instanceof KtClass written && written.isEnum();
              symbol(type, contract ? "interface" : counted ? "enum" : "class", type.getName());
            }
            super.visitClassOrObject(type);
          }

          @Override
          public void visitNamedFunction(KtNamedFunction function) {
            if (function.getName() != null) {
              symbol(function, function.getParent() instanceof KtClassBody ? "method" : "function", function.getName());
            }
            super.visitNamedFunction(function);
          }

          @Override
          public void visitSecondaryConstructor(KtSecondaryConstructor constructor) {
            symbol(constructor, "constructor", constructor.getContainingClassOrObject().getName());
            super.visitSecondaryConstructor(constructor);
          }

          @Override
          public void visitProperty(KtProperty property) {
            if (property.hasModifier(KtTokens.CONST_KEYWORD)) {
              symbol(property, "constant", property.getName());
            } else if (property.isMember()) {
              symbol(property, "property", property.getName());
            }
            super.visitProperty(property);
          }

          @Override
          public void visitParameter(KtParameter parameter) {
            if (parameter.hasValOrVar()) {
              symbol(parameter, "property", parameter.getName());
            }
            super.visitParameter(parameter);
          }

          @Override
          public void visitCallExpression(KtCallExpression call) {
            KtExpression whole = call;
            if (call.getParent() instanceof KtQualifiedExpression dotted && dotted.getSelectorExpression() == call) {
              whole = dotted;
            }
            call(whole, call.getCalleeExpression(), CallUtilKt.getResolvedCall(call, context));
            super.visitCallExpression(call);
          }

          @Override
          public void visitSuperTypeCallEntry(KtSuperTypeCallEntry call) {
            if (!(call.getParent().getParent() instanceof KtEnumEntry)) { // a creation only to the compiler
              call(call, call.getCalleeExpression(), CallUtilKt.getResolvedCall(call, context));
            }
            super.visitSuperTypeCallEntry(call);
          }

          @Override
          public void visitConstructorDelegationCall(KtConstructorDelegationCall call) {
            if (!call.isImplicit()) {
              call(call, call.getCalleeExpression(), CallUtilKt.getResolvedCall(call, context));
            }
            super.visitConstructorDelegationCall(call);
          }

          @Override
          public void visitBinaryExpression(KtBinaryExpression expression) {
            if (expression.getOperationToken() == KtTokens.IDENTIFIER) {
              call(expression, expression.getOperationReference(), CallUtilKt.getResolvedCall(expression, context));
            }
            super.visitBinaryExpression(expression);
          }
        });
  }

  private void symbol(KtNamedDeclaration declaration, String kind, String name) {
    int end = declaration.getTextRange().getEndOffset() - 1;
    symbols.add(
        "{\"path\":" + quoted(relative(declaration.getContainingKtFile())) + ",\"line\":" + nameLine(declaration)
            + ",\"end_line\":" + line(declaration, end) + ",\"kind\":" + quoted(kind) + ",\"name\":" + quoted(name) + "}");
  }

  /** To the files that declare the name; a whole package, and a name of several files, are optional. */
  private void imported(KtFile file, KtImportDirective found) {
    if (found.getImportedFqName() == null) {
      return;
    }
    String known = found.getImportedFqName().asString();
    boolean star = found.isAllUnder();
    if (star && filesOfPackage.containsKey(known)) {
      for (String target : filesOfPackage.get(known)) {
        Path folder = Path.of(target).getParent();
        importRow(file, folder == null ? "" : folder.toString().replace('\\', '/'), found, true);
      }
      return;
    }
    while (!known.isEmpty() && !filesOfName.containsKey(known)) {
      known = known.contains(".") ? known.substring(0, known.lastIndexOf('.')) : "";
    }
    Set<String> targets = filesOfName.getOrDefault(known, Set.of());
    for (String target : targets) {
      importRow(file, target, found, targets.size() > 1);
    }
  }

  private void importRow(KtFile file, String target, KtImportDirective found, boolean optional) {
    if (!target.equals(relative(file))) {
      imports.add(
          "{\"path\":" + quoted(relative(file)) + ",\"target\":" + quoted(target) + ",\"line\":"
              + line(found, found.getTextRange().getStartOffset()) + ",\"optional\":" + optional + "}");
    }
  }

  private void call(PsiElement whole, PsiElement callee, ResolvedCall<? extends CallableDescriptor> resolved) {
    if (callee == null) {
      return;
    }
    Set<String> targets = new LinkedHashSet<>();
    Set<String> also = new LinkedHashSet<>();
    String verdict = "unknown";
    if (resolved != null && !ErrorUtils.isError(resolved.getResultingDescriptor())) {
      if (resolved instanceof VariableAsFunctionResolvedCall called) {
        also.addAll(placesOf(called.getVariableCall().getResultingDescriptor()));
      }
      CallableDescriptor descriptor = resolved.getResultingDescriptor();
      targets.addAll(placesOf(descriptor));
      PsiElement written = declaration(descriptor);
      also.addAll(overriders.getOrDefault(written, Set.of()));
      verdict = targets.isEmpty() ? "outside" : "inside";
    }
    int start = whole.getTextRange().getStartOffset();
    String name = callee instanceof KtSimpleNameExpression simple ? simple.getReferencedName() : "";
    if (callee instanceof KtConstructorCalleeExpression made && made.getConstructorReferenceExpression() != null) {
      name = made.getConstructorReferenceExpression().getReferencedName();
    }
    calls.add(
        "{\"path\":" + quoted(relative((KtFile) whole.getContainingFile())) + ",\"start_line\":" + line(whole, start)
            + ",\"line\":" + line(whole, callee.getTextRange().getStartOffset()) + ",\"name\":" + quoted(name)
            + ",\"verdict\":" + quoted(verdict) + ",\"targets\":[" + String.join(",", targets) + "],\"also\":["
            + String.join(",", also) + "]}");
  }

  private PsiElement declaration(CallableDescriptor descriptor) {
    DeclarationDescriptor original = descriptor.getOriginal();
    if (original instanceof TypeAliasConstructorDescriptor alias) {
      original = alias.getUnderlyingConstructorDescriptor();
    }
    if (original instanceof CallableMemberDescriptor member && !(original instanceof ConstructorDescriptor)) {
      original = DescriptorUtils.unwrapFakeOverrideToAnyDeclaration(member);
    }
    return DescriptorToSourceUtils.descriptorToDeclaration(original);
  }

  /** Of a function or constructor; for a constructor its class is right, too. */
  private List<String> placesOf(CallableDescriptor descriptor) {
    List<String> found = new ArrayList<>(places(declaration(descriptor)));
    DeclarationDescriptor original = descriptor.getOriginal();
    if (original instanceof TypeAliasConstructorDescriptor alias) {
      original = alias.getUnderlyingConstructorDescriptor();
    }
    if (original instanceof ConstructorDescriptor constructor) {
      ClassDescriptor owner = constructor.getConstructedClass();
      found.addAll(places(DescriptorToSourceUtils.descriptorToDeclaration(owner)));
    }
    return found;
  }

  private List<String> places(PsiElement element) {
    if (element instanceof KtPrimaryConstructor constructor) {
      return places(constructor.getContainingClassOrObject());
    }
    if (!(element instanceof KtNamedDeclaration declaration) || element instanceof KtParameter) {
      return List.of();
    }
    return List.of("[" + quoted(relative(declaration.getContainingKtFile())) + "," + nameLine(declaration) + "]");
  }

  private int nameLine(KtNamedDeclaration declaration) {
    PsiElement name = declaration.getNameIdentifier();
    if (declaration instanceof KtSecondaryConstructor constructor) {
      name = constructor.getConstructorKeyword();
    } else if (name == null && declaration instanceof KtObjectDeclaration object) {
      name = object.getObjectKeyword();
    }
    return line(declaration, (name == null ? declaration : name).getTextRange().getStartOffset());
  }

  private static int line(PsiElement element, int offset) {
    String text = element.getContainingFile().getText();
    int lines = 1;
    for (int at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
      lines++;
    }
    return lines;
  }

  private String relative(KtFile file) {
    return tree.relativize(Path.of(file.getVirtualFilePath())).toString().replace('\\', '/');
  }

  private static String quoted(String text) {
    return "\"" + String.valueOf(text).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
