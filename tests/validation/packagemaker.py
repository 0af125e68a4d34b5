"""Small packages that the tests write themselves, in the shape of GİB's: a zip with the files where they belong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

SCH = "http://purl.oclc.org/dsdl/schematron"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{UBL}CommonBasicComponents-2"
CAC = f"{UBL}CommonAggregateComponents-2"
EXT = f"{UBL}CommonExtensionComponents-2"
HEADER = (
    f'<sch:ns prefix="inv" uri="{UBL}Invoice-2"/><sch:ns prefix="cbc" uri="{CBC}"/><sch:ns prefix="cac" uri="{CAC}"/>'
    f'<sch:ns prefix="ext" uri="{EXT}"/>'
)
LISTS = {
    "ProfileIDType": "TEMELFATURA,TICARIFATURA",
    "ProfileIDTypeEarchive": "EARSIVFATURA",
    "InvoiceTypeCodeList": "SATIS,IADE",
    "CurrencyCodeList": "TRY,EUR",
    "UnitCodeList": "C62,KGM",
    "WithholdingTaxType": "601,606",
    "WithholdingTaxTypeWithPercent": "60130,60140,60690,65050",
}
RULES = """
<sch:rule abstract="true" id="ProfileIDCheck">
  <sch:assert test="not($type = 'efatura' or not($type)) or contains($ProfileIDType, concat(',',cbc:ProfileID,','))"
    >Senaryo yanlis: <sch:value-of select="cbc:ProfileID"/></sch:assert>
  <sch:assert test="not($type = 'earchive') or contains($ProfileIDTypeEarchive, concat(',',cbc:ProfileID,','))"
    >Arsiv senaryosu yanlis</sch:assert>
</sch:rule>
<sch:rule abstract="true" id="InvoiceIDCheck">
  <sch:assert test="matches(cbc:ID,'^[A-Z0-9]{3}20[0-9]{2}[0-9]{9}$')">Numara bicimi yanlis</sch:assert>
</sch:rule>
<sch:rule abstract="true" id="LineNameCheck">
  <sch:assert test="not(../cbc:ProfileID = 'TEMELFATURA') or cac:Item/cbc:Name">Satirda ad yok</sch:assert>
</sch:rule>
<sch:rule abstract="true" id="TimeCheck">
  <sch:assert test="xs:date(.) le xs:date(current-date())">Tarih ileri: <sch:name/></sch:assert>
</sch:rule>
<sch:rule abstract="true" id="CurrencyIDCheck">
  <sch:assert test="contains($CurrencyCodeList, concat(',',.,','))">Para birimi yanlis</sch:assert>
</sch:rule>
"""
MAIN = """
<sch:include href="UBL-TR_Codelist.xml#codes"/>
<sch:include href="UBL-TR_Common_Schematron.xml#abstracts"/>
{header}
<let name="type" value="efatura"/>
<sch:rule context="//cbc:IssueDate"><sch:extends rule="TimeCheck"/></sch:rule>
<sch:rule context="//@currencyID"><sch:extends rule="CurrencyIDCheck"/></sch:rule>
<sch:pattern id="invoice">
  <sch:rule context="inv:Invoice">
    <sch:extends rule="ProfileIDCheck"/><sch:extends rule="InvoiceIDCheck"/>
  </sch:rule>
  <sch:rule context="inv:Invoice/cac:InvoiceLine"><sch:extends rule="LineNameCheck"/></sch:rule>
  {more}
</sch:pattern>
"""


def schema(body: str, *, binding: str = "", extra: str = "") -> bytes:
    """A Schematron file around `body`; Schematron is the default namespace as well, as in GİB's files."""
    wanted = f' queryBinding="{binding}"' if binding else ""
    return f'<sch:schema xmlns="{SCH}" xmlns:sch="{SCH}"{wanted} {extra}>{body}</sch:schema>'.encode()


def e_invoice_files(
    *, release: str = "20260312", lists: Mapping[str, str] | None = None, rules: str = RULES, more: str = ""
) -> dict[str, bytes]:
    lets = "".join(
        f"""<sch:let name="{name}" value="',{codes},'"/>""" for name, codes in {**LISTS, **(lists or {})}.items()
    )
    return {
        "e-FaturaPaketi/schematron/UBL-TR_Main_Schematron.xml": schema(MAIN.format(header=HEADER, more=more)),
        "e-FaturaPaketi/schematron/UBL-TR_Common_Schematron.xml": schema(
            f'<sch:pattern id="abstracts">{rules}</sch:pattern>'
        ),
        "e-FaturaPaketi/schematron/UBL-TR_Codelist.xml": schema(f'<sch:pattern id="codes">{lets}</sch:pattern>'),
        "e-FaturaPaketi/schematron/History.txt": (
            f"20170317\n--------\n1) İlk sürüm.\n\n{release}\n---------\n1) ProfileIDCheck güncellendi.\n"
        ).encode("iso-8859-9"),
    }


def ubl_files() -> dict[str, bytes]:
    """Schemas that ask for little: the extension first, with something foreign in it, then any of the rest."""
    files = {
        "UBLTR_Paketi/xsdrt/common/Extension.xsd": (
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{EXT}" '
            'elementFormDefault="qualified"><xs:element name="UBLExtensions"><xs:complexType><xs:sequence>'
            '<xs:element name="UBLExtension" maxOccurs="unbounded"><xs:complexType><xs:sequence>'
            '<xs:element name="ExtensionContent"><xs:complexType><xs:sequence>'
            '<xs:any namespace="##other" processContents="skip"/>'
            "</xs:sequence></xs:complexType></xs:element>"
            "</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"
        ).encode()
    }
    for name in ("Invoice", "CreditNote", "DespatchAdvice", "ReceiptAdvice", "ApplicationResponse"):
        files[f"UBLTR_Paketi/xsdrt/maindoc/UBL-{name}-2.1.xsd"] = (
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ext="{EXT}" '
            f'targetNamespace="{UBL}{name}-2" elementFormDefault="qualified">'
            f'<xs:import namespace="{EXT}" schemaLocation="../common/Extension.xsd"/>'
            f'<xs:element name="{name}"><xs:complexType><xs:sequence><xs:element ref="ext:UBLExtensions"/>'
            '<xs:any minOccurs="0" maxOccurs="unbounded" namespace="##other" processContents="skip"/>'
            "</xs:sequence></xs:complexType></xs:element></xs:schema>"
        ).encode()
    return files


def archive_files(*, fields: str = "faturaNo,ETTN", rules: str = "1") -> dict[str, bytes]:
    """The e-Arşiv package as it is known from public lists of its files: flat, schemas of the report that integrators
    send (`eArsivRaporu`), a web service, the rules compiled to XSLT, no history file."""
    space = "http://earsiv.efatura.gov.tr"
    xs = "http://www.w3.org/2001/XMLSchema"
    elements = "".join(f'<xs:element name="{name}" type="xs:string"/>' for name in fields.split(","))
    return {
        "EArsiv.xsd": (
            f'<xs:schema xmlns:xs="{xs}" xmlns="{space}" targetNamespace="{space}">'
            '<xs:include schemaLocation="eArsivVeri.xsd"/><xs:element name="eArsivRaporu" type="eArsivVeri"/>'
            "</xs:schema>"
        ).encode(),
        "eArsivVeri.xsd": (
            f'<xs:schema xmlns:xs="{xs}" targetNamespace="{space}"><xs:complexType name="eArsivVeri">'
            f"<xs:sequence>{elements}</xs:sequence></xs:complexType></xs:schema>"
        ).encode(),
        "faturaOzet.xsd": f'<xs:schema xmlns:xs="{xs}" targetNamespace="{space}/ozet"/>'.encode(),
        "xmldsig-core-schema.xsd": (
            '<!DOCTYPE schema PUBLIC "-//W3C//DTD XMLSCHEMA 200102//EN" "http://www.w3.org/2001/XMLSchema.dtd" '
            '[<!ENTITY dsig "http://www.w3.org/2000/09/xmldsig#">]>'
            f'<xs:schema xmlns:xs="{xs}" targetNamespace="http://www.w3.org/2000/09/xmldsig#"/>'
        ).encode(),
        "EArsivWs.wsdl": b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
        "earsiv_schematron.xsl": (
            '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="2.0">'
            f'<xsl:template match="/"><xsl:value-of select="{rules}"/></xsl:template></xsl:stylesheet>'
        ).encode(),
    }


class _Entry(zipfile.ZipInfo):
    """A member named in cp857 without the UTF-8 flag, as Turkish Windows does it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp857"), self.flag_bits


def zipped(files: Mapping[str, bytes], *, day: tuple[int, int, int] = (2026, 1, 12)) -> bytes:
    """A zip whose names are written as GİB's are: cp857, without the UTF-8 flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = _Entry(name, date_time=(*day, 10, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def invoice(
    *,
    number: str = "ABC2026000000001",
    profile: str = "TEMELFATURA",
    day: str = "2026-01-15",
    lines: str = "",
    head: str = "",
) -> bytes:
    """An invoice as small as the rules above can look at."""
    lines = lines or (
        '<cac:InvoiceLine><cbc:LineExtensionAmount currencyID="TRY">1</cbc:LineExtensionAmount>'
        "<cac:Item><cbc:Name>Kalem</cbc:Name></cac:Item></cac:InvoiceLine>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice xmlns="{UBL}Invoice-2" xmlns:cbc="{CBC}" xmlns:cac="{CAC}" '
        f'xmlns:ext="{EXT}">\n{head}<cbc:ProfileID>{profile}</cbc:ProfileID>\n<cbc:ID>{number}</cbc:ID>\n'
        f"<cbc:IssueDate>{day}</cbc:IssueDate>\n{lines}\n</Invoice>"
    ).encode()
