"""Mistakes of the file and its location."""

import files
from case import GUIDE, S3_GUIDE, case
from world import Item

FORMAT = f"{GUIDE}/data-prep-formatting.html"
IMPORTING = f"{GUIDE}/data-prep-importing.html"
ERRORS = f"{GUIDE}/error-messages.html"


def stamped(seconds):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


@case("file-byte-order-mark", "https://github.com/IATI/ckanext-iati/issues/354",
      "When the CSV file is converted/saved from the excel file byte order mark gets introduced ... failure in recognizing the column",
      "The file begins with a byte order mark.",
      [r"byte order mark|BOM"], [r"byte order mark|BOM"])
def _(w):
    w.objects[w.key] = Item(b"\xef\xbb\xbf" + files.csv())


@case("file-semicolons", "https://github.com/RMLio/rmlmapper-java/issues/171",
      "csvw:delimiter \";\": saved by a German Excel",
      "The columns are separated by semicolons.",
      [r"semicolon|separat|delimit"], [r"semicolon|separat|delimit"])
def _(w):
    w.objects[w.key] = Item(files.csv(separator=";"))


@case("file-tabs", "https://github.com/aws-samples/amazon-personalize-samples",
      "I uploaded u.data of MovieLens as it is: tab separated",
      "The columns are separated by tabs.",
      [r"\btabs?\b|separat|delimit"], [r"\btabs?\b|separat|delimit"])
def _(w):
    w.objects[w.key] = Item(files.csv(separator="\t"))


@case("file-gzip", IMPORTING,
      "Your input data must be in a CSV (comma-separated values) file",
      "The file is compressed by gzip, with .csv in its name.",
      [r"gzip|compress"], [r"gzip|compress"])
def _(w):
    w.objects[w.key] = Item(files.zipped(files.csv()))


@case("file-utf16", FORMAT,
      "you must encode the CSV file in UTF-8 format; Excel's Unicode text is UTF-16",
      "The file is UTF-16.",
      [r"UTF-?16|UTF-?8|encod"], [r"UTF-?16|UTF-?8|encod"])
def _(w):
    w.objects[w.key] = Item(files.csv().decode().encode("utf-16"))


@case("file-latin1", FORMAT,
      "If your data includes any non-ASCII encoded characters, your CSV file must be encoded in UTF-8 format.",
      "Names in ISO 8859-1.",
      [r"UTF-?8|encod|8859|latin"], [r"UTF-?8|encod|8859|latin"])
def _(w):
    body = files.csv().decode().replace("u7,", "Jürgen,")
    w.objects[w.key] = Item(body.encode("latin-1"))


@case("file-header-quoted", IMPORTING,
      "The first row of your CSV file must contain your column headers. Don't enclose headers in quotation marks (\").",
      "The header is in quotes.",
      [r"quot"], [r"quot|header"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=tuple(f'"{each}"' for each in files.FIELDS)))


@case("file-header-lower-case", ERRORS,
      "Input CSV is missing the following columns:[USER_ID, ITEM_ID, TIMESTAMP]",
      "The header is in lower case.",
      [r"lower.?case|case|USER_ID"], [r"lower.?case|case|column|header"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=("user_id", "item_id", "timestamp")))


@case("file-without-header", IMPORTING,
      "The first row of your CSV file must contain your column headers",
      "The file begins with data.",
      [r"no header|header|without"], [r"header"],
      ask=[r"header"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=None))


@case("file-other-column-name", IMPORTING,
      "your Items data might have a column called ITEM_IDENTIFICATION_NUMBER ... rename the column to ITEM_ID",
      "The column is ITEM_IDENTIFICATION_NUMBER instead of ITEM_ID.",
      [r"column.*ITEM_ID|ITEM_ID|lacks columns"], [r"column|ITEM_ID"],
      ask=[r"ITEM_ID|column"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=("USER_ID", "ITEM_IDENTIFICATION_NUMBER", "TIMESTAMP")))


@case("file-timestamp-iso", FORMAT,
      "TIMESTAMP and CREATION_TIMESTAMP data must be in UNIX epoch time format",
      "TIMESTAMP is 2023-11-14 22:13:20.",
      [r"TIMESTAMP|epoch|seconds"], [r"TIMESTAMP|epoch|seconds"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=stamped))


@case("file-timestamp-decimals", FORMAT,
      "pandas wrote the timestamps as floats: 1700000000.0",
      "TIMESTAMP has decimals.",
      [r"TIMESTAMP|epoch|seconds|integer|decimal"], [r"TIMESTAMP|epoch|seconds|integer|decimal"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=lambda seconds: f"{seconds}.0"))


@case("file-timestamp-milliseconds", FORMAT,
      "TIMESTAMP data must be in UNIX epoch time format in seconds; JavaScript's Date.now() is in milliseconds",
      "TIMESTAMP is in milliseconds.",
      [r"millisecond"], [r"millisecond"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=lambda seconds: f"{seconds}000"))


@case("file-value-missing", ERRORS,
      "Some rows lack the user's id: guests",
      "Rows have an empty USER_ID, which may not be null.",
      [r"USER_ID|null|empty|no value|line"], [r"USER_ID|null|empty|no value|line"],
      ask=[r"USER_ID|owner of the (data|file)|export|rows"])
def _(w):
    records = files.rows()
    for row in records[40:60]:
        row[0] = ""
    w.objects[w.key] = Item(files.table(records).encode())


@case("file-too-few-rows", f"{GUIDE}/limits.html",
      "minimum of 1000 item interactions: tried it with a sample of 500 rows first",
      "There are 500 interactions.",
      [r"few|1000|1,000|minimum"], [r"few|1000|1,000|minimum"],
      ask=[r"more (interactions|rows|data)|1,?000|owner of the (data|file)|collect"])
def _(w):
    w.objects[w.key] = Item(files.csv(500))


@case("file-empty", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "The export job wrote an empty file",
      "The file has no bytes.",
      [r"empty"], [r"empty"],
      ask=[r"export|upload|owner of the (data|file)|again"])
def _(w):
    w.objects[w.key] = Item(b"")


@case("file-archived-glacier", "https://github.com/Yelp/mrjob/issues/1887",
      "The operation is not valid for the object's storage class (403; InvalidObjectState)",
      "A lifecycle rule moved the file to Glacier.",
      [r"Glacier|storage class|archiv"], [r"Glacier|storage class|archiv"],
      ask=[r"restor"])
def _(w):
    w.objects[w.key].storage = "GLACIER"


@case("file-archived-deep", "https://github.com/aws/aws-cli/issues/4039",
      "With the addition of deep archive, I get: An error occurred (InvalidObjectState) when calling the GetObject operation",
      "A lifecycle rule moved the file to Deep Archive.",
      [r"archiv|storage class"], [r"archiv|storage class"],
      ask=[r"restor"])
def _(w):
    w.objects[w.key].storage = "DEEP_ARCHIVE"


@case("location-folder-without-slash", ERRORS,
      "Invalid Data location. If your CSV files are in a folder ... use this syntax without the CSV file name",
      "The location names the folder without its slash.",
      [r"slash|folder"], [r"slash|folder"])
def _(w):
    w.location = f"s3://{w.bucket}/movies"


@case("location-two-folders-down", ERRORS,
      "Amazon Personalize only uses the files in the first level of your folder, it doesn't use any data in sub folders",
      "The files lie in year=2024/month=05 below the named folder.",
      [r"sub-?folder|first level|deeper|below|folder"], [r"sub-?folder|first level|deeper|below|folder"])
def _(w):
    w.objects = {f"movies/year=2024/month=0{month}/part-0.csv": Item(files.csv(700)) for month in (4, 5)}
    w.location = f"s3://{w.bucket}/movies/"


@case("location-folder-with-manifest", ERRORS,
      "The folder of our Spark job has the CSVs and a manifest",
      "A manifest.json lies beside the CSV files of the folder.",
      [r"manifest"], [r"manifest|column|file"])
def _(w):
    w.objects = {"movies/part-0.csv": Item(files.csv(900)), "movies/part-1.csv": Item(files.csv(600, start=900)),
                 "movies/manifest.json": Item(b'{"entries": []}\n')}
    w.location = f"s3://{w.bucket}/movies/"


@case("location-key-of-another-spelling", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "I already checked the bucket name and everything is correct",
      "The key is Interactions.csv, and the object interactions.csv.",
      [r"(similar|spelling|case|no such object|another key|key)"], [r"object|key"])
def _(w):
    w.location = f"s3://{w.bucket}/movies/Interactions.csv"


@case("items-without-a-category", ERRORS,
      "Input CSV is missing the following columns:[GENRES]",
      "The ITEMS file lacks the schema's GENRES.",
      [r"GENRES"], [r"GENRES|column"],
      ask=[r"GENRES|owner of the (data|file)|schema|export"])
def _(w):
    w.dataset = "items"
    w.objects[w.key] = Item(b"ITEM_ID,TITLE\n" + b"".join(b"m%d,Film\n" % number for number in range(40)))


@case("users-age-is-text", ERRORS,
      "The data types must match the schema: AGE has 25-34",
      "The USERS file has ranges where the schema has int.",
      [r"AGE"], [r"AGE|value|type"],
      ask=[r"AGE|owner of the (data|file)|schema|export"])
def _(w):
    w.dataset = "users"
    w.objects[w.key] = Item(b"USER_ID,AGE\n" + b"".join(b"u%d,25-34\n" % number for number in range(40)))
