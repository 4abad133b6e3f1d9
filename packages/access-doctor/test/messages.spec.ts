import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Subject } from "../mentions.ts";
import { explainMessage } from "../messages.ts";

const job = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/ratings-1";
const diagnoseRole = "npx access-doctor --role";

/** Real error messages of AWS with their sources. In messages from guides, values replace the placeholders. */
const awsMessages = JSON.parse(
    await readFile(join(import.meta.dirname, "fixtures", "messages.json"), "utf8"),
) as readonly {
    readonly source: string;
    readonly text: string;
    readonly subject: Subject;
    /** Patterns. */
    readonly cause: string;
    readonly next: string;
}[];

describe("`explainMessage` for a pasted message of AWS", () => {
    for (const { source, text, subject, cause, next } of awsMessages) {
        it(`\`explainMessage\` recognizes: ${text.slice(0, 90)}… (${source})`, () => {
            const explanation = explainMessage(text);
            assert.equal(explanation?.subject, subject);
            assert.match(explanation.cause, new RegExp(cause));
            assert.match(explanation.next, new RegExp(next));
        });
    }

    it("`explainMessage` recognizes a message with a terminal's line breaks and inside a traceback", async () => {
        const wrapped = await readFile(join(import.meta.dirname, "fixtures", "traceback.txt"), "utf8");
        const explanation = explainMessage(wrapped);
        assert.equal(explanation?.subject, "access");
        assert.deepEqual(explanation.mentions.lines, []);
    });

    it("`explainMessage` suggests a command with the message's role and file, or with its line number", () => {
        assert.equal(
            explainMessage(`${job}: Insufficient privileges for accessing data in S3.`)?.next,
            `npx access-doctor --job ${job}`,
        );
        const role = "arn:aws:iam::123456789012:role/service-role/R";
        assert.equal(
            explainMessage(`Personalize cannot assume ${role}. Data: s3://films/in/a.csv.`)?.next,
            `${diagnoseRole} ${role} --bucket films --key in/a.csv`,
        );
        const line = explainMessage("s3://films/in/a.csv: row 7: TIMESTAMP is not a number");
        assert.equal(line?.next, "aws s3 cp s3://films/in/a.csv - | sed -n '1p;7p'");
        assert.deepEqual(line.mentions.lines, [7]);
    });

    it("`explainMessage` returns undefined for a text that has nothing to do with access to import data", () => {
        for (const text of ["", "The build failed.", "Training: line of business", "no"]) {
            assert.equal(explainMessage(text), undefined, text);
        }
    });
});
