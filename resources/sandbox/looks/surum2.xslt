<?xml version="1.0" encoding="UTF-8"?>
<!-- Sandbox look: XSLT 2.0 (for-each-group, format-date, a function of its own); an XSLT 1.0 engine cannot run it. -->
<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="n1 cac cbc"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:deneme:islev">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:function name="f:para" as="xs:string">
    <xsl:param name="tutar" as="xs:decimal"/>
    <xsl:sequence select="translate(format-number($tutar, '#,##0.00'), ',.', '.,')"/>
  </xsl:function>
  <xsl:template match="/n1:Invoice">
    <html lang="tr">
      <head>
        <meta charset="UTF-8"/>
        <style>body { font: 12px Tahoma, "DejaVu Sans", sans-serif; width: 740px; margin: 20px auto; } td { padding: 3px 10px; } h2 { color: #7b1e3a; }</style>
      </head>
      <body>
        <h2><xsl:value-of select="cac:AccountingSupplierParty/cac:Party/(cac:PartyName/cbc:Name, cac:Person/string-join((cbc:FirstName, cbc:FamilyName), ' '))[1]"/></h2>
        <p>e-Fatura <b><xsl:value-of select="cbc:ID"/></b>, <xsl:value-of select="format-date(xs:date(cbc:IssueDate), '[D01].[M01].[Y0001]')"/></p>
        <p>ETTN <xsl:value-of select="cbc:UUID"/></p>
        <p>Sayın <xsl:value-of select="string-join(cac:AccountingCustomerParty/cac:Party/(cac:PartyName/cbc:Name | cac:Person/cbc:*), ' ')"/></p>
        <xsl:for-each-group select="cac:InvoiceLine" group-by="cac:TaxTotal/cac:TaxSubtotal[1]/string(cbc:Percent)">
          <xsl:sort select="number(current-grouping-key())"/>
          <h3>KDV %<xsl:value-of select="current-grouping-key()"/></h3>
          <table>
            <xsl:for-each select="current-group()">
              <tr>
                <td><xsl:value-of select="cac:Item/cbc:Name"/></td>
                <td><xsl:value-of select="cbc:InvoicedQuantity"/></td>
                <td><xsl:value-of select="f:para(xs:decimal(cbc:LineExtensionAmount))"/></td>
              </tr>
            </xsl:for-each>
            <tr><td colspan="2">Grup toplamı</td><td><b><xsl:value-of select="f:para(sum(current-group()/xs:decimal(cbc:LineExtensionAmount)))"/></b></td></tr>
          </table>
        </xsl:for-each-group>
        <p>Ödenecek: <b><xsl:value-of select="f:para(xs:decimal(cac:LegalMonetaryTotal/cbc:PayableAmount))"/>&#160;<xsl:value-of select="cbc:DocumentCurrencyCode"/></b></p>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
