import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { hashFile, writeWholeFile } from "../../data-prep/files.ts";
import { removeLines } from "../../data-prep/remove-lines.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("Removal of lines from a file", () => {
    it("the removal of lines keeps all other bytes, and returns the new file's hash", async () => {
        const folder = temporaryFolder();
        const line = fc.record({ text: fc.string({ unit: "grapheme", maxLength: 9 }), isRemoved: fc.boolean() });
        const property = fc.asyncProperty(
            fc.array(fc.array(line, { maxLength: 6 }), { maxLength: 6 }),
            async (parts) => {
                const path = join(folder, "lines");
                const textOf = (lines: readonly { text: string }[]) =>
                    Buffer.from(lines.map(({ text }) => `${text.replaceAll("\n", "")}\n`).join(""));
                const all = parts.flat();
                const removed = Int32Array.from(all.flatMap(({ isRemoved }, index) => (isRemoved ? [index] : [])));
                const hash = await writeWholeFile(path, async (write, file) => {
                    await write(textOf(all));
                    const sizes = parts.map((lines) => ({ bytes: textOf(lines).length, lines: lines.length }));
                    return removeLines(file, sizes, removed);
                });
                assert.deepEqual(readFileSync(path), textOf(all.filter(({ isRemoved }) => !isRemoved)));
                assert.equal(hash, await hashFile(path));
            },
        );
        await fc.assert(property, { numRuns: 100 });
    });
});
