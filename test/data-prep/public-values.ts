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
