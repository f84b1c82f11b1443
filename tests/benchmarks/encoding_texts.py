"""Short texts in many languages, prose and lines of a table, from which files in many encodings are made."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """A text in one language, and the encodings in which programs for that language wrote files."""

    language: str
    encodings: tuple[str, ...]
    prose: str
    table: str


_WEST = ("cp1252", "iso-8859-15", "cp850", "cp437")
_CENTRAL = ("cp1250", "iso-8859-2", "cp852")
_CYRILLIC = ("cp1251", "koi8-r", "cp866")

SAMPLES = (
    Sample(
        "German",
        _WEST,
        "Am frühen Morgen öffnete die Bäckerin ihren Laden. Draußen fuhren schon die ersten Züge vorbei, und über den "
        "Dächern lag dünner Nebel. „Haben Sie noch Brötchen übrig?“, fragte der Schüler. Sie nickte, zählte fünf Stück "
        "ab und wünschte ihm einen schönen Tag. Größere Wünsche hatte an diesem Morgen niemand.",
        "Straße;Größe in m²;Preis\nMüllerstraße 5;82,5;910 €\nAn der Höhe 12;64;705 €\nKönigsallee 3;120,4;1990 €\n"
        "Grüner Weg 8;55;640 €\nSüdring 41;71,2;780 €\n",
    ),
    Sample(
        "French",
        _WEST,
        "Le marché ouvre à sept heures, même en hiver. Les pêcheurs arrivent les premiers, puis les maraîchers, et "
        "bientôt la place est pleine de gens pressés. « Où est passée la fromagère ? » demande une élève. Elle est "
        "là, près de la fontaine, et sa voix porte très loin. À midi, tout est déjà terminé.",
        "Prénom;Âge;Métier\nHélène;34;infirmière\nBenoît;51;maçon\nZoé;19;élève\nFrançois;42;pâtissier\n"
        "Agnès;28;ingénieure\nJérôme;37;hôtelier\n",
    ),
    Sample(
        "Spanish",
        _WEST,
        "¿Quién dejó abierta la ventana? El niño miró a su abuela, que leía junto a la lámpara, y no dijo nada. "
        "Afuera soplaba un viento frío del otoño y los árboles del jardín parecían más pequeños. Después cerró la "
        "ventana, encendió la estufa y esperó a que llegara el tío Ramón con las castañas.",
        "ciudad;región;año\nCórdoba;Andalucía;2019\nLeón;Castilla y León;2020\nLogroño;La Rioja;2021\n"
        "Cáceres;Extremadura;2022\nÁvila;Castilla y León;2023\n",
    ),
    Sample(
        "Swedish",
        _WEST,
        "Båten låg stilla i viken när solen gick upp över öarna. Farmor kokade kaffe på köket och någon sjöng "
        "långt borta. Vi åkte hem först på kvällen, trötta och lite våta, men ingen frös. Nästa år kommer vi "
        "tillbaka, sade hon, och då tar vi med båda hundarna.",
        "ort;län;höjd\nÅre;Jämtlands län;372\nÖstersund;Jämtlands län;312\nMalmö;Skåne län;12\n"
        "Gävle;Gävleborgs län;16\nVäxjö;Kronobergs län;166\n",
    ),
    Sample(
        "Polish",
        _CENTRAL,
        "Wczoraj wieczorem spadł pierwszy śnieg. Dzieci wybiegły na podwórko, chociaż było już późno i ciemno. Dziadek "
        "siedział przy oknie, pił gorącą herbatę i uśmiechał się pod wąsem. Następnego dnia wszyscy poszli na łąkę, "
        "żeby ulepić bałwana. Nikt nie pamiętał o zadaniach na poniedziałek.",
        "imię;miasto;wzrost\nŁukasz;Łódź;181\nMałgorzata;Gdańsk;168\nPaweł;Wrocław;175\nZbigniew;Kraków;179\n"
        "Świętosława;Częstochowa;164\nMichał;Poznań;183\n",
    ),
    Sample(
        "Czech",
        _CENTRAL,
        "Když přišel večer, rozsvítili jsme na dvoře všechny lucerny. Tetička přinesla čerstvé koláče a strýc začal "
        "vyprávět, jak kdysi přešel hory pěšky. Nikdo mu příliš nevěřil, ale poslouchali jsme rádi. Těsně před půlnocí "
        "se strhl vítr a všechna světla zhasla. Šli jsme spát.",
        "jméno;město;výška\nJiří;Plzeň;181\nŽofie;Třebíč;166\nOndřej;Děčín;178\nBožena;Příbram;170\n"
        "Matěj;Jičín;184\nLuboš;Šumperk;175\n",
    ),
    Sample(
        "Hungarian",
        _CENTRAL,
        "A kertben álló öreg diófa alatt minden nyáron felállították a nagy asztalt. Nagyapa bort töltött, a gyerekek "
        "pedig szörpöt ittak. Később előkerült a hegedű is, és az egész utca hallgatta a zenét. Őszre csak a székek "
        "maradtak kint, és a lehullott levelek között sündisznó tűnt föl.",
        "név;város;kor\nGyörgy;Győr;34\nZsófia;Hódmezővásárhely;28\nÖdön;Székesfehérvár;61\nFerenc;Pécs;45\n"
        "Júlia;Békéscsaba;39\nLőrinc;Kőszeg;52\n",
    ),
    Sample(
        "Russian",
        _CYRILLIC,
        "Утром над рекой стоял туман, и лодки у берега казались серыми пятнами. Старый рыбак долго распутывал сеть, "
        "а потом сел на ящик и закурил. Дети прибежали позже, когда солнце уже согрело доски причала. Они спросили, "
        "много ли сегодня рыбы. Он только махнул рукой и засмеялся.",
        "имя;город;возраст\nАнна;Тверь;31\nСергей;Казань;45\nОльга;Пермь;27\nДмитрий;Псков;38\nНаталья;Омск;52\n"
        "Игорь;Самара;24\n",
    ),
    Sample(
        "Chinese, simplified",
        ("gbk", "gb18030"),
        "早上下了一场小雨，院子里的石板路还是湿的。奶奶打开窗户，把昨天洗好的衣服收进来，又到厨房烧水泡茶。"
        "弟弟坐在门口看书，一页也没有翻。他说他在等邮递员，因为姐姐答应从南方寄一张照片来。"
        "到了中午，太阳终于出来了，大家一起去河边散步。",
        "姓名,城市,年龄\n张伟,上海,34\n李娜,成都,28\n王芳,广州,45\n刘洋,西安,31\n陈静,杭州,39\n赵强,沈阳,52\n",
    ),
    Sample(
        "Chinese, traditional",
        ("big5",),
        "早上下了一場小雨，院子裡的石板路還是濕的。奶奶打開窗戶，把昨天洗好的衣服收進來，又到廚房燒水泡茶。"
        "弟弟坐在門口看書，一頁也沒有翻。他說他在等郵差，因為姐姐答應從南方寄一張照片來。"
        "到了中午，太陽終於出來了，大家一起去河邊散步。",
        "姓名,城市,年齡\n張偉,臺北,34\n李娜,高雄,28\n王芳,臺中,45\n劉洋,新竹,31\n陳靜,嘉義,39\n趙強,花蓮,52\n",
    ),
    Sample(
        "Japanese",
        ("shift_jis", "euc_jp"),
        "朝、窓を開けると、庭の木に小さな鳥がとまっていた。母は台所で味噌汁を作り、父は新聞を読んでいる。"
        "「今日は学校まで歩いて行くよ」と妹が言った。雨が上がったばかりで、道にはまだ水たまりが残っていた。"
        "駅の前のパン屋からは、いつものいい匂いがしてくる。",
        "名前,都市,年齢\n佐藤,札幌,34\n鈴木,仙台,28\n高橋,名古屋,45\n田中,大阪,31\nわたなべ,福岡,39\nヤマダ,横浜,52\n",
    ),
    Sample(
        "Korean",
        ("euc_kr",),
        "아침에 창문을 열자 마당의 나무에 작은 새가 앉아 있었다. 어머니는 부엌에서 국을 끓이고 아버지는 신문을 읽고 "
        "계셨다. 오늘은 학교까지 걸어가겠다고 동생이 말했다. 비가 막 그친 뒤라서 길에는 아직 물이 고여 있었다. "
        "역 앞 빵집에서는 언제나처럼 좋은 냄새가 났다.",
        "이름,도시,나이\n김민수,서울,34\n이영희,부산,28\n박지훈,대구,45\n최수진,인천,31\n정하늘,광주,39\n한가람,제주,52\n",
    ),
    Sample(
        "Greek",
        ("cp1253", "iso-8859-7"),
        "Το πρωί η γιαγιά άνοιξε το παράθυρο και κοίταξε τη θάλασσα. Οι ψαράδες είχαν ήδη γυρίσει στο λιμάνι και "
        "μάζευαν τα δίχτυα τους. Ο μικρός Γιώργος έτρεξε να δει τι έπιασαν. «Άργησες», του είπε ο παππούς, και του "
        "έδωσε ένα ψάρι για το σπίτι. Όλη την ημέρα φυσούσε δροσερός αέρας.",
        "όνομα;πόλη;ηλικία\nΓιώργος;Αθήνα;34\nΕλένη;Θεσσαλονίκη;28\nΝίκος;Πάτρα;45\nΆννα;Ηράκλειο;31\n"
        "Κώστας;Λάρισα;52\nΜαρία;Βόλος;39\n",
    ),
    Sample(
        "Hebrew",
        ("cp1255", "iso-8859-8"),
        "בבוקר פתחה סבתא את החלון והביטה אל הגינה. הילדים כבר שיחקו בחצר, והכלב ישן תחת העץ. אחר כך באו השכנים "
        "והביאו לחם חם ותפוחים מן השוק. כולם ישבו סביב השולחן ודיברו על החורף הקרוב. לפנות ערב ירד גשם קל, והרחוב "
        "התרוקן.",
        "שם,עיר,גיל\nדוד,ירושלים,34\nרחל,חיפה,28\nיוסף,תל אביב,45\nמרים,באר שבע,31\nמשה,נתניה,52\nלאה,אילת,39\n",
    ),
    Sample(
        "Arabic",
        ("cp1256", "iso-8859-6"),
        "في الصباح فتحت الجدة النافذة ونظرت إلى الحديقة. كان الأطفال يلعبون قرب البئر، وكانت القطة نائمة تحت الشجرة. "
        "ثم جاء الجيران ومعهم خبز ساخن وتمر من السوق. جلس الجميع حول المائدة وتحدثوا عن موسم المطر. وفي المساء عاد "
        "الأب من العمل وهو يحمل هدية صغيرة.",
        "الاسم,المدينة,العمر\nأحمد,القاهرة,34\nفاطمة,دمشق,28\nيوسف,بغداد,45\nمريم,تونس,31\nخالد,عمان,52\nليلى,بيروت,39\n",
    ),
    Sample(
        "Thai",
        ("tis-620", "cp874"),
        "ตอนเช้าคุณยายเปิดหน้าต่างแล้วมองออกไปที่สวน เด็กๆ กำลังเล่นอยู่ใต้ต้นมะม่วง และแมวนอนหลับอยู่ข้างประตู "
        "ต่อมาเพื่อนบ้านก็มาหา พร้อมกับข้าวเหนียวและผลไม้จากตลาด ทุกคนนั่งล้อมวงคุยกันเรื่องฝน ตอนเย็นพ่อกลับจากทำงาน",
        "ชื่อ,เมือง,อายุ\nสมชาย,กรุงเทพ,34\nมาลี,เชียงใหม่,28\nประเสริฐ,ขอนแก่น,45\nวิไล,ภูเก็ต,31\nอนันต์,อยุธยา,52\nสุดา,ระยอง,39\n",
    ),
    Sample(
        "Turkish",
        ("cp1254", "iso-8859-9"),
        "Sabah erkenden büyükanne pencereyi açtı ve bahçeye baktı. Çocuklar ağacın altında oynuyordu, kedi ise kapının "
        "önünde uyuyordu. Sonra komşular geldi, yanlarında sıcak ekmek ve çarşıdan aldıkları üzümler vardı. Akşamüstü "
        "hafif bir yağmur başladı, sokaklar boşaldı. İşten dönen babam şaşırdı.",
        "isim;şehir;yaş\nAyşe;İstanbul;34\nMehmet;Diyarbakır;28\nGülşen;Muğla;45\nÇağrı;Eskişehir;31\nYiğit;Ağrı;52\n"
        "Şule;Balıkesir;39\n",
    ),
    Sample(
        "Lithuanian",
        ("cp1257", "iso-8859-13"),
        "Rytą močiutė atidarė langą ir pažvelgė į sodą. Vaikai jau žaidė po senąja obelimi, o katė miegojo prie "
        "durų. Vėliau atėjo kaimynai ir atnešė šiltos duonos. Visi susėdo aplink stalą ir kalbėjosi apie žiemą. Vakare "
        "pradėjo lyti, gatvės ištuštėjo, tėvas grįžo iš darbo su mažyte dovanėle.",
        "vardas;miestas;amžius\nJonas;Šiauliai;34\nEglė;Panevėžys;28\nŽivilė;Kėdainiai;45\nAndrius;Tauragė;31\n"
        "Rūta;Telšiai;52\nČesė;Mažeikiai;39\n",
    ),
)

UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
