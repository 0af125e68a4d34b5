"""What the ledgers' own rules say, in the bookkeeper's words. The breaches are found in the data, before any XML.

Errors stop the month: GİB or its Schematron would refuse the book. Warnings are odd but lawful; nothing is ever
mended in silence. Source: e-Defter guides (Yevmiye, Büyük Defter, Genel Açıklamalar) as named beside each rule.
"""

from __future__ import annotations

from typing import Final

from app.domain.findings import Severity
from app.edefter.rule import Rule
from app.edefter.sense_rules import SENSE

__all__ = ["RULES", "Rule"]

_E, _W = Severity.ERROR, Severity.WARNING

RULES: Final[dict[str, Rule]] = {
    "DEFTER.BALANCE": Rule(
        _E,
        "{reference} fişinin borcu {a}, alacağı {b}; eksik ya da fazla satırı düzeltip fişi yeniden alın.",
        "Yevmiye maddesinde borç ve alacak toplamı eşit olmak zorundadır.",
        money=True,
    ),
    "DEFTER.ONE_LINE": Rule(
        _E,
        "{reference} fişinde tek satır var; karşı hesabın satırını ekleyip fişi yeniden alın.",
        "Bir yevmiye maddesinde en az bir borç ve bir alacak satırı bulunur.",
    ),
    "DEFTER.TWO_DAYS": Rule(
        _E,
        "{reference} fişinin satırlarında iki ayrı tarih var ({a} ve {b}); tek tarihe getirin ya da fişi bölün.",
        "Bir maddenin bütün satırları maddenin tarihini taşır.",
        days=True,
    ),
    "DEFTER.DAY_BACK": Rule(
        _E,
        "{entry} numaralı maddenin tarihi ({a}) bir önceki maddeden ({b}) eski; numaraları tarih sırasına getirin.",
        "Yevmiye maddeleri tarih sırasıyla numaralanır.",
        days=True,
    ),
    "DEFTER.ENTRY_GAP": Rule(
        _E,
        "Yevmiye madde numarası {a} olmalıyken {b}; atlanan numaraları tamamlayın ya da yeniden numaralayın.",
        "Madde numaraları yıl boyunca, parçalar ve aylar arasında da, kesintisiz sürer.",
    ),
    "DEFTER.ENTRY_TWICE": Rule(
        _E,
        "{a} madde numarası iki fişe verilmiş ({b} ve {reference}); birini düzeltin.",
        "Her madde tek fişten oluşur; aynı numara ikinci kez kullanılamaz.",
    ),
    "DEFTER.ENTRY_LOW": Rule(
        _E,
        "{a} madde numarası önceki ayda kullanılmış; bu ay {b} ile başlamalı.",
        "Numaralar önceki ayın kaldığı yerden sürer.",
    ),
    "DEFTER.LINE_GAP": Rule(
        _E,
        "{entry} numaralı maddede satır numarası {a} olmalıyken {b}; satırları yeniden numaralayın.",
        "Satır numaraları yıl boyunca birer artar; fişte, ayda ya da parçada baştan başlamaz.",
    ),
    "DEFTER.SIDE": Rule(
        _E,
        "{reference} fişinde {b} hesabının satırı ne borç ne alacak ('{a}'); satırı düzeltip fişi yeniden alın.",
        "debitCreditCode yalnız D ya da C olabilir.",
    ),
    "DEFTER.AMOUNT_ZERO": Rule(
        _E,
        "{reference} fişinde {b} hesabının tutarı sıfır ya da eksi; satırı çıkarın ya da karşı tarafa yazın.",
        "Tutarlar sıfırdan büyüktür; eksi tutar yerine karşı taraf kullanılır.",
    ),
    "DEFTER.AMOUNT_DECIMALS": Rule(
        _E,
        "{reference} fişinde {b} hesabının tutarı ikiden çok ondalıklı; kuruşa yuvarlayıp fişi yeniden alın.",
        "Defterde tutarlar en çok iki ondalıklıdır; program sizin verinizi yuvarlamaz.",
    ),
    "DEFTER.MAIN_ACCOUNT": Rule(
        _E,
        "Ana hesap '{a}' üç ya da dört rakam değil; hesap planını düzeltin.",
        "accountMainID üç ya da dört haneli ana hesap kodudur.",
    ),
    "DEFTER.SUB_ACCOUNT": Rule(
        _E,
        "Alt hesap '{a}', ana hesabı '{b}' ile başlamıyor; hesap kodunu düzeltin.",
        "Alt hesap kodu ana hesabının koduyla başlar.",
    ),
    "DEFTER.ACCOUNT_NAME": Rule(
        _E, "'{a}' hesabının adı boş; hesap planına adını yazın.", "Hesaplar kodu ve adıyla yazılır."
    ),
    "DEFTER.ENTERED_BY": Rule(
        _E,
        "{reference} fişini kimin kaydettiği yazılmamış; kaynak programda ya da aktarırken kaydedeni verin.",
        "Her maddede kaydı yapanın adı bulunur (en az iki harf).",
    ),
    "DEFTER.DOCUMENT_TYPE": Rule(
        _E,
        "'{a}' belge türü e-Defter'de yok; fatura, çek, makbuz gibi bir tür ya da 'diğer' ve açıklamasını yazın.",
        "Yedi türden biri olmayan belge 'other' türüyle ve adıyla (dekont, Z raporu) yazılır.",
    ),
    "DEFTER.DOCUMENT_NO_TYPE": Rule(
        _E,
        "{reference} fişinde belge numarası ya da tarihi var ama belge türü yok; türünü yazın.",
        "Belge numarası ya da tarihi yazılan satırda belge türü zorunludur.",
    ),
    "DEFTER.DOCUMENT_NUMBER": Rule(
        _E,
        "{reference} fişinde belgenin numarası yok; faturanın, çekin ya da belgenin numarasını yazın.",
        "Fatura, çek ve diğer türündeki belgelerde numara zorunludur.",
    ),
    "DEFTER.DOCUMENT_DAY": Rule(
        _E,
        "{reference} fişinde belgenin tarihi yok; belgenin üzerindeki tarihi yazın.",
        "Fatura, çek ve diğer türündeki belgelerde tarih zorunludur.",
    ),
    "DEFTER.DOCUMENT_TEXT": Rule(
        _E,
        "{reference} fişinde 'diğer' türündeki belgenin adı yok; belgenin adını (ör. dekont) yazın.",
        "Diğer türünde belgenin adı yazılır, işlemin adı (havale) değil.",
    ),
    "DEFTER.DOCUMENT_EXPECTED": Rule(
        _W,
        "{reference} fişinde belge türü yazılmış ama numarası ya da tarihi eksik; belgeden tamamlayın.",
        "Kılavuz bu türlerde de numara ve tarih bekler; GİB denetimi reddetmez.",
    ),
    "DEFTER.DOCUMENT_REFERENCE": Rule(
        _E,
        "{reference} fişinde belge referansı '{a}', fiş numarası '{b}'; ikisi aynı olmalı ya da referans boş kalmalı.",
        "documentReference yazıldığında fiş numarasını gösterir.",
    ),
    "DEFTER.CURRENCY_PAIR": Rule(
        _E,
        "{reference} fişindeki dövizli satırda döviz cinsi, kur ya da kur tarihi eksik; üçünü de yazın.",
        "Döviz tutarı; cinsi, kuru ve kur tarihiyle birlikte yazılır.",
    ),
    "DEFTER.CURRENCY_RATE": Rule(
        _E,
        "{reference} fişinde döviz kuru '{a}' bir sayı değil; kuru 35,1250 gibi yazın.",
        "Kur sıfırdan büyük bir ondalık sayıdır.",
    ),
    "DEFTER.CURRENCY_CODE": Rule(
        _E, "'{a}' döviz kodu üç büyük harf değil; USD, EUR gibi yazın.", "Döviz kodları ISO 4217 listesindendir."
    ),
    "DEFTER.BRANCH_NO": Rule(
        _E,
        "'{a}' şube numarası dört rakam değil ya da 0000; şubeye 0001 gibi bir numara verin.",
        "Şube numarası dört hanelidir, 0000 kullanılmaz.",
    ),
    "DEFTER.BRANCH_NAME": Rule(
        _E,
        "{a} numaralı şubenin adı yok; Ayarlar › Firmalar'da şubenin adını yazın.",
        "Şubenin numarası ve adı defterde birlikte bulunur (en az iki harf).",
    ),
    "DEFTER.BRANCH_MIXED": Rule(
        _W,
        "{a} ayında hem şubeli hem şubesiz fişler var; hangisinin geçerli olduğuna karar verip fişleri düzeltin.",
        "Şubeli ya da şubesiz tutmak hesap döneminin başında seçilir ve yıl boyunca değişmez.",
    ),
    "DEFTER.BRANCH_UNKNOWN": Rule(
        _W,
        "{a} numaralı şube firma kartında yok; numarayı düzeltin ya da şubeyi karta ekleyin.",
        "Şubenin numarası yıl boyunca aynı kalır; yanlış numara ayrı bir defter demektir.",
    ),
    "DEFTER.BRANCH_WANTED": Rule(
        _W,
        "Firma kartı şubeli tutulduğunu söylüyor ama {a} ayında şubesiz fişler var; şube numaralarını yazın.",
        "Şubeli tutulan defterlerde her fiş bir şubenindir.",
    ),
    "DEFTER.BRANCH_UNWANTED": Rule(
        _W,
        "Fişlerde {a} numaralı şube var ama firma kartı defterlerin şubesiz tutulduğunu söylüyor; kartı ya da fişleri"
        " düzeltin.",
        "Şubeli ya da şubesiz tutmak hesap döneminin başında seçilir ve firma kartında durur.",
    ),
    "DEFTER.BRANCH_CHANGED": Rule(
        _W,
        "{a} ayının defterleri {b} oluşturulmuş, bu ay tersi; yıl boyunca aynı biçimde sürdürün.",
        "Şubeli ya da şubesiz tutmak yıl içinde değişmez.",
    ),
    "DEFTER.NUMBERS_MIXED": Rule(
        _W,
        "{a} fişin madde numarası kaynakta var, {b} fişin yok; bu ayın bütün numaralarını Mühürdar verdi.",
        "Kaynağın numaraları ancak hepsi varsa kullanılır; kaynaktaki numaralar olduğu gibi saklanır.",
    ),
    "DEFTER.ORDER": Rule(
        _W,
        "Önceki ay ({a}) henüz oluşturulmadı; bu ayın numaraları o ay oluşturulunca kesinleşir.",
        "Aylar sırayla oluşturulur; madde ve satır numaraları önceki aydan sürer.",
    ),
    "DEFTER.PREVIOUS_OPEN": Rule(
        _W,
        "Önceki ayın ({a}) GİB onaylı beratları alınmamış; bu ayı yüklemeden önce onları alın.",
        "Bir ay, önceki ayın beratları onaylanıp alınmadan kapatılmaz.",
    ),
    "DEFTER.MONTH_SKIPPED": Rule(
        _W,
        "{a} ayında hiç fiş yok, bu ay ise var; {a} atlanmış olabilir, fişlerini alıp önce onu oluşturun.",
        "Defterde ay atlanamaz.",
    ),
    "DEFTER.START_MONTH": Rule(
        _E,
        "{a} ayının defteri önceki programda oluşturulmuş; bu programda ilk ay {b}.",
        "Firma kartındaki başlangıç, numaraların hangi aydan sürdüğünü söyler.",
    ),
    "DEFTER.FISCAL_YEAR": Rule(
        _E,
        "Firma kartındaki hesap dönemi anlaşılmıyor ({a} – {b}); ilk ve son gününü yazın.",
        "Hesap döneminin sonu başından sonradır ve dönem on iki ayı geçmez.",
    ),
    "DEFTER.WEB": Rule(
        Severity.INFO,
        "Firma kartında web sitesi yok; varsa yazın.",
        "Defterde web sitesi alanı boş kalabilir; bazı entegratörler dolu bekler.",
    ),
    "DEFTER.DOCUMENT_EXTRA": Rule(
        _W,
        "{reference} fişinde '{b}' türündeki belgeye açıklama da yazılmış ('{a}'); açıklamayı boş bırakın.",
        "Belge türü açıklaması yalnız 'diğer' türünde yazılır.",
    ),
    "DEFTER.DOCUMENT_ACT": Rule(
        _W,
        "{reference} fişinde belgenin adı olarak '{a}' yazılmış; işlemin değil belgenin adını (ör. dekont) yazın.",
        "Diğer türünde belgenin adı istenir; havale bir işlemdir, belgesi dekonttur.",
    ),
    "DEFTER.DOCUMENT_SMM": Rule(
        _W,
        "{reference} fişinde serbest meslek makbuzu 'makbuz' türüyle yazılmış; türünü 'diğer' yapıp adını yazın.",
        "Serbest meslek makbuzu e-Defter'de 'other' türüyle ve adıyla yer alır.",
    ),
    "DEFTER.DOCUMENT_ETTN": Rule(
        _W,
        "{reference} fişinde belge numarası yerine ETTN yazılmış ({a}); faturanın numarasını yazın.",
        "e-Fatura, deftere 16 haneli numarasıyla yazılır.",
    ),
    "DEFTER.DOCUMENT_LATER": Rule(
        _W,
        "{reference} fişi {b} tarihli ama faturası {a} tarihli; fişin ya da faturanın tarihini düzeltin.",
        "Fatura, düzenlendiği günden önce deftere işlenemez.",
        days=True,
    ),
    "DEFTER.DOCUMENT_GROUP": Rule(
        _W,
        "{reference} fişinde {a} fatura var, tarihleri {b} güne yayılıyor; fişi bölün.",
        "Bir fişte aynı türden en çok 100 fatura, en çok 10 günlük olarak toplanabilir.",
    ),
    "DEFTER.DOCUMENT_MIXED": Rule(
        _W,
        "{reference} fişinde faturanın yanında başka türden belge de var; her belgeyi ayrı fişe yazın.",
        "Kural bir fişe bir belgedir; faturalar kendi fişinde, fatura türüyle yer alır.",
    ),
    "DEFTER.SAME_DOCUMENT": Rule(
        _W,
        "{a} numaralı fatura {b} fişinde de aynı hesap ve tutarla işlenmiş; mükerrer kayıt mı, bakın.",
        "Aynı faturanın iki kez işlenmesi sık görülen bir hatadır; kesinlik yalnız sizdedir.",
    ),
    "DEFTER.FUTURE": Rule(
        _E,
        "{a} ayı henüz bitmedi; defter ayın son gününden sonra oluşturulur.",
        "Dönemin son günü bugünden ileri olamaz.",
    ),
    "DEFTER.EMPTY": Rule(
        _E,
        "{a} ayında fiş yok; ayın fişlerini içe aktarın.",
        "Bütün ay için boş defter oluşturulamaz.",
    ),
    "DEFTER.COMPANY": Rule(
        _E,
        "Firma kartında {a} eksik; Ayarlar › Firmalar'dan tamamlayın.",
        "Defterin başında firmanın ve mali müşavirin bilgileri eksiksiz bulunur.",
    ),
    "DEFTER.VKN": Rule(
        _W,
        "Firmanın vergi numarasının denetim hanesi tutmuyor; vergi levhasıyla karşılaştırın.",
        "Yanlış numarayla hazırlanan defter GİB'de başka bir mükellefin sayılır.",
    ),
    "DEFTER.MEASURE_PART": Rule(
        _E,
        "{reference} fişindeki fon satırında pay adedi ya da birim maliyet eksik; ikisini de yazın.",
        "Fon payı; adedi, birim maliyeti ve sabit kodlarıyla birlikte yazılır.",
    ),
    "DEFTER.MEASURE_AMOUNT": Rule(
        _E,
        "{reference} fişinde fonun adedi ile birim maliyetinin çarpımı ({a}) tutarı ({b}) vermiyor; düzeltin.",
        "GİB'in kuralları tutarı, birim maliyet ile miktarın çarpımına eşit ister.",
    ),
    "DEFTER.MEASURE_BINARY": Rule(
        _E,
        "{reference} fişinde {a} çarpımı kâğıtta {b} eder ama GİB'in hesabında etmez; çarpanları değiştirin"
        " (örneğin 3 × 0,1 yerine 1 × 0,3).",
        "GİB'in kuralları ikilik sayılarla çarpar; 0,1 gibi bir sayı orada tam yazılamaz.",
    ),
    "DEFTER.LIQUIDATION_END": Rule(
        _E,
        "{reference} fişinin tarihi ({a}) tasfiyenin bittiği günden ({b}) sonra; tarihi ya da firma kartını düzeltin.",
        "Tasfiye tescil edilince hesap dönemi biter; sonrasına kayıt yazılmaz.",
        days=True,
    ),
    "DEFTER.TOO_LARGE": Rule(
        _E,
        "{entry} numaralı madde tek başına {a} MB tutuyor; fişi özetleyin ya da kaynak programda bölün.",
        "Bir fiş iki parçaya bölünemez; parça en çok 200 MB olabilir.",
    ),
    **SENSE,
}
