(field_definition) @definition.member
