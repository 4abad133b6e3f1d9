import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type OwnData, ownData, unknownUsers } from "../../runbooks/lib/recommendations/own-data.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const films = (title: string, sha256: string) =>
    JSON.stringify({
        schemaVersion: 1,
        interactions: { sha256, rows: 1, firstTimestamp: 1, lastTimestamp: 1 },
        films: { ids: ["7", "8", "9"], titles: [title, "Twelve Monkeys", null], years: [null, 1995, null] },
    });
const sha256 = "01ba8bd1b08bca28e16ba8e2de1e7a3f2e5ac5a0f5a1cf7ac5b5bbaa5ae1d7c3";

describe("`ownData` of a stack", () => {
    let folder: string;
    let file: string;
    beforeEach(async () => {
        folder = temporaryFolder();
        file = join(folder, "own.csv");
        await writeFile(file, "USER_ID,ITEM_ID,TIMESTAMP\n22,7,1\n");
    });

    const titles = (data: OwnData) => {
        assert.equal(data.kind, "own");
        return ["7", "8", "9", "10"].map((id) => (data.kind === "own" ? data.titleOf(id) : ""));
    };
    const hashOf = async () =>
        createHash("sha256")
            .update(await readFile(file))
            .digest("hex");

    it("`ownData` reads titles and years from fallback tables that were made from the same interactions file", async () => {
        const own = await hashOf();
        await writeFile(join(folder, "fallback-tables.json"), films("Gertie", own));
        assert.deepEqual(titles(await ownData(file, own.slice(0, 8))), ["Gertie", "Twelve Monkeys (1995)", "9", "10"]);
        assert.deepEqual(titles(await ownData(file, undefined)), ["Gertie", "Twelve Monkeys (1995)", "9", "10"]);
    });

    it("`ownData` returns IDs as titles if the fallback tables were made from a different interactions file", async () => {
        await writeFile(join(folder, "fallback-tables.json"), films("Gertie", sha256));
        await writeFile(join(folder, "catalogue.json"), JSON.stringify([{ itemId: "7", title: "Wrong", genres: [] }]));
        assert.deepEqual(titles(await ownData(file, undefined)), ["7", "8", "9", "10"]);
    });

    it("`ownData` rejects an interactions file that is missing, or changed after the import", async () => {
        const before = (await hashOf()).slice(0, 8);
        await writeFile(file, "USER_ID,ITEM_ID,TIMESTAMP\n22,8,1\n");
        const changed = await ownData(file, before);
        assert.match(changed.kind === "other" ? changed.why : "", /own\.csv is not the file that the stack imported/);
        const missing = await ownData(join(folder, "none.csv"), undefined);
        assert.match(missing.kind === "other" ? missing.why : "", /none\.csv cannot be read \(ENOENT/);
    });

    it("`unknownUsers` returns the users who have no interactions in the data", async () => {
        const data = await ownData(file, undefined);
        assert.deepEqual(data.kind === "own" && unknownUsers(["22", "nobody"], data.interactions), ["nobody"]);
    });
});
