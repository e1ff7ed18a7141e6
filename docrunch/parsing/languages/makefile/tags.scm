(rule) @definition.function
(variable_assignment) @definition.variable
(shell_assignment) @definition.variable
(define_directive) @definition.variable
(variable_reference) @reference.use
(shell_text) @reference.call
(include_directive) @import
(comment) @comment
