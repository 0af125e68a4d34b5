"""Plain typed values and rules. No Qt, SQL, XML or network here.

Glossary (one English word per idea, used everywhere):

- company: a client firm whose books the office keeps; it owns documents, series and seals.
- partner: a customer or supplier of a company ("cari").
- document: one invoice (later despatch advice, ...) of one company in one direction.
- draft: a document that has no bytes yet, only fields.
- attempt: immutable sealed bytes of a document under one ETTN.
- seal: an XAdES signature made with the company's mali mühür.
- answer: KABUL or RED given to a received commercial invoice.
- label: an e-Fatura address, `pk` (posta kutusu) for receiving or `gb` (gönderici birim) for sending.
- finding: one thing that a check has to say about a document.
"""
