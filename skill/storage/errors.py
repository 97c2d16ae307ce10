"""Every way in which the database cannot be used, each with one line for the operator.

DatabaseError
|-- DatabaseMissing       no such file or server
|-- DatabaseLocked        another process holds it
|-- DatabaseUnmigrated    older than this code
+-- DatabaseNewer         migrated by newer code
"""


class DatabaseError(Exception):
    """The database cannot be used as it is; the message is one line that says what to do."""


class DatabaseMissing(DatabaseError):
    """The file or the server that the address names is not there."""


class DatabaseLocked(DatabaseError):
    """Another process kept the database locked longer than we wait."""


class DatabaseUnmigrated(DatabaseError):
    """The schema is older than this code, or there is none yet."""


class DatabaseNewer(DatabaseError):
    """The schema was made by a newer release of this code."""
