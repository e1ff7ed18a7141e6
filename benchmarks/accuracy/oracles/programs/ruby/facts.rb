# Prints what Ruby's own parser says of a tree as one JSON object: {files, symbols, calls, aliases, notes}.
# Nothing of the tree is run. Call sites have no verdict here: what they mean is seen at run time (trace.rb).
#
# Usage: ruby facts.rb TREE

require "json"

TREE = File.realpath(ARGV.fetch(0))
ATTRIBUTES = %i[attr_reader attr_writer attr_accessor attr].freeze
MAKERS = { Struct: [:new, "class"], Class: [:new, "class"], Module: [:new, "trait"], Data: [:define, "class"] }.freeze

class Reader
  attr_reader :symbols, :calls, :aliases

  def initialize
    @symbols, @calls, @aliases = [], [], []
  end

  def read(path, text)
    @path = path
    visit(RubyVM::AbstractSyntaxTree.parse(text), nil)
  end

  private

  def visit(node, around)
    return unless node.is_a?(RubyVM::AbstractSyntaxTree::Node)

    inside = send(HANDLERS.fetch(node.type, :other), node, around)
    node.children.each { |child| visit(child, inside) }
  end

  HANDLERS = {
    CLASS: :type, MODULE: :type, SCLASS: :singleton, DEFN: :method_, DEFS: :method_, CDECL: :constant, ALIAS: :alias_,
    CALL: :call, QCALL: :call, FCALL: :call, VCALL: :call, ATTRASGN: :call, SUPER: :super_, ZSUPER: :super_
  }.freeze

  def other(_node, around)
    around
  end

  def symbol(kind, name, line, last)
    @symbols << { path: @path, line: line, end_line: last, kind: kind, name: name }
  end

  def type(node, _around)
    constant_path = node.children[0]
    name = written(constant_path)
    symbol(node.type == :CLASS ? "class" : "trait", name, constant_path.last_lineno, node.last_lineno) if name
    superclass = node.type == :CLASS ? node.children[1] : nil
    fields(superclass) if made(superclass)
    :type
  end

  def singleton(_node, _around)
    :type
  end

  def inside?(around)
    %i[type body].include?(around)
  end

  # `A::B`, "" where it is computed.
  def written(node)
    case node&.type
    when :CONST then node.children[0].to_s
    when :COLON3 then node.children[0].to_s
    when :COLON2
      outer = node.children[0]
      return node.children[1].to_s if outer.nil?

      before = written(outer)
      before && "#{before}::#{node.children[1]}"
    end
  end

  def method_(node, around)
    name = (node.type == :DEFN ? node.children[0] : node.children[1]).to_s
    kind = inside?(around) || node.type == :DEFS ? "method" : "function"
    kind = "constructor" if name == "initialize" && node.type == :DEFN && inside?(around)
    symbol(kind, name, node.first_lineno, node.last_lineno)
    inside?(around) ? :body : :top
  end

  def constant(node, around)
    return around if %i[body top].include?(around)

    made = made(node.children.last)
    outer = node.children[0]
    name = outer.is_a?(Symbol) ? outer.to_s : written(outer)
    return around unless name

    last = node.last_lineno
    symbol(made ? made[1] : "constant", name, node.first_lineno, last)
    fields(node.children.last) if made && %i[Struct Data].include?(made[0])
    made ? :type : around
  end

  # [:Struct, "class"] for `Struct.new(…) { … }`.
  def made(node)
    node = node.children[0] if node.is_a?(RubyVM::AbstractSyntaxTree::Node) && node.type == :ITER
    return unless node.is_a?(RubyVM::AbstractSyntaxTree::Node) && node.type == :CALL

    maker = written(node.children[0])&.to_sym
    found = MAKERS[maker]
    [maker, found[1]] if found && found[0] == node.children[1]
  end

  def fields(node)
    node = node.children[0] if node.type == :ITER
    maker = written(node.children[0])
    return unless %w[Struct Data].include?(maker)

    literals(node.children[2]) { |name, at| symbol("property", name, at.first_lineno, at.last_lineno) }
  end

  def literals(list)
    return unless list.is_a?(RubyVM::AbstractSyntaxTree::Node)

    list.children.each do |child|
      next unless child.is_a?(RubyVM::AbstractSyntaxTree::Node) && child.type == :LIT && child.children[0].is_a?(Symbol)

      yield child.children[0].to_s, child
    end
  end

  def alias_(node, around)
    names = node.children.map { |child| child.children[0].to_s }
    add_alias(names[0], names[1], node) if around == :type
    around
  end

  def add_alias(name, original, node)
    symbol("method", name, node.first_lineno, node.last_lineno)
    @aliases << [@path, node.first_lineno, name, original]
  end

  def call(node, around)
    bare = %i[FCALL VCALL].include?(node.type)
    name = node.children[bare ? 0 : 1]
    return around unless name.is_a?(Symbol) && name.match?(/\A\w+[?!=]?\z/)

    macro(node, name) if bare && around == :type
    site(node, name.to_s)
    around
  end

  def macro(node, name)
    arguments = node.children[1]
    if ATTRIBUTES.include?(name)
      literals(arguments) { |attribute, at| symbol("property", attribute, at.first_lineno, node.last_lineno) }
    elsif name == :alias_method
      found = []
      literals(arguments) { |each, _at| found << each }
      add_alias(found[0], found[1], node) if found.size == 2
    elsif name == :def_delegators
      found = []
      literals(arguments) { |each, at| found << [each, at] }
      found.drop(found.size == arguments.children.compact.size ? 1 : 0).each { |each, at| generated(each, at) }
    elsif name == :def_delegator
      found = []
      literals(arguments) { |each, at| found << [each, at] }
      generated(*found.last) if found.any?
    end
  end

  def generated(name, at)
    symbol("method", name, at.first_lineno, at.last_lineno)
  end

  def super_(node, around)
    site(node, "super")
    around
  end

  def site(node, name)
    @calls << { path: @path, start_line: node.first_lineno, line: node.last_lineno, name: name, verdict: "unknown" }
  end
end

reader = Reader.new
files, notes = [], []
Dir.glob("**/*.rb", base: TREE).sort.each do |path|
  text = File.binread(File.join(TREE, path)).force_encoding("UTF-8")
  begin
    reader.read(path, text)
    files << path
  rescue SyntaxError, ArgumentError, NotImplementedError => e
    notes << "Ruby cannot read #{path}: #{e.class}"
  end
end
puts JSON.generate(files: files, symbols: reader.symbols, calls: reader.calls, aliases: reader.aliases, notes: notes)
