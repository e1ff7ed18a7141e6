(function_declaration) @definition.function
(method_declaration) @definition.function
(interface_type (method_elem) @definition.function)
(type_declaration) @definition.type
(type_spec) @definition.class
(type_alias) @definition.class
(type_spec type: (struct_type (field_declaration_list (field_declaration) @definition.member)))
(const_declaration) @definition.variable
(var_declaration) @definition.variable
(const_spec) @definition.variable
(var_spec) @definition.variable

(call_expression) @reference.call
(type_identifier) @reference.type
(qualified_type) @reference.type
(argument_list [(identifier) (selector_expression)] @reference.use)
(return_statement (expression_list [(identifier) (selector_expression)] @reference.use))
(keyed_element value: (literal_element [(identifier) (selector_expression)] @reference.use))
(literal_value (literal_element [(identifier) (selector_expression)] @reference.use))
(binary_expression operator: ["==" "!="] right: [(identifier) (selector_expression)] @reference.use)
(assignment_statement right: (expression_list [(identifier) (selector_expression)] @reference.use))
(expression_case value: (expression_list [(identifier) (selector_expression)] @reference.use))

(short_var_declaration) @assignment
(assignment_statement) @assignment
(range_clause) @loop
(func_literal parameters: (_) @local)
(type_parameter_declaration name: (identifier) @local)
(type_switch_statement alias: (_) @local)
(receive_statement left: (_) @local)

(composite_literal type: (qualified_type)) @entry
(import_spec) @import
(package_clause) @package

(if_statement) @decision
(for_statement) @decision
(expression_case) @decision
(type_case) @decision
(communication_case) @decision
(binary_expression operator: ["&&" "||"]) @decision

(comment) @comment

(expression_switch_statement) @structure
(type_switch_statement) @structure
(select_statement) @structure
(if_statement alternative: (block) @structure)
(goto_statement) @structure
(break_statement (label_name)) @structure
(continue_statement (label_name)) @structure
(func_literal) @structure
