//! Prints what syn says of a tree as one JSON object: {files, symbols, owned, sites, notes}. Usage: facts TREE

use std::path::{Path, PathBuf};

use proc_macro2::Span;
use serde::Serialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

#[derive(Serialize)]
struct Symbol {
    path: String,
    line: usize,
    end_line: usize,
    kind: &'static str,
    name: String,
}

/// A function or method and what it belongs to; a path is written `a::b`.
#[derive(Serialize)]
struct Owned {
    path: String,
    line: usize,
    name: String,
    owner: String, // last name of the type of an impl block or of the trait, "" for a free function
    implemented: String, // last name of the trait of an impl block
    modules: Vec<String>, // modules inside the file
}

/// A call expression; a macro's tokens are one without a name.
#[derive(Serialize)]
struct Site {
    path: String,
    start_line: usize,
    start_column: usize, // 1-based
    line: usize,
    name: String,
}

#[derive(Serialize, Default)]
struct Facts {
    files: Vec<String>,
    symbols: Vec<Symbol>,
    owned: Vec<Owned>,
    sites: Vec<Site>,
    notes: Vec<String>,
}

struct File<'a> {
    path: String,
    out: &'a mut Facts,
    owner: String,
    implemented: String,
    modules: Vec<String>,
}

impl File<'_> {
    fn add(&mut self, kind: &'static str, name: &syn::Ident, whole: Span) {
        self.out.symbols.push(Symbol {
            path: self.path.clone(),
            line: name.span().start().line,
            end_line: whole.end().line,
            kind,
            name: name.to_string(),
        });
    }

    fn own(&mut self, name: &syn::Ident) {
        self.out.owned.push(Owned {
            path: self.path.clone(),
            line: name.span().start().line,
            name: name.to_string(),
            owner: self.owner.clone(),
            implemented: self.implemented.clone(),
            modules: self.modules.clone(),
        });
    }

    fn site(&mut self, start: Span, end_line: usize, name: String) {
        self.out.sites.push(Site {
            path: self.path.clone(),
            start_line: start.start().line,
            start_column: start.start().column + 1,
            line: end_line,
            name,
        });
    }

    fn fields(&mut self, fields: &syn::FieldsNamed) {
        for field in &fields.named {
            if let Some(name) = &field.ident {
                self.add("property", name, field.span());
            }
        }
    }
}

impl<'ast> Visit<'ast> for File<'_> {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.add("function", &node.sig.ident, node.span());
        let outer = (std::mem::take(&mut self.owner), std::mem::take(&mut self.implemented));
        self.own(&node.sig.ident);
        visit::visit_item_fn(self, node);
        (self.owner, self.implemented) = outer;
    }

    fn visit_foreign_item_fn(&mut self, node: &'ast syn::ForeignItemFn) {
        self.add("function", &node.sig.ident, node.span());
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.add("method", &node.sig.ident, node.span());
        self.own(&node.sig.ident);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        self.add("method", &node.sig.ident, node.span());
        self.own(&node.sig.ident);
        visit::visit_trait_item_fn(self, node);
    }

    fn visit_item_struct(&mut self, node: &'ast syn::ItemStruct) {
        self.add("struct", &node.ident, node.span());
        if let syn::Fields::Named(fields) = &node.fields {
            self.fields(fields);
        }
    }

    fn visit_item_union(&mut self, node: &'ast syn::ItemUnion) {
        self.add("struct", &node.ident, node.span());
        self.fields(&node.fields);
    }

    fn visit_item_enum(&mut self, node: &'ast syn::ItemEnum) {
        self.add("enum", &node.ident, node.span());
    }

    fn visit_item_trait(&mut self, node: &'ast syn::ItemTrait) {
        self.add("trait", &node.ident, node.span());
        self.owner = node.ident.to_string();
        visit::visit_item_trait(self, node);
        self.owner.clear();
    }

    fn visit_item_type(&mut self, node: &'ast syn::ItemType) {
        self.add("type", &node.ident, node.span());
    }

    fn visit_impl_item_type(&mut self, node: &'ast syn::ImplItemType) {
        self.add("type", &node.ident, node.span());
    }

    fn visit_trait_item_type(&mut self, node: &'ast syn::TraitItemType) {
        self.add("type", &node.ident, node.span());
    }

    fn visit_item_macro(&mut self, node: &'ast syn::ItemMacro) {
        if let Some(name) = &node.ident {
            self.add("function", name, node.span());
            if let Some(made) = self.out.symbols.last_mut() {
                made.name.push('!');
            }
        }
        visit::visit_item_macro(self, node);
    }

    fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
        if node.content.is_some() {
            self.add("namespace", &node.ident, node.span());
        }
        self.modules.push(node.ident.to_string());
        visit::visit_item_mod(self, node);
        self.modules.pop();
    }

    fn visit_item_impl(&mut self, node: &'ast syn::ItemImpl) {
        self.owner = type_name(&node.self_ty);
        self.implemented = node.trait_.as_ref().map(|(_, path, _)| last(path)).unwrap_or_default();
        visit::visit_item_impl(self, node);
        self.owner.clear();
        self.implemented.clear();
    }

    fn visit_expr_call(&mut self, node: &'ast syn::ExprCall) {
        if let syn::Expr::Path(callee) = &*node.func {
            let line = callee.path.segments.last().map(|one| one.ident.span().start().line);
            self.site(node.span(), line.unwrap_or(0), last(&callee.path));
        } else {
            self.site(node.span(), node.func.span().end().line, String::new());
        }
        visit::visit_expr_call(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        self.site(node.span(), node.method.span().start().line, node.method.to_string());
        visit::visit_expr_method_call(self, node);
    }

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        let whole = node.span();
        self.site(whole, whole.end().line, String::new());
        self.site(whole, whole.start().line, format!("{}!", last(&node.path)));
    }
}

fn last(path: &syn::Path) -> String {
    path.segments.last().map(|one| one.ident.to_string()).unwrap_or_default()
}

fn type_name(written: &syn::Type) -> String {
    match written {
        syn::Type::Path(found) => last(&found.path),
        syn::Type::Reference(found) => type_name(&found.elem),
        syn::Type::Paren(found) => type_name(&found.elem),
        _ => String::new(),
    }
}

fn main() {
    let tree = PathBuf::from(std::env::args().nth(1).expect("usage: facts TREE"));
    let mut files = Vec::new();
    list(&tree, &mut files);
    files.sort();
    let mut out = Facts::default();
    for file in files {
        let path = file.strip_prefix(&tree).expect("below the tree").to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        match syn::parse_file(&text) {
            Ok(parsed) => {
                out.files.push(path.clone());
                let (owner, implemented, modules) = Default::default();
                File { path, out: &mut out, owner, implemented, modules }.visit_file(&parsed);
            }
            Err(problem) => out.notes.push(format!("syn cannot read {path}: {problem}")),
        }
    }
    println!("{}", serde_json::to_string(&out).expect("plain data"));
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
