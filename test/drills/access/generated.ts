import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Diagnosis, diagnose, type Snapshot } from "access-doctor";
import { type ConditionBlock, listOf, type PolicyDocument, type Statement } from "policy-evaluator";
import { type Goal, showLine } from "../../../bench/lib/goals.ts";
import { seededRandom } from "../../../bench/lib/random.ts";
import { snapshotOf } from "../../../packages/access-doctor/test/worlds/snapshot-of.ts";
import {
    document,
    location,
    roleArnOf,
    soundWorld,
    type World,
} from "../../../packages/access-doctor/test/worlds/world.ts";
import { root } from "../../../packages/local-aws/instance.ts";
import { judgeTools } from "./judge-tools.ts";

/**
 * Denials and near misses from a grammar over effect, principal, action, resource, operator, key, value and place. Each is
 * judged by another author's evaluator, with a list of condition keys of its own, and compared with the diagnosis.
 */

const service = "personalize.amazonaws.com";
const caller = { partition: "aws", region: "eu-central-1", accountId: "000000000000" };
const [account, stranger] = [caller.accountId, "999999999999"];
/** Sid of the generated statement. */
const sid = "Generated";
/** Beyond it AWS's text and the judge differ: the reason of each is printed. */
const denialsWanted = 300;
const missesWanted = 150;
const mostTries = 20_000;

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** Condition keys with values that an import's requests have, and others. */
const keys: readonly (readonly [key: string, kind: string, values: readonly string[]])[] = [
    ["aws:SourceAccount", "String", [account, stranger]],
    ["aws:SourceArn", "Arn", [`arn:aws:personalize:eu-central-1:${account}:*`, `arn:aws:personalize:*:${stranger}:*`]],
    ["aws:SecureTransport", "Bool", ["true", "false"]],
    ["aws:RequestedRegion", "String", ["eu-central-1", "us-east-1", "eu-*"]],
    ["aws:PrincipalArn", "Arn", [`arn:aws:iam::${account}:role/Import-*`, `arn:aws:iam::${account}:role/Other`]],
    ["aws:PrincipalAccount", "String", [account, stranger]],
    ["aws:PrincipalIsAWSService", "Bool", ["true", "false"]],
    ["aws:PrincipalServiceName", "String", [service, "glue.amazonaws.com"]],
    ["aws:PrincipalType", "String", ["AssumedRole", "User"]],
    ["aws:ViaAWSService", "Bool", ["true", "false"]],
    ["aws:CurrentTime", "Date", ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]],
    ["aws:EpochTime", "Numeric", ["1700000000", "1900000000"]],
    ["aws:PrincipalTag/team", "String", ["data", "web", "d*"]],
    ["s3:ExistingObjectTag/scan", "String", ["clean", "infected"]],
    ["aws:ResourceAccount", "String", [account, stranger]],
    ["s3:ResourceAccount", "String", [account, stranger]],
    ["s3:prefix", "String", [location, "exports/*", "movies/*"]],
    ["s3:authType", "String", ["REST-HEADER", "REST-QUERY-STRING"]],
    ["s3:signatureversion", "String", ["AWS4-HMAC-SHA256", "AWS"]],
    ["s3:x-amz-server-side-encryption", "String", ["aws:kms", "AES256"]],
    ["aws:SourceVpce", "String", ["vpce-1a2b3c4d"]],
    ["aws:SourceVpc", "String", ["vpc-1a2b3c4d"]],
    ["aws:SourceIp", "IpAddress", ["192.0.2.0/24", "52.94.0.0/16"]],
    ["aws:PrincipalOrgID", "String", ["o-a1b2c3d4e5"]],
    ["aws:MultiFactorAuthAge", "Numeric", ["3600"]],
    ["aws:username", "String", ["ann", "b*"]],
    ["aws:referer", "String", ["https://example.com/*"]],
];

const operators: Readonly<Record<string, readonly string[]>> = {
    String: ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
    Arn: ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"],
    Bool: ["Bool"],
    Date: ["DateLessThan", "DateGreaterThan"],
    Numeric: ["NumericLessThan", "NumericGreaterThanEquals"],
    IpAddress: ["IpAddress", "NotIpAddress"],
};

function conditionOf(random: Random, isOfS3: boolean): ConditionBlock | undefined {
    const block: Record<string, Record<string, string | string[]>> = {};
    for (let count = pick(random, [0, 1, 1, 1, 2]); count > 0; count--) {
        const [key, kind, values] = pick(
            random,
            keys.filter(([name]) => isOfS3 || !name.startsWith("s3:")),
        );
        const plain = pick(random, operators[kind] ?? []);
        const operator = random() < 0.1 ? "Null" : random() < 0.2 ? `${plain}IfExists` : plain;
        const some =
            random() < 0.25 && kind !== "Date" && kind !== "Numeric" && kind !== "Bool"
                ? [...values]
                : pick(random, values);
        block[operator] = { ...block[operator], [key]: operator === "Null" ? pick(random, ["true", "false"]) : some };
    }
    return Object.keys(block).length > 0 ? block : undefined;
}

function placeOf(random: Random, world: World): Pick<Statement, "Action" | "NotAction" | "Resource" | "NotResource"> {
    const bucketArn = `arn:aws:s3:::${world.bucket}`;
    const action = pick(random, [
        { Action: "s3:*" },
        { Action: "s3:GetObject" },
        { Action: ["s3:GetObject", "s3:ListBucket"] },
        { Action: "s3:Get*" },
        { Action: "s3:List?ucket" },
        { NotAction: ["s3:PutObject", "s3:DeleteObject"] },
        { Action: "S3:getobject" },
        { Action: ["s3:PutObject", "s3:DeleteObject"] },
    ] as const);
    const resource = pick(random, [
        { Resource: [bucketArn, `${bucketArn}/*`] },
        { Resource: `${bucketArn}/*` },
        { Resource: `${bucketArn}/${location}` },
        { Resource: `${bucketArn}/movies/????????????.csv` },
        { Resource: `arn:aws:s3:::films-*` },
        { Resource: `${bucketArn}/exports/*` },
        { NotResource: `${bucketArn}/exports/*` },
        { Resource: [bucketArn, `${bucketArn}/\${aws:PrincipalTag/team}/*`] },
    ] as const);
    return { ...action, ...resource };
}

function principalOf(random: Random, world: World): Pick<Statement, "Principal" | "NotPrincipal"> {
    const [role, other] = [roleArnOf(world), `arn:aws:iam::${account}:role/Other`];
    return pick(random, [
        { Principal: "*" },
        { Principal: { AWS: "*" } },
        { Principal: { AWS: role } },
        { Principal: { AWS: [other, role] } },
        { Principal: { Service: service } },
        { Principal: { AWS: `arn:aws:iam::${account}:root` } },
        { Principal: { Service: ["glue.amazonaws.com", service] } },
        { Principal: { AWS: other } },
        { NotPrincipal: { AWS: [role, `arn:aws:iam::${account}:root`], Service: service } },
        { NotPrincipal: { AWS: [other, `arn:aws:iam::${stranger}:root`] } },
    ] as const);
}

const add = (to: PolicyDocument | undefined, one: Statement) => document(...listOf(to?.Statement), one);
const bucketPolicy = (world: World): PolicyDocument => JSON.parse(world.bucketPolicy ?? "{}");

/** A world with one generated statement; `isLacking`: an allow was replaced, which adding a statement repairs. */
function generated(random: Random, name: string): { world: World; isLacking: boolean; place: string } {
    const world = soundWorld(name, caller);
    const [place, what] = pick(random, [
        ["bucket", "deny"],
        ["bucket", "deny"],
        ["bucket", "deny"],
        ["bucket", "allow"],
        ["role", "deny"],
        ["role", "allow"],
        ["boundary", "deny"],
        ["boundary", "allow"],
        ["trust", "deny"],
        ["trust", "allow"],
    ] as const);
    const Condition = conditionOf(random, place !== "trust");
    const base = { Sid: sid, Effect: what === "deny" ? "Deny" : "Allow", ...(Condition && { Condition }) } as const;
    const isLacking = what === "allow";
    if (place === "trust") {
        const who = pick(random, [
            { Service: service },
            { Service: ["glue.amazonaws.com", service] },
            { AWS: `arn:aws:iam::${account}:root` },
        ]);
        const one: Statement = { ...base, Principal: who, Action: pick(random, ["sts:AssumeRole", "sts:*"]) };
        return { world: { ...world, trust: isLacking ? document(one) : add(world.trust, one) }, isLacking, place };
    }
    const one: Statement = {
        ...base,
        ...placeOf(random, world),
        ...(place === "bucket" && principalOf(random, world)),
    };
    if (place === "bucket") {
        const legal =
            what === "allow" && one.NotPrincipal ? { ...one, NotPrincipal: undefined, Principal: "*" as const } : one;
        const clean = JSON.parse(JSON.stringify(legal)) as Statement;
        const policy = isLacking ? document(clean) : add(bucketPolicy(world), clean);
        return { world: { ...world, bucketPolicy: JSON.stringify(policy) }, isLacking, place };
    }
    if (place === "role") {
        const inline = isLacking ? { own: document(one) } : { ...world.inline, own: document(one) };
        return { world: { ...world, inline }, isLacking, place };
    }
    const open: Statement = { Sid: "Open", Effect: "Allow", Action: "s3:*", Resource: "*" };
    return { world: { ...world, boundary: isLacking ? document(one) : document(open, one) }, isLacking, place };
}

const now = "2026-11-28T12:00:00.000Z";
const tags = { role: { team: "data" }, object: { scan: "clean" } };

/** The snapshot, with tags: it holds every value that the grammar's keys can have. */
function snapshotWithTags(world: World): Snapshot {
    const snapshot = snapshotOf(world);
    const role =
        "is" in snapshot.role && snapshot.role.is ? { is: { ...snapshot.role.is, tags: tags.role } } : snapshot.role;
    const objects = snapshot.objects.map((each) => ("is" in each ? { is: { ...each.is, tags: tags.object } } : each));
    const simulated = {
        is: [{ action: "s3:ListBucket", resource: "", decision: "allowed", matched: [], missing: [] }],
    } as const;
    return { ...snapshot, now, role, objects, simulated };
}

/** What the judge knows of the requests, from the IAM User Guide's pages; it shares nothing with the program's lists. */
function simulationsOf(world: World, who: "import" | "others") {
    const [role, bucketArn] = [roleArnOf(world), `arn:aws:s3:::${world.bucket}`];
    const every = {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": "eu-central-1",
        "aws:CurrentTime": now,
        "aws:EpochTime": String(Date.parse(now) / 1000),
        "aws:ViaAWSService": "false",
        "aws:SourceIp": "52.94.133.131",
    };
    const s3 = {
        "s3:authType": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "aws:ResourceAccount": account,
        "s3:ResourceAccount": account,
    };
    const person = { "aws:PrincipalAccount": account, "aws:PrincipalIsAWSService": "false" };
    const session = {
        ...every,
        ...person,
        "aws:PrincipalArn": role,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalTag/team": "data",
        "aws:userid": "AROAOLDOLDOLDOLDOLD1:PersonalizeSession",
    };
    const itself = {
        ...every,
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": service,
        "aws:SourceAccount": account,
        "aws:SourceArn": `arn:aws:personalize:eu-central-1:${account}:dataset-import-job/job`,
    };
    const named = (documents: readonly PolicyDocument[]) =>
        documents.map((policy, index) => ({ name: `${index}`, policy }));
    const identity = named(Object.values(world.inline));
    const limits = world.boundary ? { permissionBoundaryPolicies: named([world.boundary]) } : {};
    const simulate = (principal: string, action: string, resource: string, context: object, more: object) => ({
        explain: true,
        request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...more,
    });
    const policy = { resourcePolicy: bucketPolicy(world) };
    const reads = [
        ["s3:ListBucket", bucketArn, { "s3:prefix": location }],
        ["s3:GetObject", `${bucketArn}/${location}`, { "s3:ExistingObjectTag/scan": "clean" }],
    ] as const;
    if (who === "import") {
        return [
            simulate(
                service,
                "sts:AssumeRole",
                role,
                { ...itself, "aws:ResourceAccount": account },
                { resourcePolicy: world.trust },
            ),
            ...reads.map(([action, resource, more]) =>
                simulate(
                    role,
                    action,
                    resource,
                    { ...session, ...s3, ...more },
                    { identityPolicies: identity, ...limits, ...policy },
                ),
            ),
            ...reads.map(([action, resource, more]) =>
                simulate(service, action, resource, { ...itself, ...s3, ...more }, policy),
            ),
        ];
    }
    const everything = named([document({ Effect: "Allow", Action: "*", Resource: "*" })]);
    const probes = [
        ["s3:ListBucket", bucketArn],
        ["s3:GetObject", `${bucketArn}/payroll.csv`],
        ["s3:PutObject", `${bucketArn}/${location}`],
        ["s3:DeleteObject", `${bucketArn}/${location}`],
    ] as const;
    const user = (arn: string) => ({
        ...every,
        ...person,
        ...s3,
        "aws:PrincipalArn": arn,
        "aws:PrincipalType": "User",
    });
    const [ann, glue] = [
        `arn:aws:iam::${account}:user/ann`,
        { ...itself, ...s3, "aws:PrincipalServiceName": "glue.amazonaws.com" },
    ];
    const foreign = {
        ...itself,
        ...s3,
        "aws:SourceAccount": stranger,
        "aws:SourceArn": `arn:aws:personalize:eu-central-1:${stranger}:x/y`,
    };
    return probes.flatMap(([action, resource]) => [
        simulate(ann, action, resource, user(ann), { identityPolicies: everything, ...policy }),
        simulate(ann, action, resource, user(ann), policy),
        simulate(
            `arn:aws:iam::${stranger}:user/eve`,
            action,
            resource,
            { ...user(`arn:aws:iam::${stranger}:user/eve`), "aws:PrincipalAccount": stranger },
            { identityPolicies: everything, ...policy },
        ),
        simulate("glue.amazonaws.com", action, resource, glue, policy),
        simulate(service, action, resource, foreign, policy),
        ...(action === "s3:ListBucket"
            ? []
            : [
                  simulate(
                      role,
                      action,
                      resource,
                      { ...session, ...s3 },
                      { identityPolicies: identity, ...limits, ...policy },
                  ),
              ]),
    ]);
}

interface Answer {
    readonly decision: string;
    readonly denies: readonly (string | undefined)[];
    readonly errors?: unknown;
}

/** The judge in a process of its own. */
function startJudge(): { ask(simulations: readonly object[]): Promise<Answer[]>; process: ChildProcess } {
    const script = join(root, "test", "drills", "access", "real-cases", "simulate.mjs");
    const child = spawn(process.execPath, [script, judgeTools], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return {
        process: child,
        async ask(simulations) {
            child.stdin.write(`${JSON.stringify(simulations)}\n`);
            return JSON.parse((await lines.next()).value ?? "[]") as Answer[];
        },
    };
}

/** The world after the commands of a diagnosis. */
function fixed(world: World, { fixes }: Diagnosis): World {
    let after = world;
    for (const { command, document: policy } of fixes.flatMap(({ steps }) => steps)) {
        if (!policy) continue;
        const name = command[command.indexOf("--policy-name") + 1] ?? "";
        if (command.includes("put-bucket-policy")) after = { ...after, bucketPolicy: JSON.stringify(policy) };
        if (command.includes("update-assume-role-policy")) after = { ...after, trust: policy };
        if (command.includes("create-policy-version")) after = { ...after, boundary: policy };
        if (command.includes("put-role-policy")) after = { ...after, inline: { ...after.inline, [name]: policy } };
    }
    return after;
}

/**
 * AWS's text decides where judge and diagnosis disagree on it: a denial's NotPrincipal leaves a role out only if it names
 * the role's account beside the role, and never a role with a permissions boundary (IAM User Guide, "AWS JSON policy
 * elements: NotPrincipal"). The judge leaves it out for either of the two.
 */
const isOfNotPrincipal = (world: World) =>
    listOf(bucketPolicy(world).Statement).some(({ Effect, NotPrincipal }) => Effect === "Deny" && NotPrincipal);

/** Whether an explanation names the generated statement, or that none allows the request, and each of its conditions. */
function isExplained({ findings }: Diagnosis, statement: Statement | undefined, isLacking: boolean): boolean {
    return findings.some(({ verdict, explanation, sentence }) => {
        if (verdict !== "broken" || !explanation) return false;
        const isNone = isLacking && explanation.statement === undefined && /^No statement of/.test(sentence);
        const named = explanation.statement === sid && sentence.includes(sid);
        const keysOf = Object.values(statement?.Condition ?? {}).flatMap(Object.keys);
        const conditions = isLacking ? explanation.conditions.map(({ key }) => key) : keysOf;
        return isNone || (named && conditions.every((key) => sentence.includes(key)));
    });
}

/** The import of a world on the local AWS, and again after its fixes: why it fails, or undefined. */
export type RunWorld = (
    world: World,
) => Promise<{ readonly failure: string | undefined; readonly after: string | undefined }>;

/** Worlds that also run end to end. */
const endToEnd = 30;
/** Without tags, which the fetched snapshot has not, and without a public allow, which S3 refuses to store. */
const canRun = (world: World) =>
    !JSON.stringify(world).includes("Tag/") &&
    listOf(bucketPolicy(world).Statement).every(
        ({ Effect, Principal }) => Effect === "Deny" || !JSON.stringify(Principal).includes('"*"'),
    );

/** Judges generated worlds in process, some of them also end to end, and returns the goals. */
export async function runGenerated(seed: number, run: RunWorld): Promise<Goal[]> {
    const random = seededRandom(seed);
    const judge = startJudge();
    const sums = {
        denials: 0,
        misses: 0,
        missed: 0,
        explained: 0,
        cannotTell: 0,
        alarms: 0,
        toFix: 0,
        fixed: 0,
        harm: 0,
        disagreed: 0,
        refused: 0,
        ran: 0,
        unlike: 0,
    };
    const tell = (number: number, what: string, world: World) => {
        const texts = {
            bucket: bucketPolicy(world).Statement,
            inline: world.inline,
            boundary: world.boundary,
            trust: world.trust,
        };
        const found = Object.values(texts).flatMap(
            (each) => JSON.stringify(each)?.match(/\{"Sid":"Generated".*/)?.[0] ?? [],
        );
        showLine(`generated ${number}: ${what}: ${found.join(" ").slice(0, 400)}`);
    };
    for (
        let number = 1;
        number <= mostTries && (sums.denials < denialsWanted || sums.misses < missesWanted);
        number++
    ) {
        const { world, isLacking } = generated(random, `g${number}`);
        const answers = await judge.ask(simulationsOf(world, "import"));
        if (answers.some(({ decision }) => decision === "Error")) {
            sums.refused += 1;
            continue;
        }
        const isDenied = answers.some(({ decision }) => decision !== "Allowed");
        if (isDenied ? sums.denials >= denialsWanted : sums.misses >= missesWanted) continue;
        const isRun = sums.ran < endToEnd && canRun(world);
        if (isRun) {
            sums.ran += 1;
            const { failure, after } = await run(world);
            const isMended = after === undefined || !isLacking;
            if ((failure !== undefined) !== isDenied || !isMended) {
                sums.unlike += 1;
                tell(number, `the import ${failure ?? "passes"}, and after its fixes ${after ?? "passes"}`, world);
            }
        }
        const snapshot = snapshotWithTags(world);
        const diagnosis = diagnose(snapshot);
        if ((diagnosis.verdict === "broken") !== isDenied && isOfNotPrincipal(world)) {
            sums.disagreed += 1;
            tell(
                number,
                `the judge says ${isDenied ? "denied" : "passes"}, and AWS's text on NotPrincipal the opposite`,
                world,
            );
            continue;
        }
        if (diagnosis.verdict === "unknown") {
            sums.cannotTell += 1;
            tell(
                number,
                `cannot tell: ${diagnosis.links
                    .filter(({ verdict }) => verdict === "unknown")
                    .map(({ detail }) => detail)
                    .join("; ")}`,
                world,
            );
        }
        if (!isDenied) {
            sums.misses += 1;
            if (diagnosis.verdict === "broken") {
                sums.alarms += 1;
                tell(number, `a false alarm: ${diagnosis.findings[0]?.sentence}`, world);
            }
            continue;
        }
        sums.denials += 1;
        const statement = [world.trust, world.boundary, bucketPolicy(world), ...Object.values(world.inline)]
            .flatMap((each) => listOf(each?.Statement))
            .find((each) => each.Sid === sid);
        if (diagnosis.verdict === "broken" && isExplained(diagnosis, statement, isLacking)) sums.explained += 1;
        else
            tell(
                number,
                `not explained: ${diagnosis.findings.map(({ sentence }) => sentence).join(" | ") || diagnosis.verdict}`,
                world,
            );
        const after = fixed(world, diagnosis);
        if (isLacking) {
            sums.toFix += 1;
            const again = await judge.ask(simulationsOf(after, "import"));
            if (again.every(({ decision }) => decision === "Allowed")) sums.fixed += 1;
            else
                tell(
                    number,
                    `the fix does not work: ${diagnosis.fixes.map(({ ask, commands }) => ask ?? commands.length).join("; ")}`,
                    world,
                );
        }
        const [before, now] = [
            await judge.ask(simulationsOf(world, "others")),
            await judge.ask(simulationsOf(after, "others")),
        ];
        const harmed = before.findIndex(
            ({ decision }, index) => (decision === "Allowed") !== (now[index]?.decision === "Allowed"),
        );
        if (harmed >= 0) {
            sums.harm += 1;
            tell(
                number,
                `harm: request ${harmed} was ${before[harmed]?.decision}, and is ${now[harmed]?.decision}`,
                world,
            );
        }
    }
    judge.process.stdin?.end();
    showLine(
        `generated: ${sums.denials} denials, ${sums.misses} that pass; ${sums.disagreed} decided by AWS's text, ${sums.refused} no policies to the judge; ${sums.toFix} repaired by an added statement`,
    );
    const share = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);
    return [
        {
            name: "access-generated",
            figure: sums.denials + sums.misses,
            bound: ">=",
            limit: denialsWanted + missesWanted,
        },
        { name: "generated-end-to-end-unlike", figure: sums.unlike, bound: "=", limit: 0 },
        { name: "generated-explained", figure: share(sums.explained, sums.denials), bound: "=", limit: 100, unit: "%" },
        { name: "generated-fixes-work", figure: share(sums.fixed, sums.toFix), bound: "=", limit: 100, unit: "%" },
        { name: "generated-cannot-tell", figure: sums.cannotTell, bound: "=", limit: 0 },
        { name: "generated-fix-harm", figure: sums.harm, bound: "=", limit: 0 },
        { name: "generated-false-alarms", figure: sums.alarms, bound: "=", limit: 0 },
    ];
}
