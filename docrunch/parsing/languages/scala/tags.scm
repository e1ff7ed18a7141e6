(package_clause) @definition.namespace
(package_object) @definition.namespace
(class_definition) @definition.class
(object_definition) @definition.class
(trait_definition) @definition.class
(enum_definition) @definition.class
(simple_enum_case) @definition.class
(full_enum_case) @definition.class
(given_definition) @definition.class
(type_definition) @definition.type
(function_definition) @definition.function
(function_declaration) @definition.function
(val_definition) @definition.variable
(var_definition) @definition.variable
(val_declaration) @definition.variable
(var_declaration) @definition.variable

(call_expression) @reference.call
(instance_expression) @reference.call
(infix_expression) @reference.call
(generic_function) @reference.call
(extends_clause arguments: (_)) @reference.call
(field_expression) @reference.use
(field_expression value: (identifier) @reference.use)
(arguments (identifier) @reference.use)
(val_definition value: (identifier) @reference.use)
(var_definition value: (identifier) @reference.use)
(function_definition body: (identifier) @reference.use)
(infix_expression left: (identifier) @reference.use)
(infix_expression right: (identifier) @reference.use)
(block (identifier) @reference.use)
(indented_block (identifier) @reference.use)
(if_expression (identifier) @reference.use)
(case_clause body: (identifier) @reference.use)
(match_expression value: (identifier) @reference.use)
(assignment_expression right: (identifier) @reference.use)
(interpolation (identifier) @reference.use)
(enumerator . (_) (identifier) @reference.use)
(stable_identifier) @reference.use
(type_identifier) @reference.type
(stable_type_identifier) @reference.type

(assignment_expression left: (field_expression)) @assignment
(typed_pattern) @assignment
(enumerator) @assignment
(self_type) @assignment
(binding) @local
(lambda_expression parameters: (identifier) @local)
(colon_argument lambda_start: (identifier) @local)
(capture_pattern) @local
(case_class_pattern pattern: (identifier) @local)
(tuple_pattern (identifier) @local)
(infix_pattern (identifier) @local)
(case_clause pattern: (identifier) @local)
(type_parameters (type_parameters name: (identifier) @local))
(given_definition (type_parameters name: (identifier) @local))
(extension_definition (type_parameters name: (identifier) @local))
(function_type (type_parameters name: (identifier) @local))

(import_declaration) @import
(export_declaration) @import

(if_expression) @decision
(while_expression) @decision
(do_while_expression) @decision
(for_expression) @decision
(guard) @decision
(case_clause) @decision
(infix_expression operator: (operator_identifier) @decision (#any-of? @decision "&&" "||"))

(comment) @comment
(block_comment) @comment

(match_expression) @structure
(catch_clause) @structure
(if_expression "else" @structure)
(lambda_expression) @structure
