<?xml version="1.0" encoding="UTF-8"?>
<!-- Sandbox look: a coloured band, cards, an inline picture. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="n1 cac cbc">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:variable name="currency" select="/n1:Invoice/cbc:DocumentCurrencyCode"/>
  <xsl:template match="/">
    <html lang="tr">
      <head>
        <meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/>
        <style type="text/css">
          body { margin: 0; font: 12px Arial, "DejaVu Sans", sans-serif; background: #fff; }
          #band { background: #0d5c63; color: #fff; padding: 18px 28px; } #band h1 { margin: 0; font-size: 22px; }
          #page { width: 760px; margin: 0 auto; } .card { border: 1px solid #cfd8dc; border-radius: 6px; padding: 10px; margin: 12px; }
          .lines th { background: #e0f2f1; padding: 4px; } .lines td { padding: 4px; border-bottom: 1px solid #eceff1; }
          .num { text-align: right; } .pay { font-size: 16px; color: #0d5c63; font-weight: bold; }
        </style>
      </head>
      <body>
        <div id="page">
          <xsl:for-each select="n1:Invoice">
            <div id="band">
              <img alt="" width="24" height="24" src="data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="/>
              <h1><xsl:value-of select="cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name"/></h1>
              <div>e-Fatura <xsl:value-of select="cbc:ID"/></div>
            </div>
            <div class="card">
              <b>Alıcı: </b><xsl:value-of select="cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name"/><br/>
              <b>VKN/TCKN: </b><xsl:value-of select="cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID"/><br/>
              <b>Tarih: </b><xsl:value-of select="cbc:IssueDate"/> <b> ETTN: </b><xsl:value-of select="cbc:UUID"/><br/>
              <b>Senaryo: </b><xsl:value-of select="cbc:ProfileID"/> <b> Tip: </b><xsl:value-of select="cbc:InvoiceTypeCode"/>
              <xsl:if test="cac:BillingReference">
                <br/><b>İade edilen: </b><xsl:value-of select="cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"/>
              </xsl:if>
            </div>
            <div class="card">
              <table class="lines" width="100%" cellspacing="0">
                <tr><th>#</th><th>Açıklama</th><th>Miktar</th><th>Fiyat</th><th>İskonto</th><th>Tutar</th></tr>
                <xsl:apply-templates select="cac:InvoiceLine"/>
              </table>
            </div>
            <div class="card num">
              <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal">
                <div><xsl:value-of select="cac:TaxCategory/cac:TaxScheme/cbc:Name"/> %<xsl:value-of select="cbc:Percent"/>: <xsl:value-of select="cbc:TaxAmount"/></div>
              </xsl:for-each>
              <xsl:for-each select="cac:WithholdingTaxTotal/cac:TaxSubtotal">
                <div>Tevkifat %<xsl:value-of select="cbc:Percent"/>: -<xsl:value-of select="cbc:TaxAmount"/></div>
              </xsl:for-each>
              <div class="pay">Ödenecek: <xsl:value-of select="cac:LegalMonetaryTotal/cbc:PayableAmount"/>&#160;<xsl:value-of select="$currency"/></div>
            </div>
          </xsl:for-each>
        </div>
      </body>
    </html>
  </xsl:template>
  <xsl:template match="cac:InvoiceLine">
    <tr>
      <td><xsl:value-of select="position()"/></td>
      <td><xsl:value-of select="cac:Item/cbc:Name"/></td>
      <td class="num"><xsl:value-of select="cbc:InvoicedQuantity"/></td>
      <td class="num"><xsl:value-of select="cac:Price/cbc:PriceAmount"/></td>
      <td class="num"><xsl:value-of select="sum(cac:AllowanceCharge[cbc:ChargeIndicator='false']/cbc:Amount)"/></td>
      <td class="num"><xsl:value-of select="cbc:LineExtensionAmount"/></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
