<?xml version="1.0" encoding="UTF-8"?>
<!-- Mühürdar: a plain view of any UBL-TR document, its fields in their own order. XSLT 1.0, no script. -->
<xsl:stylesheet version="1.0"
  xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
  xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
  exclude-result-prefixes="cac cbc ext">
<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

<xsl:variable name="root" select="/*"/>
<xsl:variable name="titles">|DespatchAdvice:e-İRSALİYE|ReceiptAdvice:e-İRSALİYE YANITI|CreditNote:e-MÜSTAHSİL MAKBUZU|ApplicationResponse:UYGULAMA YANITI|Invoice:e-FATURA|StandardBusinessDocument:ZARF|</xsl:variable>
<xsl:variable name="answers">|KABUL:Kabul|RED:Red|IADE:İade|S_APR:Sistem yanıtı|GUMRUKONAY:Gümrük onayı|</xsl:variable>
<xsl:variable name="names">|ProfileID:Senaryo|ID:No|UUID:ETTN|IssueDate:Düzenleme tarihi|IssueTime:Düzenleme saati|Note:Not|CustomizationID:Özelleştirme no|DespatchAdviceTypeCode:İrsaliye tipi|ReceiptAdviceTypeCode:Yanıt tipi|CreditNoteTypeCode:Belge tipi|InvoiceTypeCode:Fatura tipi|DocumentCurrencyCode:Para birimi|LineCountNumeric:Satır sayısı|DespatchSupplierParty:Gönderen|DeliveryCustomerParty:Teslim alan|BuyerCustomerParty:Alıcı|SellerSupplierParty:Satıcı|OriginatorCustomerParty:Talep eden|AccountingSupplierParty:Düzenleyen|AccountingCustomerParty:Alıcı|SenderParty:Gönderen|ReceiverParty:Alıcı|Shipment:Gönderi|Delivery:Teslimat|DeliveryAddress:Teslim adresi|Despatch:Sevk|ActualDespatchDate:Fiili sevk tarihi|ActualDespatchTime:Fiili sevk saati|CarrierParty:Taşıyıcı|DriverPerson:Şoför|FirstName:Ad|FamilyName:Soyad|NationalityID:Kimlik no|LicensePlateID:Plaka|ShipmentStage:Taşıma|TransportMeans:Taşıma aracı|RoadTransport:Karayolu|OrderReference:Sipariş|DespatchDocumentReference:İrsaliye|AdditionalDocumentReference:Ek belge|DocumentType:Belge türü|DocumentTypeCode:Belge türü kodu|DocumentDescription:Açıklama|DespatchLine:Satır|ReceiptLine:Satır|CreditNoteLine:Satır|InvoiceLine:Satır|DeliveredQuantity:Sevk edilen miktar|ReceivedQuantity:Kabul edilen miktar|ShortQuantity:Eksik miktar|RejectedQuantity:Reddedilen miktar|RejectReason:Red nedeni|OversupplyQuantity:Fazla miktar|CreditedQuantity:Miktar|InvoicedQuantity:Miktar|OutstandingQuantity:Sonra gönderilecek miktar|Item:Mal / hizmet|Name:Ad|Description:Açıklama|BrandName:Marka|ModelName:Model|SellersItemIdentification:Satıcı kodu|BuyersItemIdentification:Alıcı kodu|ManufacturersItemIdentification:Üretici kodu|AdditionalItemIdentification:Ek kod|Price:Fiyat|PriceAmount:Birim fiyat|LineExtensionAmount:Tutar|TaxTotal:Vergiler|TaxSubtotal:Vergi|TaxableAmount:Matrah|TaxAmount:Vergi tutarı|Percent:Oran (%)|TaxCategory:Vergi türü|TaxScheme:Vergi|TaxTypeCode:Vergi kodu|LegalMonetaryTotal:Toplamlar|TaxExclusiveAmount:Vergiler hariç|TaxInclusiveAmount:Vergiler dahil|AllowanceTotalAmount:Toplam iskonto|PayableAmount:Ödenecek tutar|DocumentResponse:Yanıt|Response:Yanıt|ResponseCode:Yanıt kodu|ReferenceID:Yanıtlanan|DocumentReference:İlgili belge|LineResponse:Satır yanıtı|LineReference:Satır|LineID:Satır no|PostalAddress:Adres|PartyTaxScheme:Vergi dairesi|Contact:İletişim|Telephone:Telefon|Telefax:Faks|ElectronicMail:E-posta|WebsiteURI:Web|StreetName:Cadde / sokak|BuildingName:Bina|BuildingNumber:Kapı no|CitySubdivisionName:İlçe|CityName:İl|PostalZone:Posta kodu|Country:Ülke|District:Mahalle|Room:Daire|Region:Bölge|PartyIdentification:Kimlik|PartyName:Unvan|Person:Kişi|Attachment:Ek|IssuerParty:Düzenleyen|OrderLineReference:Sipariş satırı|GoodsItem:Mal|ValueAmount:Değer|TransportHandlingUnit:Taşıma birimi|TransportEquipment:Dorse|DespatchLineReference:İrsaliye satırı|PaymentTerms:Ödeme koşulu|ReceivedDate:Teslim tarihi|StandardBusinessDocumentHeader:Zarf başlığı|HeaderVersion:Başlık sürümü|Sender:Gönderen|Receiver:Alıcı|Identifier:Etiket|ContactInformation:Bilgi|ContactTypeIdentifier:Tür|DocumentIdentification:Zarf|Standard:Standart|TypeVersion:Sürüm|InstanceIdentifier:Zarf no|Type:Zarf türü|CreationDateAndTime:Oluşturulma|Package:Paket|Elements:Belgeler|ElementType:Belge türü|ElementCount:Belge sayısı|GTB_REFNO:GTB referans no|GTB_GCB_TESCILNO:Gümrük çıkış beyannamesi tescil no|GTB_FIILI_IHRACAT_TARIHI:Fiilî ihracat tarihi|MERSISNO:MERSİS no|TICARETSICILNO:Ticaret sicil no|MUSTERINO:Müşteri no|</xsl:variable>

<xsl:template match="/">
<html lang="tr">
<head>
<meta charset="UTF-8"/>
<title><xsl:value-of select="$root/cbc:ID"/></title>
<style>
@page{size:A4;margin:9mm 10mm;@bottom-left{color:#667079;content:"<xsl:value-of select="translate(normalize-space($root/cbc:ID), '&quot;\&lt;&gt;{}', '')"/>";font:7pt sans-serif}@bottom-right{color:#667079;content:counter(page) " / " counter(pages);font:7pt sans-serif}}
*{box-sizing:border-box}
body{color:#1f2328;background:#fff;font:8.5pt/1.4 "Segoe UI","Noto Sans",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;margin:0}
.sheet{margin:0 auto;max-width:190mm;overflow-wrap:anywhere}
@media screen{.sheet{padding:9mm 0}}
h1{color:#0f6e73;font-size:14pt;font-weight:600;margin:0}
.q{color:#667079}
#qrcode,#qrcode svg{display:block;height:32mm;width:32mm}
table{border-collapse:collapse;width:100%}
td,th{padding:.45mm 1.2mm;text-align:left;vertical-align:top}
.top td{padding:0}
.fields td{border-bottom:.5pt solid #dedbd4}
.fields td:first-child{color:#667079;width:48mm}
.group{border-left:1.6pt solid #dedbd4;margin:2mm 0;padding-left:2.5mm}
.group .group,.party{break-inside:avoid;margin:1mm 0;page-break-inside:avoid}
.party{margin:2mm 0;padding-left:2.5mm}
.head{color:#0f6e73;font-weight:600}
.rule{border-top:1.6pt solid #0f6e73;margin:3mm 0}
</style>
</head>
<body><div class="sheet">
<table class="top"><tr>
  <td>
    <h1><xsl:call-template name="look-up"><xsl:with-param name="list" select="$titles"/><xsl:with-param name="code" select="local-name($root)"/></xsl:call-template></h1>
    <xsl:if test="$root/cbc:ID"><div><span class="q">No: </span><b><xsl:value-of select="$root/cbc:ID"/></b></div></xsl:if>
    <xsl:if test="$root/cbc:IssueDate"><div><span class="q">Tarih: </span><xsl:call-template name="value"><xsl:with-param name="node" select="$root/cbc:IssueDate"/></xsl:call-template><xsl:text> </xsl:text><xsl:value-of select="substring($root/cbc:IssueTime, 1, 5)"/></div></xsl:if>
    <xsl:if test="$root/cbc:UUID"><div><span class="q">ETTN: </span><xsl:value-of select="$root/cbc:UUID"/></div></xsl:if>
    <xsl:for-each select="$root/cac:DocumentResponse/cac:Response"><div style="font-size:11pt;margin-top:2mm"><span class="q">Yanıt: </span><b><xsl:call-template name="look-up"><xsl:with-param name="list" select="$answers"/><xsl:with-param name="code" select="cbc:ResponseCode"/></xsl:call-template></b></div><xsl:for-each select="cbc:Description[normalize-space(.) != '' and not(normalize-space(.) = 'Red' or normalize-space(.) = 'Kabul')]"><div><xsl:value-of select="."/></div></xsl:for-each></xsl:for-each>
  </td>
  <td style="width:34mm"><xsl:if test="local-name($root) = 'DespatchAdvice' or local-name($root) = 'CreditNote'"><div id="qrcode"></div></xsl:if></td>
</tr></table>
<div class="rule"></div>
<xsl:call-template name="children"><xsl:with-param name="nodes" select="$root/*[not(self::ext:UBLExtensions or self::cac:Signature or self::cbc:UBLVersionID or self::cbc:CopyIndicator or self::cbc:ID or self::cbc:UUID or self::cbc:IssueDate or self::cbc:IssueTime)]"/></xsl:call-template>
</div></body>
</html>
</xsl:template>

<!-- Plain fields as a table, then the groups below it, each in document order. -->
<xsl:template name="children">
  <xsl:param name="nodes"/>
  <xsl:variable name="plain" select="$nodes[not(*) and normalize-space(.) != '']"/>
  <xsl:if test="$plain">
    <table class="fields">
      <xsl:for-each select="$plain">
        <tr>
          <td><xsl:call-template name="label"/></td>
          <td><xsl:call-template name="value"><xsl:with-param name="node" select="."/></xsl:call-template></td>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:if>
  <xsl:for-each select="$nodes[*][normalize-space(.) != '']">
    <xsl:choose>
      <xsl:when test="cac:Party or cac:PartyIdentification">
        <div class="party"><div class="head"><xsl:call-template name="label"/></div><xsl:apply-templates select="(cac:Party | self::*[not(cac:Party)])[1]" mode="party"/></div>
      </xsl:when>
      <!-- A wrapper around one field needs no box of its own. -->
      <xsl:when test="count(*) = 1 and not(*/*)">
        <table class="fields"><tr><td><xsl:call-template name="label"/></td><td><xsl:call-template name="value"><xsl:with-param name="node" select="*"/></xsl:call-template></td></tr></table>
      </xsl:when>
      <xsl:otherwise>
        <div class="group">
          <div class="head"><xsl:call-template name="label"/></div>
          <xsl:call-template name="children"><xsl:with-param name="nodes" select="*"/></xsl:call-template>
        </div>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:for-each>
</xsl:template>

<!-- A party in a few lines, as on paper. -->
<xsl:template match="*" mode="party">
  <div><b><xsl:value-of select="normalize-space(concat(cac:PartyName/cbc:Name, ' ', cac:Person/cbc:FirstName, ' ', cac:Person/cbc:FamilyName))"/></b></div>
  <xsl:for-each select="cac:PostalAddress">
    <div><xsl:value-of select="normalize-space(concat(cbc:StreetName, ' ', cbc:BuildingName, ' ', cbc:BuildingNumber, ' ', cbc:Room, ' ', cbc:PostalZone, ' ', cbc:CitySubdivisionName, ' / ', cbc:CityName, ' ', cac:Country/cbc:Name))"/></div>
  </xsl:for-each>
  <xsl:variable name="contact" select="normalize-space(concat(cac:Contact/cbc:Telephone, ' ', cac:Contact/cbc:Telefax, ' ', cac:Contact/cbc:ElectronicMail, ' ', cbc:WebsiteURI))"/>
  <xsl:if test="$contact != ''"><div><xsl:value-of select="$contact"/></div></xsl:if>
  <div>
    <xsl:if test="normalize-space(cac:PartyTaxScheme) != ''"><span class="q">Vergi dairesi: </span><xsl:value-of select="cac:PartyTaxScheme/cac:TaxScheme/cbc:Name"/><xsl:text> </xsl:text></xsl:if>
    <xsl:for-each select="cac:PartyIdentification/cbc:ID[normalize-space(.) != '']"><span class="q"><xsl:call-template name="look-up"><xsl:with-param name="list" select="$names"/><xsl:with-param name="code" select="@schemeID"/></xsl:call-template>: </span><xsl:value-of select="."/><xsl:text> </xsl:text></xsl:for-each>
  </div>
</xsl:template>

<xsl:template name="label">
  <xsl:call-template name="look-up"><xsl:with-param name="list" select="$names"/><xsl:with-param name="code" select="local-name()"/></xsl:call-template>
</xsl:template>

<xsl:template name="value">
  <xsl:param name="node"/>
  <xsl:variable name="name" select="local-name($node)"/>
  <xsl:variable name="text" select="normalize-space($node)"/>
  <xsl:choose>
    <xsl:when test="$name = 'EmbeddedDocumentBinaryObject'">(<xsl:value-of select="$node/@filename"/><xsl:text> </xsl:text><xsl:value-of select="$node/@mimeCode"/>)</xsl:when>
    <xsl:when test="substring($name, string-length($name) - 3) = 'Date' and string-length($text) &gt;= 10"><xsl:value-of select="concat(substring($text, 9, 2), '.', substring($text, 6, 2), '.', substring($text, 1, 4))"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
  </xsl:choose>
  <xsl:for-each select="$node/@unitCode | $node/@currencyID | $node/@schemeID"><span class="q"><xsl:text> </xsl:text><xsl:value-of select="."/></span></xsl:for-each>
</xsl:template>

<xsl:template name="look-up">
  <xsl:param name="list"/><xsl:param name="code"/>
  <xsl:variable name="key" select="concat('|', $code, ':')"/>
  <xsl:choose>
    <xsl:when test="contains($list, $key)"><xsl:value-of select="substring-before(substring-after($list, $key), '|')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$code"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>
</xsl:stylesheet>
