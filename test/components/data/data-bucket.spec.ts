import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executionRolePolicy } from "policy-evaluator";
import { shell } from "terminal-text";
import { fileProblem } from "../../../components/common/load-config.ts";
import { schemaBeside } from "../../../components/common/preflight.ts";
import { DataBucket, toDataPrefixes } from "../../../components/data/data-bucket.ts";
import type { StackConfig } from "../../../core/config/config.ts";
import { good } from "../../core/config/parsed.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { requireInputs, schemaText, settled, tags, useMocks } from "../mocks.ts";

describe("Data files of a stack", () => {
    const folder = temporaryFolder();

    it("DataBucket blocks public access and enables encryption and versioning", async () => {
        await useMocks();
        const bucket = "films";
        const others = { files: {}, policy: {}, dataRetention: "delete", tags, kmsKeyArn: undefined } as const;
        new DataBucket("data", { bucketName: bucket, ...others });
        await settled();
        assert.deepEqual(requireInputs("BucketPublicAccessBlock"), {
            bucket,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        assert.deepEqual(requireInputs("BucketServerSideEncryptionConfiguration"), {
            bucket,
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        });
        assert.deepEqual(requireInputs("BucketVersioning"), { bucket, versioningConfiguration: { status: "Enabled" } });
        assert.deepEqual(requireInputs("BucketOwnershipControls"), {
            bucket,
            rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        const { rules } = requireInputs("BucketLifecycleConfiguration");
        assert.equal(rules[0].noncurrentVersionExpiration.noncurrentDays, 30);
        assert.equal(rules[0].abortIncompleteMultipartUpload.daysAfterInitiation, 7);
        assert.equal(rules[0].expiration, undefined);
        assert.deepEqual(rules.at(-1), {
            id: "deletion/",
            status: "Enabled",
            filter: { prefix: "deletion/" },
            expiration: { days: 7 },
            noncurrentVersionExpiration: { noncurrentDays: 1 },
        });
    });

    it("`schemaBeside` reads the schema next to a CSV file, and rejects an invalid schema", async () => {
        const csv = join(folder, "films.csv");
        const schema = join(folder, "films.schema.json");
        assert.throws(() => schemaBeside(csv, "ITEMS"), {
            message: `${csv} needs its Avro schema in ${schema}. docs/data.md shows an example.`,
        });
        for (const text of ["{", "null", '{"fields": 1}', schemaText("Users", "USER_ID")]) {
            await writeFile(schema, text);
            assert.throws(() => schemaBeside(csv, "ITEMS"), {
                message: `${schema} is not an Avro record with a field ITEM_ID. docs/data.md shows an example.`,
            });
        }
        // Different white space in the file does not change the schema.
        await writeFile(schema, JSON.stringify(JSON.parse(schemaText("Items", "ITEM_ID")), null, 2));
        assert.equal(schemaBeside(csv, "ITEMS"), schemaText("Items", "ITEM_ID"));
    });

    it("`fileProblem` returns the command that creates a missing file", () => {
        const file = join(folder, "none.csv");
        assert.deepEqual(fileProblem("interactionsFile", file), {
            path: "interactionsFile",
            reason:
                `is "${file}", which does not exist. Run \`npm run data-prep\`, or name another file: ` +
                "`pulumi config set interactionsFile <file>`",
        });
    });

    it("`fileProblem` rejects a file that data-prep did not write, and returns the command that converts the file", async () => {
        const file = join(folder, "orders.csv");
        await writeFile(file, "customer;article;bought_at\n");
        const { reason = "" } = fileProblem("interactionsFile", file) ?? {};
        assert.match(reason, /its first line does not contain USER_ID, ITEM_ID, TIMESTAMP\. Convert it: /);
        assert.ok(reason.includes(`\`npm run data-prep -- ${file} --output own/\``), reason);
        const hostile = join(folder, "it's $(id); `id`\n.csv");
        await writeFile(hostile, "customer\n");
        const converts = fileProblem("interactionsFile", hostile)?.reason ?? "";
        assert.ok(converts.includes(`\`npm run data-prep -- ${shell(hostile)} --output own/\``), converts);
        await writeFile(file, '\uFEFFUSER_ID,"ITEM_ID",TIMESTAMP\r\n');
        assert.match(fileProblem("interactionsFile", file)?.reason ?? "", /does not contain USER_ID\./);
        await writeFile(file, '"USER_ID",ITEM_ID,EVENT_TYPE,TIMESTAMP\r\n');
        assert.equal(fileProblem("interactionsFile", file), undefined);
    });

    it("the role of Personalize can read only the data files and the input of deletion jobs, and write only the output of batch jobs", () => {
        const [interactions, items, users] = ["personalize_interactions_fixed.csv", "items.csv", "users.csv"];
        const serving = '{"mode":"batch"}';
        assert.deepEqual(toDataPrefixes(good({})), {
            readPrefixes: [interactions, "deletion/"],
            writePrefix: undefined,
        });
        const all = good({ itemsFile: "i.csv", usersFile: "u.csv", api: "true", serving });
        assert.deepEqual(toDataPrefixes(all), {
            readPrefixes: [interactions, items, users, "deletion/", "batch/input/lists/"],
            writePrefix: "batch/output/lists/",
        });
        const actions = (config: StackConfig) =>
            [executionRolePolicy({ partition: "aws", bucketName: "films", ...toDataPrefixes(config) }).Statement]
                .flat()
                .map(({ Action, Resource }) => [Action, Resource]);
        const arn = (key: string) => `arn:aws:s3:::films/${key}*`;
        assert.deepEqual(actions(good({ itemsFile: "i.csv" })), [
            ["s3:ListBucket", "arn:aws:s3:::films"],
            ["s3:GetObject", [arn(interactions ?? ""), arn(items ?? ""), arn("deletion/")]],
        ]);
        assert.deepEqual(actions(good({ api: "true", serving })).at(-1), [
            "s3:PutObject",
            "arn:aws:s3:::films/batch/output/lists/*",
        ]);
    });
});
