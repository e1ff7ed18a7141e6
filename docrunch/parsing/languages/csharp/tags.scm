(namespace_declaration) @definition.namespace
(file_scoped_namespace_declaration) @definition.namespace
(class_declaration) @definition.class
(struct_declaration) @definition.class
(record_declaration) @definition.class
(interface_declaration) @definition.class
(enum_declaration) @definition.class
(delegate_declaration) @definition.type
(method_declaration) @definition.function
(constructor_declaration) @definition.function
(destructor_declaration) @definition.function
(operator_declaration) @definition.function
(conversion_operator_declaration) @definition.function
(local_function_statement) @definition.function
(property_declaration) @definition.member
(indexer_declaration) @definition.member
(event_declaration) @definition.member
(field_declaration) @definition.variable
(event_field_declaration) @definition.variable
(enum_member_declaration) @definition.variable

(invocation_expression) @reference.call
(object_creation_expression) @reference.call
(implicit_object_creation_expression) @reference.call
(constructor_initializer) @reference.call
(argument [(identifier) (member_access_expression) (generic_name)] @reference.use .)
(return_statement [(identifier) (member_access_expression)] @reference.use)
(arrow_expression_clause [(identifier) (member_access_expression)] @reference.use)
(variable_declarator (member_access_expression) @reference.use)
(variable_declarator name: (_) (identifier) @reference.use)
(property_declaration value: [(identifier) (member_access_expression)] @reference.use)
(assignment_expression right: [(identifier) (member_access_expression)] @reference.use)
(binary_expression [(identifier) (member_access_expression)] @reference.use)
(constant_pattern [(identifier) (member_access_expression)] @reference.use)
(_ type: [(identifier) (generic_name) (qualified_name)] @reference.type)
(_ returns: [(identifier) (generic_name) (qualified_name)] @reference.type)
(type_argument_list [(identifier) (generic_name) (qualified_name)] @reference.type)
(as_expression right: [(identifier) (generic_name) (qualified_name)] @reference.type)
(is_expression right: [(identifier) (generic_name) (qualified_name)] @reference.type)
(attribute name: (_) @reference.decorator)

(assignment_expression left: (member_access_expression)) @assignment
(local_declaration_statement (variable_declaration) @assignment)
(using_statement (variable_declaration) @assignment)
(for_statement initializer: (variable_declaration) @assignment)
(fixed_statement (variable_declaration) @assignment)
(foreach_statement) @assignment
(catch_declaration name: (_)) @assignment
(declaration_pattern) @assignment
(recursive_pattern name: (_)) @assignment
(declaration_expression) @assignment
(tuple_pattern) @local
(lambda_expression parameters: (_) @local)
(anonymous_method_expression parameters: (_) @local)
(type_parameter) @local
(from_clause name: (_) @local)
(let_clause . (identifier) @local)
(join_clause . (identifier) @local)

(using_directive) @import
(global_statement) @guard

(if_statement) @decision
(for_statement) @decision
(foreach_statement) @decision
(while_statement) @decision
(do_statement) @decision
(catch_clause) @decision
(conditional_expression) @decision
(switch_section "case") @decision
(switch_expression_arm) @decision
(binary_expression operator: ["&&" "||" "??"]) @decision

(comment) @comment

(switch_statement) @structure
(switch_expression) @structure
(if_statement alternative: [(block) (expression_statement) (return_statement) (throw_statement)] @structure)
(goto_statement) @structure
(lambda_expression) @structure
(anonymous_method_expression) @structure
