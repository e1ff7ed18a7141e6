// What the Scala 3 compiler says of a tree of sources: definitions from its parser, calls from its typer.
// Arguments: the root of the tree, the class path. Prints the rows of benchmarks/accuracy/rows.py as JSON.

import java.nio.file.{Files, Path, Paths}
import scala.collection.mutable
import scala.jdk.CollectionConverters.*

import dotty.tools.dotc.{Compiler, Driver, Run}
import dotty.tools.dotc.ast.{tpd, untpd}
import dotty.tools.dotc.core.Contexts.*
import dotty.tools.dotc.core.Decorators.*
import dotty.tools.dotc.core.Flags
import dotty.tools.dotc.core.Flags.*
import dotty.tools.dotc.core.NameOps.*
import dotty.tools.dotc.core.Phases.Phase
import dotty.tools.dotc.core.Symbols.*
import dotty.tools.dotc.parsing.Parser
import dotty.tools.dotc.reporting.StoreReporter
import dotty.tools.dotc.typer.TyperPhase
import dotty.tools.dotc.util.SourceFile
import dotty.tools.dotc.util.Spans.Span

final class Rows(root: Path):
  val symbols = mutable.LinkedHashSet.empty[String]
  val loose = mutable.LinkedHashSet.empty[String]
  val files = mutable.LinkedHashSet.empty[String]
  val sites = mutable.ArrayBuffer.empty[Site]
  val overriders = mutable.HashMap.empty[Symbol, mutable.Set[String]]

  def path(source: SourceFile): String =
    val file = source.file.jpath
    if file != null && file.toAbsolutePath.startsWith(root) then root.relativize(file.toAbsolutePath).toString else ""

final case class Site(path: String, start: Int, line: Int, name: String, verdict: String, targets: List[String], callee: Symbol)

def quoted(text: String): String =
  text.flatMap {
    case '"' => "\\\""
    case '\\' => "\\\\"
    case c if c < ' ' => f"\\u${c.toInt}%04x"
    case c => c.toString
  }.mkString("\"", "", "\"")

def place(path: String, line: Int): String = s"[${quoted(path)},$line]"

/** Definitions as written. `Outer` says what is around one: a type, a body, or the top of the file. */
class Definitions(rows: Rows, path: String, source: SourceFile)(using Context):
  import untpd.*

  def add(kind: String, name: String, tree: Tree, at: Span): Unit =
    if tree.span.exists && at.exists && !name.isEmpty && name != "<init>" && name != "<empty>" && name != "<error>" then
      val line = source.offsetToLine(at.start) + 1
      val end = source.offsetToLine(math.max(tree.span.start, tree.span.end - 1)) + 1
      rows.symbols += s"""{"path":${quoted(path)},"line":$line,"end_line":$end,"kind":"$kind","name":${quoted(name)}}"""

  def at(tree: NameTree | MemberDef): Span = tree match
    case tree: MemberDef => tree.nameSpan
    case tree => tree.span

  def nameOf(tree: MemberDef): String = tree.name.stripModuleClassSuffix.decode.toString

  def all(trees: List[Tree], around: String): Unit = trees.foreach(one(_, around))

  def one(tree: Tree, around: String): Unit = tree match
    case PackageDef(_, stats) => all(stats, "top")
    case tree: ModuleDef =>
      val isPackage = tree.mods.is(Package)
      if !isPackage then add(if tree.mods.isEnumCase then "constant" else "class", nameOf(tree), tree, tree.nameSpan)
      template(tree.impl, if isPackage then "top" else "type", isCase = false)
    case tree: TypeDef =>
      tree.rhs match
        case impl: Template =>
          val kind = if tree.mods.is(Trait) then "trait" else if tree.mods.isEnumClass then "enum" else "class"
          add(kind, nameOf(tree), tree, tree.nameSpan)
          template(impl, "type", tree.mods.is(Case))
        case _ => if around == "type" || around == "top" then add("type", nameOf(tree), tree, tree.nameSpan)
    case tree: DefDef =>
      val constructor = tree.name.toString == "<init>"
      val kind = if constructor then "constructor" else if around == "type" || around == "anonymous" then "method" else "function"
      if tree.mods.is(Given) then () 
      else if constructor then add(kind, "this", tree, tree.nameSpan)
      else add(kind, nameOf(tree), tree, tree.nameSpan)
      one(tree.rhs, "body")
      tree.paramss.flatten.foreach { case p: ValDef => one(p.rhs, "body"); case _ => }
    case tree: ValDef =>
      if around == "type" && !tree.mods.is(Given) then add("property", nameOf(tree), tree, tree.nameSpan)
      one(tree.rhs, "body")
    case tree: PatDef =>
      if tree.mods.isEnumCase then ()
      else if around == "type" then
        tree.pats.foreach(bound(_).foreach(id => add("property", id.name.decode.toString, tree, id.span)))
      one(tree.rhs, "body")
    case tree: ExtMethods => all(tree.methods, around)
    case tree: Template => template(tree, if around == "type" || around == "top" then "anonymous" else "anonymous", false)
    case tree: Thicket => all(tree.trees, around)
    case tree =>
      val inner = new UntypedTreeTraverser:
        def traverse(child: Tree)(using Context): Unit = child match
          case _: (MemberDef | PatDef | ExtMethods | Template | PackageDef) => one(child, "body")
          case _ => traverseChildren(child)
      inner.traverse(tree)

  def bound(pattern: Tree): List[Ident] = pattern match
    case id: Ident => List(id)
    case Tuple(trees) => trees.flatMap(bound)
    case Apply(_, args) => args.flatMap(bound)
    case _ => Nil

  def template(impl: Template, inside: String, isCase: Boolean): Unit =
    impl.constr.paramss.zipWithIndex.foreach { (params, index) =>
      params.foreach {
        case param: ValDef =>
          val stated = !param.mods.isAllOf(PrivateLocal)
          if stated || (isCase && index == 0) then add("property", nameOf(param), param, param.nameSpan)
          one(param.rhs, "body")
        case _ =>
      }
    }
    impl.parentsOrDerived.foreach(one(_, "body"))
    all(impl.body, inside)

/** Every name in a term that stands for a method, as the typer resolved it. */
class Calls(rows: Rows, path: String, source: SourceFile)(using Context) extends tpd.TreeTraverser:
  import tpd.*

  private def line(offset: Int): Int = source.offsetToLine(offset) + 1

  private def target(symbol: Symbol): Option[String] =
    val file = symbol.source
    if !file.exists || !symbol.span.exists then None
    else
      val where = rows.path(file)
      if where.isEmpty then None else Some(place(where, file.offsetToLine(symbol.span.point) + 1))

  private def site(tree: Tree, at: Int, name: String, symbol: Symbol, targets: List[Symbol]): Unit =
    if at >= 0 && source.content.startsWith(name, at) || (at >= 0 && source.content.slice(at, at + name.length).mkString == name) then
      val found = targets.flatMap(target).distinct
      val verdict = if found.nonEmpty then "inside" else if symbol.exists then "outside" else "unknown"
      rows.sites += Site(path, line(tree.span.start), line(at), name, verdict, found, symbol)

  private def constructed(tree: Tree, symbol: Symbol, tpt: Tree): Unit =
    val owner = symbol.owner
    val written = tpt match
      case AppliedTypeTree(inner, _) => inner
      case _ => tpt
    written match
      case ref: RefTree if ref.span.exists =>
        val at = ref match
          case select: Select => select.nameSpan.start
          case ident => ident.span.start
        site(tree, at, ref.name.decode.toString, symbol, List(owner, symbol))
      case _ =>

  /** `extends Base(x)` is a call where arguments are written; `new Trait { … }` makes a Trait. */
  private def parents(tree: TypeDef, impl: Template): Unit =
    impl.parents.zipWithIndex.foreach { (parent, index) =>
      parent match
        case _: (Apply | TypeApply | Select) =>
          if tree.symbol.isAnonymousClass || source.content.lift(parent.span.end - 1).contains(')') then traverse(parent)
          else parentArguments(parent)
        case tpt =>
          val written = tpt match
            case AppliedTypeTree(inner, _) => inner
            case _ => tpt
          written match
            case ref: RefTree if tree.symbol.isAnonymousClass && index <= 1 && ref.span.exists =>
              val at = ref match
                case select: Select => select.nameSpan.start
                case ident => ident.span.start
              site(tpt, at, ref.name.decode.toString, ref.symbol, List(ref.symbol))
            case _ =>
    }

  private def parentArguments(parent: Tree): Unit = parent match
    case Apply(_, args) => args.foreach(traverse)
    case _ =>

  override def traverse(tree: Tree)(using Context): Unit =
    tree match
      case Inlined(call, _, _) if !call.isEmpty => traverse(call)
      case tree: TypeTree => ()
      case select @ Select(New(tpt), _) if select.symbol.isConstructor =>
        constructed(tree, select.symbol, tpt)
        traverseChildren(tree)
      case tree: RefTree if tree.isTerm && tree.span.exists && tree.symbol.exists && tree.symbol.is(Method) =>
        named(tree)
        traverseChildren(tree)
      case tree @ TypeDef(_, impl: Template) =>
        parents(tree, impl)
        traverse(impl.constr)
        impl.body.foreach(traverse)
      case tree: DefDef if tree.symbol.is(Synthetic) && !tree.symbol.isAnonymousFunction => ()
      case tree: MemberDef =>
        if tree.symbol.is(Method) then
          tree.symbol.allOverriddenSymbols.foreach { above =>
            target(tree.symbol).foreach(rows.overriders.getOrElseUpdate(above, mutable.Set.empty) += _)
          }
        traverseChildren(tree)
      case _ => traverseChildren(tree)

  private def named(tree: RefTree): Unit =
    val symbol = tree.symbol
    if symbol.name.toString == "apply" then applied(tree, symbol)
    val name = tree.name.decode.toString
    val at = tree match
      case select: Select => if select.nameSpan.exists then select.nameSpan.start else -1
      case ident => ident.span.start
    if !symbol.isConstructor then site(tree, at, name, symbol, List(symbol))

  /** `Foo(1)`: the name that is written is that of what has the `apply`. */
  private def applied(tree: RefTree, symbol: Symbol): Unit = tree match
    case Select(qualifier: RefTree, _) if qualifier.span.exists && tree.span.end == qualifier.span.end =>
      val at = qualifier match
        case select: Select => select.nameSpan.start
        case ident => ident.span.start
      val made = symbol.owner.linkedClass
      val targets = if symbol.is(Synthetic) && made.exists then List(made, made.primaryConstructor) else List(symbol)
      site(tree, at, qualifier.name.decode.toString, symbol, targets)
    case _ =>

class Collect(rows: Rows) extends Phase:
  def phaseName = "collect"
  override def isRunnable(using Context) = true
  override def run(using Context): Unit =
    val unit = ctx.compilationUnit
    val path = rows.path(unit.source)
    if path.nonEmpty then
      rows.files += path
      new Definitions(rows, path, unit.source).one(unit.untpdTree, "top")
      new Calls(rows, path, unit.source).traverse(unit.tpdTree)

class FactsCompiler(collect: Collect) extends Compiler:
  override def phases: List[List[Phase]] = List(List(new Parser), List(new TyperPhase), List(collect))

object Facts:
  def main(args: Array[String]): Unit =
    val root = Paths.get(args(0)).toRealPath()
    val sources = Files.walk(root).iterator.asScala.filter(_.toString.endsWith(".scala")).toList.sorted
    val rows = new Rows(root)
    val collect = new Collect(rows)
    val driver = new Driver:
      override protected def newCompiler(using Context): Compiler = new FactsCompiler(collect)
    val options = Array("-classpath", args(1), "-usejavacp", "-color:never", "-Xignore-scala2-macros") ++ args.drop(2) ++ sources.map(_.toString)
    val reporter = new StoreReporter(null)
    driver.process(options, reporter, null)
    val errors = reporter.allErrors.size
    print(rows, errors)

  private def print(rows: Rows, errors: Int): Unit =
    val calls = rows.sites.map { site =>
      val also = rows.overriders.get(site.callee).fold(List.empty[String])(_.toList.sorted)
      s"""{"path":${quoted(site.path)},"start_line":${site.start},"line":${site.line},"name":${quoted(site.name)},""" +
        s""""verdict":"${site.verdict}","targets":${site.targets.mkString("[", ",", "]")},"also":${also.mkString("[", ",", "]")}}"""
    }
    val notes = if errors > 0 then s"[${quoted(s"$errors errors of the compiler: what they hide is unknown")}]" else "[]"
    Console.out.println(
      s"""{"files":${rows.files.map(quoted).mkString("[", ",", "]")},"symbols":${rows.symbols.mkString("[", ",", "]")},""" +
        s""""loose":[],"imports":null,"calls":${calls.distinct.mkString("[", ",", "]")},"notes":$notes}"""
    )
