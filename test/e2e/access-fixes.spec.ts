import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnosis } from "access-doctor";
import { breaks } from "../../packages/access-doctor/test/fixtures/break.ts";
import {
    type ImportFixture,
    interactions,
    soundFixture,
} from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { type Instance, localAccountId, localPartition } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { type Real, type Stage, startStage } from "../support/import-stage.ts";
import { assertExit, region } from "../support/local-aws.ts";

/** One setup for each kind of fix: a script for each policy, another location, a conversion, and a new file. */
const names = [
    ...["trust-missing", "role-get-missing", "bucket-get-missing", "kms-no-grant", "object-wrong-key"],
    ...["header-quoted", "timestamp-not-epoch", "header-missing", "object-empty"],
];
const cases = breaks.filter(({ name }) => names.includes(name));

describe("Fixes that `diagnose-access` prints, applied on the local AWS", () => {
    let instance: Instance;
    let stage: Stage;
    /** The folder of the user who runs the printed commands, and the PATH there. */
    let folder: string;
    let PATH: string;
    let discard: (() => Promise<void>) | undefined;
    before(async () => {
        ({ instance, stage, folder, PATH, discard } = await startStage());
        await writeFile(join(folder, "YOUR.csv"), interactions);
    });
    after(() => discard?.());

    /** Runs diagnose-access as the importing user, with `--write`. */
    async function diagnosed({ importer }: Real, script: string, args: readonly string[]) {
        const keys = { AWS_ACCESS_KEY_ID: importer.accessKeyId, AWS_SECRET_ACCESS_KEY: importer.secretAccessKey };
        const runbook = join("runbooks", "diagnose-access.ts");
        const all = [runbook, "--json", "--write", script, ...args];
        const result = await run(instance, process.execPath, all, "captured", keys);
        const diagnosis = JSON.parse(result.stdout) as Pick<Diagnosis, "findings" | "fixes" | "verdict">;
        assertExit(result, diagnosis.fixes.some(({ steps }) => steps.length > 0) ? 0 : 2);
        return diagnosis;
    }

    /** Runs a command line in the user's folder, as administrator: the importing user may not run most commands. */
    async function runLine(line: string): Promise<string> {
        const result = await run(instance, "sh", ["-c", `cd '${folder}' && ${line}`], "captured", { PATH });
        assertExit(result, 0);
        return result.stdout;
    }

    /** Runs the script, and each other command that the fixes print. */
    async function apply({ fixes }: Pick<Diagnosis, "fixes">, script: string): Promise<void> {
        if (fixes.some(({ steps }) => steps.length > 0)) await runLine(`sh '${script}'`);
        for (const { program, ask = "" } of fixes) {
            if (program !== "") await runLine(program);
            // The owner of the data uploads a file, or chooses one of the commands, if a fix asks for that.
            const [, chosen] = /(aws s3 cp YOUR\.csv \S+)(?=\. )/.exec(ask) ?? /, run ([^;]+)/.exec(ask) ?? [];
            if (chosen !== undefined) await runLine(chosen);
        }
    }

    const realise = async (fixture: ImportFixture, number: number | string) => {
        const real = await stage.realise(fixture);
        const target = ["--role", real.roleArn, "--bucket", fixture.bucket, "--key"];
        return { real, target, script: join(folder, `fix-${number}.sh`) };
    };
    const caller = { partition: localPartition, region, accountId: localAccountId };

    for (const [number, one] of cases.entries()) {
        it(`after the fix for ${one.name}, the import succeeds`, async () => {
            const fixture = one.make(soundFixture(`s${number}`, caller));
            const { real, target, script } = await realise(fixture, number);
            const location = `s3://${fixture.bucket}/${fixture.location}`;
            const { jobArn } = await stage.importFrom(location, real);
            const args = jobArn === undefined ? [...target, fixture.location] : ["--job", jobArn];
            const diagnosis = await diagnosed(real, script, args);
            const { fixes } = diagnosis;
            const broken = diagnosis.findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));
            assert.ok(broken.includes(one.fault), `${broken}`);
            await apply(diagnosis, script);
            const moved = fixes.findLast((fix) => fix.location !== undefined)?.location;
            const { failure } = await stage.importFrom(moved ?? location, real);
            assert.equal(failure, undefined);
            if (moved === undefined) return;
            const key = moved.slice(`s3://${fixture.bucket}/`.length);
            assert.equal((await diagnosed(real, `${script}-moved`, [...target, key])).verdict, "sound");
        });
    }

    it("the command that a script prints at its end restores exactly the policies that were there", async () => {
        const names = ["trust-missing", "bucket-get-missing"];
        const broken = breaks.filter(({ name }) => names.includes(name));
        const sound = soundFixture("restored", caller);
        const fixture = broken.reduce((now, one) => one.make(now), { ...sound, inline: {} });
        const { real, target, script } = await realise(fixture, "restored");
        const [RoleName, Bucket] = [fixture.roleName, fixture.bucket];
        const policies = async () => ({
            // The AWS CLI prints a role's document parsed, so white space between its parts may differ afterwards.
            trust: JSON.parse(
                decodeURIComponent((await stage.iam.getRole({ RoleName })).Role?.AssumeRolePolicyDocument ?? ""),
            ),
            inline: (await stage.iam.listRolePolicies({ RoleName })).PolicyNames,
            bucket: (await stage.s3.getBucketPolicy({ Bucket })).Policy,
        });
        const before = await policies();
        await diagnosed(real, script, [...target, fixture.location]);
        const printed = await runLine(`sh '${script}'`);
        const after = await policies();
        for (const part of ["trust", "inline", "bucket"] as const) {
            assert.notDeepEqual(after[part], before[part], part);
        }
        await runLine(/To restore it, run: (sh .*)\n/.exec(printed)?.[1] ?? "false");
        assert.deepEqual(await policies(), before);
    });
});
