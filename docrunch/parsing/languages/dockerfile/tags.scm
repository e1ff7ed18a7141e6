(from_instruction) @definition.class
(arg_instruction) @definition.variable
(env_pair) @definition.variable
(expose_instruction) @definition.member
(copy_instruction (param) @reference.use)
(mount_param) @reference.use
(expansion (variable) @reference.type)
(shell_fragment) @reference.call
(comment) @comment
