"""Declarative base, naming of constraints, and the column types that several tables share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Identity, LargeBinary, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
LOCAL_TENANT = "local"

NOW = text("now()")
EMPTY_OBJECT = text("'{}'::jsonb")

BigId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Tenant = Annotated[str, mapped_column(Text, server_default=text(f"'{LOCAL_TENANT}'"))]
Digest = Annotated[bytes, mapped_column(LargeBinary)]  # sha256 (32 bytes) unless the column says otherwise
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=NOW)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default=EMPTY_OBJECT)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text}  # noqa: RUF012  # the name and form that SQLAlchemy asks for
