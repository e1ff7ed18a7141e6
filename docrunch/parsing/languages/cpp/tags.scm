(class_specifier body: (_)) @definition.class
(namespace_definition) @definition.namespace
(alias_declaration) @definition.type
(field_declaration_list (access_specifier) @definition.member)
(friend_declaration) @definition.member
(template_declaration) @local
(lambda_expression) @local
(catch_clause) @local

(new_expression) @reference.call
(qualified_identifier) @reference.use
(for_range_loop) @assignment
(using_declaration) @import
(namespace_alias_definition) @import

(for_range_loop) @decision
(catch_clause) @decision

(lambda_expression) @structure
