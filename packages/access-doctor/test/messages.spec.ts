import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Subject, understand } from "../messages.ts";

const job = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/ratings-1";
const diagnoseRole = "npx access-doctor --role";

/** Real messages with their sources. Values replace the placeholders of guides. */
const known = JSON.parse(await readFile(join(import.meta.dirname, "fixtures", "messages.json"), "utf8")) as readonly {
    readonly source: string;
    readonly text: string;
    readonly subject: Subject;
    /** Patterns. */
    readonly cause: string;
    readonly next: string;
}[];

describe("a message of AWS that is pasted in", () => {
    for (const { source, text, subject, cause, next } of known) {
        it(`is understood: ${text.slice(0, 90)}… (${source})`, () => {
            const found = understand(text);
            assert.equal(found?.subject, subject);
            assert.match(found.cause, new RegExp(cause));
            assert.match(found.next, new RegExp(next));
        });
    }

    it("is understood in the line breaks of a terminal, and inside a traceback", async () => {
        const wrapped = await readFile(join(import.meta.dirname, "fixtures", "traceback.txt"), "utf8");
        const found = understand(wrapped);
        assert.equal(found?.subject, "access");
        assert.deepEqual(found.mentions.lines, []);
    });

    it("gives its names to the next command, and the line of the file to look at", () => {
        assert.equal(
            understand(`${job}: Insufficient privileges for accessing data in S3.`)?.next,
            `npx access-doctor --job ${job}`,
        );
        const role = "arn:aws:iam::123456789012:role/service-role/R";
        assert.equal(
            understand(`Personalize cannot assume ${role}. Data: s3://films/in/a.csv.`)?.next,
            `${diagnoseRole} ${role} --bucket films --key in/a.csv`,
        );
        const line = understand("s3://films/in/a.csv: row 7: TIMESTAMP is not a number");
        assert.equal(line?.next, "aws s3 cp s3://films/in/a.csv - | sed -n '1p;7p'");
        assert.deepEqual(line.mentions.lines, [7]);
    });

    it("is not understood if it is about something else", () => {
        for (const text of ["", "The build failed.", "Training: line of business", "no"]) {
            assert.equal(understand(text), undefined, text);
        }
    });
});
