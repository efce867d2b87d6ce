"""Reading a bank's statement file, CSV or camt.053, into lines; pure."""

from payments import bank_camt, bank_csv
from payments.bank_values import BadStatement, Line, Statement

__all__ = ["BadStatement", "Line", "Statement", "read", "read_all"]


def read_all(data: bytes, name: str) -> list[Statement]:
    """Every statement of the file; `name` is the file's own. Raises BadStatement.

    What it is, is seen in the content: XML is read as camt.053, anything else as CSV.
    """
    if not data.strip():
        raise BadStatement("The file is empty.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return bank_camt.read_all(data, name)
    return [bank_csv.read(data, name)]


def read(data: bytes, name: str) -> Statement:
    """The one statement of the file; raises BadStatement, also when there are several."""
    found = read_all(data, name)
    if len(found) != 1:
        raise BadStatement(f"The file holds {len(found)} statements; one was expected.")
    return found[0]
