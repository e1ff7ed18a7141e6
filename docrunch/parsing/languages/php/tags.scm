; Single nodes only: what surrounds them is read by hooks.py, in source order.
(class_declaration) @definition.class
(interface_declaration) @definition.class
(trait_declaration) @definition.class
(enum_declaration) @definition.class
(anonymous_class) @definition.class
(function_definition) @definition.function
(method_declaration) @definition.function
(property_declaration) @definition.member
(const_declaration) @definition.member
(enum_case) @definition.member
(namespace_definition) @definition.namespace

(function_call_expression) @reference.call
(member_call_expression) @reference.call
(nullsafe_member_call_expression) @reference.call
(scoped_call_expression) @reference.call
(object_creation_expression) @reference.call

(named_type) @reference.type
(binary_expression operator: "instanceof" right: [(name) (qualified_name)] @reference.type)
(attribute [(name) (qualified_name)] @reference.decorator)
(class_constant_access_expression) @reference.use
(argument !name [(name) (member_access_expression) (scoped_property_access_expression)] @reference.use)
(return_statement [(name) (member_access_expression) (scoped_property_access_expression)] @reference.use)
(assignment_expression right: [(name) (member_access_expression) (scoped_property_access_expression)] @reference.use)
(array_element_initializer [(name) (member_access_expression)] @reference.use)
(array_creation_expression
  . (array_element_initializer . [(variable_name) (class_constant_access_expression)] .)
  . (array_element_initializer . (string) .) .) @reference.use

(assignment_expression) @assignment
(augmented_assignment_expression) @assignment
(reference_assignment_expression) @assignment
(foreach_statement) @loop
(return_statement) @return
(yield_expression) @return
(catch_clause) @assignment
(static_variable_declaration) @assignment
(anonymous_function) @local
(arrow_function) @local

(namespace_use_declaration) @import
(use_declaration) @import
(include_expression) @import
(include_once_expression) @import
(require_expression) @import
(require_once_expression) @import

(if_statement) @decision
(else_if_clause) @decision
(for_statement) @decision
(foreach_statement) @decision
(while_statement) @decision
(do_statement) @decision
(catch_clause) @decision
(case_statement) @decision
(match_conditional_expression) @decision
(conditional_expression) @decision
(binary_expression operator: ["&&" "||" "??" "and" "or" "xor"]) @decision

(switch_statement) @structure
(match_expression) @structure
(else_clause) @structure
(anonymous_function) @structure
(arrow_function) @structure

(comment) @comment
