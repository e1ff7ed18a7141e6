(jsx_opening_element name: (_) @reference.use)
(jsx_self_closing_element name: (_) @reference.use)
(jsx_expression [(identifier) (member_expression)] @reference.use)
