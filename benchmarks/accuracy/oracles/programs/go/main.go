// Prints what go/types says of a module as one JSON object: {files, symbols, loose, imports, calls, notes, graphs}.
// Usage: facts TREE
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

type symbol struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
}

type imported struct {
	Path   string `json:"path"`
	Target string `json:"target"`
	Line   int    `json:"line"`
}

type place [2]any // path, line

type call struct {
	Path      string  `json:"path"`
	StartLine int     `json:"start_line"`
	Line      int     `json:"line"`
	Name      string  `json:"name"`
	Verdict   string  `json:"verdict"`
	Targets   []place `json:"targets"`
	Also      []place `json:"also"`
}

type facts struct {
	Files   []string   `json:"files"`
	Symbols []symbol   `json:"symbols"`
	Loose   []symbol   `json:"loose"`
	Imports []imported `json:"imports"`
	Calls   []call     `json:"calls"`
	Notes   []string   `json:"notes"`

	Graphs map[string][]graphCall `json:"graphs"`
}

type oracle struct {
	tree  string
	set   *token.FileSet
	named []*types.Named // concrete types of the module, for the implementations of interfaces
	out   facts
	seen  map[string]bool
}

func main() {
	tree, err := filepath.EvalSymlinks(os.Args[1])
	must(err)
	o := &oracle{tree: tree, set: token.NewFileSet(), seen: map[string]bool{}}
	o.out = facts{[]string{}, []symbol{}, []symbol{}, []imported{}, []call{}, []string{}, nil}
	o.symbols()
	o.packages()
	must(json.NewEncoder(os.Stdout).Encode(o.out))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (o *oracle) relative(file string) (string, bool) {
	path, err := filepath.Rel(o.tree, file)
	return filepath.ToSlash(path), err == nil && !strings.HasPrefix(path, "..")
}

// Symbols come from every file of the tree, whatever its build constraints.
func (o *oracle) symbols() {
	must(filepath.WalkDir(o.tree, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		parsed, err := parser.ParseFile(o.set, file, nil, parser.SkipObjectResolution)
		path, _ := o.relative(file)
		if err != nil {
			o.out.Notes = append(o.out.Notes, "go/parser cannot read "+path)
			return nil
		}
		o.out.Files = append(o.out.Files, path)
		ast.Inspect(parsed, func(node ast.Node) bool {
			o.declaration(node)
			return true
		})
		return nil
	}))
}

func (o *oracle) declaration(node ast.Node) {
	switch found := node.(type) {
	case *ast.FuncDecl:
		kind := "function"
		if found.Recv != nil {
			kind = "method"
		}
		o.symbol(kind, found.Name, found)
	case *ast.InterfaceType: // also the nameless ones
		for _, method := range found.Methods.List {
			o.loose(method)
		}
	case *ast.TypeSpec:
		switch held := found.Type.(type) {
		case *ast.StructType:
			o.symbol("struct", found.Name, found)
			o.fields(held.Fields, "property")
		case *ast.InterfaceType:
			o.symbol("interface", found.Name, found)
			o.fields(held.Methods, "method")
		default:
			o.symbol("type", found.Name, found)
		}
	}
}

func (o *oracle) fields(list *ast.FieldList, kind string) {
	for _, field := range list.List {
		if len(field.Names) == 0 && kind == "property" {
			if name := embedded(field.Type); name != nil {
				o.symbol(kind, name, field)
			}
		}
		for _, name := range field.Names {
			o.symbol(kind, name, field)
		}
	}
}

func embedded(expression ast.Expr) *ast.Ident {
	switch found := expression.(type) {
	case *ast.Ident:
		return found
	case *ast.StarExpr:
		return embedded(found.X)
	case *ast.SelectorExpr:
		return found.Sel
	case *ast.IndexExpr:
		return embedded(found.X)
	case *ast.IndexListExpr:
		return embedded(found.X)
	}
	return nil
}

func (o *oracle) loose(node ast.Node) {
	start := o.set.Position(node.Pos())
	path, _ := o.relative(start.Filename)
	o.out.Loose = append(o.out.Loose, symbol{path, start.Line, o.set.Position(node.End()).Line, "", ""})
}

func (o *oracle) symbol(kind string, name *ast.Ident, whole ast.Node) {
	start := o.set.Position(name.Pos())
	path, _ := o.relative(start.Filename)
	o.out.Symbols = append(o.out.Symbols, symbol{path, start.Line, o.set.Position(whole.End()).Line, kind, name.Name})
}

func (o *oracle) packages() {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule
	config := &packages.Config{Mode: mode, Dir: o.tree, Fset: o.set, Tests: true}
	loaded, err := packages.Load(config, "./...")
	must(err)
	for _, one := range loaded {
		for _, problem := range one.Errors {
			o.out.Notes = append(o.out.Notes, one.PkgPath+": "+problem.Msg)
		}
		scope := one.Types.Scope()
		for _, name := range scope.Names() {
			if named, ok := scope.Lookup(name).Type().(*types.Named); ok && !types.IsInterface(named) {
				o.named = append(o.named, named)
			}
		}
	}
	for _, one := range loaded {
		for _, file := range one.Syntax {
			path, inside := o.relative(o.set.Position(file.Package).Filename)
			if inside {
				o.file(one, file, path)
			}
		}
	}
	o.graphs(loaded)
	sort.Strings(o.out.Notes)
}

func (o *oracle) file(one *packages.Package, file *ast.File, path string) {
	if o.seen[path] { // once more in the package's test variant
		return
	}
	o.seen[path] = true
	for _, spec := range file.Imports {
		target := one.Imports[strings.Trim(spec.Path.Value, "\"`")]
		if target == nil || len(target.GoFiles) == 0 {
			continue
		}
		directory, inside := o.relative(filepath.Dir(target.GoFiles[0]))
		if inside {
			if directory == "." {
				directory = ""
			}
			o.out.Imports = append(o.out.Imports, imported{path, directory, o.set.Position(spec.Pos()).Line})
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if found, ok := node.(*ast.CallExpr); ok {
			o.call(one.TypesInfo, found, path)
		}
		return true
	})
}

func (o *oracle) call(info *types.Info, node *ast.CallExpr, path string) {
	name := calleeName(node.Fun)
	row := call{Path: path, StartLine: o.set.Position(node.Pos()).Line, Verdict: "unknown", Targets: []place{}, Also: []place{}}
	row.Line = o.set.Position(node.Lparen).Line
	if name != nil {
		row.Name, row.Line = name.Name, o.set.Position(name.Pos()).Line
	}
	if kind, ok := info.Types[node.Fun]; ok && kind.IsType() { // a conversion is no call
		row.Verdict = "outside"
		if name != nil && info.Uses[name] != nil {
			row.Also = o.places(info.Uses[name])
		}
	} else {
		o.callee(info, node, &row)
	}
	o.out.Calls = append(o.out.Calls, row)
}

func (o *oracle) callee(info *types.Info, node *ast.CallExpr, row *call) {
	switch found := typeutil.Callee(info, node).(type) {
	case *types.Func:
		row.Targets = o.places(found.Origin())
		row.Verdict = "outside"
		if len(row.Targets) > 0 {
			row.Verdict = "inside"
		}
		row.Also = o.implementations(found)
	case *types.Builtin:
		row.Verdict = "outside"
	case *types.Var:
		row.Also = o.places(found)
	}
}

// The methods that a call of an interface's method may run.
func (o *oracle) implementations(method *types.Func) []place {
	receiver := method.Signature().Recv()
	if receiver == nil || !types.IsInterface(receiver.Type()) {
		return []place{}
	}
	wanted, ok := receiver.Type().Underlying().(*types.Interface)
	if !ok {
		return []place{}
	}
	found := []place{}
	for _, named := range o.named {
		pointer := types.NewPointer(named)
		if named.TypeParams().Len() > 0 || !types.Implements(pointer, wanted) {
			continue
		}
		object, _, _ := types.LookupFieldOrMethod(pointer, true, method.Pkg(), method.Name())
		if implemented, ok := object.(*types.Func); ok {
			found = append(found, o.places(implemented.Origin())...)
		}
	}
	return found
}

func (o *oracle) places(object types.Object) []place {
	if !object.Pos().IsValid() {
		return []place{}
	}
	position := o.set.Position(object.Pos())
	path, inside := o.relative(position.Filename)
	if !inside {
		return []place{}
	}
	return []place{{path, position.Line}}
}

func calleeName(function ast.Expr) *ast.Ident {
	switch found := ast.Unparen(function).(type) {
	case *ast.Ident:
		return found
	case *ast.SelectorExpr:
		return found.Sel
	case *ast.IndexExpr:
		return calleeName(found.X)
	case *ast.IndexListExpr:
		return calleeName(found.X)
	}
	return nil
}
