import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { upload } from "../../packages/access-doctor/data-file/objects.ts";
import { type Instance, variables } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { discardInstance, startInstance } from "../../packages/local-aws/test/instances.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { region } from "../support/local-aws.ts";

const good = interactionsCsv(syntheticRatings()).toString();
const Bucket = "films";

describe("`repair-file` on the local S3", () => {
    let instance: Instance;
    let s3: S3;

    before(async () => {
        instance = await startInstance();
        const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = variables(instance);
        const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
        s3 = new S3({ endpoint: AWS_ENDPOINT_URL, region, credentials, forcePathStyle: true });
        const CreateBucketConfiguration = { LocationConstraint: region } as const;
        await s3.createBucket({ Bucket, CreateBucketConfiguration });
    });
    after(() => discardInstance(instance));

    const put = (Key: string, Body: string, more: object = {}) => s3.putObject({ Bucket, Key, Body, ...more });
    const textOf = async (Key: string) => (await s3.getObject({ Bucket, Key })).Body?.transformToString();
    const keys = async (Prefix: string) =>
        ((await s3.listObjectsV2({ Bucket, Prefix })).Contents ?? []).map(({ Key }) => Key);
    const repair = async (...args: string[]) => {
        const path = join("runbooks", "repair-file.ts");
        return run(instance, process.execPath, [path, ...args], "captured");
    };

    it("`repair-file` writes a copy next to the file and replaces no existing file", async () => {
        const marked = `\uFEFF${good.replaceAll(",", ";")}`;
        await put("a/in.csv", marked);
        const first = await repair("s3://films/a/in.csv");
        assert.deepEqual([first.exitCode, first.stdout], [0, "Import from s3://films/a/in.repaired.csv\n"]);
        assert.match(
            first.stderr,
            /a\/in\.csv → s3:\/\/films\/a\/in\.repaired\.csv: 3,\d+ rows\n {2}removed the BOM\n {2}commas in place of semicolons\n/,
        );
        assert.equal(await textOf("a/in.csv"), marked);
        assert.equal(await textOf("a/in.repaired.csv"), good.replaceAll('"', ""));
        await put("a/in.repaired.csv", "mine");
        const again = await repair("s3://films/a/in.csv");
        assert.equal(again.exitCode, 1);
        assert.match(again.stderr, /a\/in\.repaired\.csv exists, and is not replaced\. .*--to/);
        assert.equal(await textOf("a/in.repaired.csv"), "mine");
        const elsewhere = await repair("s3://films/a/in.csv", "--to", "s3://films/a/other.csv", "--json");
        const { schemaVersion, location, written, files } = JSON.parse(elsewhere.stdout);
        assert.deepEqual([schemaVersion, location, written], [1, "s3://films/a/other.csv", true]);
        assert.deepEqual(files[0].changes, [
            { what: "removed the BOM", count: 1 },
            { what: "commas in place of semicolons", count: 1 },
        ]);
    });

    it("`repair-file` writes nothing for a valid or irreparable file, or too few rows", async () => {
        await put("b/good.csv", good);
        await put("b/words.csv", `${good}1,2,Watch,yesterday\n`);
        await put("b/few.csv", `\uFEFF${good.split("\n").slice(0, 500).join("\n")}\n`);
        const right = await repair("s3://films/b/good.csv");
        assert.deepEqual(
            [right.exitCode, right.stdout],
            [0, "Nothing to repair, and nothing written: s3://films/b/good.csv\n"],
        );
        const words = await repair("s3://films/b/words.csv");
        assert.equal(words.exitCode, 1);
        assert.match(words.stderr, /line \d+: TIMESTAMP "yesterday" is not of type long\nNothing was written\./);
        const few = await repair("s3://films/b/few.csv");
        assert.equal(few.exitCode, 1);
        assert.match(few.stderr, /There are 499 interactions, and an import needs 1000 or more/);
        assert.equal((await repair("s3://films/b/absent.csv")).exitCode, 1);
        assert.equal((await repair("b/good.csv")).exitCode, 2);
        assert.deepEqual(await keys("b/"), ["b/few.csv", "b/good.csv", "b/words.csv"]);
    });

    it("`repair-file` repairs either all data files of a folder or none", async () => {
        await put("c/1.csv", good.replaceAll(",", "\t"));
        await put("c/2.csv", good.replaceAll(/^.+$/gm, "$&,x").replace(",x", ",MORE"));
        await put("c/manifest.json", "{}");
        await put("c/deeper/3.csv", "not read");
        const { exitCode, stdout, stderr } = await repair("s3://films/c/");
        assert.deepEqual([exitCode, stdout], [0, "Import from s3://films/c/repaired/\n"]);
        assert.match(stderr, /manifest\.json is skipped/);
        assert.deepEqual(await keys("c/repaired/"), ["c/repaired/1.csv", "c/repaired/2.csv"]);
        assert.ok((await textOf("c/repaired/1.csv")) === good.replaceAll('"', ""));
        assert.equal(await textOf("c/repaired/2.csv"), good.replaceAll('"', ""));
        await put("d/1.csv", `\uFEFF${good}`);
        await put("d/2.csv", `${good}1,2,Watch,yesterday\n`);
        assert.equal((await repair("s3://films/d/")).exitCode, 1);
        assert.deepEqual(await keys("d/"), ["d/1.csv", "d/2.csv"]);
    });

    it("`repair-file` copies the repaired files of several subfolders into one folder", async () => {
        await put("e/2020/1.csv", good);
        await put("e/2021/1.csv", good);
        const { exitCode, stdout } = await repair("s3://films/e/");
        assert.deepEqual([exitCode, stdout], [0, "Import from s3://films/e/repaired/\n"]);
        assert.deepEqual(await keys("e/repaired/"), ["e/repaired/2020-1.csv", "e/repaired/2021-1.csv"]);
    });

    it("`upload` writes a file of 65 MiB, but does not replace an existing file", async () => {
        const file = join(instance.dir, "large.csv");
        await writeFile(file, Buffer.alloc(65 * 1024 * 1024, "x"));
        await upload(s3, file, { bucket: Bucket, key: "g/large.csv" }, {});
        const head = await s3.headObject({ Bucket, Key: "g/large.csv" });
        assert.equal(head.ContentLength, 65 * 1024 * 1024);
        await assert.rejects(
            upload(s3, file, { bucket: Bucket, key: "g/large.csv" }, {}),
            /exists, and is not replaced/,
        );
        const { Uploads = [] } = await s3.listMultipartUploads({ Bucket });
        assert.deepEqual(Uploads, []);
    });

    it("`repair-file` encrypts the copy with the original file's KMS key", async () => {
        const SSEKMSKeyId = "arn:aws:kms:eu-central-1:000000000000:key/1";
        await put("f/in.csv", `\uFEFF${good}`, { ServerSideEncryption: "aws:kms", SSEKMSKeyId });
        assert.equal((await repair("s3://films/f/in.csv")).exitCode, 0);
        const head = await s3.headObject({ Bucket, Key: "f/in.repaired.csv" });
        assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ["aws:kms", SSEKMSKeyId]);
    });
});
