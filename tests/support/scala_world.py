"""A small tree of Scala that uses what names are resolved by."""

SCALA = {
    "core/Shapes.scala": """
        package shop
        package core

        import shop.util.{Log => Logger, _}
        import scala.collection.mutable

        trait Named { def name: String = "n"; def describe(): String = name }
        trait Loud extends Named { override def name: String = "LOUD" }
        abstract class Shape(val size: Int, helper: Helper) extends Named {
          def area: Double
          def twice: Double = area * 2
          protected def help(): Unit = helper.assist(1)
        }
        class Square(size: Int, h: Helper) extends Shape(size, h) with Loud {
          def area: Double = compute(size)
          private def compute(n: Int): Double = Square.scale(n)
          def again: Square = new Square(size, h)
          def show(): Unit = {
            again.again.help()
            name
            super.describe()
            Logger.info("x")
            rounded(area)
            val made = Square(1)
            made.area
            for (s <- Square.all) s.twice
            made match {
              case q: Square => q.again
              case Circle(r) => r
            }
            val f = (x: Circle) => x.diameter
            root()
            unknown.assist(1)
          }
        }
        object Square {
          val all: List[Square] = Nil
          def scale(n: Int): Double = 1.0
          def apply(n: Int): Square = new Square(n, new Helper)
          def apply(n: Int, m: Int): Square = apply(n)
        }
        case class Circle(radius: Double) { def diameter = radius * 2 }
        object Circles { def unit = Circle(1); def wide = unit.diameter }
    """,
    "core/Helper.scala": """
        package shop.core

        class Helper { self =>
          def assist(n: Int): Helper = self
          def assist(n: Int, m: Int): Helper = { import Deep.inner; inner(); this }
          class Inside { def up() = Helper.this.assist(1) }
        }
        object Deep { def inner(): Unit = () }
        object Orders extends Enumeration { val First = Value }
    """,
    "package.scala": """
        package object shop { def root(): Int = 1 }
    """,
    "util/Log.scala": """
        package shop.util

        object Log { def info(s: String): Unit = println(s) }
        object `package` { def odd = 1 }
    """,
    "util/package.scala": """
        package shop
        package object util { def rounded(d: Double): Double = d }
    """,
    "three/Modern.scala": """
        package three

        import shop.core.*
        import shop.core.Square as Sq

        enum Color(val rgb: Int):
          case Red extends Color(1)
          case Mix(a: Int)
          def hex: String = shape(rgb)
          def shape(n: Int): String = ""

        extension (h: Helper)
          def extended(n: Int): Helper = h.assist(n)
        extension (s: String) def shout: String = s

        given ordering: Ord[Color] with
          def compare(a: Color, b: Color): Int = a.hex.length

        def run(using h: Helper): Unit =
          h.extended(1).assist(1, 2)
          Sq(1, 2).twice
          Color.Mix(3)
          Color.Red.hex
          "x".shout
          ordering.compare(Color.Red, Color.Red)
          val c = new Circle(2)
          c.diameter
          val shared = helper
          shared.assist(1)

        def helper: Helper = new Helper
        trait Ord[T] { def compare(a: T, b: T): Int }
    """,
}
