import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { diagnose } from "../diagnose.ts";
import { interactions } from "./fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "./support.ts";

const key = "movies/interactions.csv";
const header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP";
const withTimes = (write: (seconds: number) => string) =>
    interactions.replaceAll(/\d+$/gm, (seconds) => write(Number(seconds)));
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10).split("-");

/** Returns the fix of an import of one file in the dataset of the fixture. */
function fixOf(content: string | Uint8Array, more: object = {}) {
    const start = new Uint8Array(Buffer.from(content));
    const { fixes } = diagnose({
        ...fixtureSnapshot(createFixture()),
        objects: [{ is: { key, size: start.length, start } }],
        ...more,
    });
    assert.equal(fixes.length, 1);
    return fixes[0] ?? assert.fail();
}
/** Returns the options of data-prep in the printed command, without `--output`. */
const optionsOf = (command: string) => /npm run data-prep -- \S+ (.*?) --output /.exec(command)?.[1];

describe("the fix for a fault in a data file", () => {
    const own = "--columns user=USER_ID,item=ITEM_ID,event=EVENT_TYPE,time=TIMESTAMP";
    const renamed = interactions.replace(header, "userId,movie id,event_type,ts");
    const converted: readonly [what: string, content: string | Uint8Array, options: string][] = [
        ["several faults of its form", gzipSync(`\uFEFF${interactions.replaceAll(",", ";")}`), `${own} --time s`],
        ["milliseconds", withTimes((seconds) => `${seconds}000`), `${own} --time ms`],
        ["microseconds", withTimes((seconds) => `${seconds}000000`), `${own} --time us`],
        ["ISO times", withTimes((seconds) => new Date(seconds * 1000).toISOString()), `${own} --time iso`],
        ["fractions", withTimes((seconds) => `${seconds}.0`), `${own} --time s`],
        ["days that begin with the year", withTimes((seconds) => day(seconds).join("/")), `${own} --time %Y/%m/%d`],
        [
            "days that can only be in one order",
            withTimes((seconds) => `${day(seconds).toReversed().join(".")} 10:00`),
            `${own} --time '%d.%m.%Y %H:%M'`,
        ],
        ["other names of columns", renamed, "--columns user=userId,item=2,event=event_type,time=ts --time s"],
        ["nanoseconds", withTimes((seconds) => `${seconds}000000000`), `${own} --time ns`],
    ];
    for (const [what, content, options] of converted) {
        it(`the fix for ${what} is a command that converts the file with ${options}`, () => {
            const { program, ask, location } = fixOf(content);
            assert.equal(optionsOf(program), options);
            assert.equal(ask, undefined);
            assert.equal(location, "s3://films-test/movies/interactions.prepared.csv");
        });
    }

    it("times with several readings are a question with a command for each, and mixed times a question about rows", () => {
        const ordered = fixOf(withTimes((seconds) => `0${1 + (seconds % 9)}/04/2021`));
        assert.equal(ordered.program, "");
        assert.deepEqual((ordered.ask ?? "").split("; ").map(optionsOf), [
            `${own} --time %d/%m/%Y`,
            `${own} --time %m/%d/%Y`,
        ]);
        assert.match(
            ordered.ask ?? "",
            /if “0\d\/04\/2021” is 2021-04-0\d, run .*; if “0\d\/04\/2021” is 2021-0\d-04, run /,
        );
        const ticks = fixOf(withTimes((seconds) => String(621355968000000000n + 10_000_000n * BigInt(seconds))));
        assert.equal(ticks.program, "");
        assert.match(ticks.ask ?? "", /how is \S+ to be read\? .* if “\d+” is 19\d\d-/);
        const mixed = fixOf(interactions.replace(/\d+$/m, "$&000"));
        assert.equal(mixed.program, "");
        assert.match(mixed.ask ?? "", /leave such rows out \(--bad-rows skip\)\? Line 2 .* in milliseconds/);
    });

    it("a file without a header is a question which column is the user and which the item", () => {
        const { program, ask = "" } = fixOf(interactions.slice(header.length + 1));
        assert.equal(program, "");
        assert.match(
            ask,
            /if line 61 is about user “0” and item “60”, run .*; if line 61 is about user “60” and item “0”/,
        );
        assert.deepEqual(ask.split("; ").map(optionsOf), [
            "--columns user=1,item=2,event=3,time=4 --time s",
            "--columns item=1,user=2,event=3,time=4 --time s",
        ]);
    });

    it("rows that data-prep would leave out, and a missing event type, are questions to the owner of the data", () => {
        const short = fixOf(interactions.replace('"1","1","Watch"', '"1","1","x","Watch"'));
        assert.match(
            short.ask ?? "",
            /leave such rows out .*\? Line 3 of \S+ has 5 values, where the header has 4 columns\./,
        );
        assert.equal(optionsOf(short.ask ?? ""), `${own} --time s --bad-rows skip`);
        const eventless = fixOf(interactions.replaceAll(',"Watch"', "").replace(",EVENT_TYPE", ""));
        assert.match(eventless.ask ?? "", /of which type are the events \(--event\)\?/);
        assert.match(optionsOf(eventless.ask ?? "") ?? "", / --event Watch$/);
    });

    let row = 0;
    const refused: readonly [what: string, content: string | Uint8Array, change: RegExp][] = [
        ["a line before the header", `sep=,\n${interactions}`, /delete line 1/],
        ["single quotes", interactions.replace(header, `'${header.replaceAll(",", "','")}'`), /write double quotes/],
        ["a value too many in each row", interactions.replaceAll(/\d+$/gm, "$&,"), /give each row as many values/],
        ["two units of times", withTimes((seconds) => `${seconds}${row++ % 2 ? "" : "000"}`), /write all times in/],
        ["words for times", withTimes(() => "yesterday"), /write all times in epoch seconds/],
        ["a missing column", interactions.replace("TIMESTAMP", "WHEN"), /add TIMESTAMP to the data/],
        ["a column twice", interactions.replaceAll(/^(\w+|"\d+"),/gm, "$1,$1,"), /delete one of the columns/],
        ["an open quote", `${interactions}"1,2,Watch,3\n`, /close or double the quotes in that line/],
        ["an Excel workbook", Buffer.from("\u00d0\u00cf\u0011\u00e0", "latin1"), /export the data as CSV/],
        ["UTF-16 without a byte order mark", Buffer.from(interactions, "utf16le"), /save the file as UTF-8/],
    ];
    for (const [what, content, change] of refused) {
        it(`the fix for ${what}, which data-prep does not convert, tells the owner of the data what to change`, () => {
            const { program, ask = "", location } = fixOf(content);
            assert.equal(program, "");
            assert.match(
                ask,
                new RegExp(
                    `^the owner of the data: ${change.source}.*; then upload the file, with the header ${header}: `,
                ),
            );
            assert.equal(location, "s3://films-test/movies/interactions.new.csv");
        });
    }

    it("the fix for a file of items names data-prep's options for files that belong to interactions", () => {
        const schema = { name: "Items", fields: [{ name: "ITEM_ID", type: "string" }] };
        const more = { schema: { is: { datasetType: "ITEMS", text: JSON.stringify(schema) } } };
        assert.match(
            fixOf("ITEM_ID;A\n1;b\n", more).ask ?? "",
            /together with its interactions by data-prep \(--items, --users\)/,
        );
    });
});
