(class_declaration) @definition.class
(object_declaration) @definition.class
(companion_object) @definition.class
(object_literal) @definition.implementation
(function_declaration) @definition.function
(secondary_constructor) @definition.function
(class_body (property_declaration) @definition.member)
(enum_class_body (property_declaration) @definition.member)
(enum_entry) @definition.member
(source_file (property_declaration) @definition.variable)
(type_alias) @definition.type

(call_expression) @reference.call
(infix_expression) @reference.call
(delegation_specifier (constructor_invocation) @reference.call)
(constructor_delegation_call) @reference.call
(callable_reference) @reference.use
(navigation_expression "::") @reference.use
(value_argument . [(identifier) (navigation_expression)] @reference.use .)
(value_argument "=" [(identifier) (navigation_expression)] @reference.use)
(return_expression [(identifier) (navigation_expression)] @reference.use)
(assignment right: [(identifier) (navigation_expression)] @reference.use)
(property_declaration "=" [(identifier) (navigation_expression)] @reference.use)
(function_body "=" [(identifier) (navigation_expression)] @reference.use)
(binary_expression [(identifier) (navigation_expression)] @reference.use)
(user_type) @reference.type

(assignment left: (navigation_expression)) @assignment
(block (property_declaration) @assignment)
(lambda_literal (property_declaration) @assignment)
(for_statement) @assignment
(when_subject (variable_declaration)) @assignment
(catch_block) @assignment
(lambda_literal) @local
(anonymous_function (function_value_parameters) @local)
(setter (identifier) @local)
(type_parameter (identifier) @local)

(import) @import
(package_header) @package

(if_expression) @decision
(for_statement) @decision
(while_statement) @decision
(do_while_statement) @decision
(catch_block) @decision
(when_entry condition: (_)) @decision
(binary_expression operator: ["&&" "||" "?:"]) @decision

(line_comment) @comment
(block_comment) @comment

(when_expression) @structure
(if_expression "else" @structure)
(lambda_literal) @structure
(anonymous_function) @structure
