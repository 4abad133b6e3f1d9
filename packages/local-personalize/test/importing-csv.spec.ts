import assert from "node:assert/strict";
import fc from "fast-check";
import { RefusedDataError, readCsv } from "../importing/read-csv.ts";
import { createRowCollector } from "../importing/rows.ts";

const fields = ["USER_ID", "ITEM_ID"].map((name) => ({
    ...{ name, type: "string", nullable: false, categorical: false, textual: false },
}));

async function* pieces(bytes: Uint8Array, size: number) {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(csv: string, pieceSize = 7): Promise<string[][]> {
    const rows: string[][] = [];
    await readCsv(pieces(Buffer.from(csv), pieceSize), fields, (values) => rows.push(values));
    return rows;
}

describe("readCsv", () => {
    it("readCsv finds columns by name, and reads lines that end with CR LF", async () => {
        assert.deepEqual(await read("EVENT_VALUE,ITEM_ID,USER_ID\r\n,i,u\r\n"), [["u", "i"]]);
    });

    it("readCsv reads quoted and escaped values that are split between two chunks", async () => {
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
            const row = (quoted: (id: string) => string, ...ids: string[]) =>
                `USER_ID,ITEM_ID\n${ids.map((id) => `"${quoted(id)}"`).join()}`;
            assert.deepEqual(await read(`${row(escapes.aws, user, item)}\n`, size), [[user, item]]);
            const plain = [user, item].map((id) => `x${id.replaceAll("\\", "/")}`);
            assert.deepEqual(await read(row(escapes.doubled, ...plain), size), [plain]);
        });
        await fc.assert(property, { numRuns: 300 });
    });

    for (const [what, row, message] of [
        ["a short record", '"u"\n', "Line 3 has 1 columns, but the header has 2."],
        ["an empty id", '"","i"\n', "Line 3 has no value for USER_ID, which may not be null."],
        ["an open quote", '"u","i\n', "Input CSV is not valid: line 3: a quote is opened and never closed."],
        ["text after a quote", '"u"x,"i"\n', "Input CSV is not valid: line 3: text follows a closing quote."],
    ] as const) {
        it(`readCsv reports the line of ${what}`, () =>
            assert.rejects(read(`USER_ID,ITEM_ID\n"u","i"\n${row}`), new RefusedDataError(message)));
    }
});

describe("createRowCollector", () => {
    it("rows are sorted by time, and keep the file's order for equal times", () => {
        const rows = createRowCollector();
        for (const [user, time] of [
            ["b", 5],
            ["a", 3],
            ["c", 5],
            ["d", 3],
        ] as const) {
            rows.add(user, "x", "Watch", time);
        }
        const { userIds, users, timestamps } = rows.finish();
        const sorted = [...timestamps].map((time, row) => [userIds[users[row] ?? -1], time]);
        assert.deepEqual(sorted, Object.entries({ a: 3, d: 3, b: 5, c: 5 }));
    });
});
