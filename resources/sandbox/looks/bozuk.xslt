<?xml version="1.0" encoding="UTF-8"?>
<!-- Sandbox look: broken on purpose. It calls a template that does not exist and names an unknown prefix. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    exclude-result-prefixes="n1 cac cbc">
  <xsl:template match="/n1:Invoice">
    <html>
      <body>
        <xsl:call-template name="olmayan-sablon"/>
        <xsl:value-of select="yok:Deger(cbc:ID)"/>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
