"""Turns events of any size into the interactions CSV that Amazon Personalize imports: data-prep's contract, on Spark 3.5.

Run it by spark-submit, EMR Serverless or Glue: `prepare.py --help` lists the options. Without known column names, let
`npm run data-prep -- SAMPLE --dry-run` print the options. Rows that data-prep refuses are refused here.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.utils import AnalysisException

# The same list as in data-prep/reading/roles.ts; a test compares both.
NAMES = {
    "user": "userid user uid visitorid visitor customerid customer memberid reviewerid viewerid accountid profileid shopperid "
    "clientid personid playerid listenerid sessionid session usersession memberno member readerid reader "
    "borrowerid borrower patronid patron customerno kundenid kundennummer kundennr kunde benutzerid benutzer "
    "nutzerid nutzer mitgliedsnummer mitglied utilisateur idclient client usuario idusuario cliente idcliente "
    "utente",
    "item": "itemid item movieid productid parentasin asin articleid businessid trackid songid artistid bookid gameid "
    "videoid filmid isbn sku stockcode contentid recipeid contentid product movie itemsku artikelid "
    "artikelnummer artikelnr artikel produktid produktnummer produktnr produkt article idarticle produit "
    "idproduit producto idproducto articulo prodotto idprodotto",
    "time": "timestamp time ts eventtime eventtimestamp unixreviewtime datetime date createdat creationtimestamp tdat "
    "invoicedate orderdate purchasedate reviewtime dateadded eventdate datetimeutc zeitstempel zeitpunkt datum "
    "zeit bestelldatum kaufdatum bestelltam horodatage datecommande dateachat fecha fechapedido dataordine",
    "event": "eventtype event action eventname behavior behaviortype activity interactiontype ereignis ereignistyp "
    "aktion evenement evento accion azione",
    "value": "eventvalue",
}
RESERVED = ("EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")
MOST_EXTRAS = 5
MOST_TYPES_AND_COLUMNS = 10
LARGEST_IMPORT = 100 * 10**9
# AWS Glue passes these options to every script (awsglue.utils.getResolvedOptions).
GLUE_OPTIONS = ("JOB_NAME", "JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "TempDir", "RedshiftTempDir") + (
    "encryption-type", "job-bookmark-option", "job-bookmark-from", "job-bookmark-to", "enable-data-lineage")  # fmt: skip
EARLIEST = 631_152_000
DAY = 86_400
SAMPLE = 1000
# Java's regular expression engine recurses for each doubled quote, so more quotes in a line could overflow the stack.
MOST_QUOTES = 2000
EMPTY = ("", "NaN", "nan", "null", "NULL", "None", "\\N", "NA", "N/A")
# The characters that JavaScript's trim() removes.
SPACES = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ISO = r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?"
ISO_PARTS = ["year", "month", "day", "hour", "minute", "second", "zone"]
CODES = {
    "Y": (r"(\d{4})", "year"), "y": (r"(\d{2})", "short"), "m": (r"(\d{1,2})", "month"), "b": ("([A-Za-z]{3})", "name"),
    "d": (r"(\d{1,2})", "day"), "H": (r"(\d{1,2})", "hour"), "I": (r"(\d{1,2})", "hour"), "p": ("([AaPp][Mm])", "half"),
    "M": (r"(\d{1,2})", "minute"), "S": (r"(\d{1,2})", "second"), "f": (r"(\d{1,9})", "fraction"),
    "z": (r"(Z|[+-]\d{2}:?\d{2})", "zone"), "a": ("[A-Za-z]{3}", None),
}  # fmt: skip


class Unfit(Exception):
    """The error for unusable data or options. The message contains the reason and the fix."""


@dataclass
class Source:
    """Rows with all values as text. `problem` is the reason why a whole row is wrong, else null.

    `other_header` is true for a row that names the columns differently than the first file; null without a header.
    """

    frame: DataFrame
    kind: str
    fields: dict[str, Column]
    problem: Column
    text: Column
    file: Column
    control: str
    other_header: Column | None = None


def plain(name: str) -> str:
    """Returns a plain form: one for `UserId`, `user_id:token`, `user.id`; one for `Catégorie` and `categorie`."""
    letters = unicodedata.normalize("NFD", re.sub(r":\w+$", "", name, flags=re.ASCII).replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]", "", letters.lower())


def column_of(name: str, names: list[str]) -> str:
    """Returns the column with this name, or with this number from 1."""
    same = [each for each in names if each == name] or [each for each in names if plain(each) == plain(name) != ""]
    if same:
        return same[0]
    if name.isdecimal() and 1 <= int(name) <= len(names):
        return names[int(name) - 1]
    raise Unfit(f'There is no column "{name}"; the columns are {", ".join(names)}.')


def columns_of(text: str | None, names: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the column of each role, and the additional columns by their names in the schema."""
    roles, extras = {}, {}
    for each in text.split(",") if text else []:
        left, _, name = (part.strip() for part in each.partition("="))
        if name and left in NAMES:
            roles[left] = column_of(name, names)
        elif name and re.fullmatch(r"[A-Z_][A-Z\d_]{0,149}", left):
            extras[left] = column_of(name, names)
        else:
            raise Unfit(f'--columns: "{each}" is not one of {", ".join(f"{role}=NAME" for role in NAMES)}, or DEVICE=NAME.')
    for role in [role for role in NAMES if role not in roles]:
        free = [name for name in names if name not in roles.values()]
        found = [name for known in NAMES[role].split() for name in free if plain(name) == known]
        if found:
            roles[role] = found[0]
    missing = [role for role in ("user", "item", "time") if role not in roles]
    if missing:
        raise Unfit(
            f"No column of the {', or of the '.join(missing)} was found. The columns are {', '.join(names)}. "
            f"Name them:  --columns {','.join(f'{role}=NAME' for role in missing)}"
        )
    if text is None and {"USER_ID", "ITEM_ID", "TIMESTAMP"} <= set(names):
        extras = {name: name for name in names if name not in roles.values() and re.fullmatch(r"[A-Z_][A-Z\d_]{0,149}", name)}
    own = [name for name in extras if name not in RESERVED]
    if len(own) > MOST_EXTRAS:
        raise Unfit(f"The interactions have {len(own)} additional columns ({', '.join(own)}); Personalize allows only {MOST_EXTRAS}.")
    return roles, extras


def number_text(value: Column) -> Column:
    """Returns a number as JavaScript writes it: 5.0 is 5."""
    whole = (value == F.floor(value)) & (F.abs(value) < 1e15)
    return F.when(whole, value.cast("long").cast("string")).otherwise(value.cast("string"))


def typed_text(name: str, kind: T.DataType) -> Column:
    """Returns a column of Parquet or of a table as text. Times become ISO 8601 in UTC."""
    value = F.col(".".join(f"`{part}`" for part in name.split(".")))
    if isinstance(kind, (T.DoubleType, T.FloatType, T.DecimalType)):
        value = number_text(value)
    elif isinstance(kind, (T.TimestampType, T.TimestampNTZType, T.DateType)):
        value = F.date_format(value.cast("timestamp"), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
    elif isinstance(kind, (T.ArrayType, T.MapType)):
        value = F.to_json(value)
    return F.coalesce(value.cast("string"), F.lit(""))


def typed_fields(schema: T.StructType, before: str = "") -> dict[str, Column]:
    """Returns the text of each column; columns of nested records are named `outer.inner`."""
    fields: dict[str, Column] = {}
    for field in schema.fields:
        name = before + field.name
        nested = isinstance(field.dataType, T.StructType)
        fields |= typed_fields(field.dataType, f"{name}.") if nested else {name: typed_text(name, field.dataType)}
    return fields


def typed_source(frame: DataFrame, kind: str, file: Column) -> Source:
    fields = typed_fields(frame.schema)
    return Source(frame, kind, fields, F.lit(None).cast("string"), F.lit(""), file, r"\p{Cc}")


def open_source(spark: SparkSession, paths: list[str], table: str | None) -> Source:
    """Opens a table, or files whose format their content determines."""
    if table:
        return typed_source(spark.table(table), "table", F.lit(table))
    for nested in ("false", "true"):
        reader = spark.read.option("recursiveFileLookup", nested)
        lines = reader.text(paths)
        sample = lines.select(F.col("value").cast("binary")).filter("value != ''").head(SAMPLE)
        if sample:
            break
    else:
        raise Unfit(f"{', '.join(paths)} has no rows.")
    head = [bytes(row.value) for row in sample]
    if head[0].startswith(b"PAR1"):
        return typed_source(reader.parquet(*paths), "Parquet", F.col("_metadata.file_path"))
    if head[0][:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unfit("The files are UTF-16. Make UTF-8 of them:  iconv -f UTF-16 -t UTF-8 FILE")
    try:
        encoding = "UTF-8"
        decoded = [line.decode() for line in head]
    except UnicodeDecodeError:
        encoding = "windows-1252"
        decoded = [line.decode("cp1252", "replace") for line in head]
    partitions = {name: typed_text(name, T.StringType()) for name in lines.columns if name != "value"}
    raw = F.col("value").cast("binary")
    frame = lines.filter("value != ''").select("*", F.col("_metadata.file_path").alias("_file"))
    frame = frame.withColumn("_line", F.decode(raw, encoding))
    if decoded[0].lstrip().startswith("{"):
        return json_source(frame, decoded, partitions)
    if re.match(r"\[\s*\{?", decoded[0]):
        raise Unfit("The files are JSON arrays. Make JSON lines of them:  jq -c '.[]' FILE > FILE.jsonl")
    return csv_source(frame, decoded, partitions)


def json_source(frame: DataFrame, head: list[str], partitions: dict[str, Column]) -> Source:
    """Opens JSON lines. The first lines determine names and number types; nested values are `outer.inner`."""
    found: dict[str, set[type]] = {}
    for line in head:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        for name, value in row.items() if isinstance(row, dict) else ():
            inner = value if isinstance(value, dict) else {None: value}
            for key, each in inner.items():
                found.setdefault(name if key is None else f"{name}.{key}", set()).add(type(each))
    if overlap := [name for name in found if any(other.startswith(f"{name}.") for other in found)]:
        found = {name: kinds for name, kinds in found.items() if name not in overlap}
    schema = T.StructType()
    for outer in dict.fromkeys(name.split(".")[0] for name in found):
        inner = {name.partition(".")[2]: kinds for name, kinds in found.items() if name.split(".")[0] == outer}
        kinds = {key: T.DoubleType() if float in each and each <= {int, float, type(None)} else T.StringType() for key, each in inner.items()}
        record = T.StructType([T.StructField(key, kind) for key, kind in kinds.items()])
        schema.add(outer, kinds[""] if "" in kinds else record)
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    rows = F.from_json("_line", T.StructType([*schema.fields, T.StructField("_corrupt", T.StringType())]), options)
    frame = frame.filter("trim(_line) != ''").withColumn("_row", rows)
    fields = {name[5:]: value for name, value in typed_fields(T.StructType([T.StructField("_row", schema)])).items()}
    wrong = F.col("_row._corrupt").isNotNull() | ~F.col("_line").rlike(r"^\s*\{[\s\S]*\}\s*\z")
    problem = F.when(wrong, F.lit("not a JSON object"))
    return Source(frame, "JSON lines", fields | partitions, problem, F.col("_line"), F.col("_file"), r"\p{Cc}")


def split(line: str, delimiter: str, quotes: bool, escape: str) -> list[str]:
    if not quotes:
        return line.split(delimiter)
    style = {"doublequote": True} if escape == '"' else {"doublequote": True, "escapechar": escape}
    return next(csv.reader([line], delimiter=delimiter, **style), [])


def csv_source(frame: DataFrame, head: list[str], partitions: dict[str, Column]) -> Source:
    """Opens a text table. Each line is one row, because Spark splits files at line ends."""
    escape = "\\" if re.match(r'"?(USER|ITEM)_ID\b', head[0]) else '"'
    candidates = []
    for delimiter in ("::", "\t", ",", ";", "|"):
        quotes = delimiter != "::"
        if delimiter == "\t":
            opened = [field for line in head for field in line.split("\t") if field.startswith('"')]
            quotes = bool(opened) and all(re.fullmatch(r'".*"', field) for field in opened)
        rows = [split(line, delimiter, quotes, escape) for line in head]
        width, same = Counter(map(len, rows)).most_common(1)[0]
        if width + len(partitions) >= 3:
            candidates.append((round(same / len(rows) * 50), width, delimiter, quotes, rows))
    if not candidates:
        raise Unfit(f"The files are not tables: no tabs, commas, semicolons, | or :: separate fields in\n  {head[0][:120]}")
    _, width, delimiter, quotes, rows = max(candidates, key=lambda each: each[:2])
    has_header = is_header(rows)
    names = rows[0] if has_header else [str(index + 1) for index in range(width)]
    columns = [f"c{index}" for index in range(len(names))]
    options = {
        "sep": delimiter, "quote": '"' if quotes else "", "escape": escape, "charToEscapeQuoteEscaping": escape,
        "mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt", "maxColumns": str(max(20480, len(names) + 1)),
    }  # fmt: skip
    ddl = ", ".join(f"{column} STRING" for column in [*columns, "_corrupt"])
    line, kind = F.col("_line"), {"\t": "tab", "::": "`::`", ",": "comma", ";": "semicolon", "|": "`|`"}[delimiter]
    if has_header:
        header = F.lit(head[0])
        frame = frame.filter(line != header)
    frame = frame.withColumn("_row", F.from_csv(line, ddl, options))
    wrong = F.when(F.col("_row._corrupt").isNotNull(), F.lit(f"not {len(names)} {kind}-separated fields"))
    if quotes:
        unquoted = f'(?!")[^{re.escape(delimiter)}]*+'
        inside = r'[^"\\]*+(?:(?:\\[\s\S]|"")[^"\\]*+)*+' if escape != '"' else r'[^"]*+(?:""[^"]*+)*+'
        field = f'(?:"{inside}"|{unquoted})'
        many = F.length(line) - F.length(F.translate(line, '"', "")) > MOST_QUOTES
        grammar = line.rlike(rf"\A{field}(?:{re.escape(delimiter)}{field})*\z")
        wrong = (
            F.when(~line.contains('"'), wrong)
            .when(many, F.lit(f"more than {MOST_QUOTES} quotes in a line"))
            .when(~grammar, F.lit("text follows a closing quote, or a quote never closes"))
            .otherwise(wrong)
        )
    fields = {name: F.coalesce(F.col(f"_row.{column}"), F.lit("")) for name, column in zip(names, columns)}
    other = is_other_header(line, delimiter, names) if has_header else None
    return Source(frame, kind, fields | partitions, wrong, line, F.col("_file"), r"[\x00-\x1f\x7f]", other)


def is_other_header(line: Column, delimiter: str, names: list[str]) -> Column:
    """Checks whether a line names columns: three of its fields are known names of parts, or names of the first file."""
    known = {plain(name) for name in names} | {name for role in NAMES.values() for name in role.split()}
    fields = F.transform(F.split(line, re.escape(delimiter)), lambda field: F.regexp_replace(F.lower(field), "[^a-z0-9]", ""))
    named = F.filter(F.array_distinct(fields), lambda field: field.isin(*(known - {""})))
    return (F.length(line) < 10_000) & (F.size(named) >= 3)


def is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names at least two parts; or has no number above numbers, or no digit above values with digits."""
    first, rest = rows[0], rows[1:]
    named = [role for role, known in NAMES.items() if any(plain(name) in known.split() for name in first)]

    def is_number(text: str) -> bool:
        return bool(re.fullmatch(r"-?\d+([.,]\d+)?", text))

    def is_above_digits(name: str, column: int) -> bool:
        return not re.search(r"\d", name) and all(re.search(r"\d", "".join(row[column : column + 1])) for row in rest)

    return len(named) >= 2 or (
        bool(rest)
        and all(name and not is_number(name) for name in first)
        and (any(map(is_number, rest[0])) or any(is_above_digits(name, at) for at, name in enumerate(first)))
    )


def seconds_of(text: Column, unit: str) -> Column:
    """Returns the epoch seconds of a written time; null for any other text."""
    text = F.btrim(text, F.lit(SPACES))
    for name, digits, divisor in (("s", 10, 1), ("ms", 13, 1000), ("us", 16, 1_000_000)):
        if unit == name:
            fits = text.rlike(rf"\A\d{{1,{digits}}}(\.0+)?\z")
            return F.when(fits, F.floor(F.substring_index(text, ".", 1).cast("long") / divisor))
    pattern, parts = (ISO, ISO_PARTS) if unit == "iso" else pattern_of(unit)
    marks = "\u0001".join(f"${index + 1}" if index < 9 else f"${{g{index + 1}}}" for index in range(len(parts)))
    found = F.split(F.regexp_replace(text, rf"\A{pattern}\z", marks), "\u0001")
    places = {part: index for index, part in enumerate(parts)}

    def value(part: str, otherwise: int) -> Column:
        if part not in places:
            return F.lit(otherwise)
        written = found[places[part]]
        return F.when(written == "", F.lit(otherwise)).otherwise(written.cast("int"))

    year, month, hour = value("year", 1970), value("month", 1), value("hour", 0)
    if "short" in places:
        year = value("short", 70) + F.when(value("short", 70) < 70, 2000).otherwise(1900)
    if "name" in places:
        month = F.array_position(F.array(*map(F.lit, MONTHS)), F.lower(found[places["name"]])).cast("int")
    if "half" in places:
        hour = hour % 12 + F.when(F.lower(found[places["half"]]) == "pm", 12).otherwise(0)
    minute, second = value("minute", 0), value("second", 0)
    zone = found[places["zone"]] if "zone" in places else F.lit("")
    sign = F.when(zone.startswith("-"), -1).otherwise(1)
    digits = F.rpad(F.regexp_replace(zone, r"[^\d]", ""), 4, "0").cast("int")
    offset = sign * (F.floor(digits / 100) * 60 + digits % 100) * 60
    days = F.datediff(F.make_date(year, month, value("day", 1)), F.lit("1970-01-01"))
    of_day = hour * 3600 + minute * 60 + second
    exists = (hour < 24) & (minute < 60) & (second < 61) & (of_day < DAY) & (days >= 0)
    fits = text.rlike(rf"\A{pattern}\z") & exists
    return F.when(fits, days.cast("long") * DAY + of_day - offset)


def pattern_of(unit: str) -> tuple[str, list[str]]:
    """The regular expression of a format such as `%d/%m/%Y`, and the part that each group has."""
    parts: list[str] = []

    def piece(found: re.Match) -> str:
        code = found[1]
        if code is None:
            return r"\s+" if found[0].isspace() else re.escape(found[0])
        if code == "%":
            return "%"
        if code not in CODES:
            raise Unfit(f"--time: %{code} is not a known code; known are {' '.join(f'%{each}' for each in CODES)}.")
        pattern, part = CODES[code]
        if part:
            parts.append(part)
        return pattern

    if "%" not in unit:
        raise Unfit(f'--time: "{unit}" is not s, ms, us, iso, or a format such as %d/%m/%Y %H:%M.')
    pattern = re.sub(r"%(.)|[^%]", piece, unit, flags=re.DOTALL)
    return pattern, parts


def detect_time(source: Source, text: Column, name: str) -> str:
    """Returns the unit of nearly all of the first times."""
    sample = source.frame.select(text.alias("time")).filter("time != ''").limit(SAMPLE)
    latest = time.time() + DAY
    units = ("s", "ms", "us", "iso")
    counts = [F.count(F.when(seconds_of(F.col("time"), unit).between(EARLIEST, latest), 1)).alias(unit) for unit in units]
    digits = F.count(F.when(F.col("time").rlike(r"\A\d{1,10}\z"), 1)).alias("digits")
    found = sample.agg(F.count("*").alias("rows"), F.first("time").alias("first"), digits, *counts).first()
    fitting = [unit for unit in units if found["rows"] and found[unit] >= 0.95 * found["rows"]]
    if fitting:
        return fitting[0]
    if found["rows"] and found["digits"] == found["rows"]:
        return "s"
    raise Unfit(f"The times in column {name}, such as \"{found['first']}\", have no known unit. Name it:  --time '%d/%m/%Y %H:%M'")


EVENT_TOKEN = re.compile('"[^"]*"|->|\u2192|>=|<=|=>|=<|==|<>|!=|[<>=,;"]|(?:(?!->|!=)[^<>=,;"\u2192])+')
OPERATORS = (">=", "<=", ">", "<", "=", "!=")
MISTAKEN = {"=>": ">=", "=<": "<=", "==": "=", "<>": "!="}
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
EVENT_TYPE = r'[^"\\\x00-\x1f\x7f-\x9f]{1,256}'


def parse_event(text: str) -> tuple[list[tuple[str, str, str, str]], str | None]:
    """The cases (column, operator, value, type) of `--event`, and the type of all other rows, as data-prep parses them."""
    tokens = [(each[0].strip(), each.end() - len(each[0].lstrip())) for each in EVENT_TOKEN.finditer(text) if each[0].strip()]
    tokens.append(("", len(text)))
    cases: list[tuple[str, str, str, str]] = []
    index = 0

    def fail(reason: str, at: int | None = None) -> Unfit:
        at = tokens[index][1] if at is None else at
        if text[at : at + 1] == ";":
            reason = "A comma separates two cases, not a semicolon"
        return Unfit(f"--event: {reason}:\n  {text}\n  {' ' * at}^")

    def word(expected: str) -> str:
        nonlocal index
        found = tokens[index][0]
        if not re.fullmatch('"[^"]+"', found) and (found == "" or re.match('->|!=|[<>=,;"\u2192]', found)):
            raise fail(f"Expected {expected}")
        index += 1
        return found.replace('"', "")

    def kind() -> str:
        found, at = word("an event type"), tokens[index - 1][1]
        if re.search(r"(^|\s)else\s", found):
            raise fail("A case and a comma stand before else", at)
        if not re.fullmatch(EVENT_TYPE, found):
            raise fail("An event type has 1 to 256 characters", at)
        return found

    def case() -> tuple[str, str, str, str]:
        nonlocal index
        column, operator = word("a column"), tokens[index][0]
        if operator in MISTAKEN:
            raise fail(f"Write {MISTAKEN[operator]} for {operator}")
        if operator not in OPERATORS:
            raise fail(f"Expected one of {', '.join(OPERATORS)}")
        index += 1
        value, at = word("a value"), tokens[index - 1][1]
        is_number = re.fullmatch(NUMBER, value)
        if operator not in ("=", "!=") and not is_number:
            raise fail(f"{operator} compares numbers", at)
        if is_number and tokens[index][0] == "," and tokens[index + 1][0][:1].isdecimal():
            raise fail("A decimal has a point, such as 4.5")
        if tokens[index][0] not in ("->", "\u2192"):
            raise fail("Expected -> and the event type")
        index += 1
        return column, operator, value, kind()

    if len(tokens) == 2:
        return [], kind()
    while True:
        last = re.fullmatch(r"else\s+(\S.*)", tokens[index][0])
        if last and cases:
            if index + 2 < len(tokens):
                index += 1
                raise fail("Nothing follows the type of else")
            if not re.fullmatch(EVENT_TYPE, last[1]):
                raise fail("An event type has 1 to 256 characters")
            return cases, last[1]
        cases.append(case())
        if index == len(tokens) - 1:
            return cases, None
        if tokens[index][0] != ",":
            raise fail("A comma separates two cases")
        index += 1


def event_of(text: str | None, source: Source, column: Column) -> dict[str, Column]:
    """By `--event`, or by the column of types: the row's type, its problem, the case that matches, and whether a value is empty."""
    none = F.lit(None).cast("string")
    found = {"type": column, "event_problem": none, "case": F.lit(None).cast("int"), "is_empty": F.lit(False)}
    if text is None:
        return found
    cases, otherwise = parse_event(text)
    found["type"] = none if otherwise is None else F.lit(otherwise)
    # Build the expression from the last case to the first, because an earlier case has precedence over a later one.
    for index, (name, operator, wanted, kind) in reversed(list(enumerate(cases))):
        value = F.btrim(source.fields[column_of(name, list(source.fields))], F.lit(SPACES))
        is_empty, is_order = value.isin(*EMPTY), operator not in ("=", "!=")
        both = value.rlike(rf"\A{NUMBER}\z") & F.lit(re.fullmatch(NUMBER, wanted) is not None)
        read, other = value.cast("double"), F.lit(float(wanted) if re.fullmatch(NUMBER, wanted) else 0.0)
        tests = {">=": read >= other, "<=": read <= other, ">": read > other, "<": read < other}
        same = F.when(both, read == other).otherwise(value == wanted)
        passes = ~is_empty & F.coalesce(tests[operator] if is_order else same if operator == "=" else ~same, F.lit(False))
        why = F.concat(F.lit('"'), F.substring(value, 1, 40), F.lit(f'" is not a number, and --event compares it by {operator} {wanted}'))
        wrong = ~is_empty & ~both & F.lit(is_order)
        found = {
            "type": F.when(passes, F.lit(kind)).otherwise(found["type"]),
            "event_problem": F.when(wrong, why).when(~passes, found["event_problem"]),
            "case": F.when(passes, F.lit(index)).otherwise(found["case"]),
            "is_empty": is_empty | (~passes & found["is_empty"]),
        }
    return found


def id_problem(value: Column, what: str, control: str) -> Column:
    """Returns why Personalize does not accept a text as an id, else null. The length counts UTF-16 units."""
    units = F.when(F.length(value) > 128, F.length(F.encode(value, "UTF-16BE")) / 2).otherwise(0).cast("int")
    return (
        F.when(value == "", F.lit(f"{what} is empty"))
        .when(value.rlike(control), F.lit(f"{what} has a control character"))
        .when(value.contains("\ufffd"), F.lit(f"{what} is not UTF-8"))
        .when(units > 256, F.concat(F.lit(f"{what} has "), units.cast("string"), F.lit(" characters; Personalize takes 256")))
    )


def escaped(value: Column) -> Column:
    """Adds a backslash before each quote and backslash, which the service requires."""
    return F.regexp_replace(value, r'(["\\])', r"\\$1")


def extra_text(value: Column, name: str) -> Column:
    """Returns an additional column as a field of the CSV: numbers unchanged, texts in quotes."""
    is_number = F.lit(name not in RESERVED) & value.rlike(r"\A-?\d{1,18}(\.\d+)?\z")
    text = F.concat(F.lit('"'), escaped(value), F.lit('"'))
    return F.when(value.isin(*EMPTY), F.lit("")).when(is_number, value).otherwise(text)


def check(source: Source, options: argparse.Namespace) -> tuple[DataFrame, list[str]]:
    """Returns each row with its problem, its event type and its line of the CSV; and the CSV's columns."""
    names = list(source.fields)
    roles, extras = columns_of(options.columns, names)
    texts = {role: source.fields[name] for role, name in roles.items()}
    unit = options.time or detect_time(source, texts["time"], roles["time"])
    shown = [f"{role} = {name}" for role, name in [*roles.items(), *extras.items()]]
    log(f"{source.kind}; {', '.join(shown)}; times in {unit}")
    values = source.frame.select(
        source.problem.alias("problem"), source.text.alias("text"), source.file.alias("file"),
        (F.lit(False) if source.other_header is None else source.other_header).alias("other_header"),
        *(texts[role].alias(role) for role in texts),
        *(source.fields[name].alias(extra) for extra, name in extras.items()),
        seconds_of(texts["time"], unit).alias("seconds"),
        *(value.alias(name) for name, value in event_of(options.event, source, texts.get("event", F.lit("Watch"))).items()),
    )  # fmt: skip
    if source.kind in ("Parquet", "table"):
        values = values.withColumn("text", F.concat_ws(",", *(F.col(role) for role in texts)))
    col, control, seconds = F.col, source.control, F.col("seconds")
    problems = [
        ("", col("problem")),
        (roles["user"], id_problem(col("user"), "user id", control)),
        (roles["item"], id_problem(col("item"), "item id", control)),
        (roles["time"], F.when(seconds.isNull(), F.concat(F.lit("timestamp "), col("time"), F.lit(f" is not a time in {unit}")))
            .when(seconds > time.time() + DAY, F.concat(F.lit("timestamp "), seconds.cast("string"), F.lit(" is in the future")))
            .when(seconds < 0, F.lit("timestamp is before 1970"))),
    ]  # fmt: skip
    problems.append(("", col("event_problem")))
    if not options.event and "event" in roles:
        problems.append((roles["event"], id_problem(col("type"), "event type", control)))
        sign = "event type has a quote or a backslash, which no filter can name"
        problems.append((roles["event"], F.when(col("type").rlike(r'["\\]'), F.lit(sign))))
    if "value" in roles:
        number = (col("value") == "") | (col("value").rlike(r"\A-?\d+(\.\d+)?([eE][+-]?\d+)?\z") & (F.length("value") <= 40))
        problems.append((roles["value"], F.when(~number, F.lit("event value is not a number"))))
    problems += [(extras[name], F.when(col(name).rlike(r"\p{Cc}"), F.lit("has a control character"))) for name in extras]
    found = F.coalesce(*(F.when(why.isNotNull(), F.struct(F.lit(name).alias("column"), why.alias("reason"))) for name, why in problems))
    quote = F.lit('"')
    parts = [quote, escaped(col("user")), F.lit('","'), escaped(col("item")), F.lit('","'), col("type"), F.lit('",')]
    parts += [col("value"), F.lit(",")] if "value" in roles else []
    parts += [seconds.cast("string"), *(part for name in extras for part in (F.lit(","), extra_text(col(name), name)))]
    header = ["USER_ID", "ITEM_ID", "EVENT_TYPE", *(["EVENT_VALUE"] if "value" in roles else []), "TIMESTAMP", *extras]
    return values.withColumn("found", found).withColumn("line", F.concat(*parts)), header


def run(spark: SparkSession, options: argparse.Namespace) -> dict:
    """Reads, checks, counts, and writes. Writes nothing for data that it rejects."""
    for path in [options.output, options.quarantine]:
        if path and place(spark, path)[0].exists(place(spark, path)[1]):
            raise Unfit(f"{path} exists already. Name another path, or remove it.")
    for path in options.paths:
        files, found = place(spark, path)
        if not files.globStatus(found):
            raise Unfit(f"There is no file {path}.")
    try:
        source = open_source(spark, options.paths, options.table)
    except AnalysisException as error:
        raise Unfit(f"{options.table or ', '.join(options.paths)} cannot be read: {str(error).splitlines()[0]}") from error
    rows, header = check(source, options)
    is_bad = F.col("found").isNotNull()
    bad_rows = rows.filter(is_bad).select("file", "found.column", "found.reason", "text")
    log("counting rows")
    key = F.when(~is_bad, F.col("type"))
    groups = rows.groupBy(is_bad.alias("bad"), key.alias("type"), F.when(~is_bad, F.col("case")).alias("case"))
    empty = F.sum((~is_bad & F.col("is_empty")).cast("int")).alias("empty")
    counts = groups.agg(F.count("*").alias("count"), empty).limit(MOST_TYPES_AND_COLUMNS * 100).collect()
    bad = sum(row["count"] for row in counts if row.bad)
    left_out = sum(row["count"] for row in counts if not row.bad and row.type is None)
    types: Counter[str] = Counter()
    for row in counts:
        if not row.bad and row.type is not None:
            types[row.type] += row["count"]
    good = sum(types.values())
    if bad:
        refuse_other_headers(rows.filter(is_bad & F.col("other_header")), options)
        judge_bad(bad_rows, bad, good, options)
    matched = {row.case for row in counts}
    for index, (name, operator, wanted, _) in enumerate(parse_event(options.event)[0] if options.event else []):
        if index not in matched:
            raise Unfit(f'The case "{name} {operator} {wanted}" of --event matches no row. Correct the case, or leave it out.')
    if len(types) + len(header) - 4 > MOST_TYPES_AND_COLUMNS:
        raise Unfit(
            f"There are {len(types)} event types and {len(header) - 4} optional columns. The service allows "
            f"{MOST_TYPES_AND_COLUMNS} together. Give fewer types:  --event 'COLUMN = VALUE -> TYPE, else OTHER'"
        )
    lines = rows.filter(~is_bad & F.col("type").isNotNull()).select(F.col("line").alias(",".join(header))).distinct()
    if good < 1000:
        raise Unfit(f"{good} interactions are too few: Amazon Personalize imports and trains from 1,000 on.")
    as_is = {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}
    if bad and options.quarantine:
        texts = [printable(F.coalesce(F.col(name), F.lit(""))).alias(name.upper()) for name in bad_rows.columns]
        bad_rows.select(*texts).write.options(header=True, quoteAll=True, escape='"', **as_is).csv(options.quarantine)
    log("writing")
    # Personalize needs quoted ids, but an unquoted header and unquoted times. Write each row as the text of one column,
    # and name this column like the whole header line, so that Spark adds no quotes.
    plain_text = {"header": "true", "sep": "\u0001", "quote": "", "escapeQuotes": "false", **as_is}
    lines.write.options(**plain_text).csv(options.output)
    written = spark.read.option("header", True).csv(options.output, escape="\\").agg(
        F.count("*").alias("rows"), F.approx_count_distinct("USER_ID").alias("users"),
        F.approx_count_distinct("ITEM_ID").alias("items"),
        F.min(F.col("TIMESTAMP").cast("long")).alias("first"), F.max(F.col("TIMESTAMP").cast("long")).alias("last"),
    ).first()  # fmt: skip
    files, path = place(spark, options.output)
    size = files.getContentSummary(path).getLength()
    if size > LARGEST_IMPORT:
        log(f"The output has {size / 1e9:.0f} GB. The service takes at most 100 GB in a FULL import: leave old events out.")
    return {
        "schemaVersion": 1, "output": options.output, "interactions": written["rows"], "usersAbout": written["users"],
        "itemsAbout": written["items"], "firstTimestamp": written["first"], "lastTimestamp": written["last"],
        "eventTypesRead": types, "rowsSkipped": bad, "rowsLeftOut": left_out,
        "rowsEmptyInRule": sum(row.empty or 0 for row in counts),
        "rowsRepeated": good - written["rows"], "bytes": size,
    }  # fmt: skip


def printable(text: Column) -> Column:
    """Returns the start of a text, with visible symbols for control characters."""
    control = "".join(map(chr, [*range(0x20), 0x7F]))
    return F.translate(F.substring(text, 1, 400), control, "".join(map(chr, [*range(0x2400, 0x2420), 0x2421])))


def refuse_other_headers(headers: DataFrame, options: argparse.Namespace) -> None:
    """Rejects files with another column order, which would swap values. A header is a bad row: its time is a word."""
    found = headers.select("file", "text").limit(5).collect()
    if found:
        raise Unfit(
            "The files do not have the same columns, so nothing was written. All were read by the columns of the first. These differ:\n"
            + "\n".join(f"  {row.file}: {ascii(row.text[:120])}" for row in found)
            + "\nPrepare the files of each kind by a run of their own, each with its own --output."
        )


def judge_bad(bad_rows: DataFrame, bad: int, good: int, options: argparse.Namespace) -> None:
    share = bad / (bad + good)
    too_many = options.bad_rows != "fail" and share > options.max_bad
    if options.bad_rows != "fail" and not too_many:
        return
    listed = [f"  {row.file}: {row.reason}:  {ascii(row.text[:120])}" for row in bad_rows.limit(20).collect()]
    more = f"{share:.3%} of the rows, more than --max-bad {options.max_bad:.3%}. " if too_many else ""
    raise Unfit(
        f"{more}{bad:,} rows cannot be used, so nothing was written:\n" + "\n".join(listed) + "\n"
        "Fix the files, or keep those rows aside:  --bad-rows quarantine PATH"
    )


def place(spark: SparkSession, path: str):
    """Returns the Hadoop file system of a path, and the path in this file system."""
    found = spark._jvm.org.apache.hadoop.fs.Path(path)
    return found.getFileSystem(spark._jsc.hadoopConfiguration()), found


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def share_of(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 2
    if share > 1:
        raise argparse.ArgumentTypeError("The value must be a share of the rows, such as 0.1%.")
    return share


def parse(arguments: list[str]) -> argparse.Namespace:
    """Reads the options. Glue gives each option one value: `--bad-rows "quarantine s3://…"`, `--input "A B"`."""
    parser = argparse.ArgumentParser(prog="prepare.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("files", nargs="*", help="files or folders of Parquet, CSV or JSON lines")
    parser.add_argument("--input", default="", help="them as one value, separated by spaces (for Glue)")
    parser.add_argument("--table", help="a table of the catalog instead of files, such as glue_catalog.shop.events")
    parser.add_argument("--output", required=True, help="a new folder for the CSV files")
    parser.add_argument("--columns", help="user=…,item=…,time=…,event=…,value=…,DEVICE=…: names, or numbers from 1")
    parser.add_argument("--time", help="s, ms, us, iso, or a format such as %%d/%%m/%%Y")
    parser.add_argument("--event", help="the type of all events, or 'rating >= 4 -> Like, else Watch'")
    parser.add_argument("--bad-rows", nargs="+", default=["fail"], help="fail, skip, or quarantine PATH")
    parser.add_argument("--max-bad", type=share_of, default=1.0, help="refuse a larger share, such as 0.1%%")
    for name in GLUE_OPTIONS:
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.paths = [*options.files, *options.input.split()]
    kind, _, where = " ".join(options.bad_rows).partition(" ")
    if (kind, bool(where)) not in (("fail", False), ("skip", False), ("quarantine", True)):
        parser.error("--bad-rows is fail, skip, or quarantine PATH")
    if bool(options.paths) == bool(options.table):
        parser.error("name files or a folder, or --table NAME")
    options.bad_rows, options.quarantine = kind, where or None
    return options


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    spark = SparkSession.builder.appName("data-prep").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    settings = {
        "spark.sql.ansi.enabled": "false",
        "spark.sql.caseSensitive": "true",
        "spark.sql.session.timeZone": "UTC",
        # Keep a partition named 01 as the text 01, not as the number 1.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    }
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        print(json.dumps(run(spark, options)))
        return 0
    except Unfit as error:
        log(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
