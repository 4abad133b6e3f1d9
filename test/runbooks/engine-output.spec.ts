import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngineLog } from "../../runbooks/lib/stack/engine-output.ts";

/** Output of Pulumi 3 with `--non-interactive`, of an update that fails. */
const failed = `Updating (dev):

 ~  aws:iam:Role api updating (0s) [diff: ~forceDetachPolicies]
 ~  aws:iam:Role api updated (0.31s) [diff: ~forceDetachPolicies]
 +- aws:lambda:Function api replaced (0.52s)
@ updating....
    pulumi:pulumi:Stack movie-recommender-dev running solution version of s: CREATE PENDING, 0 s (usually 20 to 60 minutes)
    pulumi:pulumi:Stack movie-recommender-dev running solution version of s: CREATE IN_PROGRESS, 12 s (usually 20 to 60 minutes)
 +  pulumi-nodejs:dynamic/personalize:Campaign movies **creating failed** error: no
    pulumi:pulumi:Stack movie-recommender-dev updated (30s) 1 error
Diagnostics:
  pulumi-nodejs:dynamic/personalize:Campaign (movies):
    error: campaign movies: CREATE FAILED

Outputs:
  - campaignArn: "arn:aws:personalize:eu-central-1:1:campaign/movies"`;

describe("`openEngineLog` of a failed `pulumi up`", () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "engine-output-"));
    });
    after(() => rm(folder, { recursive: true }));

    function said(verbose: boolean): string[] {
        const lines: string[] = [];
        const output = openEngineLog({ folder, command: "up", verbose, say: (line) => void lines.push(line) });
        failed.split("\n").forEach(output.take);
        assert.equal(output.progress(), "pulumi up: 2 resources done");
        output.end(false);
        return lines;
    }

    it("`openEngineLog` prints long waits, counts by service, the errors, and the file with the whole output", async () => {
        const file = join(folder, "pulumi-up.log");
        assert.deepEqual(said(false), [
            "solution version of s: CREATE IN_PROGRESS, 12 s (usually 20 to 60 minutes)",
            "iam          1 updated",
            "lambda       1 replaced",
            "  pulumi-nodejs:dynamic/personalize:Campaign (movies):\n    error: campaign movies: CREATE FAILED",
            `The whole output of pulumi up is in ${file}`,
        ]);
        assert.equal(await readFile(file, "utf8"), `${failed}\n`);
    });

    it("`openEngineLog` with `verbose` prints the whole output", () => {
        assert.deepEqual(said(true), failed.split("\n"));
    });
});
