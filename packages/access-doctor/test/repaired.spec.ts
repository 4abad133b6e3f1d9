import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { RepairError } from "../data-file/columns.ts";
import { parseShape } from "../data-file/fields.ts";
import { repairCsv } from "../data-file/repair.ts";
import { toScene } from "../diagnose.ts";
import { contentFindings } from "../links/file.ts";
import { schema } from "./fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "./support.ts";

const columns = ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"];
const shape = parseShape(schema);
const scene = toScene(fixtureSnapshot(createFixture()));

/** Returns the faults that the diagnosis finds in a file, except for too few rows. */
function faultsIn(start: Uint8Array): string[] {
    const facts = { key: scene.of.key, size: start.length, start };
    const snapshot = { ...scene.snapshot, objects: [{ is: facts }] };
    const findings = contentFindings({ ...scene, snapshot }, [facts]);
    return findings.flatMap(({ fault, sentence }) =>
        fault === "rows-too-few" || fault === "users-too-few" ? [] : [sentence],
    );
}

const value = fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 99 }).map(String) },
    {
        weight: 1,
        arbitrary: fc.constantFrom("", " 7", '"q"', '"a,b"', '"x""y"', "x\\", "é", "null", "1.0", "'1'", '"a\nb"'),
    },
);
const time = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 874_724_710, max: 893_286_638 }).map(String) },
    {
        weight: 1,
        arbitrary: fc.constantFrom("881250949000", "1997-12-04", " 881250949", "881250949.0", "yesterday", ""),
    },
);
const file = fc
    .record({
        header: fc.constantFrom(
            columns,
            columns.map((name) => name.toLowerCase()),
            columns.map((name) => name.replace("_", " ")),
            columns.map((name) => `"${name}"`),
            columns.map((name) => ` ${name}`),
            [],
        ),
        rows: fc.array(fc.tuple(value, value, value, time), { minLength: 2, maxLength: 6 }),
        delimiter: fc.constantFrom(",", ";", "\t", "|"),
        lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
        mark: fc.constantFrom("", "\uFEFF"),
        encoding: fc.constantFrom("utf8" as const, "latin1" as const, "utf16le" as const),
        end: fc.constantFrom("", "", ","),
    })
    .map(({ header, rows, delimiter, lineEnd, mark, encoding, end }) => {
        const lines = [...(header.length > 0 ? [header] : []), ...rows].map((line) => line.join(delimiter));
        return Buffer.from(`${mark}${lines.join(end + lineEnd)}${lineEnd}`, encoding);
    });

describe("repaired copies of random files", () => {
    const folder = mkdtempSync(join(tmpdir(), "repaired-spec-"));
    after(() => rmSync(folder, { recursive: true }));

    it("repairCsv writes a copy without faults, or rejects with the reason why the file cannot be repaired", async () => {
        const [from, to] = [join(folder, "in"), join(folder, "out")];
        let repaired = 0;
        const property = fc.asyncProperty(file, async (bytes) => {
            writeFileSync(from, bytes);
            try {
                const { changes } = await repairCsv(from, to, { name: "a.csv", shape, keep: undefined });
                assert.deepEqual(faultsIn(readFileSync(to)), []);
                assert.ok(changes.length > 0 || faultsIn(bytes).length === 0, faultsIn(bytes).join("\n"));
                repaired++;
            } catch (error) {
                if (!(error instanceof RepairError)) throw error;
                assert.match(error.message, /^a\.csv .*(line \d|column|header|CSV)/s);
            }
        });
        await fc.assert(property, { numRuns: 100, seed: 32 });
        assert.ok(repaired > 25, `${repaired} of 100`);
    });
});
