(class_declaration) @definition.class
(protocol_declaration) @definition.class
(function_declaration) @definition.function
(protocol_function_declaration) @definition.function
(init_declaration) @definition.function
(deinit_declaration) @definition.function
(subscript_declaration) @definition.function
(macro_declaration) @definition.macro
(property_declaration) @definition.variable
(protocol_property_declaration) @definition.variable
(enum_entry) @definition.member
(typealias_declaration) @definition.type
(associatedtype_declaration) @definition.type

(call_expression) @reference.call
(constructor_expression) @reference.call
(user_type) @reference.type
(value_argument value: [(simple_identifier) (navigation_expression)] @reference.use)
(control_transfer_statement result: [(simple_identifier) (navigation_expression)] @reference.use)
(assignment result: [(simple_identifier) (navigation_expression)] @reference.use)
(property_declaration value: [(simple_identifier) (navigation_expression)] @reference.use)
(equality_expression [(simple_identifier) (navigation_expression)] @reference.use)
(array_literal [(simple_identifier) (navigation_expression)] @reference.use)

(assignment) @assignment
(if_statement bound_identifier: (simple_identifier) @local)
(guard_statement bound_identifier: (simple_identifier) @local)
(while_statement bound_identifier: (simple_identifier) @local)
(pattern bound_identifier: (simple_identifier) @local)
(pattern (pattern (simple_identifier) @local))
(lambda_parameter) @local
(lambda_literal) @local
(for_statement) @loop

(import_declaration) @import

(if_statement) @decision
(guard_statement) @decision
(for_statement) @decision
(while_statement) @decision
(repeat_while_statement) @decision
(switch_entry) @decision
(catch_block) @decision
(ternary_expression) @decision
(nil_coalescing_expression) @decision
(conjunction_expression) @decision
(disjunction_expression) @decision

(comment) @comment
(multiline_comment) @comment

(switch_statement) @structure
(if_statement (else) @structure)
(lambda_literal) @structure
