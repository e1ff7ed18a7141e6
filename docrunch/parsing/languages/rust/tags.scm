(function_item) @definition.function
(function_signature_item) @definition.function
(struct_item) @definition.class
(enum_item) @definition.class
(trait_item) @definition.class
(union_item) @definition.class
(type_item) @definition.type
(associated_type) @definition.type
(mod_item) @definition.namespace
(impl_item) @definition.implementation
(const_item) @definition.variable
(static_item) @definition.variable
(field_declaration) @definition.member
(enum_variant) @definition.member
(macro_definition) @definition.macro

(call_expression) @reference.call
(macro_invocation) @reference.call
(attribute_item) @reference.decorator
(type_identifier) @reference.type
(scoped_type_identifier) @reference.type
(scoped_identifier) @reference.use
(arguments (identifier) @reference.use)
(field_initializer value: (identifier) @reference.use)

(let_declaration) @assignment
(assignment_expression) @assignment
(closure_parameters) @local
(for_expression) @loop
(match_pattern) @local
(let_condition pattern: (_) @local)
(type_parameter name: (type_identifier) @local)

(use_declaration) @import
(extern_crate_declaration) @import

(if_expression) @decision
(while_expression) @decision
(for_expression) @decision
(match_arm) @decision
(binary_expression operator: ["&&" "||"]) @decision

(line_comment) @comment
(block_comment) @comment

(match_expression) @structure
(loop_expression) @structure
(else_clause) @structure
(break_expression (label)) @structure
(continue_expression (label)) @structure
(closure_expression) @structure
