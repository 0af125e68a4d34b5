"""İzibiz: e-Fatura over AuthenticationWS and EInvoiceWS (or its sister endpoint EFaturaOIB).

Importing this package does not import zeep; the first call does.
"""

from app.connectors.izibiz.connector import IzibizConnector

CONNECTOR = IzibizConnector

__all__ = ["CONNECTOR", "IzibizConnector"]
