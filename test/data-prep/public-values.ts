import { lines } from "./public-tables.ts";

/** Values of one column in public questions and issues, and what data-prep makes of them. */
interface ValueCase {
    readonly name: string;
    readonly source: string;
    readonly column: "USER_ID" | "ITEM_ID" | "EVENT_VALUE" | "TIMESTAMP";
    readonly values: readonly string[];
    /** The values in the prepared CSV, or the question that data-prep asks. */
    readonly becomes: readonly string[] | RegExp;
}

const joinspy = "https://cran.r-universe.dev/joinspy/doc/why-keys-dont-match.html";

export const publicValues: readonly ValueCase[] = [
    {
        name: "thousands and decimals of a European price",
        source: "https://github.com/pola-rs/polars/issues/18797",
        column: "EVENT_VALUE",
        values: ["1.299,99"],
        becomes: ["1299.99"],
    },
    {
        name: "decimal commas with one, two and three digits before them",
        source: "https://github.com/pandas-dev/pandas/issues/59299",
        column: "EVENT_VALUE",
        values: ["1,20", "22,3", "1.234,56"],
        becomes: ["1.20", "22.3", "1234.56"],
    },
    {
        name: "quoted decimal commas in a file of commas",
        source: "https://github.com/wireservice/csvkit/issues/876",
        column: "EVENT_VALUE",
        values: ["2523,00", "2143,50"],
        becomes: ["2523.00", "2143.50"],
    },
    {
        name: "a French decimal with three digits after its comma",
        source: "https://github.com/pyexcel/pyexcel/issues/268",
        column: "EVENT_VALUE",
        values: ["1,005"],
        becomes: /row 1, column EVENT_VALUE: "1,005".* 1\.005:.*--decimal comma\n.* 1005:.*--decimal point$/s,
    },
    {
        name: "American thousands without decimals",
        source: "https://github.com/opendcs/opendcs/issues/1107",
        column: "EVENT_VALUE",
        values: ["5000", "1,000", "2,345"],
        becomes: /row 2, column EVENT_VALUE: "1,000".* 1\.000:.*--decimal comma\n.* 1000:.*--decimal point$/s,
    },
    {
        name: "American thousands with decimals",
        source: "https://github.com/hhurz/tableExport.jquery.plugin/issues/137",
        column: "EVENT_VALUE",
        values: ["30,000.30", "30,000"],
        becomes: ["30000.30", "30000"],
    },
    {
        name: "ids with spaces around them",
        source: joinspy,
        column: "USER_ID",
        values: ["CUST-1001", "CUST-1003 ", " CUST-1004", "CUST-1005\u00a0"],
        becomes: ["CUST-1001", "CUST-1003", "CUST-1004", "CUST-1005"],
    },
    {
        name: "ids that differ only in a space at the end",
        source: joinspy,
        column: "USER_ID",
        values: ["CUST-1002", "CUST-1002 "],
        becomes: /:3: user id "CUST-1002·" and "CUST-1002" differ only in spaces/,
    },
    {
        name: "ids that differ only in a no-break space at the end",
        source: "https://www.datafix.com.au/BASHing2/2024-03-01.html",
        column: "ITEM_ID",
        values: ["Homo\u00a0sapiens\u00a0", "Homo\u00a0sapiens"],
        becomes: /:3: item id "Homo\[NBSP\]sapiens" and "Homo\[NBSP\]sapiens\[NBSP\]" differ only in spaces/,
    },
    {
        name: "ids that differ only in case",
        source: joinspy,
        column: "ITEM_ID",
        values: ["cust-1001", "CUST-1001"],
        becomes: ["cust-1001", "CUST-1001"],
    },
    {
        name: "ids with zeros at their start",
        source: "http://data-tutorials.com/zip-codes-in-pandas.html",
        column: "ITEM_ID",
        values: ["01221", "12334", "00123"],
        becomes: ["01221", "12334", "00123"],
    },
    {
        name: "ids that look like scientific numbers",
        source: "https://github.com/Quartz/bad-data-guide/issues/33",
        column: "ITEM_ID",
        values: ["100E10"],
        becomes: ["100E10"],
    },
];

/**
 * Returns a CSV with the case's values in its column, with the BOM that Excel writes
 * (https://github.com/melihbirim/csvql/issues/103).
 */
export function csvOfValues({ column, values }: Pick<ValueCase, "column" | "values">): string {
    const rows = Array.from({ length: 1200 }, (_, row) => {
        const other = { USER_ID: `u${row % 60}`, ITEM_ID: `i${row % 97}`, EVENT_TYPE: "View", EVENT_VALUE: "1" };
        const record = { ...other, TIMESTAMP: String(1_700_000_000 + row), [column]: values[row % values.length] };
        return Object.values(record)
            .map((value) => `"${value}"`)
            .join(",");
    });
    return `\ufeff${lines("USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP", ...rows)}`;
}
