(function_definition) @definition.function
(declaration) @definition.variable
(type_definition) @definition.type
(struct_specifier body: (_)) @definition.class
(union_specifier body: (_)) @definition.class
(enum_specifier body: (_)) @definition.class
(field_declaration) @definition.member
(enumerator) @definition.member

(call_expression) @reference.call
(compound_literal_expression) @reference.call
(type_identifier) @reference.type
(argument_list [(identifier) (field_expression)] @reference.use)
(argument_list (pointer_expression argument: (identifier) @reference.use))
(return_statement [(identifier) (field_expression)] @reference.use)
(init_declarator value: [(identifier) (field_expression)] @reference.use)
(init_declarator value: (pointer_expression argument: (identifier) @reference.use))
(assignment_expression right: [(identifier) (field_expression)] @reference.use)
(assignment_expression right: (pointer_expression argument: (identifier) @reference.use))
(initializer_list (identifier) @reference.use)
(initializer_list (pointer_expression argument: (identifier) @reference.use))
(initializer_pair value: (identifier) @reference.use)
(binary_expression (identifier) @reference.use)
(conditional_expression (identifier) @reference.use)
(array_declarator size: (identifier) @reference.use)
(case_statement value: (identifier) @reference.use)
(cast_expression value: (identifier) @reference.use)
(assignment_expression) @assignment

(if_statement) @decision
(while_statement) @decision
(do_statement) @decision
(for_statement) @decision
(case_statement value: (_)) @decision
(conditional_expression) @decision
(binary_expression operator: ["&&" "||"]) @decision

(comment) @comment

(switch_statement) @structure
(else_clause) @structure
(goto_statement) @structure
