import { performance } from "node:perf_hooks";
import { stripVTControlCharacters } from "node:util";
import { type Diagnosis, diagnose, draw, fetchSnapshot, type Snapshot, targetOfJob, targetOfRole } from "access-doctor";
import { type PolicyDocument, type Statement, toList } from "policy-evaluator";
import { type ImportFixture, roleArnOf } from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import type { Instance } from "../../../packages/local-aws/instance.ts";
import { run } from "../../../packages/local-aws/pulumi.ts";
import type { Stage } from "../../support/import-stage.ts";
import type { Fault, Row, Setup } from "./case.ts";

type World = Awaited<ReturnType<typeof createWorld>>;
type Answer = Awaited<ReturnType<typeof ask>>;

/** Creates a set-up on the local AWS and runs its import. */
export async function createWorld(stage: Stage, setup: Setup, sound: ImportFixture) {
    const fixture = setup.make(sound);
    const real = await stage.realise(fixture);
    await setup.also?.(stage, fixture);
    const bucket = setup.bucketPart?.(fixture) ?? fixture.bucket;
    const location = `s3://${bucket}/${fixture.location}`;
    return { fixture, bucket, location, ...(await stage.importFrom(location, real)) };
}

/**
 * Diagnoses a world in this process, as a user's command does. Returns the complete output (`text`), and its lines up to
 * the first empty line (`first`). `edit` changes what was read.
 */
export async function ask({ jobArn, fixture, bucket }: World, edit = (read: Snapshot) => read) {
    const start = performance.now();
    const planned = () => targetOfRole(roleArnOf(fixture), bucket, fixture.location);
    const snapshot = edit(await fetchSnapshot(await (jobArn === undefined ? planned() : targetOfJob(jobArn))));
    const diagnosis = diagnose(snapshot);
    const again = { command: "npm run diagnose-access -- --job JOB", script: "/tmp/fix.sh" };
    const text = stripVTControlCharacters(draw(diagnosis, snapshot, again));
    return { diagnosis, text, first: text.split("\n\n")[0] ?? "", seconds: (performance.now() - start) / 1000 };
}

export const prints = ({ fixes }: Diagnosis) =>
    fixes.some(({ commands, program }) => commands.length > 0 || program !== "");

/** Returns what is wrong with the cause that the first lines name; empty if it is right. */
export function reviewCause({ says, mustNot, unseen }: Fault, { diagnosis, text, first }: Answer): string[] {
    return [
        ...(says.test(first) ? [] : [`says ${first}`]),
        ...(mustNot?.test(text) ? [`prints ${mustNot}: ${text}`] : []),
        ...(unseen && diagnosis.verdict !== "unknown" ? [`the verdict is ${diagnosis.verdict}`] : []),
    ];
}

/** Returns what is wrong with the instruction of the first lines; empty if it is right. */
export function reviewEnd({ ends }: Fault, { diagnosis, first }: Answer): string[] {
    if (ends === "commands") return prints(diagnosis) ? [] : [`prints no commands: ${first}`];
    return ends === undefined || (ends.test(first) && !prints(diagnosis)) ? [] : [`ends otherwise: ${first}`];
}

/** Returns the documents of a set-up, and its other settings with the objects' hashes. */
async function readDocuments({ iam, s3, kms }: Stage, Bucket: string, roleArn: string) {
    const RoleName = roleArn.split("/").at(-1) ?? "";
    const parse = (text = '{"Statement":[]}') =>
        toList((JSON.parse(text.startsWith("%7B") ? decodeURIComponent(text) : text) as PolicyDocument).Statement);
    const { Role } = await iam.getRole({ RoleName });
    const inline = (await iam.listRolePolicies({ RoleName })).PolicyNames ?? [];
    const policies = await Promise.all(inline.map((PolicyName) => iam.getRolePolicy({ RoleName, PolicyName })));
    const keys = (await kms.listKeys({})).Keys ?? [];
    const ofKeys = await Promise.all(keys.map(({ KeyId }) => kms.getKeyPolicy({ KeyId, PolicyName: "default" })));
    const { PublicAccessBlockConfiguration: closed } = await s3.getPublicAccessBlock({ Bucket });
    const objects = (await s3.listObjectsV2({ Bucket })).Contents ?? [];
    return {
        documents: {
            trust: parse(Role?.AssumeRolePolicyDocument),
            role: policies.flatMap(({ PolicyDocument }) => parse(PolicyDocument)),
            bucket: parse((await s3.getBucketPolicy({ Bucket }).catch(() => undefined))?.Policy),
            key: ofKeys.flatMap(({ Policy }) => parse(Policy)),
        },
        settings: {
            closed: JSON.stringify(closed),
            boundary: JSON.stringify(Role?.PermissionsBoundary),
            attached: JSON.stringify((await iam.listAttachedRolePolicies({ RoleName })).AttachedPolicies),
            ...Object.fromEntries(objects.map(({ Key, ETag }) => [`object ${Key}`, ETag])),
        } as Record<string, string | undefined>,
    };
}

type Documents = Awaited<ReturnType<typeof readDocuments>>;

const guideActions = ["Decrypt", "GenerateDataKey", "DescribeKey", "CreateGrant", "ListGrants"].map(
    (name) => `kms:${name}`,
);

/**
 * Returns what a fix took away, or gave beyond the import's own reads; empty if it only added statements for the role or
 * the service. This rule does not use the diagnosis.
 */
function reviewHarm(before: Documents, after: Documents, { fixture }: World, roleArn: string): string[] {
    const bucketArn = `arn:aws:s3:::${fixture.bucket}`;
    const resources = [bucketArn, `${bucketArn}/${fixture.location}`];
    const [service, role] = [{ Service: "personalize.amazonaws.com" }, { AWS: roleArn }].map((one) =>
        JSON.stringify(one),
    );
    const allowed: Record<keyof Documents["documents"], Record<string, readonly (string | undefined)[]>> = {
        trust: { principals: [service], actions: ["sts:AssumeRole"], resources: ["undefined"] },
        role: { principals: [undefined], actions: ["s3:ListBucket", "s3:GetObject"], resources },
        bucket: { principals: [service, role], actions: ["s3:ListBucket", "s3:GetObject"], resources },
        // The key policy of the Developer Guide ("Giving Amazon Personalize permission to use your AWS KMS key").
        key: { principals: [service, role], actions: guideActions, resources: ["*"] },
    };
    const isNarrow = (one: Statement, { principals = [], actions = [], resources = [] }: (typeof allowed)["key"]) =>
        one.Effect === "Allow" &&
        !(one.NotPrincipal || one.NotAction || one.NotResource) &&
        principals.includes(JSON.stringify(one.Principal)) &&
        toList(one.Action).every((action) => actions.includes(action)) &&
        [one.Resource].flat().every((resource) => resources.includes(String(resource)));
    // S3 rejects a policy that names a deleted identity, so a fix must leave out what allows only that.
    const isDead = ({ Effect, Principal }: Statement) =>
        Effect === "Allow" && /^\{"AWS":"A(RO|ID)A\w+"\}$/.test(JSON.stringify(Principal ?? ""));
    const without = (some: readonly Statement[], others: readonly Statement[]) => {
        const texts = others.map((one) => JSON.stringify(one));
        return some.filter((one) => !texts.includes(JSON.stringify(one)));
    };
    const problems = (["trust", "role", "bucket", "key"] as const).flatMap((kind) => {
        const [old, now] = [before.documents[kind], after.documents[kind]];
        const lost = without(old, now).filter((one) => !isDead(one));
        const wide = without(now, old).filter((one) => !isNarrow(one, allowed[kind]));
        return [
            ...lost.map((one) => `the ${kind} policy lost ${JSON.stringify(one)}`),
            ...wide.map((one) => `the ${kind} policy got ${JSON.stringify(one)}`),
        ];
    });
    const settings = Object.keys(before.settings).filter((name) => before.settings[name] !== after.settings[name]);
    return [...problems, ...settings.map((name) => `${name} changed`)];
}

/** Returns the interactions in a file that data-prep wrote, sorted by time. */
function readRows(text: string): Row[] {
    const [header = [], ...lines] = text
        .replaceAll('"', "")
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(","));
    const of = (line: readonly string[], name: string) => line[header.indexOf(name)] ?? "";
    const rows = lines.map((line): Row => [of(line, "USER_ID"), of(line, "ITEM_ID"), Number(of(line, "TIMESTAMP"))]);
    return rows.sort((a, b) => a[2] - b[2]);
}

/** Runs the printed commands. Returns what is wrong with the fix; empty if it is right and harmless. */
export async function reviewFix(
    stage: Stage,
    { instance, folder, PATH }: { readonly instance: Instance; readonly folder: string; readonly PATH: string },
    world: World,
    { rows }: Fault,
    { fixes }: Diagnosis,
): Promise<string[]> {
    const roleArn = fixes.findLast((fix) => fix.roleArn !== undefined)?.roleArn ?? roleArnOf(world.fixture);
    const location = fixes.findLast((fix) => fix.location !== undefined)?.location ?? world.location;
    const before = await readDocuments(stage, world.fixture.bucket, roleArn);
    const script = [`cd '${folder}'`, ...fixes.flatMap(({ commands, program }) => [...commands, program])].join("\n");
    const result = await run(instance, "sh", ["-ec", script], "captured", { PATH });
    if (result.exitCode !== 0) return [`the commands failed: ${result.stderr}`];
    const importer = { accessKeyId: "test", secretAccessKey: "test" };
    const { failure } = await stage.importFrom(location, { importer, roleArn });
    const after = await readDocuments(stage, world.fixture.bucket, roleArn);
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(location) ?? [];
    const object = location === world.location ? undefined : await stage.s3.getObject({ Bucket, Key });
    const written = object && readRows((await object.Body?.transformToString()) ?? "");
    return [
        ...(failure === undefined ? [] : [`the import fails after the fix: ${failure}`]),
        ...reviewHarm(before, after, world, roleArn),
        ...(written && JSON.stringify(written) !== JSON.stringify(rows) ? ["the converted rows differ"] : []),
    ];
}
