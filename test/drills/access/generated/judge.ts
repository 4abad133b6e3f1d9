import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PolicyDocument } from "policy-evaluator";
import {
    document,
    type ImportFixture,
    location,
    roleArnOf,
} from "../../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { root } from "../../../../packages/local-aws/instance.ts";
import { judgeTools } from "../judge-tools.ts";
import { account, bucketPolicy, service, stranger } from "./grammar.ts";

/** The time of all simulated requests. */
export const now = "2026-11-28T12:00:00.000Z";

/**
 * Returns the requests of an import, or of other callers, with the context that the IAM User Guide documents, for the
 * third-party evaluator. Shares no list of condition keys with the program.
 */
export function createSimulations(fixture: ImportFixture, who: "import" | "others") {
    const [role, bucketArn] = [roleArnOf(fixture), `arn:aws:s3:::${fixture.bucket}`];
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
    const identity = named(Object.values(fixture.inline));
    const limits = fixture.boundary ? { permissionBoundaryPolicies: named([fixture.boundary]) } : {};
    const simulate = (principal: string, action: string, resource: string, context: object, more: object) => ({
        explain: true,
        request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...more,
    });
    const policy = { resourcePolicy: bucketPolicy(fixture) };
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
                { resourcePolicy: fixture.trust },
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

/** Starts the third-party IAM evaluator (the judge) in a separate process. */
export function startJudge(): { ask(simulations: readonly object[]): Promise<Answer[]>; process: ChildProcess } {
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
