(config_file (body (block) @definition.class))
(config_file (body (block (body (attribute) @definition.member))))
(config_file (body (attribute) @assignment))
(variable_expr) @reference.use
(comment) @comment
