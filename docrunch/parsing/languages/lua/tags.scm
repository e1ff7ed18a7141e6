(function_declaration) @definition.function
(assignment_statement) @definition.variable
(variable_declaration (variable_list)) @definition.variable
(return_statement) @export
(function_call) @reference.call
(arguments [(identifier) (dot_index_expression)] @reference.use)
(function_definition parameters: (parameters) @local)
(for_generic_clause (variable_list) @local)
(for_numeric_clause name: (identifier) @local)

(if_statement) @decision
(elseif_statement) @decision
(while_statement) @decision
(repeat_statement) @decision
(for_statement) @decision
(binary_expression ["and" "or"]) @decision

(comment) @comment
