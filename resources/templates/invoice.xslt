<?xml version="1.0" encoding="UTF-8"?>
<!-- Mühürdar: the look of an invoice. XSLT 1.0, runs in libxslt and Saxon; no script, nothing loaded from outside. -->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:n="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
  exclude-result-prefixes="n cac cbc">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
<xsl:decimal-format name="tr" decimal-separator="," grouping-separator="." NaN=""/>
<xsl:decimal-format name="plain" NaN="0.00"/>

<!-- Pictures as data: addresses; empty in the sheet as it ships. -->
<xsl:variable name="logo"><!--logo--></xsl:variable>
<xsl:variable name="stamp"><!--stamp--></xsl:variable>

<xsl:variable name="doc" select="/n:Invoice"/>
<xsl:variable name="currency" select="string($doc/cbc:DocumentCurrencyCode)"/>
<xsl:variable name="unit">
  <xsl:choose><xsl:when test="$currency = 'TRY' or $currency = ''">TL</xsl:when><xsl:otherwise><xsl:value-of select="$currency"/></xsl:otherwise></xsl:choose>
</xsl:variable>
<xsl:variable name="lines" select="$doc/cac:InvoiceLine"/>
<xsl:variable name="taxes" select="$doc/cac:TaxTotal/cac:TaxSubtotal"/>
<xsl:variable name="forgone" select="$taxes[cbc:CalculationSequenceNumeric = -1]"/>
<xsl:variable name="vat-taxes" select="$taxes[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode = '0015'][not(cbc:CalculationSequenceNumeric = -1)]"/>
<xsl:variable name="kept" select="$doc/cac:AllowanceCharge[starts-with(normalize-space(cbc:AllowanceChargeReason), 'HKS')]"/>
<xsl:variable name="withheld" select="$doc/cac:WithholdingTaxTotal/cac:TaxSubtotal"/>
<xsl:variable name="total" select="$doc/cac:LegalMonetaryTotal"/>
<!-- What a hal agent keeps stands among the document's charges (or discounts), but is neither. -->
<xsl:variable name="kept-sum" select="sum($kept/cbc:Amount[number(.) = number(.)])"/>
<xsl:variable name="kept-as-charge" select="number($total/cbc:ChargeTotalAmount) + 0.004 &gt;= $kept-sum"/>
<xsl:variable name="charges" select="number($total/cbc:ChargeTotalAmount) - $kept-sum * number($kept-as-charge)"/>
<xsl:variable name="discounts" select="number($total/cbc:AllowanceTotalAmount) - $kept-sum * number(not($kept-as-charge) and number($total/cbc:AllowanceTotalAmount) + 0.004 &gt;= $kept-sum)"/>
<xsl:variable name="exchange" select="($doc/cac:PricingExchangeRate | $doc/cac:TaxExchangeRate | $doc/cac:PaymentExchangeRate)[cbc:CalculationRate][1]"/>
<xsl:variable name="rate" select="number($exchange/cbc:CalculationRate)"/>
<xsl:variable name="foreign" select="$unit != 'TL' and $rate &gt; 0"/>
<xsl:variable name="with-discount" select="boolean($lines/cac:AllowanceCharge[number(cbc:Amount) &gt; 0])"/>
<xsl:variable name="with-other" select="boolean($lines/cac:TaxTotal/cac:TaxSubtotal[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode != '0015'])"/>
<xsl:variable name="with-withholding" select="boolean($lines/cac:WithholdingTaxTotal/cac:TaxSubtotal)"/>
<xsl:variable name="is-archive" select="$doc/cbc:ProfileID = 'EARSIVFATURA'"/>
<!-- Asked once: a step from $doc within a line walks past all the lines. -->
<xsl:variable name="is-incentive" select="$doc/cbc:ProfileID = 'YATIRIMTESVIK' or starts-with($doc/cbc:InvoiceTypeCode, 'YTB')"/>
<xsl:variable name="is-charging" select="starts-with($doc/cbc:InvoiceTypeCode, 'SARJ')"/>
<xsl:variable name="written" select="$doc/cbc:Note[starts-with(normalize-space(.), 'Yalnız') or starts-with(normalize-space(.), 'YALNIZ')][1]"/>
<xsl:key name="vat" match="n:Invoice/cac:TaxTotal/cac:TaxSubtotal[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode = '0015'][not(cbc:CalculationSequenceNumeric = -1)]" use="number(cbc:Percent)"/>

<xsl:variable name="units">|C62:Adet|NIU:Adet|KGM:kg|GRM:g|MGM:mg|TNE:ton|GT:gross ton|LTR:litre|MLT:ml|MTR:m|CMT:cm|MMT:mm|KMT:km|MTK:m²|MTQ:m³|CMK:cm²|CMQ:cm³|SM3:sm³|KWH:kWh|MWH:MWh|KWT:kW|HUR:saat|D61:dakika|MIN:dakika|SEC:saniye|DAY:gün|WEE:hafta|MON:ay|ANN:yıl|BX:kutu|PA:paket|PK:paket|CT:karton|PR:çift|SET:set|DZN:düzine|CEN:yüz adet|T3:bin adet|CTM:karat|LPA:litre saf alkol|B32:kg-m²|EA:adet|LO:lot|BG:poşet|RO:rulo|</xsl:variable>
<xsl:variable name="types">|SATIS:SATIŞ|IADE:İADE|ISTISNA:İSTİSNA|TEVKIFATIADE:TEVKİFATLI İADE|TEVKIFAT:TEVKİFAT|OZELMATRAH:ÖZEL MATRAH|IHRACKAYITLI:İHRAÇ KAYITLI|KONAKLAMAVERGISI:KONAKLAMA VERGİSİ|SARJ:ŞARJ|SARJANLIK:ŞARJ (ANLIK)|KOMISYONCU:KOMİSYONCU|HKSSATIS:HKS SATIŞ|HKSKOMISYONCU:HKS KOMİSYONCU|TEKNOLOJIDESTEK:TEKNOLOJİ DESTEK|YTBSATIS:YTB SATIŞ|YTBIADE:YTB İADE|YTBISTISNA:YTB İSTİSNA|YTBTEVKIFAT:YTB TEVKİFAT|YTBTEVKIFATIADE:YTB TEVKİFATLI İADE|</xsl:variable>
<xsl:variable name="means">|1:Belirlenmemiş|10:Nakit|20:Çek|23:Banka çeki|30:Havale (alacak)|31:Banka havalesi (borç)|42:Banka hesabına havale/EFT|46:Bankalar arası borç transferi|48:Kredi/banka kartı|49:Otomatik ödeme|60:Senet|97:Mahsup|ZZZ:Karşılıklı anlaşılan diğer|KREDIKARTI/BANKAKARTI:Kredi veya banka kartı|EFT/HAVALE:EFT veya havale|KAPIDAODEME:Kapıda ödeme|ODEMEARACISI:Ödeme aracısı|DIGER:Diğer|</xsl:variable>
<xsl:variable name="schemes">|MERSISNO:MERSİS No|TICARETSICILNO:Ticaret Sicil No|MUSTERINO:Müşteri No|HIZMETNO:Hizmet No|TESISATNO:Tesisat No|TELEFONNO:Telefon No|DISTRIBUTORNO:Distribütör No|TAPDKNO:TAPDK No|BAYINO:Bayi No|ABONENO:Abone No|SAYACNO:Sayaç No|EPDKNO:EPDK No|SUBENO:Şube No|PASAPORTNO:Pasaport No|CIFTCINO:Çiftçi No|IMALATCINO:İmalatçı No|DOSYANO:Dosya No|HASTANO:Hasta No|URETICINO:Üretici No|PLAKA:Plaka|ARACKIMLIKNO:Araç Kimlik No|SEVKIYATNO:Sevkiyat No|ARACIKURUMVKN:VKN/TCKN|ARACIKURUMETIKET:Etiket|</xsl:variable>
<xsl:variable name="product-ids">|KUNYENO:Künye no|ILAC:İlaç no|TIBBICIHAZ:Tıbbi cihaz no|DIGER:Diğer ürün no|TELEFON:Telefon IMEI|TABLET_PC:Tablet / bilgisayar seri no|ETIKETNO:Etiket no|</xsl:variable>
<xsl:variable name="kept-for">|HKSKOMISYON:Komisyon|HKSKOMISYONKDV:Komisyon KDV|HKSNAVLUN:Navlun|HKSNAVLUNKDV:Navlun KDV|HKSHAMMALIYE:Hammaliye|HKSHAMMALIYEKDV:Hammaliye KDV|HKSNAKLIYE:Nakliye|HKSNAKLIYEKDV:Nakliye KDV|HKSGVTEVKIFAT:Gelir vergisi tevkifatı|HKSBAGKURTEVKIFAT:Bağkur tevkifatı|HKSRUSUM:Rüsum|HKSRUSUMKDV:Rüsum KDV|HKSTICBORSASI:Ticaret borsası|HKSTICBORSASIKDV:Ticaret borsası KDV|HKSMILLISAVUNMAFON:Millî savunma fonu|HKSMSFONKDV:Millî savunma fonu KDV|HKSDIGERMASRAFLAR:Diğer masraflar|HKSDIGERKDV:Diğer masraflar KDV|</xsl:variable>
<xsl:variable name="terms">|EXW:İş yerinde teslim|FCA:Taşıyıcıya teslim|FAS:Gemi yanında teslim|FOB:Gemi bordasında teslim|CFR:Mal bedeli ve navlun|CIF:Mal bedeli, sigorta ve navlun|CPT:Taşıma ödenmiş olarak|CIP:Taşıma ve sigorta ödenmiş olarak|DAP:Belirlenen yerde teslim|DPU:Belirlenen yerde boşaltılmış teslim|DDP:Gümrük vergileri ödenmiş teslim|DAF:Sınırda teslim|DES:Gemide teslim|DEQ:Rıhtımda teslim|DDU:Gümrük vergileri ödenmemiş teslim|</xsl:variable>
<xsl:variable name="modes">|1:Denizyolu|2:Demiryolu|3:Karayolu|4:Havayolu|5:Posta|6:Çok araçlı|7:Sabit taşıma tesisleri|8:İç su taşımacılığı|9:Geçerli değil|0:Belirtilmemiş|</xsl:variable>
<xsl:variable name="packs">|BX:Kutu|CT:Karton|PX:Palet|BG:Torba|CN:Konteyner|CR:Kasa (sandık)|CS:Kasa|PK:Paket|BA:Varil|BE:Balya (bohça)|BL:Balya|BO:Şişe|BR:Çubuk|CA:Teneke kutu|CG:Kafes|CX:Teneke|DR:Bidon (fıçı)|EN:Zarf|JR:Kavanoz|JY:Bidon|KG:Fıçıcık|PA:Küçük paket|PB:Palet kutusu|RL:Makara|RO:Rulo|SA:Çuval|SK:İskelet kasa|TB:Küvet|TK:Tank|TU:Tüp|VG:Dökme gaz|VL:Dökme sıvı|VO:Dökme katı (iri)|VR:Dökme katı (taneli)|VY:Dökme katı (toz)|NE:Ambalajsız|</xsl:variable>
<xsl:variable name="costs">|SAGLIK_ECZ:Eczane|SAGLIK_HAS:Hastane|SAGLIK_OPT:Optik|SAGLIK_MED:Medikal|ABONELIK:Abonelik|MAL_HIZMET:Mal ve hizmet alımı|DIGER:Diğer|</xsl:variable>
<xsl:variable name="expenses">|01:Makine ve teçhizat|02:İnşaat işleri|03:Arsa ve arazi|04:Diğer harcamalar|</xsl:variable>
<xsl:variable name="further">|MUKELLEF_KODU:Mükellef kodu|MUKELLEF_ADI:Mükellef adı|DOSYA_NO:Dosya no|ESURaporID:EŞÜ rapor no|YTBNO:Yatırım teşvik belgesi|</xsl:variable>
<xsl:variable name="e-archive">|SENDINGTYPE|SEND_TYPE|SENDTYPE|GONDERIMSEKLI|EARCHIVETYPE|EARCHIVE_TYPE|EARSIVTIPI|</xsl:variable>
<xsl:variable name="lower">abcdefghijklmnopqrstuvwxyz</xsl:variable>
<xsl:variable name="upper">ABCDEFGHIJKLMNOPQRSTUVWXYZ</xsl:variable>
<xsl:variable name="sendings">|ELEKTRONIK:Elektronik ortamda|KAGIT:Kâğıt olarak|</xsl:variable>

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
      <xsl:apply-templates select="$doc/cac:AccountingSupplierParty/cac:Party"/>
    </td>
    <td style="padding-top:3mm">
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="58" height="58" style="display:block;margin:0 auto"><rect x="9" y="4" width="46" height="56" rx="6" fill="none" stroke="#0f6e73" stroke-width="3"/><path d="M18 15h20M18 51h28" stroke="#0f6e73" stroke-width="2.4" stroke-linecap="round"/><circle cx="32" cy="33" r="12.5" fill="#0f6e73"/><path d="M26.6 33.6h10.9a5.6 5.6 0 1 0-1.8 3.9" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round"/></svg>
      <div class="mark"><xsl:choose><xsl:when test="$is-archive">e-ARŞİV FATURA</xsl:when><xsl:otherwise>e-FATURA</xsl:otherwise></xsl:choose></div>
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
      <xsl:apply-templates select="$doc/cac:AccountingCustomerParty/cac:Party"/>
      <xsl:for-each select="$doc/cac:BuyerCustomerParty/cac:Party">
        <xsl:variable name="who" select="cac:PartyIdentification/cbc:ID[@schemeID = 'PARTYTYPE']"/>
        <div class="label" style="margin-top:2.5mm"><xsl:choose><xsl:when test="$who = 'EXPORT'">YURT DIŞINDAKİ ALICI</xsl:when><xsl:when test="$who = 'TAXFREE'">YOLCU</xsl:when><xsl:when test="$doc/cbc:ProfileID = 'KAMU'">ÖDEYEN BİRİM</xsl:when><xsl:otherwise>ALICI</xsl:otherwise></xsl:choose></div>
        <xsl:apply-templates select="."/>
      </xsl:for-each>
      <xsl:for-each select="$doc/cac:TaxRepresentativeParty">
        <div class="label" style="margin-top:2.5mm">ARACI KURUM</div>
        <xsl:call-template name="party"/>
      </xsl:for-each>
    </td>
    <td style="width:76mm"><table class="facts"><xsl:call-template name="facts"/></table></td>
  </tr>
</table>
<table class="lines">
  <thead>
    <tr>
      <th class="no">#</th>
      <th>Mal / Hizmet</th>
      <th class="n">Miktar</th>
      <th class="n">Birim fiyat</th>
      <xsl:if test="$with-discount"><th class="n">İskonto /<br/>artırım</th></xsl:if>
      <th class="n">KDV<br/>oranı</th>
      <th class="n">KDV tutarı</th>
      <xsl:if test="$with-other"><th class="n">Diğer<br/>vergiler</th></xsl:if>
      <xsl:if test="$with-withholding"><th class="n">KDV<br/>tevkifatı</th></xsl:if>
      <th class="n">Tutar</th>
    </tr>
  </thead>
  <tbody>
    <xsl:apply-templates select="$lines"/>
    <xsl:if test="not($lines)"><tr><td class="q" colspan="9" style="padding:3mm 1.2mm;text-align:center">Bu belgede kalem yok.</td></tr></xsl:if>
  </tbody>
</table>
<table class="after">
  <tr>
    <td class="long" style="padding-right:8mm"><xsl:call-template name="left"/></td>
    <td style="width:84mm"><xsl:call-template name="sums"/></td>
  </tr>
</table>
</div></body>
</html>
</xsl:template>

<!-- A party: name, address, ways to reach it, numbers. -->
<xsl:template match="cac:Party" name="party">
  <xsl:if test="normalize-space(concat(cac:PartyName/cbc:Name, cac:Person/cbc:FirstName, cac:Person/cbc:FamilyName, cac:PartyLegalEntity/cbc:RegistrationName)) != ''"><div class="name">
    <xsl:choose>
      <xsl:when test="normalize-space(cac:PartyName/cbc:Name) != ''"><xsl:value-of select="cac:PartyName/cbc:Name"/></xsl:when>
      <xsl:when test="cac:Person"><xsl:value-of select="normalize-space(concat(cac:Person/cbc:FirstName, ' ', cac:Person/cbc:MiddleName, ' ', cac:Person/cbc:FamilyName))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="cac:PartyLegalEntity/cbc:RegistrationName"/></xsl:otherwise>
    </xsl:choose>
  </div></xsl:if>
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
  <xsl:if test="cac:PartyIdentification/cbc:ID = 'EXPORT' or cac:PartyIdentification/cbc:ID = 'TAXFREE'">
    <xsl:for-each select="cac:PartyLegalEntity">
      <xsl:if test="cbc:RegistrationName != ''"><div><span class="q">Resmî unvan: </span><xsl:value-of select="cbc:RegistrationName"/></div></xsl:if>
      <xsl:if test="cbc:CompanyID != ''"><div><span class="q">Ülkesindeki vergi no: </span><xsl:value-of select="cbc:CompanyID"/></div></xsl:if>
    </xsl:for-each>
  </xsl:if>
  <xsl:for-each select="cac:Person">
    <xsl:if test="cbc:NationalityID != ''"><div><span class="q">Uyruk: </span><xsl:value-of select="cbc:NationalityID"/></div></xsl:if>
    <xsl:for-each select="cac:IdentityDocumentReference"><div><span class="q">Pasaport no: </span><xsl:call-template name="reference"/></div></xsl:for-each>
    <xsl:for-each select="cac:FinancialAccount[normalize-space(cbc:ID) != '']"><div><span class="q">Hesap: </span><xsl:value-of select="normalize-space(concat(cbc:ID, ' ', cbc:CurrencyCode))"/><xsl:for-each select="cac:FinancialInstitutionBranch/cac:FinancialInstitution/cbc:Name[. != ''] | cac:FinancialInstitutionBranch/cbc:Name[. != ''] | cbc:PaymentNote[. != '']"> · <xsl:value-of select="."/></xsl:for-each></div></xsl:for-each>
  </xsl:for-each>
</xsl:template>

<!-- Number, dates, references: two columns on the right. -->
<xsl:template name="facts">
  <tr><td class="q">Fatura no</td><td><xsl:value-of select="$doc/cbc:ID"/></td></tr>
  <tr><td class="q">Fatura tarihi</td><td>
    <xsl:call-template name="day"><xsl:with-param name="value" select="$doc/cbc:IssueDate"/></xsl:call-template>
    <xsl:if test="$doc/cbc:IssueTime"><xsl:text> </xsl:text><xsl:value-of select="substring($doc/cbc:IssueTime, 1, 5)"/></xsl:if>
  </td></tr>
  <tr><td class="q">Senaryo</td><td><xsl:value-of select="$doc/cbc:ProfileID"/></td></tr>
  <tr><td class="q">Fatura tipi</td><td><xsl:call-template name="look-up"><xsl:with-param name="list" select="$types"/><xsl:with-param name="code" select="$doc/cbc:InvoiceTypeCode"/></xsl:call-template></td></tr>
  <tr><td class="q">ETTN</td><td class="ettn"><xsl:value-of select="$doc/cbc:UUID"/></td></tr>
  <tr><td class="q">Özelleştirme no</td><td><xsl:value-of select="$doc/cbc:CustomizationID"/></td></tr>
  <xsl:for-each select="$doc/cac:InvoicePeriod[cbc:StartDate or cbc:EndDate]">
    <tr><td class="q">Dönem</td><td><xsl:if test="cbc:StartDate"><xsl:call-template name="day"><xsl:with-param name="value" select="cbc:StartDate"/></xsl:call-template></xsl:if><xsl:if test="cbc:StartTime"><xsl:text> </xsl:text><xsl:value-of select="substring(cbc:StartTime, 1, 5)"/></xsl:if> – <xsl:if test="cbc:EndDate"><xsl:call-template name="day"><xsl:with-param name="value" select="cbc:EndDate"/></xsl:call-template></xsl:if><xsl:if test="cbc:EndTime"><xsl:text> </xsl:text><xsl:value-of select="substring(cbc:EndTime, 1, 5)"/></xsl:if><xsl:if test="cbc:Description != ''"><div><xsl:value-of select="cbc:Description"/></div></xsl:if></td></tr>
  </xsl:for-each>
  <xsl:for-each select="$doc/cac:OrderReference[normalize-space(cbc:ID) != '']">
    <tr><td class="q">Sipariş</td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <xsl:for-each select="$doc/cac:DespatchDocumentReference[position() &lt; 4]">
    <tr><td class="q">İrsaliye</td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <xsl:for-each select="$doc/cac:BillingReference/cac:InvoiceDocumentReference[position() &lt; 4]">
    <tr><td class="q"><xsl:choose><xsl:when test="contains($doc/cbc:InvoiceTypeCode, 'IADE') or cbc:DocumentTypeCode = 'IADE'">İade edilen fatura</xsl:when><xsl:otherwise>İlgili fatura</xsl:otherwise></xsl:choose></td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <xsl:for-each select="$doc/cac:ContractDocumentReference">
    <tr><td class="q"><xsl:choose><xsl:when test="cbc:ID/@schemeID = 'YTBNO'">Yatırım teşvik belgesi</xsl:when><xsl:otherwise>Sözleşme</xsl:otherwise></xsl:choose></td><td class="long"><xsl:call-template name="reference"/></td></tr>
  </xsl:for-each>
  <xsl:if test="normalize-space($doc/cbc:AccountingCost) != ''"><tr><td class="q">SGK fatura tipi</td><td><xsl:call-template name="look-up"><xsl:with-param name="list" select="$costs"/><xsl:with-param name="code" select="normalize-space($doc/cbc:AccountingCost)"/></xsl:call-template></td></tr></xsl:if>
  <xsl:for-each select="$doc/cac:AdditionalDocumentReference[cbc:DocumentTypeCode != '' and contains($e-archive, concat('|', translate(cbc:DocumentTypeCode, $lower, $upper), '|'))]">
    <xsl:choose>
      <xsl:when test="cbc:ID = 'INTERNET' or cbc:DocumentType = 'INTERNET'"><tr><td class="q">Satış şekli</td><td>İnternet satışı</td></tr></xsl:when>
      <xsl:when test="contains($sendings, concat('|', cbc:ID, ':')) or contains($sendings, concat('|', cbc:DocumentType, ':'))"><tr><td class="q">Gönderim şekli</td><td><xsl:choose><xsl:when test="contains($sendings, concat('|', cbc:ID, ':'))"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$sendings"/><xsl:with-param name="code" select="cbc:ID"/></xsl:call-template></xsl:when><xsl:otherwise><xsl:call-template name="look-up"><xsl:with-param name="list" select="$sendings"/><xsl:with-param name="code" select="cbc:DocumentType"/></xsl:call-template></xsl:otherwise></xsl:choose></td></tr></xsl:when>
    </xsl:choose>
  </xsl:for-each>
  <xsl:for-each select="($doc/cac:PaymentMeans/cbc:PaymentDueDate | $doc/cac:PaymentTerms/cbc:PaymentDueDate)[1]">
    <tr><td class="q"><xsl:choose><xsl:when test="$doc/cac:AdditionalDocumentReference[cbc:ID = 'INTERNET' or cbc:DocumentType = 'INTERNET']">Ödeme tarihi</xsl:when><xsl:otherwise>Son ödeme tarihi</xsl:otherwise></xsl:choose></td><td><xsl:call-template name="day"><xsl:with-param name="value" select="."/></xsl:call-template></td></tr>
  </xsl:for-each>
</xsl:template>

<xsl:template name="reference">
  <xsl:value-of select="cbc:ID"/>
  <xsl:if test="cbc:IssueDate"><span class="q" style="font-weight:400"><xsl:text> · </xsl:text><xsl:call-template name="day"><xsl:with-param name="value" select="cbc:IssueDate"/></xsl:call-template></span></xsl:if>
</xsl:template>

<xsl:template match="cac:InvoiceLine">
  <xsl:variable name="vat" select="cac:TaxTotal/cac:TaxSubtotal[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode = '0015']"/>
  <tr>
    <td class="no"><xsl:value-of select="cbc:ID"/></td>
    <td class="long">
      <xsl:value-of select="cac:Item/cbc:Name"/>
      <xsl:for-each select="cac:Item/cbc:Description[normalize-space(.) != ''] | cbc:Note[normalize-space(.) != '']"><div class="small q"><xsl:value-of select="."/></div></xsl:for-each>
      <xsl:if test="cac:Item/cbc:BrandName[. != ''] or cac:Item/cbc:ModelName[. != '']"><div class="small q"><xsl:value-of select="normalize-space(concat(cac:Item/cbc:BrandName, ' ', cac:Item/cbc:ModelName))"/></div></xsl:if>
      <xsl:if test="cac:Item/cac:SellersItemIdentification/cbc:ID[. != ''] or cac:Item/cac:BuyersItemIdentification/cbc:ID[. != ''] or cac:Item/cac:ManufacturersItemIdentification/cbc:ID[. != ''] or cac:Item/cac:AdditionalItemIdentification/cbc:ID[. != '' or @schemeID != '']">
        <div class="small q">
          <xsl:if test="cac:Item/cac:SellersItemIdentification/cbc:ID[. != '']">Kod: <xsl:value-of select="cac:Item/cac:SellersItemIdentification/cbc:ID"/><xsl:text> </xsl:text></xsl:if>
          <xsl:if test="cac:Item/cac:BuyersItemIdentification/cbc:ID[. != '']">Alıcı kodu: <xsl:value-of select="cac:Item/cac:BuyersItemIdentification/cbc:ID"/><xsl:text> </xsl:text></xsl:if>
          <xsl:if test="cac:Item/cac:ManufacturersItemIdentification/cbc:ID[. != '']">Üretici kodu: <xsl:value-of select="cac:Item/cac:ManufacturersItemIdentification/cbc:ID"/><xsl:text> </xsl:text></xsl:if>
          <xsl:for-each select="cac:Item/cac:AdditionalItemIdentification/cbc:ID[. != '' or @schemeID != '']"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$product-ids"/><xsl:with-param name="code" select="@schemeID"/></xsl:call-template>: <xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each>
        </div>
      </xsl:if>
      <xsl:call-template name="goods"/>
      <xsl:for-each select="$vat/cac:TaxCategory[normalize-space(cbc:TaxExemptionReason) != '']"><div class="small q">İstisna <xsl:value-of select="cbc:TaxExemptionReasonCode"/>: <xsl:value-of select="cbc:TaxExemptionReason"/></div></xsl:for-each>
    </td>
    <td class="n"><xsl:value-of select="format-number(cbc:InvoicedQuantity, '#.##0,########', 'tr')"/><xsl:text> </xsl:text><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$units"/><xsl:with-param name="code" select="cbc:InvoicedQuantity/@unitCode"/></xsl:call-template></span></td>
    <td class="n"><xsl:value-of select="format-number(cac:Price/cbc:PriceAmount, '#.##0,00######', 'tr')"/></td>
    <xsl:if test="$with-discount">
      <td class="n">
        <xsl:for-each select="cac:AllowanceCharge[number(cbc:Amount) &gt; 0]">
          <div>
            <xsl:if test="number(cbc:MultiplierFactorNumeric) &gt; 0"><span class="q small">%<xsl:value-of select="format-number(cbc:MultiplierFactorNumeric * 100, '0,##', 'tr')"/><xsl:text> </xsl:text></span></xsl:if>
            <xsl:choose><xsl:when test="cbc:ChargeIndicator = 'true'">+</xsl:when><xsl:otherwise>−</xsl:otherwise></xsl:choose>
            <xsl:value-of select="format-number(cbc:Amount, '#.##0,00', 'tr')"/>
          </div>
        </xsl:for-each>
      </td>
    </xsl:if>
    <td class="n"><xsl:for-each select="$vat[cbc:Percent]"><div>%<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/></div></xsl:for-each></td>
    <td class="n"><xsl:for-each select="$vat"><xsl:choose><xsl:when test="cbc:CalculationSequenceNumeric = -1"><div class="q">(<xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/>)<div class="small">tahsil edilmez</div></div></xsl:when><xsl:otherwise><div><xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/></div></xsl:otherwise></xsl:choose></xsl:for-each></td>
    <xsl:if test="$with-other">
      <td class="n">
        <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode != '0015']">
          <div><span class="q small"><xsl:call-template name="tax-short"/><xsl:text> </xsl:text></span><xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/></div>
        </xsl:for-each>
      </td>
    </xsl:if>
    <xsl:if test="$with-withholding">
      <td class="n">
        <xsl:for-each select="cac:WithholdingTaxTotal/cac:TaxSubtotal"><div><span class="q small">%<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/><xsl:text> </xsl:text></span><xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/></div></xsl:for-each>
      </td>
    </xsl:if>
    <td class="n"><b><xsl:value-of select="format-number(cbc:LineExtensionAmount, '#.##0,00', 'tr')"/></b></td>
  </tr>
</xsl:template>

<!-- What single scenarios say of a line: origin, incentive, socket, customs tariff, packages, özel matrah. -->
<xsl:template name="goods">
  <xsl:variable name="kind" select="cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode[. != '']"/>
  <xsl:if test="cac:Item/cac:OriginCountry or $kind or cac:Item/cac:ItemInstance">
    <div class="small q">
      <xsl:for-each select="cac:Item/cac:OriginCountry">Menşe: <xsl:value-of select="cbc:Name"/><xsl:if test="not(cbc:Name != '')"><xsl:value-of select="cbc:IdentificationCode"/></xsl:if><xsl:text> </xsl:text></xsl:for-each>
      <xsl:for-each select="$kind"><xsl:choose><xsl:when test="$is-incentive">Harcama tipi: <xsl:call-template name="look-up"><xsl:with-param name="list" select="$expenses"/><xsl:with-param name="code" select="."/></xsl:call-template></xsl:when><xsl:otherwise>Sınıf: <xsl:value-of select="."/></xsl:otherwise></xsl:choose><xsl:text> </xsl:text></xsl:for-each>
      <xsl:for-each select="cac:Item/cac:ItemInstance/cbc:ProductTraceID[. != '']"><xsl:choose><xsl:when test="$is-incentive">Makine sıra no: </xsl:when><xsl:otherwise>İzleme no: </xsl:otherwise></xsl:choose><xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each>
      <xsl:for-each select="cac:Item/cac:ItemInstance/cbc:SerialID[. != '']"><xsl:choose><xsl:when test="$is-incentive">Makine ID: </xsl:when><xsl:when test="$is-charging">Soket no: </xsl:when><xsl:otherwise>Seri no: </xsl:otherwise></xsl:choose><xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each>
    </div>
  </xsl:if>
  <xsl:for-each select="cac:Delivery">
    <div class="small q"><xsl:call-template name="carriage"/></div>
    <xsl:for-each select="cac:DeliveryAddress[normalize-space(.) != '']"><div class="small q">Teslim adresi: <xsl:call-template name="place"/></div></xsl:for-each>
  </xsl:for-each>
  <xsl:for-each select="cac:TaxTotal/cac:TaxSubtotal[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode = '0015'][starts-with(cac:TaxCategory/cbc:TaxExemptionReasonCode, '8')]"><div class="small q">Özel matrah: <xsl:value-of select="format-number(cbc:TaxableAmount, '#.##0,00', 'tr')"/></div></xsl:for-each>
</xsl:template>

<xsl:template name="place">
  <xsl:value-of select="normalize-space(concat(cbc:StreetName, ' ', cbc:BuildingName, ' ', cbc:BuildingNumber, ' ', cbc:PostalZone, ' ', cbc:CitySubdivisionName, ' ', cbc:CityName, ' ', cac:Country/cbc:Name))"/>
</xsl:template>

<!-- Delivery terms, transport, customs tariff, packages of a delivery: one run of words. -->
<xsl:template name="carriage">
  <xsl:for-each select="cac:DeliveryTerms/cbc:ID[. != '']"><div>Teslim şartı: <xsl:value-of select="."/><xsl:if test="contains($terms, concat('|', ., ':'))"> (<xsl:call-template name="look-up"><xsl:with-param name="list" select="$terms"/><xsl:with-param name="code" select="."/></xsl:call-template>)</xsl:if></div></xsl:for-each>
  <xsl:for-each select="cac:Shipment/cac:ShipmentStage/cbc:TransportModeCode[. != '']">Gönderilme şekli: <xsl:call-template name="look-up"><xsl:with-param name="list" select="$modes"/><xsl:with-param name="code" select="."/></xsl:call-template><xsl:text> </xsl:text></xsl:for-each>
  <xsl:for-each select="cac:Shipment/cac:GoodsItem/cbc:RequiredCustomsID[. != '']">GTİP: <xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each>
  <xsl:for-each select="cac:Shipment/cac:TransportHandlingUnit/cac:ActualPackage">
    <xsl:choose><xsl:when test="position() = 1">Kap: </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose>
    <xsl:if test="cbc:Quantity"><xsl:value-of select="format-number(cbc:Quantity, '#.##0,##', 'tr')"/><xsl:text> </xsl:text></xsl:if><xsl:call-template name="look-up"><xsl:with-param name="list" select="$packs"/><xsl:with-param name="code" select="cbc:PackagingTypeCode"/></xsl:call-template><xsl:if test="cbc:ID != ''"><xsl:text> </xsl:text><xsl:value-of select="cbc:ID"/></xsl:if>
  </xsl:for-each>
  <xsl:for-each select="cac:Shipment/cac:TransportHandlingUnit/cac:CustomsDeclaration/cac:IssuerParty/cac:PartyIdentification/cbc:ID[. != '']">
    <div><xsl:choose><xsl:when test="@schemeID = 'SATICIDIBSATIRKOD'">Satıcı DİİB satır kodu: </xsl:when><xsl:when test="@schemeID = 'ALICIDIBSATIRKOD'">Alıcı DİİB satır kodu: </xsl:when><xsl:otherwise><xsl:value-of select="@schemeID"/>: </xsl:otherwise></xsl:choose><xsl:value-of select="."/></div>
  </xsl:for-each>
</xsl:template>

<!-- Sums, KDV by rate, other taxes, withholding, payable. -->
<xsl:template name="sums">
  <table class="sums">
    <xsl:call-template name="sum"><xsl:with-param name="label">Mal / hizmet toplamı</xsl:with-param><xsl:with-param name="amount" select="$total/cbc:LineExtensionAmount"/></xsl:call-template>
    <xsl:if test="$discounts &gt; 0.004"><xsl:call-template name="sum"><xsl:with-param name="label">Toplam iskonto</xsl:with-param><xsl:with-param name="amount" select="$discounts"/><xsl:with-param name="sign">−</xsl:with-param></xsl:call-template></xsl:if>
    <xsl:if test="$charges &gt; 0.004"><xsl:call-template name="sum"><xsl:with-param name="label">Toplam artırım</xsl:with-param><xsl:with-param name="amount" select="$charges"/></xsl:call-template></xsl:if>
    <xsl:for-each select="$taxes[cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode != '0015'][not(cbc:CalculationSequenceNumeric = -1)]">
      <xsl:call-template name="sum"><xsl:with-param name="label"><xsl:call-template name="tax-name"/></xsl:with-param><xsl:with-param name="amount" select="cbc:TaxAmount"/><xsl:with-param name="sign"><xsl:if test="contains('|0003|0011|4171|8001|9015|9040|SGK_PRIM|', concat('|', cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode, '|'))">−</xsl:if></xsl:with-param></xsl:call-template>
    </xsl:for-each>
    <xsl:for-each select="$vat-taxes[generate-id() = generate-id(key('vat', number(cbc:Percent))[1])]">
      <xsl:variable name="same" select="key('vat', number(cbc:Percent))"/>
      <tr>
        <td>KDV %<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/> <span class="q small"> (matrah <xsl:value-of select="format-number(sum($same/cbc:TaxableAmount), '#.##0,00', 'tr')"/>)</span></td>
        <td class="n"><xsl:value-of select="format-number(sum($same/cbc:TaxAmount), '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td>
      </tr>
    </xsl:for-each>
    <xsl:for-each select="$forgone">
      <tr class="q"><td><xsl:call-template name="tax-name"/> <span class="small"> (matrah <xsl:value-of select="format-number(cbc:TaxableAmount, '#.##0,00', 'tr')"/>)</span><div class="small">tahsil edilmez, toplama girmez</div></td><td class="n">(<xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/>)</td></tr>
    </xsl:for-each>
    <tr class="main"><td>Vergiler dahil toplam</td><td class="n"><xsl:value-of select="format-number($total/cbc:TaxInclusiveAmount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td></tr>
    <xsl:for-each select="$withheld">
      <tr>
        <td>KDV tevkifatı <xsl:value-of select="cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode"/> · %<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/><div class="small q"><xsl:value-of select="cac:TaxCategory/cac:TaxScheme/cbc:Name"/></div></td>
        <td class="n">−<xsl:value-of select="format-number(cbc:TaxAmount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td>
      </tr>
    </xsl:for-each>
    <xsl:for-each select="$kept">
      <tr>
        <td>Kesinti: <xsl:call-template name="look-up"><xsl:with-param name="list" select="$kept-for"/><xsl:with-param name="code" select="normalize-space(cbc:AllowanceChargeReason)"/></xsl:call-template><xsl:if test="number(cbc:MultiplierFactorNumeric) &gt; 0"> %<xsl:value-of select="format-number(cbc:MultiplierFactorNumeric, '0,##', 'tr')"/></xsl:if></td>
        <td class="n">−<xsl:value-of select="format-number(cbc:Amount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td>
      </tr>
    </xsl:for-each>
    <xsl:if test="$total/cbc:PayableRoundingAmount[number(.) &gt; 0 or number(.) &lt; 0]"><xsl:call-template name="sum"><xsl:with-param name="label">Yuvarlama</xsl:with-param><xsl:with-param name="amount" select="$total/cbc:PayableRoundingAmount"/></xsl:call-template></xsl:if>
    <tr class="pay"><td>Ödenecek tutar</td><td class="n"><xsl:value-of select="format-number($total/cbc:PayableAmount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td></tr>
  </table>
  <xsl:if test="$stamp != ''"><img class="stamp" alt=""><xsl:attribute name="src"><xsl:value-of select="$stamp"/></xsl:attribute></img></xsl:if>
</xsl:template>

<xsl:template name="sum">
  <xsl:param name="label"/><xsl:param name="amount"/><xsl:param name="sign"/>
  <tr><td><xsl:value-of select="$label"/></td><td class="n"><xsl:value-of select="$sign"/><xsl:value-of select="format-number($amount, '#.##0,00', 'tr')"/><xsl:text> </xsl:text><xsl:value-of select="$unit"/></td></tr>
</xsl:template>

<xsl:template name="in-try">
  <xsl:param name="label"/><xsl:param name="amount"/>
  <tr><td class="q"><xsl:value-of select="$label"/></td><td class="n"><xsl:value-of select="format-number($amount * $rate, '#.##0,00', 'tr')"/> TL</td></tr>
</xsl:template>

<!-- Words, exemption, payment, further references, notes. -->
<xsl:template name="left">
  <div class="words">
    <xsl:choose>
      <xsl:when test="$written"><xsl:value-of select="$written"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="words"/></xsl:otherwise>
    </xsl:choose>
  </div>
  <xsl:if test="$foreign">
    <div class="label">TL KARŞILIĞI</div>
    <table class="try">
      <tr><td class="q">Kur<xsl:if test="$exchange/cbc:Date"> (<xsl:call-template name="day"><xsl:with-param name="value" select="$exchange/cbc:Date"/></xsl:call-template>)</xsl:if></td><td class="n">1 <xsl:value-of select="$currency"/> = <xsl:value-of select="format-number($rate, '#.##0,00####', 'tr')"/> TL</td></tr>
      <xsl:call-template name="in-try"><xsl:with-param name="label">KDV matrahı</xsl:with-param><xsl:with-param name="amount" select="$total/cbc:TaxExclusiveAmount"/></xsl:call-template>
      <xsl:call-template name="in-try"><xsl:with-param name="label">Hesaplanan KDV</xsl:with-param><xsl:with-param name="amount" select="sum($vat-taxes/cbc:TaxAmount)"/></xsl:call-template>
      <xsl:if test="$withheld"><xsl:call-template name="in-try"><xsl:with-param name="label">KDV tevkifatı</xsl:with-param><xsl:with-param name="amount" select="sum($withheld/cbc:TaxAmount)"/></xsl:call-template></xsl:if>
      <xsl:call-template name="in-try"><xsl:with-param name="label">Vergiler dahil toplam</xsl:with-param><xsl:with-param name="amount" select="$total/cbc:TaxInclusiveAmount"/></xsl:call-template>
      <xsl:call-template name="in-try"><xsl:with-param name="label">Ödenecek tutar</xsl:with-param><xsl:with-param name="amount" select="$total/cbc:PayableAmount"/></xsl:call-template>
    </table>
  </xsl:if>
  <xsl:for-each select="$taxes/cac:TaxCategory[normalize-space(cbc:TaxExemptionReason) != '']">
    <div class="block"><div class="label">VERGİ İSTİSNA NEDENİ</div><xsl:value-of select="cbc:TaxExemptionReasonCode"/><xsl:if test="cbc:TaxExemptionReasonCode != ''"> – </xsl:if><xsl:value-of select="cbc:TaxExemptionReason"/></div>
  </xsl:for-each>
  <xsl:if test="count($doc/cac:DespatchDocumentReference) &gt; 3">
    <div class="block"><div class="label">DİĞER İRSALİYELER</div><xsl:for-each select="$doc/cac:DespatchDocumentReference[position() &gt; 3]"><div><xsl:call-template name="reference"/></div></xsl:for-each></div>
  </xsl:if>
  <xsl:if test="count($doc/cac:BillingReference/cac:InvoiceDocumentReference) &gt; 3">
    <div class="block"><div class="label">DİĞER İLGİLİ FATURALAR</div><xsl:for-each select="($doc/cac:BillingReference/cac:InvoiceDocumentReference)[position() &gt; 3]"><div><xsl:call-template name="reference"/></div></xsl:for-each></div>
  </xsl:if>
  <xsl:if test="$doc/cac:PaymentMeans or $doc/cac:PaymentTerms">
    <div class="block"><div class="label">ÖDEME</div>
      <xsl:for-each select="$doc/cac:PaymentMeans">
        <div>
          <xsl:call-template name="look-up"><xsl:with-param name="list" select="$means"/><xsl:with-param name="code" select="cbc:PaymentMeansCode"/></xsl:call-template>
          <xsl:if test="cbc:InstructionNote != ''"> · <xsl:call-template name="look-up"><xsl:with-param name="list" select="$means"/><xsl:with-param name="code" select="cbc:InstructionNote"/></xsl:call-template></xsl:if>
        </div>
        <xsl:for-each select="cac:PayeeFinancialAccount[normalize-space(cbc:ID) != '']">
          <div><span class="q">IBAN: </span><b><xsl:call-template name="iban"><xsl:with-param name="rest" select="translate(cbc:ID, ' ', '')"/></xsl:call-template></b><xsl:if test="cbc:PaymentNote != ''"> · <xsl:value-of select="cbc:PaymentNote"/></xsl:if></div>
        </xsl:for-each>
      </xsl:for-each>
      <xsl:for-each select="$doc/cac:PaymentTerms/cbc:Note[normalize-space(.) != '']"><div><xsl:value-of select="."/></div></xsl:for-each>
    </div>
  </xsl:if>
  <xsl:for-each select="$doc/cac:Delivery">
    <div class="block"><div class="label">TESLİMAT</div>
      <div><xsl:call-template name="carriage"/></div>
      <xsl:for-each select="cac:DeliveryAddress"><div><xsl:call-template name="place"/></div></xsl:for-each>
      <xsl:for-each select="cbc:ActualDeliveryDate"><div>Teslim tarihi: <xsl:call-template name="day"><xsl:with-param name="value" select="."/></xsl:call-template></div></xsl:for-each>
      <xsl:for-each select="cac:Despatch/cbc:ActualDespatchDate"><div>Gönderi tarihi: <xsl:call-template name="day"><xsl:with-param name="value" select="."/></xsl:call-template></div></xsl:for-each>
      <xsl:for-each select="cac:CarrierParty"><div>Taşıyıcı: <xsl:value-of select="normalize-space(concat(cac:PartyName/cbc:Name, ' ', cac:Person/cbc:FirstName, ' ', cac:Person/cbc:FamilyName))"/><xsl:for-each select="cac:PartyIdentification/cbc:ID[. != '']"> · <xsl:value-of select="@schemeID"/>: <xsl:value-of select="."/></xsl:for-each></div></xsl:for-each>
    </div>
  </xsl:for-each>
  <xsl:variable name="data" select="$doc/cac:AdditionalDocumentReference[not(cac:Attachment)][not(cbc:DocumentTypeCode != '' and contains($e-archive, concat('|', translate(cbc:DocumentTypeCode, $lower, $upper), '|')))][not(cbc:DocumentType = 'XSLT')]"/>
  <xsl:if test="$data">
    <div class="block"><div class="label">EK BİLGİLER</div>
      <xsl:for-each select="$data">
        <div>
          <xsl:variable name="code" select="string((cbc:ID/@schemeID[. != ''] | cbc:DocumentTypeCode[. != ''])[1])"/>
          <xsl:if test="$code != ''"><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$further"/><xsl:with-param name="code" select="$code"/></xsl:call-template>: </span></xsl:if>
          <xsl:choose><xsl:when test="cbc:DocumentTypeCode != '' and cbc:DocumentType != ''"><xsl:value-of select="cbc:DocumentType"/></xsl:when><xsl:otherwise><xsl:value-of select="cbc:ID"/><xsl:if test="cbc:DocumentType != ''"> · <xsl:value-of select="cbc:DocumentType"/></xsl:if></xsl:otherwise></xsl:choose>
          <xsl:if test="cbc:DocumentDescription != ''"> · <xsl:value-of select="cbc:DocumentDescription"/></xsl:if>
        </div>
      </xsl:for-each>
    </div>
  </xsl:if>
  <xsl:variable name="notes" select="$doc/cbc:Note[normalize-space(.) != '' and not($written and generate-id() = generate-id($written))]"/>
  <xsl:if test="$notes">
    <div class="block"><div class="label">NOTLAR</div><xsl:for-each select="$notes"><div style="white-space:pre-line"><xsl:value-of select="."/></div></xsl:for-each></div>
  </xsl:if>
</xsl:template>

<xsl:template name="tax-name">
  <xsl:variable name="name" select="normalize-space(cac:TaxCategory/cac:TaxScheme/cbc:Name)"/>
  <xsl:choose><xsl:when test="$name != ''"><xsl:value-of select="$name"/></xsl:when><xsl:otherwise>Vergi <xsl:value-of select="cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode"/></xsl:otherwise></xsl:choose>
  <xsl:if test="number(cbc:Percent) &gt; 0"> %<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/></xsl:if>
</xsl:template>

<xsl:template name="tax-short">
  <xsl:variable name="code" select="cac:TaxCategory/cac:TaxScheme/cbc:TaxTypeCode"/>
  <xsl:choose>
    <xsl:when test="$code = '0071' or $code = '9077' or starts-with($code, '007')">ÖTV</xsl:when>
    <xsl:when test="$code = '4080' or $code = '4081'">ÖİV</xsl:when>
    <xsl:when test="$code = '0059'">Konaklama</xsl:when>
    <xsl:when test="$code = '1047' or $code = '1048'">Damga</xsl:when>
    <xsl:when test="$code = '0003' or $code = '0011'">Stopaj</xsl:when>
    <xsl:otherwise><xsl:value-of select="$code"/></xsl:otherwise>
  </xsl:choose>
  <xsl:if test="number(cbc:Percent) &gt; 0"> %<xsl:value-of select="format-number(cbc:Percent, '0,##', 'tr')"/></xsl:if>
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

<xsl:template name="iban">
  <xsl:param name="rest"/>
  <xsl:value-of select="substring($rest, 1, 4)"/>
  <xsl:if test="string-length($rest) &gt; 4"><xsl:text> </xsl:text><xsl:call-template name="iban"><xsl:with-param name="rest" select="substring($rest, 5)"/></xsl:call-template></xsl:if>
</xsl:template>

<!-- The payable amount in Turkish words, for documents that do not carry them in a note. -->
<xsl:template name="words">
  <xsl:variable name="plain" select="format-number($total/cbc:PayableAmount, '0.00', 'plain')"/>
  <xsl:variable name="whole" select="substring-before($plain, '.')"/>
  <xsl:variable name="cents" select="substring-after($plain, '.')"/>
  <xsl:variable name="minor">
    <xsl:choose><xsl:when test="$unit = 'TL'">Kuruş</xsl:when><xsl:when test="$unit = 'USD' or $unit = 'EUR'">Sent</xsl:when><xsl:when test="$unit = 'GBP'">Peni</xsl:when></xsl:choose>
  </xsl:variable>
  <xsl:text>Yalnız </xsl:text>
  <xsl:if test="number($whole) &gt; 0 or number($cents) = 0 or $minor = ''">
    <xsl:choose><xsl:when test="number($whole) = 0">Sıfır</xsl:when><xsl:otherwise><xsl:call-template name="number-words"><xsl:with-param name="digits" select="$whole"/></xsl:call-template></xsl:otherwise></xsl:choose>
    <xsl:text> </xsl:text>
    <xsl:choose><xsl:when test="$unit = 'TL'">TürkLirası</xsl:when><xsl:when test="$unit = 'USD'">ABD Doları</xsl:when><xsl:when test="$unit = 'EUR'">Euro</xsl:when><xsl:when test="$unit = 'GBP'">Sterlin</xsl:when><xsl:otherwise><xsl:value-of select="$unit"/></xsl:otherwise></xsl:choose>
    <xsl:text> </xsl:text>
  </xsl:if>
  <xsl:choose>
    <xsl:when test="number($cents) = 0"/>
    <xsl:when test="$minor = ''"><xsl:value-of select="$cents"/>/100</xsl:when>
    <xsl:otherwise><xsl:call-template name="number-words"><xsl:with-param name="digits" select="$cents"/></xsl:call-template><xsl:value-of select="$minor"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:variable name="ones">|1:Bir|2:İki|3:Üç|4:Dört|5:Beş|6:Altı|7:Yedi|8:Sekiz|9:Dokuz|0:|</xsl:variable>
<xsl:variable name="tens">|1:On|2:Yirmi|3:Otuz|4:Kırk|5:Elli|6:Altmış|7:Yetmiş|8:Seksen|9:Doksan|0:|</xsl:variable>
<xsl:variable name="groups">|1:|2:Bin|3:Milyon|4:Milyar|5:Trilyon|6:Katrilyon|</xsl:variable>

<xsl:template name="number-words">
  <xsl:param name="digits"/>
  <xsl:variable name="length" select="string-length($digits)"/>
  <xsl:variable name="first" select="($length - 1) mod 3 + 1"/>
  <xsl:variable name="group" select="substring(concat('00', substring($digits, 1, $first)), $first, 3)"/>
  <xsl:variable name="power" select="ceiling($length div 3)"/>
  <xsl:if test="number($group) &gt; 0">
    <xsl:if test="substring($group, 1, 1) != '0'">
      <xsl:if test="substring($group, 1, 1) != '1'"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$ones"/><xsl:with-param name="code" select="substring($group, 1, 1)"/></xsl:call-template></xsl:if>
      <xsl:text>Yüz</xsl:text>
    </xsl:if>
    <xsl:call-template name="look-up"><xsl:with-param name="list" select="$tens"/><xsl:with-param name="code" select="substring($group, 2, 1)"/></xsl:call-template>
    <xsl:if test="not($power = 2 and number($group) = 1)"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$ones"/><xsl:with-param name="code" select="substring($group, 3, 1)"/></xsl:call-template></xsl:if>
    <xsl:call-template name="look-up"><xsl:with-param name="list" select="$groups"/><xsl:with-param name="code" select="$power"/></xsl:call-template>
  </xsl:if>
  <xsl:if test="$length &gt; $first"><xsl:call-template name="number-words"><xsl:with-param name="digits" select="substring($digits, $first + 1)"/></xsl:call-template></xsl:if>
</xsl:template>

<!-- The karekod's text as GİB's guide (V1.2) lists it; the viewer draws it in #qrcode. -->
<xsl:template name="karekod">
  <xsl:text>{"vkntckn":"</xsl:text><xsl:value-of select="$doc/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID = 'VKN' or @schemeID = 'TCKN']"/>
  <xsl:text>","avkntckn":"</xsl:text><xsl:value-of select="$doc/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID = 'VKN' or @schemeID = 'TCKN']"/>
  <xsl:if test="$doc/cbc:ProfileID = 'YOLCUBERABERFATURA'">
    <xsl:text>","pasaportno":"</xsl:text><xsl:value-of select="$doc/cac:BuyerCustomerParty/cac:Party/cac:Person/cac:IdentityDocumentReference/cbc:ID"/>
    <xsl:text>","aracikurumvkn":"</xsl:text><xsl:value-of select="$doc/cac:TaxRepresentativeParty/cac:PartyIdentification/cbc:ID[@schemeID = 'ARACIKURUMVKN']"/>
  </xsl:if>
  <xsl:text>","senaryo":"</xsl:text><xsl:value-of select="$doc/cbc:ProfileID"/>
  <xsl:text>","tip":"</xsl:text><xsl:value-of select="$doc/cbc:InvoiceTypeCode"/>
  <xsl:text>","tarih":"</xsl:text><xsl:value-of select="$doc/cbc:IssueDate"/>
  <xsl:text>","no":"</xsl:text><xsl:value-of select="$doc/cbc:ID"/>
  <xsl:text>","ettn":"</xsl:text><xsl:value-of select="$doc/cbc:UUID"/>
  <xsl:text>","parabirimi":"</xsl:text><xsl:value-of select="$currency"/>
  <xsl:text>","malhizmettoplam":"</xsl:text><xsl:value-of select="format-number($total/cbc:LineExtensionAmount, '0.00', 'plain')"/>
  <xsl:for-each select="$vat-taxes[generate-id() = generate-id(key('vat', number(cbc:Percent))[1])]">
    <xsl:variable name="same" select="key('vat', number(cbc:Percent))"/>
    <xsl:variable name="percent" select="format-number(cbc:Percent, '0.##', 'plain')"/>
    <xsl:text>","kdvmatrah(</xsl:text><xsl:value-of select="$percent"/><xsl:text>)":"</xsl:text><xsl:value-of select="format-number(sum($same/cbc:TaxableAmount), '0.00', 'plain')"/>
    <xsl:text>","hesaplanankdv(</xsl:text><xsl:value-of select="$percent"/><xsl:text>)":"</xsl:text><xsl:value-of select="format-number(sum($same/cbc:TaxAmount), '0.00', 'plain')"/>
  </xsl:for-each>
  <xsl:text>","vergidahil":"</xsl:text><xsl:value-of select="format-number($total/cbc:TaxInclusiveAmount, '0.00', 'plain')"/>
  <xsl:text>","odenecek":"</xsl:text><xsl:value-of select="format-number($total/cbc:PayableAmount, '0.00', 'plain')"/>
  <xsl:text>"}</xsl:text>
</xsl:template>
</xsl:stylesheet>
