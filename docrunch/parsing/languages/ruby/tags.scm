; Single nodes only: what surrounds them is read by hooks.py, in source order.
(class) @definition.class
(module) @definition.class
(singleton_class) @definition.implementation
(method) @definition.function
(singleton_method) @definition.function

(call) @reference.call
(super) @reference.call
(constant) @reference.type
(scope_resolution) @reference.type

; A bare name where a value stands: a local variable, or a call of a method of self.
(program (identifier) @reference.use)
(body_statement (identifier) @reference.use)
(block_body (identifier) @reference.use)
(then (identifier) @reference.use)
(else (identifier) @reference.use)
(do (identifier) @reference.use)
(ensure (identifier) @reference.use)
(begin (identifier) @reference.use)
(parenthesized_statements (identifier) @reference.use)
(interpolation (identifier) @reference.use)
(argument_list (identifier) @reference.use)
(splat_argument (identifier) @reference.use)
(hash_splat_argument (identifier) @reference.use)
(block_argument (identifier) @reference.use)
(array (identifier) @reference.use)
(pair value: (identifier) @reference.use)
(call receiver: (identifier) @reference.use)
(element_reference object: (identifier) @reference.use)
(element_reference (identifier) @reference.use)
(binary (identifier) @reference.use)
(unary (identifier) @reference.use)
(range (identifier) @reference.use)
(conditional (identifier) @reference.use)
(assignment right: (identifier) @reference.use)
(right_assignment_list (identifier) @reference.use)
(operator_assignment right: (identifier) @reference.use)
(method body: (identifier) @reference.use)
(singleton_method body: (identifier) @reference.use)
(if condition: (identifier) @reference.use)
(elsif condition: (identifier) @reference.use)
(unless condition: (identifier) @reference.use)
(while condition: (identifier) @reference.use)
(until condition: (identifier) @reference.use)
(if_modifier (identifier) @reference.use)
(unless_modifier (identifier) @reference.use)
(while_modifier (identifier) @reference.use)
(until_modifier (identifier) @reference.use)
(rescue_modifier (identifier) @reference.use)
(case value: (identifier) @reference.use)
(case_match value: (identifier) @reference.use)
(pattern (identifier) @reference.use)
(in (identifier) @reference.use)
(optional_parameter value: (identifier) @reference.use)
(keyword_parameter value: (identifier) @reference.use)

(assignment) @assignment
(operator_assignment) @assignment
(exception_variable (_) @local)
(for pattern: (_) @local)
(in_clause pattern: (_) @local)
(block_parameters) @local
(lambda_parameters) @local
(alias) @definition.member
(return) @return
(yield) @return
(method body: (body_statement (_) @return .))
(singleton_method body: (body_statement (_) @return .))
(method body: [(identifier) (call) (instance_variable)] @return)
(singleton_method body: [(identifier) (call) (instance_variable)] @return)

(if) @decision
(elsif) @decision
(unless) @decision
(while) @decision
(until) @decision
(for) @decision
(rescue) @decision
(when) @decision
(in_clause) @decision
(if_modifier) @decision
(unless_modifier) @decision
(while_modifier) @decision
(until_modifier) @decision
(rescue_modifier) @decision
(conditional) @decision
(binary operator: ["&&" "||" "and" "or"]) @decision

(case) @structure
(case_match) @structure
(if alternative: (else) @structure)
(elsif alternative: (else) @structure)
(unless alternative: (else) @structure)
(block) @structure
(do_block) @structure

(comment) @comment
(if condition: (binary) @guard)
