"""Tables of account linking: passwords, the clients that may ask, and what was linked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from skill.household.models import SECRET
from skill.storage.column_types import UtcDateTime

MEMBER_KEY = ["member.household_id", "member.id"]


class MemberPassword(SQLModel, table=True):
    """A member's password for the web as a salted slow hash; see passwords.py."""

    __tablename__ = "member_password"
    __table_args__ = (ForeignKeyConstraint(["household_id", "member_id"], MEMBER_KEY),)

    household_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    salt: str = Field(max_length=32, sa_column_kwargs={"info": SECRET})
    digest: str = Field(max_length=64, sa_column_kwargs={"info": SECRET})
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class AccountLink(SQLModel, table=True):
    """One linking of a member with a client: the family of all tokens that came from one sign-in."""

    __tablename__ = "account_link"
    __table_args__ = (ForeignKeyConstraint(["household_id", "member_id"], MEMBER_KEY),)

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    member_id: UUID
    client_id: str = Field(max_length=40)
    linked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class AccountToken(SQLModel, table=True):
    """A code or a refresh token of a link, by its hash, which is its key in the directory as well.

    `kind` is a directory kind: OAUTH_CODE or OAUTH_REFRESH. `redirect_uri` and `code_challenge` (S256) bind
    a code to the request it was made for.
    """

    __tablename__ = "account_token"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "link_id"], ["account_link.household_id", "account_link.id"]),
    )

    household_id: UUID = Field(primary_key=True)
    token_hash: str = Field(primary_key=True, max_length=64)
    link_id: UUID
    kind: str = Field(max_length=20)
    redirect_uri: str = Field(default="", max_length=500)
    code_challenge: str = Field(default="", max_length=128)
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class OAuthClient(SQLModel, table=True):
    """A program that may ask shoppers to sign in: Alexa, or the shop's own. It belongs to no household.

    `secret_hash` is the SHA-256 of a random secret; empty for a public client, which must use PKCE.
    """

    __tablename__ = "oauth_client"

    id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=80)
    secret_hash: str = Field(default="", max_length=64)
    redirect_uris: list[str] = Field(sa_column=Column(JSON, nullable=False))
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


ACCOUNT_TABLES = (MemberPassword, AccountLink, AccountToken)
"""What account linking gives to the export, import and erase registry, parents first."""
