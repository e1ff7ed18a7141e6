(function_signature) @definition.function
(class_body [(method_signature) (abstract_method_signature)] @definition.function)
(interface_body (method_signature) @definition.function)
(abstract_class_declaration) @definition.class
(interface_declaration) @definition.class
(enum_declaration) @definition.class
(type_alias_declaration) @definition.type
(internal_module) @definition.namespace
(module) @definition.namespace
(public_field_definition) @definition.member
(interface_body (property_signature) @definition.member)
(enum_body (property_identifier) @definition.member)
(enum_body (enum_assignment) @definition.member)

(type_identifier) @reference.type
(nested_type_identifier) @reference.type
(type_parameter name: (type_identifier) @local)
(type_query (identifier) @reference.use)
(satisfies_expression (identifier) @reference.use)
(import_alias) @import
