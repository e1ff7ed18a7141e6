package main

import (
	"go/token"
	"sort"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/cha"
	"golang.org/x/tools/go/callgraph/rta"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// One call of a call graph between two functions of the module. Dynamic: through an interface or a function value.
type graphCall struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Callee  place  `json:"callee"`
	Through string `json:"through"` // static, interface or value
}

// VTA over all functions, and RTA from the programs that the module has: its tests and its commands.
func (o *oracle) graphs(loaded []*packages.Package) {
	program, built := ssautil.AllPackages(loaded, ssa.InstantiateGenerics)
	program.Build()
	functions := ssautil.AllFunctions(program)
	o.out.Graphs = map[string][]graphCall{"VTA": o.edges(vta.CallGraph(functions, cha.CallGraph(program)))}
	roots := []*ssa.Function{}
	for _, one := range ssautil.MainPackages(built) {
		roots = append(roots, one.Func("main"), one.Func("init"))
	}
	if len(roots) > 0 {
		o.out.Graphs["RTA"] = o.edges(rta.Analyze(roots, true).CallGraph)
	}
}

func (o *oracle) edges(graph *callgraph.Graph) []graphCall {
	graph.DeleteSyntheticNodes()
	found := map[graphCall]bool{}
	for function, node := range graph.Nodes {
		for _, edge := range node.Out {
			callee := edge.Callee.Func
			if function == nil || edge.Site == nil || callee.Object() == nil || !edge.Site.Pos().IsValid() {
				continue // the root, what no text says, functions without a name
			}
			site := o.set.Position(edge.Site.Pos())
			path, inside := o.relative(site.Filename)
			target := o.places(origin(callee).Object())
			if inside && len(target) > 0 && origin(callee).Object().Pos() != token.NoPos {
				found[graphCall{path, site.Line, target[0], through(edge.Site.Common())}] = true
			}
		}
	}
	rows := []graphCall{}
	for row := range found {
		rows = append(rows, row)
	}
	sort.Slice(rows, func(a, b int) bool {
		x, y := rows[a], rows[b]
		if x.Path != y.Path {
			return x.Path < y.Path
		}
		if x.Line != y.Line {
			return x.Line < y.Line
		}
		if x.Callee[0] != y.Callee[0] {
			return x.Callee[0].(string) < y.Callee[0].(string)
		}
		return x.Callee[1].(int) < y.Callee[1].(int)
	})
	return rows
}

func origin(function *ssa.Function) *ssa.Function {
	if generic := function.Origin(); generic != nil {
		return generic
	}
	return function
}

func through(call *ssa.CallCommon) string {
	if call.IsInvoke() {
		return "interface"
	}
	if call.StaticCallee() != nil {
		return "static"
	}
	return "value"
}
