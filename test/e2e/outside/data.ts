import { type Fault, lines, rows, times } from "./case.ts";

const github = "https://github.com";

/** Faults in the content of the file. Line 1 is the header. */
export const dataFaults: readonly Fault[] = [
    {
        name: "times as serial numbers of Excel",
        source: `${github}/ribbondz/rsv/issues/8`,
        // 43831 is 2020-01-01, and an hour is a 24th of a day.
        make: times((_, hour) => String(43_831 + hour / 24)),
        says: /line 3\b.*"43831\.041666\d*".*(Excel|serial|spreadsheet)/is,
        rows,
    },
    {
        name: "times in scientific notation, which lost their last digits",
        source: `${github}/Tangerine-Community/Tangerine-legacy/issues/116`,
        make: times((seconds) => `${(seconds / 1e9).toFixed(5)}E+09`),
        says: /line 2\b.*"1\.57784E\+09".*(scientific|E notation|exponent|digits|precision|rounded|spreadsheet|Excel)/is,
        ends: /Ask:/,
    },
    {
        name: "times with thousands separators",
        source: `${github}/SheetJS/ssf/issues/22`,
        make: times((seconds) => `"${seconds.toLocaleString("en-US")}"`),
        says: /line 2\b.*"1,577,836,800".*(thousands|separator|comma)/is,
        ends: "commands",
        rows,
    },
    {
        name: "times in seconds with a fraction",
        source: `${github}/apache/druid/issues/3952`,
        make: times((seconds) => `${seconds}.123`),
        says: /line 2\b.*"1577836800\.123".*(fraction|decimal|whole|integer|long)/is,
        ends: "commands",
        rows,
    },
    {
        name: "a no-break space after a column's name",
        source: `${github}/NHSDigital/manage-vaccinations-in-schools/pull/3410`,
        make: lines(
            ([user, item, time]) => `${user},${item},Watch,${time}`,
            "USER_ID\u00A0,ITEM_ID,EVENT_TYPE,TIMESTAMP",
        ),
        says: /USER_ID.*(no-break|non-breaking|NBSP|U\+00A0|invisible|\\u00a0)/is,
        ends: "commands",
        rows,
    },
    {
        name: "an inch mark that opens a quote",
        source: `${github}/alexpcosta/opengym/pull/7`,
        make: lines(([user, item, time], hour) => `${user},${hour === 700 ? '"24" box' : item},Watch,${time}`),
        says: /line 702\b.*quote/is,
        ends: /Ask:/,
    },
    {
        name: "tabs between the values of an unloaded table",
        source: `${github}/reata/sqllineage/issues/700`,
        make: lines(
            ([user, item, time]) => `${user}\t${item}\tWatch\t${time}`,
            "USER_ID\tITEM_ID\tEVENT_TYPE\tTIMESTAMP",
        ),
        says: /\b(tabs?|\\t)\b/i,
        ends: "commands",
        rows,
    },
    {
        name: "one time with a clock in a file of epoch seconds",
        source: `${github}/ldbc/Text2GraphQuery-DataGen/issues/42`,
        make: times((seconds, hour) => (hour === 1200 ? "2020-02-20 00:00:00" : String(seconds))),
        says: /line 1202\b.*"2020-02-20 00:00:00"/is,
        rows,
    },
];
