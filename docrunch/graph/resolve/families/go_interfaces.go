//go:build ignore

// Prints the exported interfaces of Go's standard library with the methods that fulfil them, a table of
// `go_outside.py`. Names of packages are left out of types. Made with go1.26:
//
//	go run go_interfaces.go > go_interfaces.txt
package main

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os/exec"
	"strings"
)

func main() {
	listed, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		panic(err)
	}
	source := importer.ForCompiler(token.NewFileSet(), "source", nil)
	show("error", types.Universe.Lookup("error").Type())
	for _, path := range strings.Fields(string(listed)) {
		if strings.Contains(path, "internal") || strings.HasPrefix(path, "vendor/") || strings.HasPrefix(path, "cmd/") {
			continue
		}
		found, err := source.Import(path)
		if err != nil {
			panic(err)
		}
		for _, name := range found.Scope().Names() {
			object, ok := found.Scope().Lookup(name).(*types.TypeName)
			if ok && object.Exported() {
				show(path+"."+name, object.Type())
			}
		}
	}
}

func show(name string, type_ types.Type) {
	if named, ok := type_.(*types.Named); ok && named.TypeParams().Len() > 0 {
		return
	}
	found, ok := type_.Underlying().(*types.Interface)
	if !ok || found.NumMethods() == 0 || !found.IsMethodSet() {
		return
	}
	lines := []string{name}
	for i := range found.NumMethods() {
		method := found.Method(i)
		if !method.Exported() {
			return // nobody else can fulfil it
		}
		signature := method.Signature()
		parts := []string{method.Name()}
		for at := range signature.Params().Len() {
			text := types.TypeString(signature.Params().At(at).Type(), bare)
			if signature.Variadic() && at == signature.Params().Len()-1 {
				text = "..." + strings.TrimPrefix(text, "[]")
			}
			parts = append(parts, text)
		}
		results := []string{}
		for at := range signature.Results().Len() {
			results = append(results, types.TypeString(signature.Results().At(at).Type(), bare))
		}
		text := strings.Join(results, ",")
		if len(results) > 1 {
			text = "(" + text + ")"
		}
		lines = append(lines, "\t"+strings.Join(append(parts, text), "\t"))
	}
	fmt.Println(strings.Join(lines, "\n"))
}

func bare(*types.Package) string { return "" }
