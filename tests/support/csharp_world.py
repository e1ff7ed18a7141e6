"""A small tree of C# that uses what names are resolved by."""

CSHARP = {
    "Shop.csproj": "<Project/>",
    "Globals.cs": "global using Shop.Shared;\n",
    "Core/Cart.cs": """
        using System;
        using Shop.Pricing;
        using static Shop.Pricing.Rounding;
        using Money = Shop.Pricing.Amount;

        namespace Shop.Core
        {
            public interface IStore { void Save(int id); }

            public abstract class Base : IStore
            {
                protected Helper helper = new Helper();
                public virtual void Save(int id) { }
                protected void Log(string text) { }
                protected void Log(string text, int level) { }
                public static Base Make() => new Cart(1);
                public class Options { public void Apply() { } }
            }

            public partial class Cart : Base
            {
                public Color Color { get; set; }
                private readonly List<Item> items = new();

                public Cart(int size) : base() { Reset(); }
                public Cart() : this(0) { }

                public override void Save(int id)
                {
                    base.Save(id);
                    Log("x");
                    Log("x", 2);
                    this.helper.Help();
                    Total(items);
                    Round(1);
                    var money = new Money();
                    money.Add();
                    foreach (var item in items) { item.Touch(); }
                    items[0].Touch();
                    Color.Mix();
                    var options = new Options();
                    options.Apply();
                    Shared();
                }

                public void Kinds(object o)
                {
                    if (o is Item item) item.Touch();
                    ((Helper)o).Help();
                    (o as Amount)?.Add();
                    Func<int> f = () => 1;
                    f();
                    var made = Make();
                    made.Save(1);
                    new Helper().Help();
                    Pricing.Prices.Total(null);
                    unknown.Help();
                    Console.WriteLine(nameof(Helper));
                }
            }
        }
    """,
    "Core/Cart.Parts.cs": """
        namespace Shop.Core;

        partial class Cart
        {
            private void Reset() { Save(1); }
            void Total(List<Item> all) { all.Count(); }
        }

        public class Item { public void Touch() { this.Twice(); } }
        public class Helper { public Helper Help() { return this; } public Helper Help(int n) => Help().Help(); }
        public enum Color { Red }
    """,
    "Pricing/Prices.cs": """
        using Shop.Core;

        namespace Shop.Pricing
        {
            public static class Prices { public static int Total(Cart cart) => 0; }
            public static class Rounding { public static int Round(int n) => n; }
            public class Amount { public void Add() { } }
        }
    """,
    "Shared/Extensions.cs": """
        namespace Shop.Shared
        {
            using Core;
            public static class Extensions
            {
                public static void Twice(this Item item) { }
                public static void Twice(this Helper helper) { }
                public static string Shout(this string s) => s;
                public static void SaveAll(this IStore store, int n) { store.Save(n); }
            }
        }

        namespace Shop.Other
        {
            public class Amount { public void Add() { } }
            public class Box<T> where T : Amount { public T Value; public void Run() { Value.Add(); } }
            public class Box { public void Run() { } }
        }
    """,
    "App/Program.cs": """
        using Shop.Core;
        using Shop.Other;
        using Shop.Shared;

        var cart = new Cart(3);
        cart.SaveAll(2);
        cart.Save(1);
        new Box<Amount>().Run();
        new Box().Run();
        "x".Shout();
    """,
}
