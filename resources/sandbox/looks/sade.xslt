<?xml version="1.0" encoding="UTF-8"?>
<!-- Sandbox look: plain, black on white, fits A4. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="n1 cac cbc">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:decimal-format name="tr" decimal-separator="," grouping-separator="."/>
  <xsl:template match="/n1:Invoice">
    <html lang="tr">
      <head>
        <meta charset="UTF-8"/>
        <title><xsl:value-of select="cbc:ID"/></title>
        <style>
          body { font: 11px/1.4 Georgia, "DejaVu Serif", serif; width: 720px; margin: 24px auto; color: #111; }
          h1 { font-size: 17px; letter-spacing: 2px; text-align: center; border-bottom: 2px solid #111; padding-bottom: 6px; }
          .two { display: table; width: 100%; } .two > div { display: table-cell; width: 50%; vertical-align: top; }
          table.lines { width: 100%; border-collapse: collapse; margin: 16px 0; }
          table.lines th { border-bottom: 1px solid #111; text-align: left; } table.lines td { border-bottom: 1px dotted #999; }
          .r { text-align: right; white-space: nowrap; } .sum { width: 50%; margin-left: 50%; }
        </style>
      </head>
      <body>
        <h1>e-FATURA</h1>
        <div class="two">
          <div><xsl:apply-templates select="cac:AccountingSupplierParty/cac:Party"/></div>
          <div>
            <div>Fatura No: <b><xsl:value-of select="cbc:ID"/></b></div>
            <div>Tarih: <xsl:value-of select="cbc:IssueDate"/>&#160;<xsl:value-of select="cbc:IssueTime"/></div>
            <div>Senaryo: <xsl:value-of select="cbc:ProfileID"/> / <xsl:value-of select="cbc:InvoiceTypeCode"/></div>
            <div>ETTN: <xsl:value-of select="cbc:UUID"/></div>
            <div id="qrcode"/>
          </div>
        </div>
        <p><b>Sayın</b></p>
        <xsl:apply-templates select="cac:AccountingCustomerParty/cac:Party"/>
        <table class="lines">
          <tr><th>Sıra</th><th>Mal / Hizmet</th><th class="r">Miktar</th><th class="r">Birim fiyat</th><th class="r">KDV %</th><th class="r">Tutar</th></tr>
          <xsl:for-each select="cac:InvoiceLine">
            <tr>
              <td><xsl:value-of select="cbc:ID"/></td>
              <td><xsl:value-of select="cac:Item/cbc:Name"/></td>
              <td class="r"><xsl:value-of select="cbc:InvoicedQuantity"/>&#160;<xsl:value-of select="cbc:InvoicedQuantity/@unitCode"/></td>
              <td class="r"><xsl:value-of select="format-number(cac:Price/cbc:PriceAmount, '#.##0,00', 'tr')"/></td>
              <td class="r"><xsl:value-of select="cac:TaxTotal/cac:TaxSubtotal/cbc:Percent"/></td>
              <td class="r"><xsl:value-of select="format-number(cbc:LineExtensionAmount, '#.##0,00', 'tr')"/></td>
            </tr>
          </xsl:for-each>
        </table>
        <table class="sum">
          <xsl:for-each select="cac:LegalMonetaryTotal">
            <tr><td>Vergiler hariç</td><td class="r"><xsl:value-of select="format-number(cbc:TaxExclusiveAmount, '#.##0,00', 'tr')"/></td></tr>
            <tr><td>Vergiler dahil</td><td class="r"><xsl:value-of select="format-number(cbc:TaxInclusiveAmount, '#.##0,00', 'tr')"/></td></tr>
            <tr><td><b>Ödenecek</b></td><td class="r"><b><xsl:value-of select="format-number(cbc:PayableAmount, '#.##0,00', 'tr')"/>&#160;<xsl:value-of select="cbc:PayableAmount/@currencyID"/></b></td></tr>
          </xsl:for-each>
        </table>
        <xsl:for-each select="cbc:Note"><div><i><xsl:value-of select="."/></i></div></xsl:for-each>
      </body>
    </html>
  </xsl:template>
  <xsl:template match="cac:Party">
    <div><b><xsl:value-of select="cac:PartyName/cbc:Name"/><xsl:value-of select="concat(cac:Person/cbc:FirstName, ' ', cac:Person/cbc:FamilyName)"/></b></div>
    <div><xsl:value-of select="cac:PostalAddress/cbc:StreetName"/> No: <xsl:value-of select="cac:PostalAddress/cbc:BuildingNumber"/></div>
    <div><xsl:value-of select="cac:PostalAddress/cbc:CitySubdivisionName"/> / <xsl:value-of select="cac:PostalAddress/cbc:CityName"/></div>
    <div>Vergi dairesi: <xsl:value-of select="cac:PartyTaxScheme/cac:TaxScheme/cbc:Name"/></div>
    <xsl:for-each select="cac:PartyIdentification/cbc:ID"><div><xsl:value-of select="@schemeID"/>: <xsl:value-of select="."/></div></xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
