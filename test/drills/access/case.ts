import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Diagnosis, FaultId, Snapshot } from "access-doctor";
import { formatCommand } from "../../../packages/access-doctor/fixes/steps.ts";
import type { ImportFixture } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import type { Instance } from "../../../packages/local-aws/instance.ts";
import { run } from "../../../packages/local-aws/pulumi.ts";
import { exitCodes } from "../../../runbooks/lib/cli/runbook.ts";
import { runCommand, splitWords } from "./commands.ts";
import type { Credentials, Real, Stage } from "./realise.ts";

/**
 * Result of one setup: which faults the diagnosis found, and whether the import failed before and after the printed
 * fixes.
 */
export interface Outcome {
    /** Faults that the diagnosis missed. */
    readonly missed: readonly FaultId[];
    /** Faults that prevent the import according to the diagnosis. */
    readonly broken: readonly FaultId[];
    readonly importFailed: boolean;
    /** The import's error after all fixes; undefined if it succeeds. */
    readonly stillFails?: string;
    /** Seconds that the command diagnose-access took. */
    readonly seconds: number;
    readonly jobArn?: string | undefined;
    /** Requests to other people in the fixes, which nobody fulfils in the drill. */
    readonly asks: readonly string[];
    readonly real: Real;
}

type Printed = Pick<Diagnosis, "findings" | "fixes" | "verdict">;

/**
 * Creates a setup, imports, runs the diagnosis and its fixes, and imports again. Calls `failed` with the first job's
 * ARN before the fixes change anything.
 */
export async function runCase(
    instance: Instance,
    stage: Stage,
    fixture: ImportFixture,
    expected: readonly FaultId[],
    failed: (jobArn: string) => Promise<void> = async () => {},
): Promise<Outcome> {
    const real = await stage.realise(fixture);
    const location = `s3://${fixture.bucket}/${fixture.location}`;
    const first = await stage.importFrom(location, real);
    if (first.jobArn !== undefined) await failed(first.jobArn);
    const args = first.jobArn
        ? ["--job", first.jobArn]
        : ["--role", real.roleArn, "--bucket", fixture.bucket, "--key", fixture.location];
    const { printed, seconds } = await diagnoseAs(instance, real.importer, args);
    const broken = printed.findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));
    const named = new Set<string>(broken);
    const outcome = {
        missed: expected.filter((fault) => !named.has(fault)),
        broken,
        seconds,
        real,
        jobArn: first.jobArn,
        asks: printed.fixes.flatMap(({ ask }) => ask ?? []),
        importFailed: first.failure !== undefined,
    };
    if (expected.length === 0) {
        return { ...outcome, ...(first.failure !== undefined && { stillFails: first.failure }) };
    }
    try {
        // The importing user may not run most of these commands, so the drill runs them as administrator.
        for (const command of new Set(printed.fixes.flatMap(({ steps }) => steps.map(formatCommand)))) {
            if (!(await runRunbook(command, instance))) await runCommand(command, stage.hands);
        }
        // The drill plays the owner of the data, too, and uploads a file if a fix asks for one.
        for (const { ask = "", program } of printed.fixes as (Printed["fixes"][number] & { ask?: string })[]) {
            const [upload] = /aws s3 cp YOUR\.csv [^\s:]+:\S+(?=\. )/.exec(`${ask} ${program}`) ?? [];
            if (upload !== undefined) await runCommand(upload, stage.hands);
        }
    } catch (error) {
        return { ...outcome, stillFails: `a fix cannot be run: ${(error as Error).message}` };
    }
    const moved = printed.fixes.findLast((fix) => fix.location !== undefined)?.location;
    const roleArn = printed.fixes.findLast((fix) => fix.roleArn !== undefined)?.roleArn ?? real.roleArn;
    const again = await stage.importFrom(moved ?? location, { ...real, roleArn });
    return { ...outcome, ...(again.failure !== undefined && { stillFails: again.failure }) };
}

/** Runs a printed `npm run …` command; returns false for any other command. */
async function runRunbook(command: string, instance: Instance): Promise<boolean> {
    const [npm, verb, name = "", dashes, ...args] = splitWords(command);
    if (npm !== "npm" || verb !== "run" || dashes !== "--") return false;
    const { exitCode, stderr } = await run(
        instance,
        process.execPath,
        [join("runbooks", `${name}.ts`), ...args],
        "captured",
    );
    if (exitCode !== 0) throw new Error(`${command} exited with ${exitCode}: ${stderr}`);
    return true;
}

async function diagnoseAs(instance: Instance, who: Credentials, args: readonly string[]) {
    const begun = performance.now();
    const { exitCode, stdout, stderr } = await run(
        instance,
        process.execPath,
        [join("runbooks", "diagnose-access.ts"), "--json", ...args],
        "captured",
        { AWS_ACCESS_KEY_ID: who.accessKeyId, AWS_SECRET_ACCESS_KEY: who.secretAccessKey },
    );
    const seconds = (performance.now() - begun) / 1000;
    if (stdout === "" || (exitCode > 1 && exitCode !== exitCodes.unknown)) {
        throw new Error(`diagnose-access ${args.join(" ")} exits ${exitCode}:\n${stderr}`);
    }
    const printed = JSON.parse(stdout) as Printed;
    if ((exitCode === 1) !== (printed.verdict === "broken")) {
        throw new Error(`diagnose-access exited with ${exitCode}, although it reports ${printed.verdict}`);
    }
    return { printed, seconds };
}

/**
 * Returns the names of the parts in which a fetched snapshot differs from one built by `createSnapshot`. Ignores ids
 * that AWS generates.
 */
export function differences(fetched: Snapshot, built: Snapshot): string[] {
    const [a, b] = [plain(fetched), plain(built)];
    return Object.keys(b).filter((part) => !isDeepStrictEqual(a[part], b[part]));
}

/**
 * Replaces or removes what differs in each run: generated ids, other buckets, and the fields of the job and the caller.
 */
function plain(snapshot: Snapshot): Record<string, unknown> {
    const {
        now: _now,
        job: _job,
        schema: _schema,
        mayWrite: _mayWrite,
        sourceArn: _sourceArn,
        caller: _caller,
        ...rest
    } = snapshot;
    const role = "is" in rest.role ? rest.role.is?.id : undefined;
    const text = JSON.stringify(rest)
        .replaceAll(/AROA[A-Z0-9]{10,}/g, (id) => (id === role ? "ROLE_OF_TODAY" : "ROLE_OF_BEFORE"))
        .replaceAll(/key\/[0-9a-zA-Z-]+/g, "key/KEY")
        .replaceAll(/policy\/boundary[\w-]*/g, "policy/boundary")
        .replaceAll(/"(boundary|PolicyInputList\.\d+|PermissionsBoundaryPolicyInputList\.\d+)[\w-]*"/g, '"policy"');
    const read = JSON.parse(text) as Record<string, unknown>;
    return JSON.parse(
        JSON.stringify(read, (name, value) => {
            // Ignore the account's other buckets. The diagnosis compares a misspelt name with them, and earlier cases
            // left some.
            if (name === "others") return undefined;
            // Compare only how many policies matched. The simulator identifies a stored policy by its name, but a policy
            // in the request by its position.
            return name === "matched" ? (value as string[]).length : value;
        }),
    );
}
