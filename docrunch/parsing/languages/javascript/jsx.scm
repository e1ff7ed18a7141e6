(jsx_opening_element name: (_) @reference.element)
(jsx_self_closing_element name: (_) @reference.element)
(jsx_expression [(identifier) (member_expression)] @reference.use)
