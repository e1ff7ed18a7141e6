(call) @definition.function
(unary_operator operator: "@") @definition.variable
(alias) @reference.type
(unary_operator operator: "&" operand: (binary_operator operator: "/")) @reference.use

(stab_clause) @decision
(binary_operator operator: ["&&" "||" "and" "or"]) @decision

(comment) @comment
