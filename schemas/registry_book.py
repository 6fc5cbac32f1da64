"""The registry workbook: its file, its sheets and their headings, shared by its reader and its writer."""

FILE = "registry.xlsx"
SCHOOLS, MAILING = "Школы", "Рассылка"
CODE, NAME, FULL_NAME, ALIASES = "Код", "Краткое наименование", "Полное наименование", "Другие названия"
CLASSES, EMAIL, SINCE, UNTIL = "Классов", "Электронная почта", "Действует с", "Действует по"
WAIVERS = "Исключения"
SCHOOL_CODE, ITEM, REMARK, REASON, WHO, VALID_UNTIL = (
    "Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил", "Действует до",
)  # fmt: skip
PAPERS = "Документы"
DOCUMENT, RECEIVED = "Документ", "Получен"
RECIPIENT, WANTS = "Имя", "Что получает"
