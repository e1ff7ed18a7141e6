# Loaded before a test suite (`ruby -r./trace.rb`): which method of the tree was called from which line of it.
# Environment: ACCURACY_TREE, ACCURACY_OUT. Rows: [caller file, line, name at the call, callee file, line, others].
# An empty callee is a method of something else. ``others`` are the definitions that the callee overrides.

require "json"

module AccuracyTrace
  TREE = "#{File.realpath(ENV.fetch("ACCURACY_TREE"))}/"
  ROWS = {}
  PLACES = {}
  INSIDE = {}

  module_function

  # Path in the tree, nil outside of it.
  def inside(path)
    INSIDE.fetch(path) do
      real = File.exist?(path) ? File.realpath(path) : path
      INSIDE[path] = real.start_with?(TREE) ? real.delete_prefix(TREE) : nil
    end
  end

  # Places of a method and of those it overrides.
  def places(receiver, name)
    method = Kernel.instance_method(:method).bind_call(receiver, name)
    key = [method.owner, name]
    PLACES[key] ||= begin
      found = []
      while method && found.size < 8
        at = method.source_location
        path = at && inside(at[0])
        found << [path, at[1]] if path
        method = method.super_method
      end
      found
    end
  rescue NameError, NotImplementedError, TypeError
    []
  end

  def note(path, line, name, callee, others)
    ROWS[[path, line, name, callee, others]] = true
  end

  def called(point)
    frame = caller_locations(3, 1)&.first
    path = frame && frame.path && inside(frame.path)
    return unless path

    return if point.path.end_with?("forwardable.rb", "forwardable/impl.rb") # what it makes has no place in the tree

    target = inside(point.path)
    name = frame.label == "new" && point.method_id == :initialize ? :new : point.callee_id
    others = target ? places(point.self, point.callee_id).reject { |at| at == [target, point.lineno] } : []
    note(path, frame.lineno, name.to_s, target ? [target, point.lineno] : nil, others)
  end

  def called_outside(point)
    path = inside(point.path)
    return unless path

    name = point.callee_id
    return if name == :new

    found = places(point.self, name)
    note(path, point.lineno, name.to_s, found[0], found.drop(1))
  end
end

calls = TracePoint.new(:call) { |point| AccuracyTrace.called(point) }
outside = TracePoint.new(:c_call) { |point| AccuracyTrace.called_outside(point) }
at_exit do
  calls.disable
  outside.disable
  rows = AccuracyTrace::ROWS.keys.map { |path, line, name, callee, others| [path, line, name, *(callee || ["", 0]), others] }
  File.write(ENV.fetch("ACCURACY_OUT"), JSON.generate(rows)) if Process.pid == AccuracyTrace::PID
end
AccuracyTrace::PID = Process.pid
calls.enable
outside.enable
