(class_declaration) @definition.class
(interface_declaration) @definition.class
(enum_declaration) @definition.class
(record_declaration) @definition.class
(annotation_type_declaration) @definition.class
(method_declaration) @definition.function
(constructor_declaration) @definition.function
(compact_constructor_declaration) @definition.function
(annotation_type_element_declaration) @definition.function
(field_declaration) @definition.member
(constant_declaration) @definition.member
(enum_constant) @definition.member

(method_invocation) @reference.call
(object_creation_expression) @reference.call
(explicit_constructor_invocation) @reference.call
(method_reference) @reference.use
(argument_list [(identifier) (field_access)] @reference.use)
(return_statement [(identifier) (field_access)] @reference.use)
(variable_declarator value: [(identifier) (field_access)] @reference.use)
(assignment_expression right: [(identifier) (field_access)] @reference.use)
(binary_expression [(identifier) (field_access)] @reference.use)
(uses_module_directive type: (_) @reference.use)
(provides_module_directive (scoped_identifier) @reference.use)
(type_identifier) @reference.type
(scoped_type_identifier) @reference.type
(annotation name: (_) @reference.decorator)
(marker_annotation name: (_) @reference.decorator)

(assignment_expression) @assignment
(local_variable_declaration) @assignment
(enhanced_for_statement) @assignment
(resource name: (_)) @assignment
(catch_formal_parameter) @assignment
(instanceof_expression name: (_)) @assignment
(type_pattern) @assignment
(record_pattern_component) @assignment
(lambda_expression parameters: (_) @local)
(type_parameter) @local

(import_declaration) @import
(package_declaration) @package
(module_declaration) @package

(if_statement) @decision
(for_statement) @decision
(enhanced_for_statement) @decision
(while_statement) @decision
(do_statement) @decision
(catch_clause) @decision
(ternary_expression) @decision
(switch_label "case") @decision
(binary_expression operator: ["&&" "||"]) @decision

(line_comment) @comment
(block_comment) @comment

(switch_expression) @structure
(if_statement alternative: [(block) (expression_statement) (return_statement) (throw_statement)] @structure)
(break_statement (identifier)) @structure
(continue_statement (identifier)) @structure
(lambda_expression) @structure
