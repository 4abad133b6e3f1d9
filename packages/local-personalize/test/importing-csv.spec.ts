import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedCsvError } from "../importing/csv.ts";
import { MissingColumnsError, readInteractions } from "./read-interactions.ts";

async function* pieces(bytes: Uint8Array, size: number) {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
const read = (csv: string | Uint8Array, pieceSize = 7) =>
    readInteractions(pieces(Buffer.from(csv as string), pieceSize));
const HEADER = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n";

function rowsOf({ userIds, itemIds, users, items, timestamps }: Awaited<ReturnType<typeof read>>) {
    return [...timestamps].map((timestamp, row) => [userIds[users[row] ?? -1], itemIds[items[row] ?? -1], timestamp]);
}

describe("readInteractions", () => {
    it("readInteractions sorts rows by time and keeps the file's order for equal times", async () => {
        const interactions = await read(
            `${HEADER}"b","y","Watch",5\n"a","x","Watch",3\n"a","y","Watch",5\n"c","x","Watch",3\n`,
        );
        assert.deepEqual(rowsOf(interactions), [
            ["a", "x", 3],
            ["c", "x", 3],
            ["b", "y", 5],
            ["a", "y", 5],
        ]);
        assert.deepEqual(interactions.userIds, ["b", "a", "c"]);
    });

    it("readInteractions finds columns by name in any order", async () => {
        const interactions = await read("TIMESTAMP,EVENT_VALUE,ITEM_ID,USER_ID\r\n12,,i,u\r\n");
        assert.deepEqual(rowsOf(interactions), [["u", "i", 12]]);
    });

    it("readInteractions reads quoted and escaped values that are split between two chunks", async () => {
        const text = fc.string({
            minLength: 1,
            maxLength: 20,
            unit: fc.constantFrom('"', "\\", ",", "\n", "a", "é", "😀"),
        });
        const escapes = {
            aws: (id: string) => id.replace(/["\\]/g, "\\$&"),
            doubled: (id: string) => id.replace(/"/g, '""'),
        };
        const property = fc.asyncProperty(text, text, fc.integer({ min: 1, max: 9 }), async (user, item, size) => {
            const aws = await read(`${HEADER}"${escapes.aws(user)}","${escapes.aws(item)}","Watch",1\n`, size);
            assert.deepEqual(rowsOf(aws), [[user, item, 1]]);
            const [plainUser, plainItem] = [user, item].map((id) => `x${id.replaceAll("\\", "/")}`);
            const doubled = await read(
                `${HEADER}"${escapes.doubled(plainUser ?? "")}","${escapes.doubled(plainItem ?? "")}","Watch",1`,
                size,
            );
            assert.deepEqual(rowsOf(doubled), [[plainUser, plainItem, 1]]);
        });
        await fc.assert(property, { numRuns: 300 });
    });

    it("readInteractions reports missing columns with AWS's error text", async () => {
        await assert.rejects(read("USER_ID,MOVIE,TIMESTAMP_MS\n"), (error: unknown) => {
            assert.ok(error instanceof MissingColumnsError);
            assert.deepEqual(error.columns, ["ITEM_ID", "TIMESTAMP"]);
            assert.equal(error.message, "Input CSV is missing the following columns:[ITEM_ID, TIMESTAMP].");
            return true;
        });
        await assert.rejects(read(""), MissingColumnsError);
    });

    const malformed: [string, string, RegExp][] = [
        ["a short record", '"u","i",1\n', /^line 3: 3 fields, where the header has 4$/],
        ["an empty id", '"","i","Watch",1\n', /^line 3: USER_ID is empty$/],
        ["a timestamp with a fraction", '"u","i","Watch",1.5\n', /^line 3: TIMESTAMP "1\.5" is not a whole number/],
        ["an open quote", '"u","i","Watch,1\n', /^line 3: a quote is opened and never closed$/],
        ["text after a quote", '"u"x,"i","Watch",1\n', /^line 3: text follows a closing quote$/],
    ];
    for (const [what, row, message] of malformed) {
        it(`readInteractions reports the line of ${what}`, async () => {
            await assert.rejects(read(`${HEADER}"u","i","Watch",1\n${row}`), (error: unknown) => {
                assert.ok(error instanceof MalformedCsvError);
                assert.equal(error.line, 3);
                assert.match(error.message, message);
                return true;
            });
        });
    }

    it("readInteractions rejects bytes that are not UTF-8", async () => {
        const latin1 = Buffer.from(`${HEADER}"caf\u00e9","i","Watch",1\n`, "latin1");
        await assert.rejects(read(latin1), /not UTF-8/);
    });
});
