; What the grammars of JavaScript, TypeScript and TSX share.
(function_declaration) @definition.function
(generator_function_declaration) @definition.function
(method_definition) @definition.function
(pair value: [(arrow_function) (function_expression)]) @definition.function
(class_declaration) @definition.class
(lexical_declaration) @definition.variable
(variable_declaration) @definition.variable
(variable_declarator) @definition.variable
(export_statement value: [(arrow_function) (function_expression) (class)]) @definition.function

(call_expression) @reference.call
(new_expression) @reference.call
(decorator) @reference.decorator
(arguments [(identifier) (member_expression)] @reference.use)
(return_statement [(identifier) (member_expression)] @reference.use)
(array [(identifier) (member_expression)] @reference.use)
(pair value: [(identifier) (member_expression)] @reference.use)
(object (shorthand_property_identifier) @reference.use)
(spread_element (identifier) @reference.use)
(assignment_pattern right: (identifier) @reference.use)
(binary_expression operator: "instanceof" right: (_) @reference.use)
(arrow_function body: (identifier) @reference.use)
(binary_expression operator: ["&&" "||" "??"] (identifier) @reference.use)
(ternary_expression (identifier) @reference.use)
(variable_declarator value: (identifier) @reference.use)
(assignment_expression right: (identifier) @reference.use)

(assignment_expression) @assignment
(arrow_function) @local
(function_expression) @local
(generator_function) @local
(for_in_statement) @loop
(return_statement) @return
(yield_expression) @return
(catch_clause parameter: (_) @local)

(import_statement) @import
(export_statement) @export

(if_statement) @decision
(for_statement) @decision
(for_in_statement) @decision
(while_statement) @decision
(do_statement) @decision
(switch_case) @decision
(catch_clause) @decision
(ternary_expression) @decision
(binary_expression operator: ["&&" "||" "??"]) @decision

(comment) @comment

(switch_statement) @structure
(else_clause) @structure
(break_statement (statement_identifier)) @structure
(continue_statement (statement_identifier)) @structure
(arrow_function) @structure
(function_expression) @structure
(generator_function) @structure
