<?xml version="1.0" encoding="UTF-8"?>
<!-- Mühürdar: the general ledger as a page. Runs in any XSLT 1.0 engine, a browser's among them; no script, nothing fetched. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:edefter="http://www.edefter.gov.tr" xmlns:xbrli="http://www.xbrl.org/2003/instance"
  xmlns:gl-cor="http://www.xbrl.org/int/gl/cor/2006-10-25" xmlns:gl-bus="http://www.xbrl.org/int/gl/bus/2006-10-25"
  xmlns:gl-muc="http://www.xbrl.org/int/gl/muc/2006-10-25" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"
  exclude-result-prefixes="edefter xbrli gl-cor gl-bus gl-muc ds xades">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
<xsl:decimal-format name="tr" decimal-separator="," grouping-separator="."/>
<xsl:variable name="info" select="/*/xbrli:xbrl/gl-cor:accountingEntries/gl-cor:documentInfo"/>
<xsl:variable name="entity" select="/*/xbrli:xbrl/gl-cor:accountingEntries/gl-cor:entityInformation"/>
<xsl:variable name="entries" select="/*/xbrli:xbrl/gl-cor:accountingEntries/gl-cor:entryHeader"/>
<xsl:template name="day"><xsl:param name="d"/><xsl:if test="$d"><xsl:value-of
  select="concat(substring($d,9,2),'.',substring($d,6,2),'.',substring($d,1,4))"/></xsl:if></xsl:template>
<xsl:template name="money"><xsl:param name="n"/><xsl:value-of select="format-number($n,'#.##0,00','tr')"/></xsl:template>
<xsl:template match="/">
<html lang="tr"><head><meta charset="UTF-8"/><title><xsl:value-of select="$info/gl-cor:entriesComment"/></title><style>
body{font:9pt "Segoe UI","DejaVu Sans",Arial,sans-serif;color:#1f2328;margin:12mm auto;max-width:190mm}
h1{font-size:13pt;font-weight:600;margin:0 0 1mm} .who{color:#667079;margin-bottom:5mm}
table{width:100%;border-collapse:collapse} th{text-align:left;font-weight:600;border-bottom:1px solid #1f2328;padding:1mm}
td{padding:.7mm 1mm;vertical-align:top;border-bottom:1px solid #dedbd4} .n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums} .head td{background:#f6f5f2;font-weight:600} .q{color:#667079} thead{display:table-header-group}
tr{page-break-inside:avoid} tr.head{page-break-after:avoid} tfoot{display:table-row-group} tfoot td{font-weight:600;border-top:1px solid #1f2328}
.seal{margin-top:5mm;padding-top:2mm;border-top:1px solid #dedbd4;color:#667079;page-break-inside:avoid} @page{size:A4;margin:12mm} @media print{body{margin:0;max-width:none}}
</style></head><body>
<h1><xsl:value-of select="$info/gl-cor:entriesComment"/></h1>
<div class="who"><xsl:for-each select="$entity/gl-bus:organizationIdentifiers"><xsl:value-of
  select="gl-bus:organizationDescription"/>: <xsl:value-of select="gl-bus:organizationIdentifier"/> · </xsl:for-each>VKN/TCKN: <xsl:value-of
  select="/*/xbrli:xbrl/xbrli:context/xbrli:entity/xbrli:identifier"/> · Kimlik: <xsl:value-of select="$info/gl-cor:uniqueID"/> · Dönem:
  <xsl:call-template name="day"><xsl:with-param name="d" select="$info/gl-cor:periodCoveredStart"/></xsl:call-template> –
  <xsl:call-template name="day"><xsl:with-param name="d" select="$info/gl-cor:periodCoveredEnd"/></xsl:call-template>
  <xsl:if test="not(/*/ds:Signature)"> · <b>MÜHÜRSÜZ</b></xsl:if></div>
<table><thead><tr><th>Tarih</th><th>Madde</th><th>Açıklama</th><th class="n">Borç</th><th class="n">Alacak</th></tr></thead><tbody>
<xsl:for-each select="$entries"><tr class="head"><td colspan="3"><xsl:value-of select="gl-cor:entryDetail[1]/gl-cor:account/gl-cor:accountMainID"/> <xsl:text> </xsl:text><xsl:value-of
  select="gl-cor:entryDetail[1]/gl-cor:account/gl-cor:accountMainDescription"/><xsl:if test="gl-cor:entryDetail[1]/gl-cor:account/gl-cor:accountSub"> · <xsl:value-of
  select="gl-cor:entryDetail[1]/gl-cor:account/gl-cor:accountSub/gl-cor:accountSubID"/><xsl:text> </xsl:text><xsl:value-of
  select="gl-cor:entryDetail[1]/gl-cor:account/gl-cor:accountSub/gl-cor:accountSubDescription"/></xsl:if></td><td class="n"><xsl:call-template
  name="money"><xsl:with-param name="n" select="gl-bus:totalDebit"/></xsl:call-template></td><td class="n"><xsl:call-template name="money"><xsl:with-param
  name="n" select="gl-bus:totalCredit"/></xsl:call-template></td></tr>
<xsl:for-each select="gl-cor:entryDetail"><tr><td><xsl:call-template name="day"><xsl:with-param name="d" select="gl-cor:postingDate"/></xsl:call-template></td><td><xsl:value-of
  select="gl-cor:lineNumberCounter"/></td><xsl:call-template name="text"/><xsl:call-template name="sides"/></tr></xsl:for-each></xsl:for-each></tbody><tfoot><tr><td colspan="3"><xsl:value-of select="format-number(count($entries),'#.##0','tr')"/> hesap,
  <xsl:value-of select="format-number(count($entries/gl-cor:entryDetail),'#.##0','tr')"/> satır</td><td class="n"><xsl:call-template name="money"><xsl:with-param
  name="n" select="sum($entries/gl-cor:entryDetail[gl-cor:debitCreditCode='D']/gl-cor:amount)"/></xsl:call-template></td><td class="n"><xsl:call-template
  name="money"><xsl:with-param name="n" select="sum($entries/gl-cor:entryDetail[gl-cor:debitCreditCode='C']/gl-cor:amount)"/></xsl:call-template></td></tr></tfoot></table>
<xsl:call-template name="seal"/></body></html>
</xsl:template>
<xsl:template name="sides"><td class="n"><xsl:if test="gl-cor:debitCreditCode='D'"><xsl:call-template name="money"><xsl:with-param
  name="n" select="gl-cor:amount"/></xsl:call-template></xsl:if></td><td class="n"><xsl:if test="gl-cor:debitCreditCode='C'"><xsl:call-template
  name="money"><xsl:with-param name="n" select="gl-cor:amount"/></xsl:call-template></xsl:if></td></xsl:template>
<xsl:template name="account"><td><xsl:choose><xsl:when test="gl-cor:account/gl-cor:accountSub"><xsl:value-of
  select="gl-cor:account/gl-cor:accountSub/gl-cor:accountSubID"/><div class="q"><xsl:value-of
  select="gl-cor:account/gl-cor:accountSub/gl-cor:accountSubDescription"/></div></xsl:when><xsl:otherwise><xsl:value-of
  select="gl-cor:account/gl-cor:accountMainID"/><div class="q"><xsl:value-of select="gl-cor:account/gl-cor:accountMainDescription"/></div></xsl:otherwise></xsl:choose></td></xsl:template>
<xsl:template name="text"><td><xsl:value-of select="gl-cor:detailComment"/><xsl:if test="gl-cor:documentNumber"><div class="q"><xsl:choose><xsl:when
  test="gl-cor:documentType='invoice'">Fatura</xsl:when><xsl:when test="gl-cor:documentType='check'">Çek</xsl:when><xsl:when
  test="gl-cor:documentType='voucher'">Senet</xsl:when><xsl:when test="gl-cor:documentType='receipt'">Makbuz</xsl:when><xsl:when
  test="gl-cor:documentType='shipment'">Navlun</xsl:when><xsl:when test="gl-cor:documentType='other'"><xsl:value-of
  select="gl-cor:documentTypeDescription"/></xsl:when><xsl:otherwise>Sipariş</xsl:otherwise></xsl:choose><xsl:text> </xsl:text><xsl:value-of
  select="gl-cor:documentNumber"/><xsl:text> </xsl:text><xsl:call-template name="day"><xsl:with-param name="d" select="gl-cor:documentDate"/></xsl:call-template></div></xsl:if><xsl:if test="gl-muc:amountOriginalCurrency"><div class="q"><xsl:if
  test="gl-muc:amountOriginalAmount"><xsl:call-template name="money"><xsl:with-param name="n" select="gl-muc:amountOriginalAmount"/></xsl:call-template><xsl:text> </xsl:text></xsl:if><xsl:value-of
  select="substring-after(gl-muc:amountOriginalCurrency,':')"/> · kur <xsl:value-of select="translate(gl-muc:amountOriginalExchangeRate,'.',',')"/><xsl:if
  test="gl-muc:amountOriginalExchangeRateSource"><xsl:text> (</xsl:text><xsl:value-of select="gl-muc:amountOriginalExchangeRateSource"/>)</xsl:if></div></xsl:if><xsl:if test="gl-bus:measurable/gl-bus:measurableCostPerUnit"><div class="q">Fon: <xsl:value-of
  select="translate(gl-bus:measurable/gl-bus:measurableQuantity,'.',',')"/> adet × <xsl:value-of select="translate(gl-bus:measurable/gl-bus:measurableCostPerUnit,'.',',')"/></div></xsl:if></td></xsl:template>
<xsl:template name="seal"><xsl:for-each select="/*/ds:Signature"><div class="seal">Mühür: <xsl:choose><xsl:when
  test="contains(ds:KeyInfo/ds:X509Data/ds:X509SubjectName,'CN=')"><xsl:value-of
  select="substring-before(concat(substring-after(ds:KeyInfo/ds:X509Data/ds:X509SubjectName,'CN='),','),',')"/></xsl:when><xsl:otherwise>sertifikası
  dosyanın içinde</xsl:otherwise></xsl:choose> · <xsl:call-template name="moment"><xsl:with-param name="m"
  select="ds:Object/xades:QualifyingProperties/xades:SignedProperties/xades:SignedSignatureProperties/xades:SigningTime"/></xsl:call-template><xsl:for-each
  select="ds:Object/xades:QualifyingProperties/xades:UnsignedProperties/xades:UnsignedSignatureProperties/xades:CounterSignature/ds:Signature"> · GİB onayı: <xsl:call-template
  name="moment"><xsl:with-param name="m" select="ds:Object/xades:QualifyingProperties/xades:SignedProperties/xades:SignedSignatureProperties/xades:SigningTime"/></xsl:call-template></xsl:for-each><xsl:if
  test="ds:Object/xades:QualifyingProperties/xades:UnsignedProperties/xades:UnsignedSignatureProperties/xades:SignatureTimeStamp"> · zaman damgalı</xsl:if><br/>Bu
  sayfa mührün geçerliliğini denetlemez; mühür XML dosyasındadır.</div></xsl:for-each></xsl:template>
<xsl:template name="moment"><xsl:param name="m"/><xsl:if test="$m"><xsl:call-template name="day"><xsl:with-param name="d"
  select="$m"/></xsl:call-template><xsl:text> </xsl:text><xsl:value-of select="substring($m,12,5)"/><xsl:if test="substring($m,20)='Z'"> (UTC)</xsl:if></xsl:if></xsl:template>
</xsl:stylesheet>
