import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnosis } from "access-doctor";
import { formatCommand } from "../../packages/access-doctor/fixes/steps.ts";
import { breaks } from "../../packages/access-doctor/test/fixtures/break.ts";
import { interactions, soundFixture } from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { type Instance, localAccountId, localPartition, variables } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { type Real, type Stage, stageOn } from "../support/import-stage.ts";
import { assertExit, region, testInstance } from "../support/local-aws.ts";
import { runCommand, splitWords } from "../support/printed-commands.ts";

/** One setup for each fault that diagnose-access recognises. */
const cases = [...new Map(breaks.map((one) => [one.fault, one])).values()];

describe("Fixes that `diagnose-access` prints, applied on the local AWS", () => {
    let instance: Instance;
    let stage: Stage;
    before(async () => {
        instance = await testInstance();
        await start(instance, () => {});
        const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = variables(instance);
        const administrator = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
        stage = await stageOn(AWS_ENDPOINT_URL, region, administrator, interactions);
    });
    after(async () => {
        await stop(instance);
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    });

    const runbook = (name: string, args: readonly string[], env = {}) =>
        run(instance, process.execPath, [join("runbooks", `${name}.ts`), ...args], "captured", env);

    /** Runs diagnose-access as the importing user. */
    async function diagnosed({ importer }: Real, args: readonly string[]) {
        const keys = { AWS_ACCESS_KEY_ID: importer.accessKeyId, AWS_SECRET_ACCESS_KEY: importer.secretAccessKey };
        const result = await runbook("diagnose-access", ["--json", ...args], keys);
        assertExit(result, 1);
        return JSON.parse(result.stdout) as Pick<Diagnosis, "findings" | "fixes">;
    }

    /** Runs the commands of the fixes as administrator, because the importing user may not run most of them. */
    async function apply({ fixes }: Pick<Diagnosis, "fixes">): Promise<void> {
        for (const command of new Set(fixes.flatMap(({ steps }) => steps.map(formatCommand)))) {
            const [npm, , name = "", , ...args] = splitWords(command);
            if (npm === "npm") assertExit(await runbook(name, args), 0);
            else await runCommand(command, stage.hands);
        }
        for (const fix of fixes) {
            // The owner of the data uploads a file if a fix asks for one.
            const [upload] = /aws s3 cp YOUR\.csv [^\s:]+:\S+(?=\. )/.exec(JSON.stringify(fix)) ?? [];
            if (upload !== undefined) await runCommand(upload, stage.hands);
        }
    }

    for (const [number, one] of cases.entries()) {
        it(`after the fix for ${one.name}, the import succeeds, or the fix asks a person`, async () => {
            const caller = { partition: localPartition, region, accountId: localAccountId };
            const fixture = one.make(soundFixture(`s${number}`, caller));
            const real = await stage.realise(fixture);
            const location = `s3://${fixture.bucket}/${fixture.location}`;
            const { jobArn } = await stage.importFrom(location, real);
            const target = ["--role", real.roleArn, "--bucket", fixture.bucket, "--key", fixture.location];
            const diagnosis = await diagnosed(real, jobArn === undefined ? target : ["--job", jobArn]);
            const broken = diagnosis.findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));
            assert.ok(broken.includes(one.fault), `${broken}`);
            await apply(diagnosis);
            const { fixes } = diagnosis;
            if (one.asks && fixes.some(({ ask = "" }) => one.asks?.test(ask))) return;
            const moved = fixes.findLast((fix) => fix.location !== undefined)?.location ?? location;
            const roleArn = fixes.findLast((fix) => fix.roleArn !== undefined)?.roleArn ?? real.roleArn;
            const { failure } = await stage.importFrom(moved, { ...real, roleArn });
            assert.equal(failure, undefined);
        });
    }
});
