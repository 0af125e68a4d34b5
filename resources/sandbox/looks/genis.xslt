<?xml version="1.0" encoding="UTF-8"?>
<!-- Sandbox look: fixed 1240 px, wider than A4; a printer that does not fit the page cuts its right side off. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="n1 cac cbc">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:template match="/n1:Invoice">
    <html lang="tr">
      <head>
        <meta charset="UTF-8"/>
        <style>
          body { width: 1240px; font: 13px Verdana, "DejaVu Sans", sans-serif; }
          table { width: 1240px; table-layout: fixed; border-collapse: collapse; } td, th { border: 1px solid #555; padding: 5px; }
          .right { text-align: right; } .edge { background: #fff3cd; }
        </style>
      </head>
      <body>
        <table>
          <tr>
            <td colspan="4"><b><xsl:value-of select="cac:AccountingSupplierParty//cbc:Name"/></b></td>
            <td colspan="3">e-FATURA <xsl:value-of select="cbc:ID"/></td>
            <td colspan="3" class="edge">ETTN <xsl:value-of select="cbc:UUID"/></td>
          </tr>
          <tr>
            <td colspan="4">Alıcı: <xsl:value-of select="cac:AccountingCustomerParty//cbc:Name"/></td>
            <td colspan="3"><xsl:value-of select="cbc:IssueDate"/></td>
            <td colspan="3" class="edge">Kur: <xsl:value-of select="cac:PricingExchangeRate/cbc:CalculationRate"/></td>
          </tr>
          <tr>
            <th>Sıra</th><th colspan="2">Mal/Hizmet</th><th>Kod</th><th>Miktar</th><th>Birim</th><th>Fiyat</th><th>KDV</th><th>KDV tutarı</th>
            <th class="edge">Satır tutarı</th>
          </tr>
          <xsl:for-each select="cac:InvoiceLine">
            <tr>
              <td><xsl:value-of select="cbc:ID"/></td>
              <td colspan="2"><xsl:value-of select="cac:Item/cbc:Name"/></td>
              <td><xsl:value-of select="cac:Item/cac:SellersItemIdentification/cbc:ID"/></td>
              <td class="right"><xsl:value-of select="cbc:InvoicedQuantity"/></td>
              <td><xsl:value-of select="cbc:InvoicedQuantity/@unitCode"/></td>
              <td class="right"><xsl:value-of select="cac:Price/cbc:PriceAmount"/></td>
              <td class="right"><xsl:value-of select="cac:TaxTotal/cac:TaxSubtotal/cbc:Percent"/></td>
              <td class="right"><xsl:value-of select="cac:TaxTotal/cbc:TaxAmount"/></td>
              <td class="right edge"><xsl:value-of select="cbc:LineExtensionAmount"/></td>
            </tr>
          </xsl:for-each>
          <tr>
            <td colspan="9" class="right">Ödenecek tutar (<xsl:value-of select="cbc:DocumentCurrencyCode"/>)</td>
            <td class="right edge"><b><xsl:value-of select="cac:LegalMonetaryTotal/cbc:PayableAmount"/></b></td>
          </tr>
        </table>
        <xsl:for-each select="cbc:Note"><p><xsl:value-of select="."/></p></xsl:for-each>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
