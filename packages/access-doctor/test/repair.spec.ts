import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { RepairError } from "../data-file/columns.ts";
import { parseShape, requiredShape, type Shape } from "../data-file/fields.ts";
import { type Repaired, repairCsv } from "../data-file/repair.ts";
import { schema as itemInteractionsSchema } from "./fixtures/import-fixture.ts";

const interactions = parseShape(itemInteractionsSchema) ?? assert.fail();
const header = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP";
const good = `${header}\n1,50,Watch,881250949\n2,60,Watch,881250950\n`;

describe("repairCsv of a data file", () => {
    const folder = mkdtempSync(join(tmpdir(), "repair-spec-"));
    after(() => rmSync(folder, { recursive: true }));

    async function repair(
        content: string | Uint8Array,
        shape: Shape | undefined = interactions,
        keep?: readonly string[],
    ) {
        const [from, to] = [join(folder, "in"), join(folder, "out")];
        writeFileSync(from, content);
        const repaired = await repairCsv(from, to, { name: "movies/a.csv", shape, keep: keep && new Set(keep) });
        return { text: readFileSync(to, "utf8"), ...repaired };
    }
    const whats = ({ changes }: Repaired) => changes.map(({ what, count }) => (count > 1 ? `${what} ×${count}` : what));
    const latin = `${header}\n1,50,Séance,881250949\n`;

    const cases: readonly [name: string, content: string | Uint8Array, text: string, changes: readonly string[]][] = [
        ["a correct file", good, good, []],
        ["a BOM", `\uFEFF${good}`, good, ["removed the BOM"]],
        [
            "UTF-16 with a BOM",
            Buffer.from(`\uFEFF${good}`, "utf16le"),
            good,
            ["removed the BOM", "encoded in UTF-8, from UTF-16LE"],
        ],
        ["UTF-16 without a BOM", Buffer.from(good, "utf16le"), good, ["encoded in UTF-8, from UTF-16LE"]],
        [
            "Latin-1",
            Buffer.from(latin, "latin1"),
            latin,
            ["encoded in UTF-8, from Windows-1252 (Latin-1): check its accents"],
        ],
        ["gzip", gzipSync(good), good, ["unpacked gzip"]],
        ["a zip archive", zipSync({ "x/a.csv": Buffer.from(good) }), good, ["unpacked zip"]],
        ["semicolons", good.replaceAll(",", ";"), good, ["commas in place of semicolons"]],
        ["carriage returns alone", good.replaceAll("\n", "\r"), good, ["line feeds in place of carriage returns"]],
        [
            "a comma at the end of a row",
            good.replace(/(\d)\n$/, "$1,\n"),
            good,
            ["left out empty values at the end of rows"],
        ],
        ["tabs", good.replaceAll(",", "\t"), good, ["commas in place of tabs"]],
        ["a double colon", good.replaceAll(",", "::"), good, ["commas in place of ::"]],
        [
            "a quoted header",
            good.replace(header, header.replaceAll(/\w+/g, '"$&"')),
            good,
            ["removed the quotes of the header"],
        ],
        [
            "names that are meant",
            good.replace(header, "userId,movie_id,event_type,ts"),
            good,
            [
                "renamed the column userId to USER_ID",
                "renamed the column movie_id to ITEM_ID",
                "renamed the column event_type to EVENT_TYPE",
                "renamed the column ts to TIMESTAMP",
            ],
        ],
        [
            "no header",
            good.slice(header.length + 1),
            good,
            [`added the header ${header}, by the schema's order: check it with a row`],
        ],
        [
            "milliseconds",
            good.replaceAll(/(?<=Watch,)\d+/g, "$&123"),
            good,
            ["TIMESTAMP: milliseconds into epoch seconds ×2"],
        ],
        [
            "dates",
            `${header}\n1,50,Watch,1997-12-04T15:55:49Z\n2,60,Watch,1997-12-04 16:55:50+01:00\n`,
            good,
            ["TIMESTAMP: dates into epoch seconds (UTC, if they name no zone) ×2"],
        ],
        [
            "fractions",
            good.replaceAll(/(?<=Watch,)\d+/g, "$&.0"),
            good,
            ["TIMESTAMP: whole numbers without their fraction of zero ×2"],
        ],
        ["blank lines and Windows' line ends", good.replaceAll("\n", "\r\n\r\n"), good, []],
        ["rows of separators", `${good},,,\n,\n`, good, ["left out rows without any value ×2"]],
        [
            "an index without a name",
            good.replace(header, `,${header}`).replaceAll(/^\d/gm, "0,$&"),
            good,
            ["left out a column without a name"],
        ],
        [
            "an equal column twice",
            good.replaceAll(/^([^,]*),/gm, "$1,$1,"),
            good,
            ["left out the second column USER_ID, which has equal values"],
        ],
    ];
    for (const [name, content, text, changes] of cases) {
        it(`handles ${name}`, async () => {
            const repaired = await repair(content);
            assert.equal(repaired.text, text);
            assert.deepEqual(whats(repaired), changes);
            assert.equal(repaired.rows, text.split("\n").length - 2);
        });
    }

    it("repairCsv detects commas as the delimiter despite many vertical bars, and escapes a quote within a value", async () => {
        const genres = "ITEM_ID,GENRES\n1,Action|Comedy|Drama|War\n";
        assert.equal((await repair(genres, requiredShape("ITEMS"))).text, genres);
        const vinyl = await repair('ITEM_ID,TITLE\n1,12" Vinyl\n', requiredShape("ITEMS"));
        assert.equal(vinyl.text, 'ITEM_ID,TITLE\n1,"12\\" Vinyl"\n');
        assert.deepEqual(whats(vinyl), ["escaped quotes within values"]);
    });

    it("repairCsv adds quotes where CSV needs them and keeps columns that are not in the schema", async () => {
        const { text } = await repair(
            'ITEM_ID,TITLE\n1,"Alien, ""director\'s"" cut"\n2,A\\B\n3,"two\nlines"\n',
            requiredShape("ITEMS"),
        );
        assert.equal(text, 'ITEM_ID,TITLE\n1,"Alien, \\"director\'s\\" cut"\n2,"A\\\\B"\n3,two lines\n');
    });

    it("repairCsv accepts quotes that are escaped with backslashes", async () => {
        const { text } = await repair('ITEM_ID,TITLE\n1,"the \\"cut\\""\n', requiredShape("ITEMS"));
        assert.equal(text, 'ITEM_ID,TITLE\n1,"the \\"cut\\""\n');
    });

    it("repairCsv removes additional columns only if its argument `keep` lacks them", async () => {
        const wide = good.replaceAll(/$(?=\n)/gm, ",x").replace(",x", ",MORE");
        assert.equal((await repair(wide)).text, wide);
        assert.equal((await repair(wide, interactions, header.split(","))).text, good);
    });

    it("repairCsv recognizes Latin-1 by a byte after the first 256 KiB", async () => {
        const many = `${header}\n${"1,50,Watch,881250949\n".repeat(20_000)}1,50,é,1\n`;
        const { text, rows } = await repair(Buffer.from(many, "latin1"));
        assert.equal(rows, 20_001);
        assert.ok(text.endsWith("1,50,é,1\n"));
    });

    const refusals: readonly [name: string, content: string | Uint8Array, message: RegExp, shape?: Shape][] = [
        ["an empty file", "", /movies\/a.csv is empty/],
        ["Parquet", "PAR1\u0000\u0000", /is Parquet, not CSV/],
        ["JSON", '{"USER_ID": 1}\n', /is JSON, not CSV/],
        [
            "a missing column",
            "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n",
            /has no column for EVENT_TYPE; its header is USER_ID,ITEM_ID,TIMESTAMP/,
        ],
        ["words for a time", `${good}3,4,Watch,yesterday\n`, /line 4: TIMESTAMP "yesterday" is not of type long/],
        ["a date that may be two", `${header}\n1,2,Watch,03/04/2021\n`, /line 2: TIMESTAMP "03\/04\/2021"/],
        ["an empty id", `${good},4,Watch,5\n`, /line 4: USER_ID "" may not be empty/],
        ["a short row", `${good}3,4\n`, /line 4: 2 values, where the header has 4 columns/],
        ["an open quote", `${good}3,"4,Watch,5\n`, /is not valid CSV: .*line 4/],
        [
            "no header and other columns",
            "196,242,881250949\n",
            /no header, and its 3 columns .*not those of the schema/,
        ],
        [
            "no header and no schema",
            "196,242,881250949\n",
            /name the schema with --schema/,
            requiredShape("INTERACTIONS"),
        ],
        [
            "unequal columns of one name",
            `USER_ID,${header}\n1,2,3,Watch,4\n`,
            /two columns USER_ID with different values/,
        ],
    ];
    for (const [name, content, message, shape = interactions] of refusals) {
        it(`refuses ${name}`, async () => {
            await assert.rejects(repair(content, shape), (error: Error) => {
                assert.ok(error instanceof RepairError, String(error));
                assert.match(error.message, message);
                return true;
            });
        });
    }

    it("repairCsv reports the first five wrong lines and the number of further wrong lines", async () => {
        const many = `${header}\n${"1,2,Watch,soon\n".repeat(9)}`;
        await assert.rejects(repair(many), /line 6: [^\n]*\n… and 4 more$/);
    });
});
