import { lines } from "./public-tables.ts";

/** Values of one column in public questions and issues, and what data-prep makes of them. */
type ValueCase = Readonly<Partial<Record<"USER_ID" | "ITEM_ID" | "EVENT_VALUE" | "TIMESTAMP", readonly string[]>>> & {
    readonly name: string;
    readonly source: string;
    /** The values in the prepared CSV, or the question that data-prep asks. */
    readonly becomes: readonly string[] | RegExp;
};

const joinspy = "https://cran.r-universe.dev/joinspy/doc/why-keys-dont-match.html";

const cases: readonly ValueCase[] = [
    {
        name: "Excel's serial numbers with a fraction",
        source: "https://newbedev.com/convert-excel-style-date-with-pandas",
        TIMESTAMP: ["42580.3333333333"],
        becomes: ["1469779200"],
    },
    {
        name: "Excel's serial numbers with a fraction of zero",
        source: "https://d1jnx9ba8s6j9r.cloudfront.net/community/207831/convert-column-excel-format-ddddd-tttt-datetime-using-pandas",
        TIMESTAMP: ["42411.0", "42754.0"],
        becomes: ["1455148800", "1484784000"],
    },
    {
        name: "Excel's serial numbers of whole days",
        source: "https://www.e-learn.cn/qa/answer/571165/1483846.html",
        TIMESTAMP: ["44032"],
        becomes: ["1595203200"],
    },
    {
        name: "times of 14 digits",
        source: "https://github.com/araddon/dateparse/issues/65",
        TIMESTAMP: ["20180722105203"],
        becomes: ["1532256723"],
    },
    {
        name: "days of eight digits",
        source: "https://datatofish.com/integers-datetime-pandas-dataframe/",
        TIMESTAMP: ["20240305", "20240316", "20240328"],
        becomes: ["1709596800", "1710547200", "1711584000"],
    },
    {
        name: "nanoseconds",
        source: "https://github.com/slaveofcode/goodwebtools/pull/43",
        TIMESTAMP: ["1784694237438743460"],
        becomes: ["1784694237"],
    },
    {
        name: "milliseconds with a fraction",
        source: "https://github.com/roest01/docker-speedtest-analyser/issues/43",
        TIMESTAMP: ["1562792378103.6838"],
        becomes: ["1562792378"],
    },
    {
        name: "seconds and milliseconds in one column",
        source: "https://www.dev-toolbox.tech/tools/epoch-countdown/examples/seconds-vs-milliseconds-epoch",
        TIMESTAMP: ["1705312200", "1705312200000"],
        becomes:
            /row 1, column TIMESTAMP: "1705312200".*\(50\.1 % of the rows.*--time s\n.*\(49\.9 % of the rows.*--time ms$/s,
    },
    {
        name: "milliseconds that a spreadsheet rounded",
        source: "https://github.com/Tangerine-Community/Tangerine-legacy/issues/116",
        TIMESTAMP: ["1.34681E+12"],
        becomes: /row 1, column TIMESTAMP: "1\.34681E\+12" .*--time/s,
    },
    {
        name: "days that come before months in one row",
        source: "https://github.com/pandas-dev/pandas/issues/26304",
        TIMESTAMP: ["12.01.2017 17:18", "01.02.2017 11:12", "15.04.2017 02:40"],
        becomes: ["1484241480", "1485947520", "1492224000"],
    },
    {
        name: "days and months in either order",
        source: "https://github.com/pandas-dev/pandas/issues/27454",
        TIMESTAMP: ["05-01-2019 00:37"],
        becomes:
            /row 1, column TIMESTAMP: "05-01-2019 00:37".*2019-01-05.*--time '%d-%m-%Y %H:%M'\n.*2019-05-01.*--time '%m-%d-%Y %H:%M'$/s,
    },
    {
        name: "American and British days in one column",
        source: "https://github.com/pandas-dev/pandas/issues/3341",
        TIMESTAMP: ["13-01-2012", "01-13-2012"],
        becomes:
            /row 1, column TIMESTAMP: "13-01-2012".*\(50\.1 % of the rows.*--time %d-%m-%Y\n.*\(49\.9 % of the rows.*--time %m-%d-%Y$/s,
    },
    {
        name: "years of two digits",
        source: "https://github.com/dateutil/dateutil/issues/1448",
        TIMESTAMP: ["01/05/09"],
        becomes: /2009-05-01.*2009-01-05.*2001-05-09/s,
    },
    {
        name: "times with and without a zone",
        source: "https://github.com/pandas-dev/pandas/issues/61389",
        TIMESTAMP: ["2023-10-15T10:30:00-12:00", "2023-10-15T14:30:00"],
        becomes: ["1697409000", "1697380200"],
    },
    {
        name: "epoch seconds that begin like a year",
        source: "https://github.com/amcharts/amcharts4/issues/2192",
        TIMESTAMP: ["1582939984"],
        becomes: ["1582939984"],
    },
    {
        name: "thousands and decimals of a European price",
        source: "https://github.com/pola-rs/polars/issues/18797",
        EVENT_VALUE: ["1.299,99"],
        becomes: ["1299.99"],
    },
    {
        name: "decimal commas with one, two and three digits before them",
        source: "https://github.com/pandas-dev/pandas/issues/59299",
        EVENT_VALUE: ["1,20", "22,3", "1.234,56"],
        becomes: ["1.20", "22.3", "1234.56"],
    },
    {
        name: "quoted decimal commas in a file of commas",
        source: "https://github.com/wireservice/csvkit/issues/876",
        EVENT_VALUE: ["2523,00", "2143,50"],
        becomes: ["2523.00", "2143.50"],
    },
    {
        name: "a French decimal with three digits after its comma",
        source: "https://github.com/pyexcel/pyexcel/issues/268",
        EVENT_VALUE: ["1,005"],
        becomes: /row 1, column EVENT_VALUE: "1,005".* 1\.005:.*--decimal comma\n.* 1005:.*--decimal point$/s,
    },
    {
        name: "American thousands without decimals",
        source: "https://github.com/opendcs/opendcs/issues/1107",
        EVENT_VALUE: ["5000", "1,000", "2,345"],
        becomes: /row 2, column EVENT_VALUE: "1,000".* 1\.000:.*--decimal comma\n.* 1000:.*--decimal point$/s,
    },
    {
        name: "American thousands with decimals",
        source: "https://github.com/hhurz/tableExport.jquery.plugin/issues/137",
        EVENT_VALUE: ["30,000.30", "30,000"],
        becomes: ["30000.30", "30000"],
    },
    {
        name: "ids with spaces around them",
        source: joinspy,
        USER_ID: ["CUST-1001", "CUST-1003 ", " CUST-1004", "CUST-1005\u00a0"],
        becomes: ["CUST-1001", "CUST-1003", "CUST-1004", "CUST-1005"],
    },
    {
        name: "ids that differ only in a space at the end",
        source: joinspy,
        USER_ID: ["CUST-1002", "CUST-1002 "],
        becomes: /:3: user id "CUST-1002·" and "CUST-1002" differ only in spaces/,
    },
    {
        name: "ids that differ only in a no-break space at the end",
        source: "https://www.datafix.com.au/BASHing2/2024-03-01.html",
        ITEM_ID: ["Homo\u00a0sapiens\u00a0", "Homo\u00a0sapiens"],
        becomes: /:3: item id "Homo\[NBSP\]sapiens" and "Homo\[NBSP\]sapiens\[NBSP\]" differ only in spaces/,
    },
    {
        name: "ids that differ only in case",
        source: joinspy,
        ITEM_ID: ["cust-1001", "CUST-1001"],
        becomes: ["cust-1001", "CUST-1001"],
    },
    {
        name: "ids with zeros at their start",
        source: "http://data-tutorials.com/zip-codes-in-pandas.html",
        ITEM_ID: ["01221", "12334", "00123"],
        becomes: ["01221", "12334", "00123"],
    },
    {
        name: "ids that look like scientific numbers",
        source: "https://github.com/Quartz/bad-data-guide/issues/33",
        ITEM_ID: ["100E10"],
        becomes: ["100E10"],
    },
];

export const publicValues = cases.map(({ name, source, becomes, ...columns }) => {
    const [[column, values] = ["", []]] = Object.entries(columns);
    return { name, source, becomes, column, values };
});

/**
 * Returns a CSV with the case's values in its column, with the BOM that Excel writes
 * (https://github.com/melihbirim/csvql/issues/103).
 */
export function csvOfValues({ column, values }: Pick<(typeof publicValues)[number], "column" | "values">): string {
    const rows = Array.from({ length: 1200 }, (_, row) => {
        const other = { USER_ID: `u${row % 60}`, ITEM_ID: `i${row % 97}`, EVENT_TYPE: "View", EVENT_VALUE: "1" };
        const record = { ...other, TIMESTAMP: String(1_700_000_000 + row), [column]: values[row % values.length] };
        return Object.values(record)
            .map((value) => `"${value}"`)
            .join(",");
    });
    return `\ufeff${lines("USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP", ...rows)}`;
}
