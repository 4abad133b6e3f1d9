import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { baseName } from "pulumi-personalize/core";
import { readTables } from "../../app/serving/table-answers.ts";
import type { StackConfig } from "../../core/config/config.ts";
import { namesFor } from "../../core/config/names.ts";
import { hashFile } from "../../data-prep/files.ts";
import { prepare } from "../../data-prep/prepare.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import type { OperatedStack } from "../../runbooks/lib/stack/operation.ts";
import type { RecordedResource } from "../../runbooks/lib/stack/stack.ts";
import { hasNewData, renewTables } from "../../runbooks/lib/training/new-data.ts";
import { fake } from "../support/fake.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("New data of a stack", () => {
    const names = namesFor("dev");
    const folder = temporaryFolder();
    const interactionsFile = join(folder, "data", "interactions.csv");
    const write = async (seed: number) => {
        const input = join(folder, "u.data");
        await writeFile(input, ratingsFile(syntheticRatings({ seed })));
        const items = join(folder, "products.csv");
        const rows = Array.from({ length: 200 }, (_, item) => `${item},Film ${item},"big, ${item % 5}"`);
        await writeFile(items, `sku,title,size\n${rows.join("\n")}\n`);
        await prepare({ input, items, output: interactionsFile, log: () => {} });
    };
    const configOf = (more: object = {}) =>
        fake<StackConfig>({ interactionsFile, names, metadataFiles: {}, api: true, ...more });
    const job = (contentHash: string, jobNamePrefix = names.importJobPrefix): RecordedResource => ({
        kind: "DatasetImportJob",
        arn: "arn:job",
        region: "eu-central-1",
        inputs: { contentHash, jobNamePrefix },
    });
    const version = (hash: string, inputs: object = {}): RecordedResource => ({
        kind: "SolutionVersion",
        arn: "arn:version",
        region: "eu-central-1",
        inputs: { rows: baseName(names.importJobPrefix, hash), ...inputs },
    });
    const stackOf = (recorded: readonly RecordedResource[], more: object = {}) =>
        fake<OperatedStack>({ config: configOf(more), recorded });

    it("`hasNewData` returns true if a file or `eventWeights` changed since import or training", async () => {
        await write(1);
        const hash = await hashFile(interactionsFile);
        const metadataFiles = { items: interactionsFile };
        const cases: readonly [boolean, OperatedStack][] = [
            [false, stackOf([job(hash), version(hash)])],
            [true, stackOf([job("0".repeat(64)), version(hash)])],
            [true, stackOf([])],
            [true, stackOf([job(hash), version("0".repeat(64))])],
            [true, stackOf([job(hash), version(hash)], { eventWeights: { Watch: 2 } })],
            [
                false,
                stackOf([job(hash), version(hash, { eventParameters: [{ eventType: "Watch", weight: 2 }] })], {
                    eventWeights: { Watch: 2 },
                }),
            ],
            [true, stackOf([job(hash), version(hash)], { metadataFiles })],
            [false, stackOf([job(hash), job(hash, names.itemsImportJobPrefix), version(hash)], { metadataFiles })],
            [true, stackOf([job(hash), job(hash, names.itemsImportJobPrefix), version(hash)])],
        ];
        for (const [index, [isNew, stack]] of cases.entries()) {
            assert.equal(await hasNewData(stack), isNew, `case ${index}`);
        }
    });

    it("`renewTables` creates the fallback tables again only if the interactions changed", async () => {
        await write(1);
        assert.equal(await renewTables(configOf()), undefined, "data-prep made them");
        const rows = (await readFile(interactionsFile, "utf8")).trimEnd().split("\n");
        await writeFile(interactionsFile, `${rows.slice(0, -100).join("\n")}\n`);
        assert.equal(await renewTables(configOf({ api: false })), undefined, "without an API none are used");
        const tablesFile = (await renewTables(configOf())) ?? "";
        const tables = readTables(await readFile(tablesFile, "utf8"));
        assert.equal(tables.interactionsSha256, await hashFile(interactionsFile));
        assert.equal(tables.hasViewer("1"), true);
        assert.deepEqual(tables.attributes("7").get("SIZE"), ["big, 2"]);
        assert.equal(tables.hasViewer("nobody"), false);
        assert.equal(await renewTables(configOf()), undefined);
    });
});
