"""Mistakes of the file and its location."""

import files
from case import GUIDE, case
from fixture import Item

FORMAT = f"{GUIDE}/data-prep-formatting.html"
IMPORTING = f"{GUIDE}/data-prep-importing.html"
ERRORS = f"{GUIDE}/error-messages.html"


def stamped(seconds):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


@case("file-byte-order-mark", "https://github.com/aws-samples/amazon-personalize-samples/issues/17",
      "even when the dataset's first column is user_id, the console keeps on complaining of missing that column in csv, however if rename first column [...] and put user_id at a different position, then the upload to personalize works.",
      "The file begins with a byte order mark.",
      [r"byte order mark|BOM"])
def _(w):
    w.objects[w.key] = Item(b"\xef\xbb\xbf" + files.csv())


@case("file-semicolons", "https://github.com/RMLio/rmlmapper-java/issues/171",
      "csvw:dialect [ a csvw:Dialect; csvw:delimiter \";\" ]",
      "The columns are separated by semicolons.",
      [r"semicolon|separat|delimit"])
def _(w):
    w.objects[w.key] = Item(files.csv(separator=";"))


@case("file-tabs", "https://github.com/aws-samples/amazon-personalize-samples",
      "~ u.data of MovieLens as it is, which is tab separated",
      "The columns are separated by tabs.",
      [r"\btabs?\b|separat|delimit"])
def _(w):
    w.objects[w.key] = Item(files.csv(separator="\t"))


@case("file-gzip", "https://github.com/data-science-on-aws/data-science-on-aws/issues/249",
      "aws s3 cp s3://amazon-reviews-pds/tsv/amazon_reviews_us_Digital_Software_v1_00.tsv.gz",
      "The file is compressed by gzip, with .csv in its name.",
      [r"gzip|compress"])
def _(w):
    w.objects[w.key] = Item(files.zipped(files.csv()))


@case("file-utf16", FORMAT,
      "If your data includes any non-ASCII encoded characters, your CSV file must be encoded in UTF-8 format.",
      "The file is UTF-16.",
      [r"UTF-?16|UTF-?8|encod"])
def _(w):
    w.objects[w.key] = Item(files.csv().decode().encode("utf-16"))


@case("file-latin1", FORMAT,
      "If your data includes any non-ASCII encoded characters, your CSV file must be encoded in UTF-8 format.",
      "Names in ISO 8859-1.",
      [r"UTF-?8|encod|8859|latin"])
def _(w):
    body = files.csv().decode().replace("u7,", "Jürgen,")
    w.objects[w.key] = Item(body.encode("latin-1"))


@case("file-header-quoted", IMPORTING,
      "The first row of your CSV file must contain your column headers. Don't enclose headers in quotation marks (\").",
      "The header is in quotes.",
      [r"quot"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=tuple(f'"{each}"' for each in files.FIELDS)))


@case("file-header-lower-case", ERRORS,
      "Input CSV is missing the following columns:[COLUMN_NAME, COLUMN_NAME].",
      "The header is in lower case.",
      [r"(lower|upper|letter).?case|capital"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=("user_id", "item_id", "timestamp")))


@case("file-without-header", IMPORTING,
      "The first row of your CSV file must contain your column headers.",
      "The file begins with data.",
      [r"header"],
      ask=[r"header"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=None))


@case("file-other-column-name", IMPORTING,
      "your Items data might have a column called ITEM_IDENTIFICATION_NUMBER ... rename the column to ITEM_ID",
      "The column is ITEM_IDENTIFICATION_NUMBER instead of ITEM_ID.",
      [r"column.*ITEM_ID|ITEM_ID|lacks columns"],
      ask=[r"ITEM_ID|column"])
def _(w):
    w.objects[w.key] = Item(files.csv(header=("USER_ID", "ITEM_IDENTIFICATION_NUMBER", "TIMESTAMP")))


@case("file-timestamp-iso", FORMAT,
      "TIMESTAMP and CREATION_TIMESTAMP data must be in UNIX epoch time format",
      "TIMESTAMP is 2023-11-14 22:13:20.",
      [r"TIMESTAMP|epoch|seconds"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=stamped))


@case("file-timestamp-decimals", FORMAT,
      "~ TIMESTAMP must be a long; a data frame with gaps writes it with decimals",
      "TIMESTAMP has decimals.",
      [r"TIMESTAMP|epoch|seconds|integer|decimal"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=lambda seconds: f"{seconds}.0"))


@case("file-timestamp-milliseconds", "https://github.com/mozilla/persona/issues/1732",
      "The timestamp is stored in milliseconds [...] standard for JavaScript; [it should be] seconds since epoch",
      "TIMESTAMP is in milliseconds.",
      [r"millisecond|not in seconds"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=lambda seconds: f"{seconds}000"))


@case("file-value-missing", "https://github.com/serverfireteam/panel/issues/134",
      "This error occurs just in case the value of one of 'not null' fields is empty/null.",
      "Rows have an empty USER_ID, which may not be null.",
      [r"USER_ID|null|empty|no value|line"],
      ask=[r"USER_ID|owner of the (data|file)|export|rows"])
def _(w):
    records = files.rows()
    for row in records[40:60]:
        row[0] = ""
    w.objects[w.key] = Item(files.table(records).encode())


@case("file-too-few-rows", "https://github.com/aws-samples/retail-demo-store/pull/562",
      "Dataset has fewer than 1000 interactions after filtering by event type",
      "There are 500 interactions.",
      [r"few|1000|1,000|minimum"],
      ask=[r"more (interactions|rows|data)|1,?000|owner of the (data|file)|collect"])
def _(w):
    w.objects[w.key] = Item(files.csv(500))


@case("file-empty", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "No objects found in s3 path, please ensure the path is specified correctly.",
      "The file has no bytes.",
      [r"empty"],
      ask=[r"export|upload|owner of the (data|file)|again"])
def _(w):
    w.objects[w.key] = Item(b"")


@case("file-archived-glacier", "https://github.com/Yelp/mrjob/issues/1887",
      "The operation is not valid for the object's storage class (Service: Amazon S3; Status Code: 403; Error Code: InvalidObjectState)",
      "A lifecycle rule moved the file to Glacier.",
      [r"Glacier|storage class|archiv"],
      ask=[r"restor"])
def _(w):
    w.objects[w.key].storage = "GLACIER"


@case("file-archived-deep", "https://github.com/aws/aws-cli/issues/4039",
      "With the addition of deep archive, I get: An error occurred (InvalidObjectState) when calling the GetObject operation",
      "A lifecycle rule moved the file to Deep Archive.",
      [r"archiv|storage class"],
      ask=[r"restor"])
def _(w):
    w.objects[w.key].storage = "DEEP_ARCHIVE"


@case("location-folder-without-slash", ERRORS,
      "Invalid Data location. Make sure you used the correct syntax for your Amazon S3 bucket location.",
      "The location names the folder without its slash.",
      [r"slash|folder"])
def _(w):
    w.location = f"s3://{w.bucket}/movies"


@case("location-two-folders-down", ERRORS,
      "If your CSV files are in a folder and you want to upload multiple files with one dataset import job, use this syntax without the CSV file name.",
      "The files lie in year=2024/month=05 below the named folder.",
      [r"sub-?folder|first level|deeper|below|folder"])
def _(w):
    w.objects = {f"movies/year=2024/month=0{month}/part-0.csv": Item(files.csv(700)) for month in (4, 5)}
    w.location = f"s3://{w.bucket}/movies/"


@case("location-folder-with-manifest", "https://docs.aws.amazon.com/forecast/latest/dg/dataset-import-guidelines-troubleshooting.html",
      "If you import multiple files by specifying a bucket name, all CSV or Parquet files must conform to the specified schema.",
      "A manifest.json lies beside the CSV files of the folder.",
      [r"manifest"])
def _(w):
    w.objects = {"movies/part-0.csv": Item(files.csv(900)), "movies/part-1.csv": Item(files.csv(600, start=900)),
                 "movies/manifest.json": Item(b'{"entries": []}\n')}
    w.location = f"s3://{w.bucket}/movies/"


@case("location-key-of-another-spelling", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "I already checked the bucket name and everything is correct",
      "The key is Interactions.csv, and the object interactions.csv.",
      [r"similar|spelling|letter case|another key|(no such|is no) object"])
def _(w):
    w.location = f"s3://{w.bucket}/movies/Interactions.csv"


@case("items-without-a-category", ERRORS,
      "Input CSV is missing the following columns:[COLUMN_NAME, COLUMN_NAME].",
      "The ITEMS file lacks the schema's GENRES.",
      [r"GENRES"],
      ask=[r"GENRES|owner of the (data|file)|schema|export"])
def _(w):
    w.dataset = "items"
    w.objects[w.key] = Item(b"ITEM_ID,TITLE\n" + b"".join(b"m%d,Film\n" % number for number in range(40)))


@case("users-age-is-text", ERRORS,
      "~ data types of the file must match the schema's",
      "The USERS file has ranges where the schema has int.",
      [r"(?-i:\bAGE\b)"],
      ask=[r"(?-i:\bAGE\b)|owner of the (data|file)|schema|export"])
def _(w):
    w.dataset = "users"
    w.objects[w.key] = Item(b"USER_ID,AGE\n" + b"".join(b"u%d,25-34\n" % number for number in range(40)))


@case("file-rows-of-commas-only", "https://github.com/woocommerce/woocommerce-subscriptions-importer-exporter/issues/249",
      "It also gives me errors for the rows that have no content in them. I have deleted and cleared them",
      "Rows of separators only, which a spreadsheet left at the end.",
      [r"empty|line|row|value|columns"])
def _(w):
    w.objects[w.key] = Item(files.csv() + b",,\n" * 5)


@case("file-comma-in-a-bare-value", "https://github.com/codeforamerica/ohana-api/issues/332",
      "The CSV file must be valid in order to import its contents.",
      "A value has a comma and no quotes, so its row has a column more.",
      [r"line|row|columns|comma|quot"], ask=[r"comma|quot|line|row"])
def _(w):
    w.objects[w.key] = Item(files.csv().replace(b"u7,", b"Doe, Jane,", 3))


@case("file-timestamp-in-powers-of-ten", "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html",
      "TIMESTAMP and CREATION_TIMESTAMP data must be in UNIX epoch time format.",
      "A spreadsheet wrote the timestamps as 1.7E+09.",
      [r"TIMESTAMP|epoch|seconds|integer"],
      ask=[r"TIMESTAMP|export|owner"])
def _(w):
    w.objects[w.key] = Item(files.csv(stamp=lambda seconds: f"{seconds:.2E}"))
