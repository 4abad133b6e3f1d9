"""Turns events of any size into the interactions CSV that Amazon Personalize imports: data-prep's contract, on Spark 3.5.

Run it by spark-submit, EMR Serverless or Glue: `prepare.py --help` lists the options. data-prep detects format, columns
and times in a sample file, and prints what `--options` reads:
`npm run -s data-prep -- SAMPLE --dry-run --json > options.json`. Rows that data-prep refuses are refused here.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.utils import AnalysisException

PARTS = ("user", "item", "time", "event", "value")
RESERVED = ("EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")
MOST_TYPES_AND_COLUMNS = 10
LARGEST_IMPORT = 100 * 10**9
# AWS Glue passes these options to every script (awsglue.utils.getResolvedOptions).
GLUE_OPTIONS = ("JOB_NAME", "JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "TempDir", "RedshiftTempDir") + (
    "encryption-type", "job-bookmark-option", "job-bookmark-from", "job-bookmark-to", "enable-data-lineage")  # fmt: skip
DAY = 86_400
# Java's regular expression engine recurses for each doubled quote, so more quotes in a line could overflow the stack.
MOST_QUOTES = 2000
EMPTY = ("", "NaN", "nan", "null", "NULL", "None", "\\N", "NA", "N/A")
# The characters that JavaScript's trim() removes.
SPACES = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


class Unfit(Exception):
    """The error for unusable data or options. The message contains the reason and the fix."""


@dataclass
class Source:
    """Rows with all values as text. `problem` is the reason why a whole row is wrong, else null.

    `other_header` is true for a row that names the columns differently than the options; null without a header.
    """

    frame: DataFrame
    kind: str
    fields: dict[str, Column]
    problem: Column
    text: Column
    file: Column
    control: str
    other_header: Column | None = None

    def column(self, name: str) -> Column:
        if name in self.fields:
            return self.fields[name]
        raise Unfit(f'There is no column "{name}"; the columns are {", ".join(self.fields)}. Correct the file of --options.')


def read_options(spark: SparkSession, path: str) -> dict:
    """Reads the resolved options of one table, which data-prep printed."""
    again = "Print them again:  npm run -s data-prep -- SAMPLE --dry-run --json > options.json"
    try:
        document = json.loads(spark.read.text(path, wholetext=True).first().value)
        version, tables = document["schemaVersion"], document["tables"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unfit(f"{path} has no options of data-prep. {again}") from error
    if version != 1 or len(tables) != 1:
        raise Unfit(f"{path} has schemaVersion {version} and {len(tables)} tables. prepare.py reads version 1 with one table. {again}")
    if document.get("userHash"):
        raise Unfit(f"{path} hashes users' ids by --hash-users, which prepare.py cannot. Convert the files without Spark:  npm run data-prep -- FILES --hash-users KEYFILE")
    return tables[0]


def cases_of(layout: dict) -> list[dict[str, str]]:
    """Returns the cases of the event rule: column, operator, value, type."""
    return (layout.get("event") or {"cases": []})["cases"]


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


def open_source(spark: SparkSession, paths: list[str], table: str | None, layout: dict) -> Source:
    """Opens a table, or files in the format of the resolved options."""
    if table:
        return typed_source(spark.table(table), "table", F.lit(table))
    for nested in ("false", "true"):
        reader = spark.read.option("recursiveFileLookup", nested)
        lines = reader.text(paths)
        first = lines.select(F.col("value").cast("binary")).filter("value != ''").first()
        if first:
            break
    else:
        raise Unfit(f"{', '.join(paths)} has no rows.")
    kind, encoding = layout["kind"], layout["encoding"].removesuffix("-bom")
    if first.value.startswith(b"PAR1") != (kind == "Parquet"):
        raise Unfit(f"{', '.join(paths)} and the sample of --options ({kind}) have different formats. Take a sample of these files.")
    if kind == "Parquet":
        return typed_source(reader.parquet(*paths), kind, F.col("_metadata.file_path"))
    if encoding.startswith("utf-16"):
        raise Unfit("The files are UTF-16. Make UTF-8 of them:  iconv -f UTF-16 -t UTF-8 FILE")
    partitions = {name: typed_text(name, T.StringType()) for name in lines.columns if name != "value"}
    raw = F.col("value").cast("binary")
    frame = lines.filter("value != ''").select("*", F.col("_metadata.file_path").alias("_file"))
    frame = frame.withColumn("_line", F.decode(raw, encoding))
    return (json_source if kind == "JSON lines" else csv_source)(frame, layout, partitions)


def json_source(frame: DataFrame, layout: dict, partitions: dict[str, Column]) -> Source:
    """Opens JSON lines, and reads only the needed columns; nested values are `outer.inner`."""
    names = dict.fromkeys([*layout["columns"].values(), *(case["column"] for case in cases_of(layout))])
    if any("[]" in name for name in names):
        raise Unfit(f"prepare.py makes no rows of the elements of a list ({', '.join(names)}). Convert the files without Spark:  npm run data-prep -- FILES")
    schema = T.StructType()
    for outer in dict.fromkeys(name.split(".")[0] for name in names):
        inner = [name.partition(".")[2] for name in names if name.startswith(f"{outer}.")]
        record = T.StructType([T.StructField(each, T.StringType()) for each in inner])
        schema.add(outer, record if inner else T.StringType())
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    rows = F.from_json("_line", T.StructType([*schema.fields, T.StructField("_corrupt", T.StringType())]), options)
    frame = frame.filter("trim(_line) != ''").withColumn("_row", rows)
    fields = {name[5:]: value for name, value in typed_fields(T.StructType([T.StructField("_row", schema)])).items()}
    for name in fields.keys() & layout["numbers"]:
        # Keep whole numbers as they are, because a double has fewer digits than an ID of 64 bits.
        decimal = F.coalesce(number_text(fields[name].cast("double")), fields[name])
        fields[name] = F.when(fields[name].rlike(r"\A-?\d+\z"), fields[name]).otherwise(decimal)
    wrong = F.col("_row._corrupt").isNotNull() | ~F.col("_line").rlike(r"^\s*\{[\s\S]*\}\s*\z")
    problem = F.when(wrong, F.lit("not a JSON object"))
    return Source(frame, "JSON lines", fields | partitions, problem, F.col("_line"), F.col("_file"), r"\p{Cc}")


def csv_source(frame: DataFrame, layout: dict, partitions: dict[str, Column]) -> Source:
    """Opens a text table. Each line is one row, because Spark splits files at line ends."""
    names, delimiter, quotes, escape = (layout[key] for key in ("names", "delimiter", "quotes", "escape"))
    columns = [f"c{index}" for index in range(len(names))]
    options = {
        "sep": delimiter, "quote": '"' if quotes else "", "escape": escape, "charToEscapeQuoteEscaping": escape,
        "mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt", "maxColumns": str(max(20480, len(names) + 1)),
    }  # fmt: skip
    ddl = ", ".join(f"{column} STRING" for column in [*columns, "_corrupt"])
    line, kind = F.col("_line"), {"\t": "tab", "::": "`::`", ",": "comma", ";": "semicolon", "|": "`|`"}[delimiter]
    if layout["hasHeader"]:
        # Compare without quotes, because the options do not contain the header's quotes.
        frame = frame.filter(F.translate(line, '"', "") != delimiter.join(names).replace('"', ""))
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
    # The first of several columns with the same name counts, as in data-prep.
    fields = {name: F.coalesce(F.col(f"_row.{column}"), F.lit("")) for name, column in reversed([*zip(names, columns)])}
    other = is_other_header(line, delimiter, names) if layout["hasHeader"] else None
    return Source(frame, kind, fields | partitions, wrong, line, F.col("_file"), r"[\x00-\x1f\x7f]", other)


def is_other_header(line: Column, delimiter: str, names: list[str]) -> Column:
    """Checks whether at least two fields of a line are names of the options, in any order, case and punctuation."""
    known = {re.sub("[^a-z0-9]", "", name.lower()) for name in names} - {""}
    fields = F.transform(F.split(line, re.escape(delimiter)), lambda field: F.regexp_replace(F.lower(field), "[^a-z0-9]", ""))
    named = F.filter(F.array_distinct(fields), lambda field: field.isin(*known))
    return (F.length(line) < 10_000) & (F.size(named) >= 2)


def seconds_of(text: Column, unit: dict) -> Column:
    """Returns the epoch seconds of a written time; null for any other text."""
    text = F.btrim(text, F.lit(SPACES))
    pattern = rf"\A{unit['pattern']}\z"
    if "dayOf1970" in unit:
        days = F.translate(text, ",", ".").cast("double") - unit["dayOf1970"]
        return F.when(text.rlike(pattern), F.round(days * DAY).cast("long"))
    if "inSecond" in unit:
        whole = F.substring_index(F.translate(text, ",", ""), ".", 1).cast("long")
        return F.when(text.rlike(pattern), F.floor(whole / unit["inSecond"]))
    places = {part: index for index, part in enumerate(unit["parts"])}
    marks = "\u0001".join(f"${index + 1}" for index in range(len(unit["parts"])))
    found = F.split(F.regexp_replace(text, pattern, marks), "\u0001")

    def value(part: str, otherwise: int) -> Column:
        if part not in places:
            return F.lit(otherwise)
        written = found[places[part]]
        return F.when(written == "", F.lit(otherwise)).otherwise(written.cast("int"))

    year, month, hour = value("year", 1970), value("month", 1), value("hour", 0)
    if "shortYear" in places:
        year = value("shortYear", 70) + F.when(value("shortYear", 70) < 70, 2000).otherwise(1900)
    if "monthName" in places:
        month = F.array_position(F.array(*map(F.lit, MONTHS)), F.lower(found[places["monthName"]])).cast("int")
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
    return F.when(text.rlike(pattern) & exists, days.cast("long") * DAY + of_day - offset)


NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"

def event_of(layout: dict, source: Source) -> dict[str, Column]:
    """By the event rule, or by the column of types: the row's type, its problem, the case that matches, and whether a value is empty."""
    rule = layout.get("event")
    kind = F.lit(rule.get("otherwise")).cast("string") if rule else source.column(layout["columns"].get("event", "event"))
    found = {"type": kind, "event_problem": F.lit(None).cast("string"), "case": F.lit(None).cast("int"), "is_empty": F.lit(False)}
    # Build the expression from the last case to the first, because an earlier case has precedence over a later one.
    for index, case in reversed([*enumerate(cases_of(layout))]):
        operator, wanted = case["operator"], case["value"]
        value = F.btrim(source.column(case["column"]), F.lit(SPACES))
        is_empty, is_order = value.isin(*EMPTY), operator not in ("=", "!=")
        both = value.rlike(rf"\A{NUMBER}\z") & F.lit(re.fullmatch(NUMBER, wanted) is not None)
        read, other = value.cast("double"), F.lit(float(wanted) if re.fullmatch(NUMBER, wanted) else 0.0)
        tests = {">=": read >= other, "<=": read <= other, ">": read > other, "<": read < other}
        same = F.when(both, read == other).otherwise(value == wanted)
        passes = ~is_empty & F.coalesce(tests[operator] if is_order else same if operator == "=" else ~same, F.lit(False))
        why = F.concat(F.lit('"'), F.substring(value, 1, 40), F.lit(f'" is not a number, and --event compares it by {operator} {wanted}'))
        wrong = ~is_empty & ~both & F.lit(is_order)
        found = {
            "type": F.when(passes, F.lit(case["type"])).otherwise(found["type"]),
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
        .when(value.isin(".", ".."), F.lit(f"{what} is . or .., which an address of the API cannot contain"))
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


def check(source: Source, layout: dict) -> tuple[DataFrame, list[str]]:
    """Returns each row with its problem, its event type and its line of the CSV; and the CSV's columns."""
    columns, unit = layout["columns"], layout["time"]["format"]
    raw = {part: source.column(name) for part, name in columns.items()}
    texts = {part: F.btrim(text, F.lit(SPACES)) if part in ("user", "item") else text for part, text in raw.items()}
    extras = [part for part in columns if part not in PARTS]
    log(f"{source.kind}; {', '.join(f'{part} = {name}' for part, name in columns.items())}; times in {unit}")
    values = source.frame.select(
        source.problem.alias("problem"), source.text.alias("text"), source.file.alias("file"),
        (F.lit(False) if source.other_header is None else source.other_header).alias("other_header"),
        *(text.alias(part) for part, text in texts.items()), raw["user"].alias("raw_user"), raw["item"].alias("raw_item"),
        seconds_of(texts["time"], layout["time"]).alias("seconds"),
        *(value.alias(name) for name, value in event_of(layout, source).items()),
    )  # fmt: skip
    if source.kind in ("Parquet", "table"):
        values = values.withColumn("text", F.concat_ws(",", *(F.col(part) for part in texts)))
    col, control, seconds = F.col, source.control, F.col("seconds")
    problems = [
        ("", col("problem")),
        (columns["user"], F.coalesce(id_problem(col("raw_user"), "user id", control), id_problem(col("user"), "user id", control))),
        (columns["item"], F.coalesce(id_problem(col("raw_item"), "item id", control), id_problem(col("item"), "item id", control))),
        (columns["time"], F.when(seconds.isNull(), F.concat(F.lit("timestamp "), col("time"), F.lit(f" is not a time in {unit}")))
            .when(seconds > time.time() + DAY, F.concat(F.lit("timestamp "), seconds.cast("string"), F.lit(" is in the future")))
            .when(seconds < 0, F.lit("timestamp is before 1970"))),
    ]  # fmt: skip
    problems.append(("", col("event_problem")))
    if not layout.get("event"):
        problems.append((columns.get("event", ""), id_problem(col("type"), "event type", control)))
        sign = "event type has a quote or a backslash, which no filter can name"
        problems.append((columns.get("event", ""), F.when(col("type").rlike(r'["\\]'), F.lit(sign))))
    if "value" in columns:
        number = (col("value") == "") | (col("value").rlike(r"\A-?\d+(\.\d+)?([eE][+-]?\d+)?\z") & (F.length("value") <= 40))
        problems.append((columns["value"], F.when(~number, F.lit("event value is not a number"))))
    problems += [(columns[name], F.when(col(name).rlike(r"\p{Cc}"), F.lit("has a control character"))) for name in extras]
    found = F.coalesce(*(F.when(why.isNotNull(), F.struct(F.lit(name).alias("column"), why.alias("reason"))) for name, why in problems))
    quote = F.lit('"')
    parts = [quote, escaped(col("user")), F.lit('","'), escaped(col("item")), F.lit('","'), col("type"), F.lit('",')]
    parts += [col("value"), F.lit(",")] if "value" in columns else []
    parts += [seconds.cast("string"), *(part for name in extras for part in (F.lit(","), extra_text(col(name), name)))]
    header = ["USER_ID", "ITEM_ID", "EVENT_TYPE", *(["EVENT_VALUE"] if "value" in columns else []), "TIMESTAMP", *extras]
    return values.withColumn("found", found).withColumn("line", F.concat(*parts)), header


def run(spark: SparkSession, options: argparse.Namespace) -> dict:
    """Reads, checks, counts, and writes. Writes nothing for data that it rejects."""
    for path in [options.output, options.quarantine]:
        if path and place(spark, path)[0].exists(place(spark, path)[1]):
            raise Unfit(f"{path} exists already. Name another path, or remove it.")
    for path in [options.options_file, *options.paths]:
        files, found = place(spark, path)
        if not files.globStatus(found):
            raise Unfit(f"There is no file {path}.")
    layout = read_options(spark, options.options_file)
    try:
        source = open_source(spark, options.paths, options.table, layout)
    except AnalysisException as error:
        raise Unfit(f"{options.table or ', '.join(options.paths)} cannot be read: {str(error).splitlines()[0]}") from error
    rows, header = check(source, layout)
    is_bad = F.col("found").isNotNull()
    bad_rows = rows.filter(is_bad).select("file", "found.column", "found.reason", "text")
    log("counting rows")
    key = F.when(~is_bad, F.col("type"))
    groups = rows.groupBy(is_bad.alias("bad"), key.alias("type"), F.when(~is_bad, F.col("case")).alias("case"))
    empty = F.sum((~is_bad & F.col("is_empty")).cast("int")).alias("empty")
    spaced = F.max((~is_bad & F.expr("user != raw_user OR item != raw_item")).cast("int")).alias("spaced")
    counts = groups.agg(F.count("*").alias("count"), empty, spaced).limit(MOST_TYPES_AND_COLUMNS * 100).collect()
    bad = sum(row["count"] for row in counts if row.bad)
    left_out = sum(row["count"] for row in counts if not row.bad and row.type is None)
    types: Counter[str] = Counter()
    for row in counts:
        if not row.bad and row.type is not None:
            types[row.type] += row["count"]
    good = sum(types.values())
    if bad:
        refuse_other_headers(rows.filter(is_bad & F.col("other_header")))
        judge_bad(bad_rows, bad, good, options)
    if any(row.spaced for row in counts):
        refuse_equal_ids(rows.filter(~is_bad), layout["columns"])
    matched = {row.case for row in counts}
    for index, case in enumerate(cases_of(layout)):
        if index not in matched:
            condition = f"{case['column']} {case['operator']} {case['value']}"
            raise Unfit(f'The case "{condition}" of --event matches no row. Correct the case, or leave it out.')
    if len(types) + len(header) - 4 > MOST_TYPES_AND_COLUMNS:
        raise Unfit(
            f"There are {len(types)} event types and {len(header) - 4} optional columns. The service allows "
            f"{MOST_TYPES_AND_COLUMNS} together. Print options with fewer types:  "
            "npm run -s data-prep -- SAMPLE --event 'COLUMN = VALUE -> TYPE, else OTHER' --dry-run --json > options.json"
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


def refuse_equal_ids(rows: DataFrame, columns: dict[str, str]) -> None:
    """Rejects ids that differ only in the spaces around them, because they would become one id."""
    for part in ("user", "item"):
        written = F.collect_set(f"raw_{part}").alias("written")
        found = rows.groupBy(part).agg(written).filter(F.size("written") > 1).first()
        if found:
            both = " and ".join(json.dumps(each) for each in sorted(found.written)[:2])
            raise Unfit(f"Column {columns[part]}: {both} differ only in spaces. Write them alike, or as two ids.")


def refuse_other_headers(headers: DataFrame) -> None:
    """Rejects files with another column order, which would swap values. A header is a bad row: its time is a word."""
    found = headers.select("file", "text").limit(5).collect()
    if found:
        raise Unfit(
            "The files do not have the same columns, so nothing was written. All were read by the columns of --options. These differ:\n"
            + "\n".join(f"  {row.file}: {ascii(row.text[:120])}" for row in found)
            + "\nPrepare the files of each kind by a run of their own, each with its own --options and --output."
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
    parser.add_argument("--options", required=True, dest="options_file", metavar="FILE", help="the options that data-prep printed")
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
