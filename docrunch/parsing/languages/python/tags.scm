; Single nodes only: what surrounds them is read by hooks.py, in source order.
(function_definition) @definition.function
(class_definition) @definition.class
(type_alias_statement) @definition.type
(decorated_definition) @reference.decorator

(call) @reference.call
(type) @reference.type
(argument_list [(identifier) (attribute)] @reference.use)
(keyword_argument value: [(identifier) (attribute)] @reference.use)
(return_statement [(identifier) (attribute)] @reference.use)
(list [(identifier) (attribute)] @reference.use)
(tuple [(identifier) (attribute)] @reference.use)
(set [(identifier) (attribute)] @reference.use)
(pair value: [(identifier) (attribute)] @reference.use)
(boolean_operator [(identifier) (attribute)] @reference.use)
(conditional_expression [(identifier) (attribute)] @reference.use)
(lambda body: [(identifier) (attribute)] @reference.use)
(assignment right: (identifier) @reference.use)
(default_parameter value: [(identifier) (attribute)] @reference.use)
(typed_default_parameter value: [(identifier) (attribute)] @reference.use)
(comparison_operator (attribute) @reference.use)
(raise_statement (identifier) @reference.use)
(except_clause value: [(identifier) (attribute) (tuple)] @reference.use)

(assignment) @assignment
(named_expression) @assignment
(augmented_assignment) @assignment
(except_clause value: (as_pattern) @assignment)
(case_pattern (as_pattern) @assignment)
(for_statement) @loop
(for_in_clause) @loop
(with_item value: (as_pattern) @context)
(return_statement) @return
(yield) @return
(lambda_parameters) @local

(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import

(if_statement) @decision
(elif_clause) @decision
(for_statement) @decision
(while_statement) @decision
(except_clause) @decision
(case_clause) @decision
(conditional_expression) @decision
(boolean_operator) @decision
(for_in_clause) @decision
(if_clause) @decision

(comment) @comment
(module (if_statement condition: (comparison_operator) @guard))

(else_clause) @structure
(match_statement) @structure
(lambda) @structure
