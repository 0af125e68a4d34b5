<?xml version="1.0" encoding="UTF-8"?>
<!-- Mühürdar: the look of an answer to a despatch note. XSLT 1.0, runs in libxslt and Saxon; no script, nothing loaded from outside. -->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:n="urn:oasis:names:specification:ubl:schema:xsd:ReceiptAdvice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
  exclude-result-prefixes="n cac cbc">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
<xsl:decimal-format name="tr" decimal-separator="," grouping-separator="." NaN=""/>
<xsl:decimal-format name="plain" NaN="0.00"/>

<!-- Pictures as data: addresses; empty in the sheet as it ships. -->
<xsl:variable name="logo"><!--logo--></xsl:variable>
<xsl:variable name="stamp"><!--stamp--></xsl:variable>

<xsl:variable name="doc" select="/n:ReceiptAdvice"/>
<xsl:variable name="lines" select="$doc/cac:ReceiptLine"/>
<xsl:variable name="with-short" select="boolean($lines/cbc:ShortQuantity[number(.) &gt; 0])"/>
<xsl:variable name="with-rejected" select="boolean($lines/cbc:RejectedQuantity[number(.) &gt; 0])"/>
<xsl:variable name="with-over" select="boolean($lines/cbc:OversupplyQuantity[number(.) &gt; 0])"/>
<xsl:variable name="types">|SEVK:SEVK|</xsl:variable>
<xsl:variable name="units">|C62:Adet|NIU:Adet|KGM:kg|GRM:g|MGM:mg|TNE:ton|GT:gross ton|LTR:litre|MLT:ml|MTR:m|CMT:cm|MMT:mm|KMT:km|MTK:m²|MTQ:m³|CMK:cm²|CMQ:cm³|SM3:sm³|KWH:kWh|MWH:MWh|KWT:kW|HUR:saat|D61:dakika|MIN:dakika|SEC:saniye|DAY:gün|WEE:hafta|MON:ay|ANN:yıl|BX:kutu|PA:paket|PK:paket|CT:karton|PR:çift|SET:set|DZN:düzine|CEN:yüz adet|T3:bin adet|CTM:karat|LPA:litre saf alkol|B32:kg-m²|EA:adet|LO:lot|BG:poşet|RO:rulo|</xsl:variable>
<xsl:variable name="product-ids">|KUNYENO:Künye no|ILAC:İlaç no|TIBBICIHAZ:Tıbbi cihaz no|DIGER:Diğer ürün no|TELEFON:Telefon IMEI|TABLET_PC:Tablet / bilgisayar seri no|ETIKETNO:Etiket no|</xsl:variable>
<xsl:variable name="schemes">|MERSISNO:MERSİS No|TICARETSICILNO:Ticaret Sicil No|MUSTERINO:Müşteri No|HIZMETNO:Hizmet No|TESISATNO:Tesisat No|TELEFONNO:Telefon No|DISTRIBUTORNO:Distribütör No|TAPDKNO:TAPDK No|BAYINO:Bayi No|ABONENO:Abone No|SAYACNO:Sayaç No|EPDKNO:EPDK No|SUBENO:Şube No|PASAPORTNO:Pasaport No|CIFTCINO:Çiftçi No|IMALATCINO:İmalatçı No|DOSYANO:Dosya No|HASTANO:Hasta No|URETICINO:Üretici No|PLAKA:Plaka|ARACKIMLIKNO:Araç Kimlik No|SEVKIYATNO:Sevkiyat No|</xsl:variable>

<xsl:template match="/">
<html lang="tr">
<head>
<meta charset="UTF-8"/>
<title><xsl:value-of select="$doc/cbc:ID"/></title>
<style>
@page{size:A4;margin:9mm 10mm;@bottom-left{color:#667079;content:"<xsl:value-of select="translate(normalize-space($doc/cbc:ID), '&quot;\&lt;&gt;{}', '')"/>";font:7pt sans-serif}@bottom-right{color:#667079;content:counter(page) " / " counter(pages);font:7pt sans-serif}}
*{box-sizing:border-box}
body{color:#1f2328;background:#fff;font:8.5pt/1.38 "Segoe UI","Noto Sans",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;margin:0}
.sheet{margin:0 auto;max-width:190mm}
@media screen{.sheet{padding:9mm 0}}
table{border-collapse:collapse;width:100%}
td,th{padding:0;text-align:left;vertical-align:top}
.q{color:#667079}
.name{font-size:11.5pt;font-weight:600;line-height:1.25;margin-bottom:1mm}
.long{overflow-wrap:anywhere;word-break:break-word}
.logo{display:block;margin-bottom:2.5mm;max-height:20mm;max-width:70mm}
.mark{color:#0f6e73;font-size:13pt;font-weight:600;letter-spacing:.4pt;padding-top:1mm;text-align:center;white-space:nowrap}
.kind{color:#667079;font-size:7.5pt;text-align:center}
#qrcode{height:34mm;margin-left:auto;width:34mm}
#qrcode svg{display:block;height:34mm;width:34mm}
.rule{border-top:1.6pt solid #0f6e73;margin:3.5mm 0}
.label{color:#0f6e73;font-size:7pt;font-weight:600;letter-spacing:.8pt;margin-bottom:.8mm}
.facts td{border-bottom:.5pt solid #dedbd4;padding:.5mm 0;vertical-align:baseline}
.facts td+td{font-weight:600;padding-left:3mm;text-align:right}
.facts td:first-child{white-space:nowrap}
.facts .ettn{font-size:7pt;font-weight:400;white-space:nowrap}
.ids span+span{margin-left:3mm}
.lines{margin-top:3.5mm}
.lines th{background:#f2f0eb;border-bottom:.8pt solid #b9b4a8;border-top:.8pt solid #b9b4a8;font-size:7.5pt;font-weight:600;line-height:1.2;padding:1.4mm 1.2mm;vertical-align:bottom}
.lines td{border-bottom:.5pt solid #dedbd4;padding:1.1mm 1.2mm}
.lines tr{break-inside:avoid;page-break-inside:avoid}
thead{display:table-header-group}
.n,.lines th.n{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.lines .no{color:#667079;text-align:right;width:7mm}
.small{font-size:7.5pt}
.after{break-inside:avoid;margin-top:4mm;page-break-inside:avoid}
.sums td{border-bottom:.5pt solid #dedbd4;padding:.65mm 1.2mm}
.sums .main td{border-bottom:0;border-top:.8pt solid #b9b4a8;font-weight:600}
.sums .pay td{background:#0f6e73;border:0;color:#fff;font-size:11pt;font-weight:600;padding:1.8mm 2mm}
.try{margin-bottom:2.6mm}
.try td{border-bottom:.5pt solid #dedbd4;padding:.4mm 0}
.block{margin-bottom:2.6mm}
.words{background:#f2f0eb;margin-bottom:3mm;padding:1.6mm 2mm}
.stamp{display:block;margin:3mm 0 0 auto;max-height:30mm;max-width:55mm}
</style>
</head>
<body><div class="sheet">
<table>
  <tr>
    <td style="width:50%" class="long">
      <xsl:if test="$logo != ''"><img class="logo" alt=""><xsl:attribute name="src"><xsl:value-of select="$logo"/></xsl:attribute></img></xsl:if>
      <div class="label">TESLİM ALAN</div><xsl:apply-templates select="$doc/cac:DeliveryCustomerParty/cac:Party"/>
    </td>
    <td style="padding-top:3mm">
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="58" height="58" style="display:block;margin:0 auto"><rect x="9" y="4" width="46" height="56" rx="6" fill="none" stroke="#0f6e73" stroke-width="3"/><path d="M18 15h20M18 51h28" stroke="#0f6e73" stroke-width="2.4" stroke-linecap="round"/><circle cx="32" cy="33" r="12.5" fill="#0f6e73"/><path d="M26.6 33.6h10.9a5.6 5.6 0 1 0-1.8 3.9" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round"/></svg>
      <div class="mark">e-İRSALİYE YANITI</div>
    </td>
    <td style="width:36mm">
      <div id="qrcode"></div>
      <div id="qrvalue" hidden="hidden" style="display:none"><xsl:call-template name="karekod"/></div>
    </td>
  </tr>
</table>
<div class="rule"></div>
<table>
  <tr>
    <td class="long" style="padding-right:8mm">
      <div class="label">SAYIN</div>
      <xsl:apply-templates select="$doc/cac:DespatchSupplierParty/cac:Party"/>
    </td>
    <td style="width:76mm"><table class="facts"><xsl:call-template name="facts"/></table></td>
  </tr>
</table>
<table class="lines">
  <thead>
    <tr>
      <th class="no">#</th>
      <th>Mal</th>
      <th class="n">Teslim alınan</th>
      <xsl:if test="$with-short"><th class="n">Eksik</th></xsl:if>
      <xsl:if test="$with-over"><th class="n">Fazla</th></xsl:if>
      <xsl:if test="$with-rejected"><th class="n">Reddedilen</th><th class="n">Kabul edilen</th></xsl:if>
    </tr>
  </thead>
  <tbody><xsl:apply-templates select="$lines"/><xsl:if test="not($lines)"><tr><td class="q" colspan="9" style="padding:3mm 1.2mm;text-align:center">Bu belgede kalem yok.</td></tr></xsl:if></tbody>
</table>
<table class="after">
  <tr>
    <td class="long" style="padding-right:8mm">
      <div class="words"><xsl:choose><xsl:when test="$with-short or $with-rejected or $with-over">Malların bir bölümü irsaliyedeki gibi teslim alınmamıştır.</xsl:when><xsl:otherwise>Mallar irsaliyedeki gibi teslim alınmıştır.</xsl:otherwise></xsl:choose></div>
      <xsl:call-template name="notes"/>
    </td>
    <td style="width:60mm"><xsl:if test="$stamp != ''"><img class="stamp" alt=""><xsl:attribute name="src"><xsl:value-of select="$stamp"/></xsl:attribute></img></xsl:if></td>
  </tr>
</table>
</div></body>
</html>
</xsl:template>

<!-- A party: name, address, ways to reach it, numbers. -->
<xsl:template match="cac:Party">
  <div class="name">
    <xsl:choose>
      <xsl:when test="normalize-space(cac:PartyName/cbc:Name) != ''"><xsl:value-of select="cac:PartyName/cbc:Name"/></xsl:when>
      <xsl:when test="cac:Person"><xsl:value-of select="normalize-space(concat(cac:Person/cbc:FirstName, ' ', cac:Person/cbc:MiddleName, ' ', cac:Person/cbc:FamilyName))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="cac:PartyLegalEntity/cbc:RegistrationName"/></xsl:otherwise>
    </xsl:choose>
  </div>
  <xsl:for-each select="cac:PostalAddress">
    <div>
      <xsl:for-each select="cbc:Region | cbc:StreetName | cbc:BuildingName | cbc:BuildingNumber | cbc:Room">
        <xsl:if test="normalize-space(.) != ''">
          <xsl:if test="self::cbc:BuildingNumber">No: </xsl:if>
          <xsl:if test="self::cbc:Room">Kapı: </xsl:if>
          <xsl:value-of select="normalize-space(.)"/><xsl:text> </xsl:text>
        </xsl:if>
      </xsl:for-each>
    </div>
    <div>
      <xsl:value-of select="normalize-space(concat(cbc:PostalZone, ' ', cbc:District, ' ', cbc:CitySubdivisionName))"/>
      <xsl:if test="normalize-space(cbc:CitySubdivisionName) != '' and normalize-space(cbc:CityName) != ''"> / </xsl:if>
      <xsl:value-of select="cbc:CityName"/>
      <xsl:variable name="country" select="normalize-space(cac:Country/cbc:Name)"/>
      <xsl:if test="$country != '' and $country != 'Türkiye' and $country != 'TÜRKİYE' and $country != 'Turkiye' and $country != 'TURKIYE'"><xsl:text> </xsl:text><xsl:value-of select="$country"/></xsl:if>
    </div>
  </xsl:for-each>
  <xsl:if test="normalize-space(concat(cac:Contact/cbc:Telephone, cac:Contact/cbc:Telefax)) != ''">
    <div>
      <xsl:if test="normalize-space(cac:Contact/cbc:Telephone) != ''"><span class="q">Tel: </span><xsl:value-of select="cac:Contact/cbc:Telephone"/><xsl:text> </xsl:text></xsl:if>
      <xsl:if test="normalize-space(cac:Contact/cbc:Telefax) != ''"><span class="q"> Faks: </span><xsl:value-of select="cac:Contact/cbc:Telefax"/></xsl:if>
    </div>
  </xsl:if>
  <xsl:if test="normalize-space(concat(cac:Contact/cbc:ElectronicMail, cbc:WebsiteURI)) != ''">
    <div>
      <xsl:value-of select="cac:Contact/cbc:ElectronicMail"/>
      <xsl:if test="normalize-space(cac:Contact/cbc:ElectronicMail) != '' and normalize-space(cbc:WebsiteURI) != ''"><span class="q"> · </span></xsl:if>
      <xsl:value-of select="cbc:WebsiteURI"/>
    </div>
  </xsl:if>
  <div>
    <xsl:if test="normalize-space(cac:PartyTaxScheme/cac:TaxScheme/cbc:Name) != ''"><span class="q">Vergi dairesi: </span><xsl:value-of select="cac:PartyTaxScheme/cac:TaxScheme/cbc:Name"/><xsl:text> </xsl:text></xsl:if>
    <xsl:for-each select="cac:PartyIdentification/cbc:ID[@schemeID = 'VKN' or @schemeID = 'TCKN']"><span class="q"><xsl:text> </xsl:text><xsl:value-of select="@schemeID"/>: </span><b><xsl:value-of select="."/></b></xsl:for-each>
  </div>
  <xsl:variable name="ids" select="cac:PartyIdentification/cbc:ID[@schemeID != 'VKN' and @schemeID != 'TCKN' and @schemeID != 'PARTYTYPE' and normalize-space(.) != '']"/>
  <xsl:if test="$ids">
    <div class="small ids"><xsl:for-each select="$ids"><span><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$schemes"/><xsl:with-param name="code" select="@schemeID"/></xsl:call-template>: </span><xsl:value-of select="."/></span><xsl:text> </xsl:text></xsl:for-each></div>
  </xsl:if>
</xsl:template>

<!-- Number, dates, references: two columns on the right. -->
<xsl:template name="facts">
  <tr><td class="q">Yanıt no</td><td><xsl:value-of select="$doc/cbc:ID"/></td></tr>
  <xsl:if test="$doc/cbc:IssueDate"><tr><td class="q">Düzenleme tarihi</td><td><xsl:call-template name="day"><xsl:with-param name="value" select="$doc/cbc:IssueDate"/></xsl:call-template><xsl:if test="$doc/cbc:IssueTime"><xsl:text> </xsl:text><xsl:value-of select="substring($doc/cbc:IssueTime, 1, 5)"/></xsl:if></td></tr></xsl:if>
  <xsl:for-each select="$doc/cac:AdditionalDocumentReference[cbc:DocumentTypeCode = 'DespatchAdviceID']">
    <tr><td class="q">İrsaliye</td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <xsl:for-each select="$doc/cac:DespatchDocumentReference">
    <tr><td class="q">İrsaliye ETTN</td><td class="ettn"><xsl:value-of select="cbc:ID"/></td></tr>
  </xsl:for-each>
  <xsl:if test="$doc/cac:Shipment/cac:Delivery/cbc:ActualDeliveryDate"><tr><td class="q">Teslim alma</td><td><xsl:call-template name="day"><xsl:with-param name="value" select="$doc/cac:Shipment/cac:Delivery/cbc:ActualDeliveryDate"/></xsl:call-template><xsl:if test="$doc/cac:Shipment/cac:Delivery/cbc:ActualDeliveryTime"><xsl:text> </xsl:text><xsl:value-of select="substring($doc/cac:Shipment/cac:Delivery/cbc:ActualDeliveryTime, 1, 5)"/></xsl:if></td></tr></xsl:if>
  <xsl:for-each select="$doc/cac:OrderReference[normalize-space(cbc:ID) != '']">
    <tr><td class="q">Sipariş</td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <tr><td class="q">Senaryo</td><td><xsl:value-of select="$doc/cbc:ProfileID"/></td></tr>
  <tr><td class="q">Tip</td><td><xsl:call-template name="look-up"><xsl:with-param name="list" select="$types"/><xsl:with-param name="code" select="$doc/cbc:ReceiptAdviceTypeCode"/></xsl:call-template></td></tr>
  <tr><td class="q">ETTN</td><td class="ettn"><xsl:value-of select="$doc/cbc:UUID"/></td></tr>
  <tr><td class="q">Özelleştirme no</td><td><xsl:value-of select="$doc/cbc:CustomizationID"/></td></tr>
</xsl:template>

<xsl:template name="reference">
  <xsl:value-of select="cbc:ID"/>
  <xsl:if test="cbc:IssueDate"><span class="q" style="font-weight:400"><xsl:text> · </xsl:text><xsl:call-template name="day"><xsl:with-param name="value" select="cbc:IssueDate"/></xsl:call-template></span></xsl:if>
</xsl:template>

<xsl:template match="cac:ReceiptLine">
  <tr>
    <td class="no"><xsl:value-of select="cbc:ID"/></td>
    <td class="long">
      <xsl:value-of select="cac:Item/cbc:Name"/>
      <xsl:for-each select="cac:Item/cbc:Description[normalize-space(.) != ''] | cbc:Note[normalize-space(.) != '']"><div class="small q"><xsl:value-of select="."/></div></xsl:for-each>
      <xsl:if test="cac:Item/cbc:BrandName[. != ''] or cac:Item/cbc:ModelName[. != '']"><div class="small q"><xsl:value-of select="normalize-space(concat(cac:Item/cbc:BrandName, ' ', cac:Item/cbc:ModelName))"/></div></xsl:if>
      <xsl:for-each select="cac:Item/cac:SellersItemIdentification/cbc:ID[. != '']"><div class="small q">Kod: <xsl:value-of select="."/></div></xsl:for-each>
      <xsl:for-each select="cac:Item/cac:AdditionalItemIdentification/cbc:ID[. != '']"><div class="small q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$product-ids"/><xsl:with-param name="code" select="@schemeID"/></xsl:call-template>: <xsl:value-of select="."/></div></xsl:for-each>
      <xsl:for-each select="cbc:RejectReason[. != '']"><div class="small q">Red sebebi: <xsl:value-of select="."/></div></xsl:for-each>
      <xsl:for-each select="cbc:TimingComplaint[. != '']"><div class="small q">Gecikme: <xsl:value-of select="."/></div></xsl:for-each>
    </td>
    <td class="n"><xsl:value-of select="format-number(cbc:ReceivedQuantity, '#.##0,########', 'tr')"/><xsl:text> </xsl:text><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$units"/><xsl:with-param name="code" select="cbc:ReceivedQuantity/@unitCode"/></xsl:call-template></span></td>
    <xsl:if test="$with-short"><td class="n"><xsl:if test="cbc:ShortQuantity"><xsl:value-of select="format-number(cbc:ShortQuantity, '#.##0,########', 'tr')"/><xsl:text> </xsl:text><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$units"/><xsl:with-param name="code" select="cbc:ShortQuantity/@unitCode"/></xsl:call-template></span></xsl:if></td></xsl:if>
    <xsl:if test="$with-over"><td class="n"><xsl:if test="cbc:OversupplyQuantity"><xsl:value-of select="format-number(cbc:OversupplyQuantity, '#.##0,########', 'tr')"/><xsl:text> </xsl:text><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$units"/><xsl:with-param name="code" select="cbc:OversupplyQuantity/@unitCode"/></xsl:call-template></span></xsl:if></td></xsl:if>
    <xsl:if test="$with-rejected">
      <td class="n"><xsl:if test="cbc:RejectedQuantity"><xsl:value-of select="format-number(cbc:RejectedQuantity, '#.##0,########', 'tr')"/><xsl:text> </xsl:text><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$units"/><xsl:with-param name="code" select="cbc:RejectedQuantity/@unitCode"/></xsl:call-template></span></xsl:if></td>
      <td class="n"><b><xsl:value-of select="format-number(cbc:ReceivedQuantity - sum(cbc:RejectedQuantity), '#.##0,########', 'tr')"/></b></td>
    </xsl:if>
  </tr>
</xsl:template>

<xsl:template name="notes">
  <xsl:variable name="notes" select="$doc/cbc:Note[normalize-space(.) != '' and not(starts-with(normalize-space(.), 'Yalnız'))]"/>
  <xsl:if test="$notes">
    <div class="block"><div class="label">NOTLAR</div><xsl:for-each select="$notes"><div style="white-space:pre-line"><xsl:value-of select="."/></div></xsl:for-each></div>
  </xsl:if>
</xsl:template>

<xsl:template name="day">
  <xsl:param name="value"/>
  <xsl:value-of select="concat(substring($value, 9, 2), '.', substring($value, 6, 2), '.', substring($value, 1, 4))"/>
</xsl:template>

<!-- The title of a code in a |code:title| list, else the code itself. -->
<xsl:template name="look-up">
  <xsl:param name="list"/><xsl:param name="code"/>
  <xsl:variable name="key" select="concat('|', $code, ':')"/>
  <xsl:choose>
    <xsl:when test="contains($list, $key)"><xsl:value-of select="substring-before(substring-after($list, $key), '|')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$code"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- The karekod's text as GİB's guide (V1.2) lists it; the viewer draws it in #qrcode. -->
<xsl:template name="karekod">
  <xsl:text>{"vkntckn":"</xsl:text><xsl:value-of select="$doc/cac:DespatchSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID = 'VKN' or @schemeID = 'TCKN']"/>
  <xsl:text>","avkntckn":"</xsl:text><xsl:value-of select="$doc/cac:DeliveryCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID = 'VKN' or @schemeID = 'TCKN']"/>
  <xsl:text>","senaryo":"</xsl:text><xsl:value-of select="$doc/cbc:ProfileID"/>
  <xsl:text>","tip":"</xsl:text><xsl:value-of select="$doc/cbc:ReceiptAdviceTypeCode"/>
  <xsl:text>","tarih":"</xsl:text><xsl:value-of select="$doc/cbc:IssueDate"/>
  <xsl:text>","no":"</xsl:text><xsl:value-of select="$doc/cbc:ID"/>
  <xsl:text>","ettn":"</xsl:text><xsl:value-of select="$doc/cbc:UUID"/>
  <xsl:text>"}</xsl:text>
</xsl:template>

</xsl:stylesheet>
