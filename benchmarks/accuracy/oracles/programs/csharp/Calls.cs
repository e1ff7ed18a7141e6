// What a compiled assembly says of its methods and of the calls in them, with the lines of its debug symbols.
// Arguments: the assembly (its .mdb beside it). Prints JSON: {"methods": [...], "calls": [...]}.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Mdb;

class Calls
{
    static readonly StringBuilder methods = new StringBuilder();
    static readonly StringBuilder calls = new StringBuilder();

    static void Main(string[] args)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(Path.GetFullPath(args[0])));
        resolver.AddSearchDirectory("/usr/lib/mono/4.5");
        var parameters = new ReaderParameters { ReadSymbols = true, SymbolReaderProvider = new MdbReaderProvider(), AssemblyResolver = resolver };
        var module = ModuleDefinition.ReadModule(args[0], parameters);
        foreach (var type in All(module.Types))
            foreach (var method in type.Methods)
                Write(module, type, method);
        Console.OutputEncoding = new UTF8Encoding(false);
        Console.Write("{\"methods\":[" + methods.ToString().TrimEnd(',') + "],\"calls\":[" + calls.ToString().TrimEnd(',') + "]}");
    }

    static IEnumerable<TypeDefinition> All(IEnumerable<TypeDefinition> types)
    {
        return types.SelectMany(type => new[] { type }.Concat(All(type.NestedTypes)));
    }

    static void Write(ModuleDefinition module, TypeDefinition type, MethodDefinition method)
    {
        SequencePoint here = null;
        string file = "";
        int first = 0, last = 0;
        if (method.HasBody)
        {
            foreach (var instruction in method.Body.Instructions)
            {
                var point = instruction.SequencePoint;
                if (point != null && point.StartLine < 0xfeefee)
                {
                    here = point;
                    file = point.Document.Url;
                    first = first == 0 ? point.StartLine : Math.Min(first, point.StartLine);
                    last = Math.Max(last, point.StartLine);
                }
                if (here != null)
                    Call(module, method, instruction, here);
            }
        }
        methods.Append("{\"id\":" + Id(method) + ",\"type\":" + Quoted(Name(type)) + ",\"name\":" + Quoted(method.Name) + ",\"params\":" +
            method.Parameters.Count + ",\"file\":" + Quoted(file) + ",\"first\":" + first + ",\"last\":" + last + ",\"overrides\":[" + Overrides(module, type, method) + "]},");
    }

    static void Call(ModuleDefinition module, MethodDefinition caller, Instruction instruction, SequencePoint here)
    {
        var code = instruction.OpCode.Code;
        var made = instruction.Operand as TypeReference;
        if (code == Code.Initobj && made != null)  // `new Struct()`
            calls.Append("{\"file\":" + Quoted(here.Document.Url) + ",\"line\":" + here.StartLine + ",\"name\":\".ctor\",\"type\":" +
                Quoted(Simple(made)) + ",\"made\":" + Quoted(Name(made.GetElementType())) + ",\"target\":-1,\"caller\":" + Id(caller) + ",\"loads\":false},");
        if (code != Code.Call && code != Code.Callvirt && code != Code.Newobj && code != Code.Ldftn && code != Code.Ldvirtftn)
            return;
        var callee = instruction.Operand as MethodReference;
        if (callee == null)
            return;
        var inside = Resolve(module, callee);
        calls.Append("{\"file\":" + Quoted(here.Document.Url) + ",\"line\":" + here.StartLine + ",\"name\":" + Quoted(callee.Name) +
            ",\"type\":" + Quoted(Simple(callee.DeclaringType)) + ",\"target\":" + (inside == null ? "-1" : Id(inside)) +
            ",\"caller\":" + Id(caller) + ",\"loads\":" + (code == Code.Ldftn || code == Code.Ldvirtftn ? "true" : "false") + "},");
    }

    static MethodDefinition Resolve(ModuleDefinition module, MethodReference callee)
    {
        var type = callee.DeclaringType.GetElementType();
        if (type is TypeDefinition || type.Scope == module)
        {
            try { return callee.Resolve(); } catch (Exception) { return null; }
        }
        return null;
    }

    /** The methods of this assembly that a method overrides or implements by its name and the number of its parameters. */
    static string Overrides(ModuleDefinition module, TypeDefinition type, MethodDefinition method)
    {
        var found = new HashSet<string>();
        if (!method.IsVirtual)
            return "";
        foreach (var above in Above(module, type))
            foreach (var other in above.Methods)
                if (other.IsVirtual && other.Parameters.Count == method.Parameters.Count && (other.Name == method.Name || method.Name.EndsWith("." + other.Name)))
                    found.Add(Id(other));
        return string.Join(",", found.ToArray());
    }

    static IEnumerable<TypeDefinition> Above(ModuleDefinition module, TypeDefinition type)
    {
        var pending = new Stack<TypeReference>(type.Interfaces.Concat(new[] { type.BaseType }));
        while (pending.Count > 0)
        {
            var next = pending.Pop();
            if (next == null)
                continue;
            var element = next.GetElementType();
            var found = element as TypeDefinition ?? (element.Scope == module ? element.Resolve() : null);
            if (found == null)
                continue;
            yield return found;
            foreach (var more in found.Interfaces.Concat(new[] { found.BaseType }))
                pending.Push(more);
        }
    }

    static string Id(MethodDefinition method) { return method.MetadataToken.RID.ToString(); }

    static string Simple(TypeReference type) { return type.GetElementType().Name.Split('`')[0]; }

    /** ``Outer.Inner`` with the namespace in front, without the numbers of type parameters. */
    static string Name(TypeReference type)
    {
        var own = type.Name.Split('`')[0];
        if (type.DeclaringType != null)
            return Name(type.DeclaringType) + "." + own;
        return type.Namespace.Length > 0 ? type.Namespace + "." + own : own;
    }

    static string Quoted(string text)
    {
        var made = new StringBuilder("\"");
        foreach (var c in text)
            made.Append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? "\\u" + ((int)c).ToString("x4") : c.ToString());
        return made.Append('"').ToString();
    }
}
