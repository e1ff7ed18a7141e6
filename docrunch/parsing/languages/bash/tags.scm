(function_definition) @definition.function
(program (variable_assignment) @definition.variable)
(program (declaration_command (variable_assignment) @definition.variable))
(command) @reference.call

(declaration_command (variable_assignment name: (variable_name) @local))

(if_statement) @decision
(elif_clause) @decision
(while_statement) @decision
(for_statement) @decision
(c_style_for_statement) @decision
(case_item) @decision
(list ["&&" "||"]) @decision

(comment) @comment
