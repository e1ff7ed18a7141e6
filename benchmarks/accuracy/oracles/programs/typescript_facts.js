// Prints what the TypeScript compiler says of a tree as one JSON object: {files, symbols, loose, imports, calls}.
// Usage: node typescript_facts.js PATH_OF_TYPESCRIPT TREE [CUSTOM_CONDITION…]
"use strict";
const path = require("node:path");
const fs = require("node:fs");
const ts = require(process.argv[2]);
const tree = fs.realpathSync(process.argv[3]);
const options = {
  allowJs: true,
  checkJs: false,
  noEmit: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: process.argv.slice(4),
  jsx: ts.JsxEmit.Preserve,
  experimentalDecorators: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  strict: true,
  types: [],
};
const SOURCE = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
const IMPORTABLE = /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs|json)$/;

function list(directory) {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : list(full);
    return SOURCE.test(entry.name) ? [full] : [];
  });
}

const program = ts.createProgram(list(tree).sort(), options);
const checker = program.getTypeChecker();
const host = ts.createCompilerHost(options);
const inTree = (file) => file.startsWith(tree + path.sep) && !file.includes("node_modules");
const relative = (file) => path.relative(tree, file).split(path.sep).join("/");
const lineAt = (source, position) => source.getLineAndCharacterOfPosition(position).line + 1;
const lineOf = (node) => lineAt(node.getSourceFile(), node.getStart());
const endOf = (node) => lineAt(node.getSourceFile(), node.getEnd());
const isFunction = (node) => node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));

function unwrap(node) {
  while (node && (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)))
    node = node.expression;
  return node;
}

// --- symbols -----------------------------------------------------------------------------------------------------

const CONTAINER_KIND = new Map([
  [ts.SyntaxKind.ClassDeclaration, "class"],
  [ts.SyntaxKind.InterfaceDeclaration, "interface"],
  [ts.SyntaxKind.EnumDeclaration, "enum"],
  [ts.SyntaxKind.TypeAliasDeclaration, "type"],
  [ts.SyntaxKind.ModuleDeclaration, "namespace"],
  [ts.SyntaxKind.FunctionDeclaration, "function"],
]);

function symbolsOf(source) {
  const found = [];
  const add = (kind, name, named, whole) =>
    found.push({ path: relative(source.fileName), line: lineOf(named), end_line: endOf(whole), kind, name });
  const visit = (node) => {
    symbolOf(node, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function symbolOf(node, add) {
  const kind = CONTAINER_KIND.get(node.kind);
  if (kind !== undefined) {
    if (node.name && !(node.flags & ts.NodeFlags.GlobalAugmentation)) add(kind, node.name.text, node.name, node);
    else if (!node.name && node.modifiers) add(kind, "default", node, node); // export default function () {}
  } else if (ts.isConstructorDeclaration(node)) {
    add("constructor", "constructor", node.getChildren().find((c) => c.kind === ts.SyntaxKind.ConstructorKeyword) ?? node, node);
  } else if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
    const value = unwrap(node.initializer);
    if (isFunction(value)) add("function", node.name.text, node.name, node);
    else if (value && ts.isClassExpression(value)) add("class", node.name.text, node.name, node);
    else if (value && ts.isObjectLiteralExpression(value)) membersOf(value, add);
  } else if (ts.isClassElement(node) && node.name && ts.isClassLike(node.parent)) {
    add(memberKind(node), nameOf(node.name), node.name, node);
  } else if (ts.isTypeElement(node) && node.name && ts.isInterfaceDeclaration(node.parent)) {
    add(memberKind(node), nameOf(node.name), node.name, node);
  } else if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent)) {
    add("property", nameOf(node.name), node.name, node);
  } else if (ts.isBinaryExpression(node)) {
    assignedOf(node, add);
  }
}

// Functions that the language does not call definitions: assigned to some value's field, held by a nameless object.
function looseOf(source) {
  const found = [];
  const visit = (node) => {
    const code = isFunction(node) || ts.isMethodDeclaration(node) || ts.isAccessor(node) || ts.isClassExpression(node);
    if (code) {
      const lines = new Set([lineOf(node), lineOf(node.parent)]);
      if (ts.isBinaryExpression(node.parent) && node.parent.left.name) lines.add(lineOf(node.parent.left.name));
      for (const line of lines) found.push({ path: relative(source.fileName), line, end_line: endOf(node), kind: "", name: "" });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function memberKind(node) {
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) return "method";
  if (ts.isGetAccessor(node) || ts.isSetAccessor(node)) return "accessor";
  return isFunction(unwrap(node.initializer)) ? "method" : "property";
}

// Functions held by an object that has a name.
function membersOf(literal, add) {
  for (const property of literal.properties) {
    const value = ts.isPropertyAssignment(property) ? unwrap(property.initializer) : undefined;
    if (ts.isMethodDeclaration(property) || isFunction(value)) add("method", nameOf(property.name), property.name, property);
    else if (ts.isAccessor(property)) add("accessor", nameOf(property.name), property.name, property);
    else if (value && ts.isObjectLiteralExpression(value)) membersOf(value, add);
  }
}

// CommonJS and prototype style, at the top of a JavaScript file: x.y = function () {}
function assignedOf(node, add) {
  if (!/\.[cm]?jsx?$/.test(node.getSourceFile().fileName)) return;
  if (node.operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isPropertyAccessExpression(node.left)) return;
  let value = node.right;
  while (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken) value = value.right;
  let statement = node.parent;
  while (ts.isBinaryExpression(statement)) statement = statement.parent;
  if (!isFunction(value) || !ts.isExpressionStatement(statement) || !ts.isSourceFile(statement.parent)) return;
  const owner = node.left.expression.getText();
  const name = node.left.name.text;
  if (owner === "module" && name === "exports") {
    if (value.name) add("function", value.name.text, value.name, value);
    return;
  }
  add(owner === "exports" || owner === "module.exports" ? "function" : "method", name, node.left.name, node);
}

function nameOf(name) {
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
}

// --- imports -----------------------------------------------------------------------------------------------------

function importsOf(source) {
  const rows = [];
  for (const specifier of source.imports ?? []) {
    const mode = ts.getModeForUsageLocation?.(source, specifier, options);
    const resolved = ts.resolveModuleName(specifier.text, source.fileName, options, host, undefined, undefined, mode);
    const file = resolved.resolvedModule?.resolvedFileName;
    if (file && inTree(file) && IMPORTABLE.test(file) && file !== source.fileName)
      rows.push(importRow(source, file, specifier, isDocumentation(specifier)));
  }
  return [...rows, ...modulesByName(source)];
}

function importRow(source, file, node, optional) {
  return { path: relative(source.fileName), target: relative(file), line: statementLine(node), optional };
}

// A type import in a comment.
function isDocumentation(node) {
  for (; node && !ts.isSourceFile(node); node = node.parent) if (node.flags & ts.NodeFlags.JSDoc) return true;
  return false;
}

// `import {z} from "./index"` where z is the whole of another file: that file may be named too.
function modulesByName(source) {
  const rows = [];
  const visit = (node) => {
    if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node) || ts.isImportClause(node)) {
      const symbol = node.name && symbolAt(node.name);
      for (const declaration of symbol?.declarations ?? [])
        if (ts.isSourceFile(declaration) && inTree(declaration.fileName) && declaration !== source)
          rows.push(importRow(source, declaration.fileName, node, true));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return rows;
}

function statementLine(specifier) {
  let node = specifier;
  while (node.parent && !ts.isStatement(node)) node = node.parent;
  return lineOf(node);
}

// --- calls -------------------------------------------------------------------------------------------------------

const place = (node) => [relative(node.getSourceFile().fileName), lineOf(node)];
const declaredIn = (declaration) => inTree(declaration.getSourceFile().fileName);

// The place of the name under which a declaration can be called, or undefined: a callback, a function type.
function callable(declaration) {
  if (ts.isConstructorDeclaration(declaration)) {
    const keyword = declaration.getChildren().find((c) => c.kind === ts.SyntaxKind.ConstructorKeyword);
    return place(keyword ?? declaration);
  }
  if (ts.isClassLike(declaration)) return declaration.name ? place(declaration.name) : heldBy(declaration);
  if (ts.isFunctionDeclaration(declaration)) return place(declaration.name ?? declaration);
  if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) return place(declaration.name);
  if (isFunction(declaration)) return heldBy(declaration);
  if (hasFunctionValue(declaration)) return place(declaration.name);
  return undefined;
}

function hasFunctionValue(declaration) {
  if (!ts.isVariableDeclaration(declaration) && !ts.isPropertyDeclaration(declaration) && !ts.isPropertyAssignment(declaration))
    return false;
  const value = unwrap(declaration.initializer);
  return isFunction(value) || (value !== undefined && ts.isClassExpression(value));
}

function heldBy(value) {
  let holder = value.parent;
  while (ts.isParenthesizedExpression(holder) || ts.isAsExpression(holder)) holder = holder.parent;
  if (ts.isVariableDeclaration(holder) || ts.isPropertyDeclaration(holder) || ts.isPropertyAssignment(holder))
    return place(holder.name);
  if (ts.isBinaryExpression(holder) && ts.isPropertyAccessExpression(holder.left)) {
    const exported = holder.left.getText() === "module.exports";
    return place(exported ? (value.name ?? holder.left.name) : holder.left.name);
  }
  return undefined;
}

function symbolAt(node) {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function callOf(node) {
  const callee = unwrap(ts.isTaggedTemplateExpression(node) ? node.tag : isElement(node) ? node.tagName : node.expression);
  const named = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  const name = ts.isIdentifier(named) || ts.isPrivateIdentifier(named) ? named.text : "";
  const row = {
    path: relative(node.getSourceFile().fileName),
    start_line: lineOf(node),
    line: lineOf(named),
    name: callee.kind === ts.SyntaxKind.SuperKeyword ? "super" : name,
    verdict: "unknown",
    targets: [],
    also: [],
  };
  if (callee.kind === ts.SyntaxKind.ImportKeyword || name === "require") return { ...row, verdict: "outside" };
  const declarations = declarationsOf(node, named);
  const inside = declarations.filter(declaredIn);
  row.targets = distinct(inside.map(callable));
  row.also = distinct(inside.filter((d) => d.name && !callable(d)).map((d) => place(d.name)));
  if (row.targets.length) row.verdict = "inside";
  else if (declarations.length && !inside.length) row.verdict = "outside";
  return row;
}

// The signature that is called with its overloads, and what the name itself means.
function declarationsOf(node, named) {
  const found = new Set();
  const signature = checker.getResolvedSignature(node)?.declaration;
  if (signature && !ts.isJSDocSignature(signature)) {
    found.add(signature);
    const own = signature.name && checker.getSymbolAtLocation(signature.name);
    for (const declaration of own?.declarations ?? []) found.add(declaration);
  }
  for (const declaration of symbolAt(named)?.declarations ?? []) found.add(declaration);
  return [...found];
}

function distinct(places) {
  const seen = new Map(places.filter(Boolean).map((one) => [one.join(":"), one]));
  return [...seen.keys()].sort().map((key) => seen.get(key));
}

// A JSX element runs its component, as the compiler's call hierarchy has it; those of the platform are no calls.
const isElement = (node) => ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node);
const isPlatform = (name) => ts.isJsxNamespacedName(name) || (ts.isIdentifier(name) && /^[a-z]/.test(name.text));

function isCall(node) {
  if (isElement(node)) return !isPlatform(node.tagName);
  return ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
}

function callsOf(source) {
  const rows = [];
  const visit = (node) => {
    if (isCall(node)) rows.push(callOf(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return rows;
}

const sources = program.getSourceFiles().filter((source) => inTree(source.fileName));
process.stdout.write(
  JSON.stringify({
    files: sources.map((source) => relative(source.fileName)),
    symbols: sources.flatMap(symbolsOf),
    loose: sources.flatMap(looseOf),
    imports: sources.flatMap(importsOf),
    calls: sources.flatMap(callsOf),
  }),
);
